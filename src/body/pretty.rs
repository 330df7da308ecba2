//! Pretty-prints one line of JSON.

use super::line::{self, Builder, Class, Line};
use super::needle::{Needle, marks};
use super::tape::{NONE, Shape, Tape, TokenId};
use crate::domain::words;

/// Spaces per level.
const INDENT: usize = 2;

/// Builds the line of an entry, given whether it is folded and whether a comma may follow.
pub(super) fn line(
    text: &[u8],
    tape: &Tape,
    token: TokenId,
    (folded, comma): (bool, bool),
    width: usize,
    needle: Option<&Needle>,
) -> Option<Line> {
    let entry = tape.entry(token)?;
    let shape = entry.shape();
    let last = if folded { tape.last(token) } else { token };
    let value = if folded { tape.value(token) } else { own(tape, token)? };
    let source = entry.begin()..value.end;
    let indent = (entry.depth() * INDENT).min(width / 2);
    let room = width - indent;

    let mut lit = Vec::new();
    if let Some(needle) = needle {
        if entry.begin() < value.start {
            marks(needle, text, source.start..value.start, room, &mut lit);
        }
        // Folded content is not shown, so its matches are not highlighted either.
        let shown = if folded { value.start..value.start + 1 } else { value.clone() };
        marks(needle, text, shown, room, &mut lit);
    }
    let build = |builder: &mut Builder<'_>| {
        if !shape.closes() && entry.key != NONE {
            builder.push_string(Class::Key, entry.key as usize);
            builder.push_punctuation(":", value.start.saturating_sub(1));
            builder.push_punctuation(" ", value.start.saturating_sub(1));
        }
        match shape {
            Shape::Object if folded => {
                fold(builder, value.clone(), ["{", "}"], tape.children(token), "member");
            }
            Shape::Array if folded => {
                fold(builder, value.clone(), ["[", "]"], tape.children(token), "element");
            }
            Shape::Object => builder.push_punctuation("{", value.start),
            Shape::Array => builder.push_punctuation("[", value.start),
            Shape::ObjectEnd => builder.push_punctuation("}", value.start),
            Shape::ArrayEnd => builder.push_punctuation("]", value.start),
            Shape::EmptyObject => builder.push_punctuation("{}", value.start),
            Shape::EmptyArray => builder.push_punctuation("[]", value.start),
            Shape::String => builder.push_string(Class::String, value.start),
            Shape::Number => builder.push_raw(Class::Number, value.clone()),
            Shape::Literal => builder.push_raw(Class::Literal, value.clone()),
        }
        if comma && (folded || !shape.opens()) && tape.comma(last) {
            builder.push_punctuation(",", value.end);
        }
    };
    let pieces = line::fit(text, &lit, room, 1, value.end, build);
    let foldable = shape.opens().then_some(folded);
    Some(Line { pieces, source, token: Some(token), foldable, indent, continued: false })
}

/// The bytes of the entry itself: for a bracket, that one byte.
fn own(tape: &Tape, token: TokenId) -> Option<std::ops::Range<usize>> {
    let entry = tape.entry(token)?;
    let start = entry.start as usize;
    let bracket = entry.shape().opens() || entry.shape().closes();
    Some(if bracket { start..start + 1 } else { start..entry.partner as usize })
}

fn fold(
    builder: &mut Builder<'_>,
    value: std::ops::Range<usize>,
    brackets: [&str; 2],
    children: usize,
    thing: &str,
) {
    builder.push_punctuation(brackets[0], value.start);
    builder.push(Class::Dim, &format!(" … {} ", words::counted(children as u64, thing)), value.start + 1);
    builder.push_punctuation(brackets[1], value.end.saturating_sub(1));
}
