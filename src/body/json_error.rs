//! Messages for JSON syntax errors. They only quote text that is short and safe to display.

use std::fmt::Write as _;

use crate::domain::clean::is_harmless;

/// Maximum number of characters of an unexpected word to quote.
const MAX_QUOTED: usize = 12;

/// Describes what is at an offset: a character, or a short word.
fn describe_at(bytes: &[u8], at: usize) -> String {
    let rest = bytes.get(at..).unwrap_or_default();
    let rest = rest.get(..MAX_QUOTED * 4).unwrap_or(rest);
    let text = match std::str::from_utf8(rest) {
        Ok(text) => text,
        Err(error) => {
            rest.get(..error.valid_up_to()).and_then(|all| std::str::from_utf8(all).ok()).unwrap_or("")
        }
    };
    let word: String =
        text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').take(MAX_QUOTED).collect();
    match text.chars().next() {
        None => "the end".to_owned(),
        _ if !word.is_empty() => format!("`{word}`"),
        Some('"') => "the string".to_owned(),
        Some(character) if is_harmless(character) => format!("`{character}`"),
        Some(character) => format!("the character U+{:04X}", u32::from(character)),
    }
}

/// The message if a value is expected.
pub(super) fn value(bytes: &[u8], at: usize) -> String {
    let word: Vec<u8> = bytes
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take(MAX_QUOTED)
        .take_while(|byte| byte.is_ascii_alphabetic())
        .map(u8::to_ascii_lowercase)
        .collect();
    let advice = match word.as_slice() {
        b"true" => "; write `true`",
        b"false" => "; write `false`",
        b"none" | b"nil" | b"null" | b"undefined" | b"nan" | b"inf" | b"infinity" => "; write `null`",
        _ => "",
    };
    match bytes.get(at) {
        None => "a value is missing at the end".to_owned(),
        Some(b'\'') => "a string needs double quotes".to_owned(),
        Some(b'/') => "JSON has no comments".to_owned(),
        Some(b',' | b':' | b']' | b'}') => format!("a value is missing before {}", describe_at(bytes, at)),
        Some(b'+' | b'.') => "a number begins with a digit or a minus".to_owned(),
        Some(_) => format!("{} is not a value{advice}", describe_at(bytes, at)),
    }
}

/// The message for text after a complete value.
pub(super) fn after_value(bytes: &[u8], at: usize) -> String {
    format!("the value ends before {}; nothing may follow", describe_at(bytes, at))
}

/// The offset and message if a comma or closing bracket is expected; `open` is the offset of the opening
/// bracket.
pub(super) fn after_child(bytes: &[u8], at: usize, object: bool, open: usize) -> (usize, String) {
    match bytes.get(at) {
        None => (open, not_closed(object)),
        Some(b']') => (at, "`]` closes an object, which needs `}`".to_owned()),
        Some(b'}') => (at, "`}` closes a list, which needs `]`".to_owned()),
        Some(b':') if !object => (at, "a list has no names: `:` is out of place".to_owned()),
        Some(b':') => (at, "unexpected `:` after a value".to_owned()),
        Some(b'/') => (at, "JSON has no comments".to_owned()),
        Some(_) => (at, format!("a comma is missing before {}", describe_at(bytes, at))),
    }
}

pub(super) fn not_closed(object: bool) -> String {
    if object { "an object is not closed: `}` is missing" } else { "a list is not closed: `]` is missing" }
        .to_owned()
}

pub(super) fn trailing_comma() -> String {
    "trailing comma (not allowed in JSON)".to_owned()
}

/// The message if a name is expected.
pub(super) fn name(bytes: &[u8], at: usize) -> String {
    match bytes.get(at) {
        None => "a name is missing at the end".to_owned(),
        Some(b',' | b':') => format!("a name is missing before {}", describe_at(bytes, at)),
        Some(_) => format!("a name in double quotes is needed, not {}", describe_at(bytes, at)),
    }
}

/// The message if a colon is expected.
pub(super) fn colon(bytes: &[u8], at: usize) -> String {
    match bytes.get(at) {
        None => "a colon and a value are missing at the end".to_owned(),
        Some(_) => format!("a colon is missing before {}", describe_at(bytes, at)),
    }
}

pub(super) fn digit(place: &str) -> String {
    format!("a digit is missing {place}")
}

pub(super) fn leading_zero() -> String {
    "a number does not begin with 0".to_owned()
}

pub(super) fn open_string() -> String {
    "a string is not closed".to_owned()
}

/// The message for a control character in a string.
pub(super) fn control(byte: u8) -> String {
    match byte {
        b'\n' | b'\r' => "a string is not closed on its line (a line break is written `\\n`)".to_owned(),
        b'\t' => "a tab in a string is written `\\t`".to_owned(),
        _ => {
            let mut problem = "a control character in a string is written ".to_owned();
            // Writing to a String cannot fail.
            let _ = write!(problem, "`\\u{byte:04x}`");
            problem
        }
    }
}

/// The message for an invalid escape.
pub(super) fn escape(bytes: &[u8], at: usize) -> String {
    format!(
        "a backslash cannot stand before {} (a backslash itself is written `\\\\`)",
        describe_at(bytes, at)
    )
}

pub(super) fn hexadecimal() -> String {
    "`\\u` needs four hexadecimal digits".to_owned()
}
