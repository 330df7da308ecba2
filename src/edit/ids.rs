//! Grant ids in files: canonical hyphenated UUIDs in either case, found at the speed of memory.

use uuid::Uuid;

/// Bytes of a hyphenated UUID.
pub const LENGTH: usize = 36;

/// How much of a line is looked at for a name before an id, in bytes. Minified files have lines of megabytes.
const CONTEXT: usize = 160;

/// An id in a file.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    /// Where it starts, in bytes.
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

/// Finds all ids. A letter or digit on either side makes it part of something longer, which is none.
pub fn find(bytes: &[u8]) -> impl Iterator<Item = Found<'_>> {
    let (mut from, mut line, mut line_start, mut counted) = (0, 1, 0, 0);
    std::iter::from_fn(move || {
        let (offset, id) = next(bytes, from)?;
        from = offset + LENGTH;
        // Lines are counted only where there is an id.
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
    /// The id as it is written.
    pub fn written(&self) -> &'a [u8] {
        self.bytes.get(self.offset..self.offset + LENGTH).unwrap_or_default()
    }

    /// What looks like the name that it stands under, where there is such a thing on its line: `GOOGLE_GRANT_ID=`,
    /// `"grant_id": `, `grant_id: UUID("`, `--grant `. It may be anything, a part of a secret, too, so it is not shown
    /// as it is.
    pub(super) fn guess(&self) -> Option<&'a str> {
        let before = self.before();
        // `::` is no sign of a value, and after a comma another value starts, which has no name.
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

    /// Whether it seems to stand under a name that says that it is a grant's id, whatever the id is.
    pub fn is_named_like_a_grant(&self) -> bool {
        self.guess().is_some_and(|name| name.to_ascii_lowercase().contains("grant"))
    }

    /// What stands before it on its line.
    fn before(&self) -> &'a [u8] {
        let start = self.offset.saturating_sub((self.column - 1).min(CONTEXT));
        self.bytes.get(start..self.offset).unwrap_or_default()
    }
}

/// The last word of a text, out of its quotes, and what comes before it.
fn last_word(text: &[u8]) -> (&[u8], &str) {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.$".contains(byte);
    let end = text.iter().rposition(|byte| !b" \t\"'`:?]=".contains(byte)).map_or(0, |at| at + 1);
    let text = text.get(..end).unwrap_or_default();
    let start = text.iter().rposition(|byte| !is_word(byte)).map_or(0, |at| at + 1);
    let (head, word) = text.split_at(start);
    (head.trim_ascii_end(), std::str::from_utf8(word).unwrap_or_default())
}

/// What a byte can be in an id.
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

/// The next id that starts at `from` or later.
///
/// The last byte of a window of 36 is looked at first. Most bytes of a text cannot stand in an id at all, and then
/// the whole window is passed at once; so little more is read than a few bytes of each cache line.
fn next(bytes: &[u8], mut from: usize) -> Option<(usize, Uuid)> {
    loop {
        let window: &[u8; LENGTH] = bytes.get(from..)?.first_chunk()?;
        from += match KINDS[usize::from(window[LENGTH - 1])] {
            Kind::Other => LENGTH,
            // The last hyphen of an id stands 12 bytes before its last digit.
            Kind::Hyphen => 12,
            Kind::Hex => match window {
                window if window[23] != b'-' => past(bytes, from, window, 23),
                window if window[18] != b'-' => past(bytes, from, window, 18),
                window if window[13] != b'-' => past(bytes, from, window, 13),
                window if window[8] != b'-' => past(bytes, from, window, 8),
                window => match id(bytes, from, window) {
                    Some(id) => return Some((from, id)),
                    None => 1,
                },
            },
        };
    }
}

/// How far the window can go when a hyphen is missing in it.
fn past(bytes: &[u8], from: usize, window: &[u8; LENGTH], at: usize) -> usize {
    if KINDS[usize::from(window[at])] == Kind::Other {
        return at + 1;
    }
    // A digit: the first hyphen of a later id is the next one that comes behind the place of this one's.
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
