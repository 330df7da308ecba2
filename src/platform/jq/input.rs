//! The input of a filter: checked as a whole, before the filter sees any of it. jaq itself reads more than JSON
//! (comments, `NaN`, bytes) and overflows the stack on deep nesting.

use std::borrow::Cow;

use memchr::memchr2;
use serde_json::value::RawValue;

use super::error::line_and_column;
use super::message::ChildEnd;

/// How deep arrays and objects may nest, as in jq.
const DEEPEST: usize = 10_000;

/// The input as text: without a byte-order mark, and with a replacement character for what is no UTF-8, as jq does.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// Checks that a text is JSON, any number of values, and not too deep.
///
/// # Errors
///
/// Where it stops being that.
pub(super) fn check(text: &str) -> Result<(), ChildEnd> {
    for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        let Err(error) = value else { continue };
        let whole = error.to_string();
        let problem = whole.rfind(" at line ").and_then(|end| whole.get(..end)).unwrap_or(&whole);
        let message = if error.is_eof() { "it ends too early" } else { problem };
        let (line, column) = in_characters(text, error.line(), error.column());
        return Err(ChildEnd::Input { message: message.to_owned(), line, column });
    }
    match too_deep(text) {
        Some(at) => Err(wrong(text, at, &format!("nested more than {DEEPEST} levels deep"))),
        None => Ok(()),
    }
}

/// What is wrong at a place, in bytes.
pub(super) fn wrong(text: &str, at: usize, problem: &str) -> ChildEnd {
    let (line, column) = line_and_column(text, at);
    ChildEnd::Input { message: problem.to_owned(), line, column }
}

/// A column in bytes, as the parser counts it, in characters. It names the last byte that was read, and is 0 for a
/// line break.
fn in_characters(text: &str, line: usize, column: usize) -> (usize, usize) {
    let here = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let before = here.as_bytes().get(..column.saturating_sub(1)).unwrap_or_default();
    (line, String::from_utf8_lossy(before).chars().count() + 1)
}

/// Where a text that is JSON nests too deep.
fn too_deep(text: &str) -> Option<usize> {
    let (bytes, mut at, mut depth) = (text.as_bytes(), 0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'[' | b'{' if depth == DEEPEST => return Some(at),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => at = string_end(bytes, at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The closing quote of the text whose content begins here.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes.get(at) == Some(&b'"') {
            return at;
        }
        at += 2;
    }
    bytes.len()
}
