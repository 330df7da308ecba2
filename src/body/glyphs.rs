//! Untrusted bytes as displayable characters, one at a time, with the bytes each one represents.

use std::ops::Range;

use crate::domain::clean::is_harmless;

/// How one or more source bytes are displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glyph {
    /// A character. In a JSON string it is safe to display; elsewhere it may be any character.
    Character(char),
    /// Source bytes shown as they are: an escape in printable ASCII.
    Escape,
    /// A character that is not safe to display, written as a JSON escape.
    Hidden(char),
    /// A byte that is not UTF-8.
    Broken,
}

/// Returns the first character, or `None` if it is invalid UTF-8, and its length in bytes: at least 1 unless
/// `bytes` is empty.
pub(super) fn character(bytes: &[u8]) -> (Option<char>, usize) {
    let length = match bytes.first() {
        None => return (None, 0),
        Some(0..0x80) => 1,
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        Some(_) => return (None, 1),
    };
    let text = bytes.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok());
    match text.and_then(|text| text.chars().next()) {
        Some(character) => (Some(character), length),
        None => (None, 1),
    }
}

/// Returns the glyph at `at` inside a JSON string, or `None` at the closing quote or the end of the text. A
/// `\u` escape of a displayable character becomes that character; other escapes stay as written.
pub(super) fn in_string(text: &[u8], at: usize) -> Option<(Glyph, Range<usize>)> {
    let rest = text.get(at..)?;
    match rest.first()? {
        b'"' => None,
        b'\\' => {
            let (glyph, length) = escape(rest);
            Some((glyph, at..at + length))
        }
        _ => {
            let (glyph, length) = match character(rest) {
                (Some(character), length) if is_harmless(character) => (Glyph::Character(character), length),
                (Some(character), length) => (Glyph::Hidden(character), length),
                (None, length) => (Glyph::Broken, length),
            };
            Some((glyph, at..at + length))
        }
    }
}

fn escape(rest: &[u8]) -> (Glyph, usize) {
    match unicode_escape(rest) {
        // Below U+0080 the escape may be significant: `\u0022` is a quote inside the string.
        Some((Some(character), length)) if !character.is_ascii() && is_harmless(character) => {
            (Glyph::Character(character), length)
        }
        Some((_, length)) => (Glyph::Escape, length.min(6)),
        None => (Glyph::Escape, rest.len().min(2)),
    }
}

/// Decodes `\uXXXX` or a surrogate pair. Returns the character, or `None` for a lone surrogate, and the
/// length.
pub(super) fn unicode_escape(rest: &[u8]) -> Option<(Option<char>, usize)> {
    let first = unit(rest)?;
    if let Some(character) = char::from_u32(first) {
        return Some((Some(character), 6));
    }
    let second = rest.get(6..).and_then(unit).filter(|unit| (0xdc00..0xe000).contains(unit));
    match second {
        Some(second) if first < 0xdc00 => {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            Some((char::from_u32(code), 12))
        }
        _ => Some((None, 6)),
    }
}

fn unit(rest: &[u8]) -> Option<u32> {
    let digits = rest.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    digits.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
}

/// Decodes the string whose opening quote is at `at`; a lone surrogate becomes `�`. The result is not
/// sanitised.
pub(super) fn decode(text: &[u8], at: usize) -> String {
    let mut out = String::new();
    let mut at = at + 1;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let plain = crate::domain::unescaped::unescaped_length(rest);
        out.push_str(&String::from_utf8_lossy(rest.get(..plain).unwrap_or_default()));
        at += plain;
        let rest = text.get(at..).unwrap_or_default();
        match rest.first() {
            Some(b'\\') => {}
            // Only a string that was never validated contains control characters.
            Some(byte) if *byte != b'"' => {
                out.push(char::from(*byte));
                at += 1;
                continue;
            }
            _ => return out,
        }
        if let Some((character, length)) = unicode_escape(rest) {
            out.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
            at += length;
            continue;
        }
        match rest.get(1) {
            Some(b'b') => out.push('\u{8}'),
            Some(b'f') => out.push('\u{c}'),
            Some(b'n') => out.push('\n'),
            Some(b'r') => out.push('\r'),
            Some(b't') => out.push('\t'),
            Some(other) => out.push(char::from(*other)),
            None => return out,
        }
        at += 2;
    }
}

/// Appends a character as JSON escapes.
pub(super) fn push_escaped(out: &mut String, character: char) {
    use std::fmt::Write as _;
    for unit in character.encode_utf16(&mut [0; 2]) {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}
