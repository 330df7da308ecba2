//! Validates the whole input before the filter runs. jaq itself accepts more than JSON (comments, `NaN`, bytes) and
//! overflows the stack on deep nesting.

use std::borrow::Cow;

use memchr::memchr2;
use serde_json::value::RawValue;

use super::error::line_and_column;
use super::message::ChildEnd;

/// How deep arrays and objects may nest, as in jq.
const MAX_DEPTH: usize = 10_000;

/// Decodes the input: strips a byte-order mark and replaces invalid UTF-8, as jq does.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// Checks that a text is a sequence of JSON values and does not nest too deep.
///
/// # Errors
///
/// Where the text stops being valid.
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
        Some(at) => Err(wrong(text, at, &format!("nested more than {MAX_DEPTH} levels deep"))),
        None => Ok(()),
    }
}

/// An input error at a byte offset.
pub(super) fn wrong(text: &str, at: usize, problem: &str) -> ChildEnd {
    let (line, column) = line_and_column(text, at);
    ChildEnd::Input { message: problem.to_owned(), line, column }
}

/// Converts the parser's column from bytes to characters. The parser reports the last byte read, and column 0 for a
/// line break.
fn in_characters(text: &str, line: usize, column: usize) -> (usize, usize) {
    let here = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let before = here.as_bytes().get(..column.saturating_sub(1)).unwrap_or_default();
    (line, String::from_utf8_lossy(before).chars().count() + 1)
}

/// Where a valid JSON text nests too deep.
fn too_deep(text: &str) -> Option<usize> {
    let (bytes, mut at, mut depth) = (text.as_bytes(), 0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'[' | b'{' if depth == MAX_DEPTH => return Some(at),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => at = string_end(bytes, at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The closing quote of a string whose content begins at `at`.
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
