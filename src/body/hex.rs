//! Hex dump: offset, sixteen bytes, their ASCII.

use std::ops::Range;

use super::line::{Class, Line};
use super::needle::{Needle, marks};
use crate::domain::Clean;

/// Bytes per line.
pub(super) const BYTES: usize = 16;

/// Number of lines for `length` bytes.
pub(super) fn lines(length: usize) -> usize {
    length.div_ceil(BYTES)
}

/// Returns a line of the dump, or `None` past the end.
pub(super) fn line(body: &[u8], number: usize, needle: Option<&Needle>) -> Option<Line> {
    let start = number.checked_mul(BYTES)?;
    let bytes = body.get(start..).filter(|rest| !rest.is_empty())?;
    let bytes = bytes.get(..BYTES).unwrap_or(bytes);
    let source = start..start + bytes.len();
    let mut lit: Vec<Range<usize>> = Vec::new();
    if let Some(needle) = needle {
        marks(needle, body, source.clone(), BYTES, &mut lit);
    }
    let is_lit = |at: usize| lit.iter().any(|mark| mark.contains(&at));

    let mut pieces: Vec<(Class, String)> = Vec::new();
    let mut push = |class: Class, text: &str| match pieces.last_mut() {
        Some((last, all)) if *last == class => all.push_str(text),
        _ => pieces.push((class, text.to_owned())),
    };
    push(Class::Offset, &format!("{start:08x}"));
    push(Class::Text, "  ");
    for index in 0..BYTES {
        let lit = is_lit(start + index);
        match bytes.get(index) {
            Some(byte) => {
                let class = if lit { Class::Match } else { Class::Byte };
                push(class, digit(byte >> 4));
                push(class, digit(byte & 0xf));
            }
            None => push(Class::Byte, "  "),
        }
        let through = lit && is_lit(start + index + 1) && index + 1 < bytes.len();
        let gap = if index == BYTES / 2 - 1 { "  " } else { " " };
        push(if through { Class::Match } else { Class::Byte }, gap);
    }
    push(Class::Byte, " ");
    for (index, byte) in bytes.iter().enumerate() {
        let (class, character) = match byte {
            b' '..=b'~' => (Class::Text, char::from(*byte)),
            _ => (Class::Dim, '.'),
        };
        let class = if is_lit(start + index) { Class::Match } else { class };
        push(class, character.encode_utf8(&mut [0; 4]));
    }
    let pieces = pieces.into_iter().map(|(class, text)| (class, Clean::line(&text))).collect();
    Some(Line { pieces, source, token: None, foldable: None, indent: 0, continued: false })
}

/// Returns a hexadecimal digit.
fn digit(value: u8) -> &'static str {
    let value = usize::from(value);
    "0123456789abcdef".get(value..=value).unwrap_or_default()
}
