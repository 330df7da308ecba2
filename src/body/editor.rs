//! Checks, formats and colours JSON while it is edited.

use std::ops::Range;

use super::line::Class;
use super::problem::{JsonProblem, TapeError};
use super::tape::{NONE, Shape, Tape};

/// Text that would need more bytes of indentation than this is not formatted: nobody reads JSON nested that
/// deep.
const MAX_INDENTATION: usize = 64 << 20;

/// Checks that a text is a single JSON value.
///
/// # Errors
///
/// The first syntax error and its position.
pub fn check(text: &str) -> Result<(), JsonProblem> {
    tape(text).map(drop)
}

fn tape(text: &str) -> Result<Tape, JsonProblem> {
    Tape::build(text.as_bytes(), &|| false).map_err(|error| match error {
        TapeError::Invalid(problem) => problem,
        TapeError::TooDeep { offset } => JsonProblem::at(text.as_bytes(), offset, error.to_string()),
        TapeError::TooLarge | TapeError::Cancelled => JsonProblem::at(&[], 0, error.to_string()),
    })
}

/// Formats JSON with one member or element per line, indented by two spaces. Numbers, strings, the order of
/// names and repeated names are kept as written.
///
/// # Errors
///
/// As for [`check`]; also if the indentation alone would fill the memory.
pub fn format(text: &str) -> Result<String, JsonProblem> {
    let tape = tape(text)?;
    let blanks: usize = tape.entries.iter().map(|entry| entry.depth() * 2).sum();
    if blanks > MAX_INDENTATION {
        return Err(JsonProblem::at(text.as_bytes(), 0, "nested too deep to be formatted".to_owned()));
    }
    let source = |range: Range<usize>| text.get(range).unwrap_or_default();
    let mut out = String::with_capacity(text.len() + blanks);
    for index in 0..tape.len() {
        let Some((token, entry)) = tape.token(index).and_then(|token| Some((token, tape.entry(token)?)))
        else {
            break;
        };
        if index > 0 {
            out.push('\n');
        }
        out.extend(std::iter::repeat_n(' ', entry.depth() * 2));
        let shape = entry.shape();
        if !shape.closes() && entry.key != NONE {
            let head = source(entry.key as usize..entry.start as usize);
            out.push_str(head.trim_end().strip_suffix(':').unwrap_or(head).trim_end());
            out.push_str(": ");
        }
        match shape {
            Shape::Object => out.push('{'),
            Shape::Array => out.push('['),
            Shape::ObjectEnd => out.push('}'),
            Shape::ArrayEnd => out.push(']'),
            Shape::EmptyObject => out.push_str("{}"),
            Shape::EmptyArray => out.push_str("[]"),
            Shape::String | Shape::Number | Shape::Literal => out.push_str(source(tape.value(token))),
        }
        if !shape.opens() && tape.comma(token) {
            out.push(',');
        }
    }
    Ok(out)
}

/// Splits a text that may be incomplete JSON into classified byte ranges, in order and without gaps. Strings
/// end with their line, so each line can be classified by itself; the only error is that a name whose colon
/// is on a later line is classified as a string.
pub fn classes(text: &str) -> Vec<(Range<usize>, Class)> {
    let bytes = text.as_bytes();
    let mut out: Vec<(Range<usize>, Class)> = Vec::new();
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let run = |is: fn(u8) -> bool| rest.iter().take_while(|byte| is(**byte)).count().max(1);
        let (length, class) = match first {
            b'"' => {
                let length = string_length(rest);
                let next = rest.iter().skip(length).find(|byte| !byte.is_ascii_whitespace());
                (length, if next == Some(&b':') { Class::Key } else { Class::String })
            }
            b'{' | b'}' | b'[' | b']' | b',' | b':' => (1, Class::Punctuation),
            b'-' | b'0'..=b'9' => {
                (run(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)), Class::Number)
            }
            b'a'..=b'z' => {
                let length = run(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80);
                let word = rest.get(..length).unwrap_or_default();
                let known = [&b"true"[..], b"false", b"null"].contains(&word);
                (length, if known { Class::Literal } else { Class::Text })
            }
            _ => (
                run(|byte| !b"\"{}[],:-0123456789".contains(&byte) && !byte.is_ascii_lowercase()),
                Class::Text,
            ),
        };
        match out.last_mut() {
            Some((range, last)) if *last == class && class == Class::Text => range.end = at + length,
            _ => out.push((at..at + length, class)),
        }
        at += length;
    }
    out
}

/// The length of the string that starts with a quote. An unclosed string ends with its line.
fn string_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' => return at,
            b'\\' if rest.get(at + 1).is_some_and(|next| *next != b'\n') => at += 2,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
#[path = "editor_tests.rs"]
mod tests;
