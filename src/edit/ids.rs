//! Finds grant ids in files: hyphenated UUIDs in either case, at memory speed.

use uuid::Uuid;

/// Length of a hyphenated UUID, in bytes.
pub const LENGTH: usize = 36;

/// How far before an id to look for a name on its line, in bytes. Minified files have lines of megabytes.
const CONTEXT: usize = 160;

/// An id in a file.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    /// Byte offset of its start.
    pub offset: usize,
    /// The id.
    pub id: Uuid,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in bytes, from 1.
    pub column: usize,
    bytes: &'a [u8],
}

impl std::fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Found({} at {}:{})", self.id, self.line, self.column)
    }
}

/// Finds all ids. One with a letter or digit on either side is part of something longer and is skipped.
pub fn find(bytes: &[u8]) -> impl Iterator<Item = Found<'_>> {
    let (mut from, mut line, mut line_start, mut counted) = (0, 1, 0, 0);
    std::iter::from_fn(move || {
        let (offset, id) = next(bytes, from)?;
        from = offset + LENGTH;
        // Count lines only up to an id.
        let passed = bytes.get(counted..offset).unwrap_or_default();
        line += memchr::memchr_iter(b'\n', passed).count();
        if let Some(at) = memchr::memrchr(b'\n', passed) {
            line_start = counted + at + 1;
        }
        counted = offset;
        Some(Found { offset, id, line, column: offset - line_start + 1, bytes })
    })
}

impl<'a> Found<'a> {
    /// The id as written.
    pub fn written(&self) -> &'a [u8] {
        self.bytes.get(self.offset..self.offset + LENGTH).unwrap_or_default()
    }

    /// Guesses the name that the id is assigned to from its line: `GOOGLE_GRANT_ID=`, `"grant_id": `, `grant_id:
    /// UUID("`, `--grant `. The result may be any text, even part of a secret, so it must not be shown as is.
    pub(super) fn guess(&self) -> Option<&'a str> {
        let before = self.before();
        // `::` assigns nothing, and after a comma another value starts, which has no name.
        let is_sign = |at: usize| match before.get(at) {
            Some(b'=') => true,
            Some(b':') => before.get(at + 1) != Some(&b':') && (at == 0 || before.get(at - 1) != Some(&b':')),
            _ => false,
        };
        let sign = (0..before.len()).rev().find(|at| is_sign(*at));
        let Some(sign) = sign.filter(|at| !before.get(*at..).is_some_and(|tail| tail.contains(&b','))) else {
            let (_, word) = last_word(before);
            return word.strip_prefix("--").filter(|flag| !flag.is_empty());
        };
        let (head, word) = last_word(before.get(..sign)?);
        // In `name: type = value` the name comes first.
        let name = match head.strip_suffix(b":") {
            Some(typed) if before.get(sign) == Some(&b'=') && !typed.ends_with(b":") => last_word(typed).1,
            _ => word,
        };
        Some(name.trim_start_matches(['-', '.', '$'])).filter(|name| !name.is_empty())
    }

    /// Whether the guessed name contains "grant".
    pub fn is_named_like_a_grant(&self) -> bool {
        self.guess().is_some_and(|name| name.to_ascii_lowercase().contains("grant"))
    }

    /// The text before the id on its line.
    fn before(&self) -> &'a [u8] {
        let start = self.offset.saturating_sub((self.column - 1).min(CONTEXT));
        self.bytes.get(start..self.offset).unwrap_or_default()
    }
}

/// The last word of a text, without quotes, and the text before it.
fn last_word(text: &[u8]) -> (&[u8], &str) {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.$".contains(byte);
    let end = text.iter().rposition(|byte| !b" \t\"'`:?]=".contains(byte)).map_or(0, |at| at + 1);
    let text = text.get(..end).unwrap_or_default();
    let start = text.iter().rposition(|byte| !is_word(byte)).map_or(0, |at| at + 1);
    let (head, word) = text.split_at(start);
    (head.trim_ascii_end(), std::str::from_utf8(word).unwrap_or_default())
}

/// The kind of a byte, as far as ids are concerned.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Hex,
    Hyphen,
    Other,
}

const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0;
    while byte < kinds.len() {
        if (byte as u8).is_ascii_hexdigit() {
            kinds[byte] = Kind::Hex;
        }
        byte += 1;
    }
    kinds[b'-' as usize] = Kind::Hyphen;
    kinds
};

/// Finds the next id that starts at `from` or later.
///
/// Checks the last byte of a 36-byte window first. Most bytes of a text cannot occur in an id, which skips the whole
/// window; so only a few bytes of each cache line are read.
fn next(bytes: &[u8], mut from: usize) -> Option<(usize, Uuid)> {
    loop {
        let window: &[u8; LENGTH] = bytes.get(from..)?.first_chunk()?;
        from += match KINDS[usize::from(window[LENGTH - 1])] {
            Kind::Other => LENGTH,
            // An id's last hyphen is 12 bytes before its last digit.
            Kind::Hyphen => 12,
            Kind::Hex => match window {
                window if window[23] != b'-' => step_over(bytes, from, window, 23),
                window if window[18] != b'-' => step_over(bytes, from, window, 18),
                window if window[13] != b'-' => step_over(bytes, from, window, 13),
                window if window[8] != b'-' => step_over(bytes, from, window, 8),
                window => match id(bytes, from, window) {
                    Some(id) => return Some((from, id)),
                    None => 1,
                },
            },
        };
    }
}

/// How far to move a window that lacks the hyphen at `at`.
fn step_over(bytes: &[u8], from: usize, window: &[u8; LENGTH], at: usize) -> usize {
    if KINDS[usize::from(window[at])] == Kind::Other {
        return at + 1;
    }
    // A digit: the first hyphen of any later id is the next one after the first hyphen's place in this window.
    let rest = bytes.get(from + 9..).unwrap_or_default();
    memchr::memchr(b'-', rest).map_or(bytes.len(), |next| next + 1)
}

fn id(bytes: &[u8], at: usize, window: &[u8; LENGTH]) -> Option<Uuid> {
    let is_part = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    if is_part(at.checked_sub(1).and_then(|before| bytes.get(before))) || is_part(bytes.get(at + LENGTH)) {
        return None;
    }
    Uuid::try_parse_ascii(window).ok()
}

#[cfg(test)]
#[path = "ids_tests.rs"]
mod tests;
