//! Differences between two bodies, or two lists of headers.

use similar::{DiffOp, group_diff_ops};

use super::document::{Document, Kind, View};
use super::folds::Folds;
use super::line::{Class, Line};
use super::lines::Fit;
use super::{glyphs, pretty};
use crate::domain::difference::difference;
use crate::domain::{Clean, words};
use crate::tape::{NONE, Shape, Tape, TokenId};

/// Sides with more lines than this are not compared.
pub const MAX_LINES: usize = 50_000;
/// Sides with more bytes than this are not compared.
pub const MAX_BYTES: usize = 8 << 20;

/// Which side a line is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Both sides.
    Same,
    /// The right side only.
    Added,
    /// The left side only.
    Removed,
    /// Equal lines that are left out.
    Gap,
}

/// A line of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// Which side it is on.
    pub sign: Sign,
    /// Line number on the left, from 1. For JSON, lines are numbered in the order in which they are compared.
    pub left: Option<usize>,
    /// Line number on the right, from 1.
    pub right: Option<usize>,
    /// The text, as classified pieces.
    pub pieces: Vec<(Class, Clean)>,
    /// Indentation in cells.
    pub indent: usize,
}

/// The differences between two bodies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Changed lines with their context, and gaps. Empty if the bodies are equal.
    pub lines: Vec<DiffLine>,
    /// Number of lines on the right only.
    pub added: usize,
    /// Number of lines on the left only.
    pub removed: usize,
    /// Both sides were JSON: compared with sorted names, ignoring whitespace and string escapes.
    pub json: bool,
    /// A side exceeds [`MAX_LINES`] or [`MAX_BYTES`], so nothing was compared.
    pub too_large: bool,
}

/// Options for [`diff`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiffOptions {
    /// Number of equal lines to keep around each difference.
    pub context: usize,
    /// Line width in cells. Longer lines are compared whole, but cut in the output.
    pub width: usize,
}

impl Default for DiffOptions {
    fn default() -> Self {
        Self { context: 3, width: 200 }
    }
}

/// One side, split into lines.
struct Side<'a> {
    document: &'a Document,
    /// The key of each line; equal keys are equal lines.
    keys: Vec<Vec<u8>>,
    /// For JSON, the entry of each line.
    tokens: Vec<TokenId>,
    view: View,
}

/// Compares two bodies: JSON with JSON by value, text by lines, and anything else by rows of sixteen bytes.
pub fn diff(left: &Document, right: &Document, options: DiffOptions) -> Diff {
    let json = left.tape().is_some() && right.tape().is_some();
    let binary = |document: &Document| matches!(document.kind(), Kind::Binary(_));
    let view = match (json, binary(left) || binary(right)) {
        (true, _) => View::Pretty,
        (false, true) => View::Hex,
        (false, false) => View::Raw,
    };
    if left.body() == right.body() {
        return Diff { json, ..Diff::default() };
    }
    let (Some(left), Some(right)) = (Side::new(left, view), Side::new(right, view)) else {
        return Diff { json, too_large: true, ..Diff::default() };
    };
    let operations = difference(&left.keys(), &right.keys());
    let mut diff = Diff { json, ..Diff::default() };
    for operation in &operations {
        if !matches!(operation, DiffOp::Equal { .. }) {
            diff.removed += operation.old_range().len();
            diff.added += operation.new_range().len();
        }
    }
    if diff.added + diff.removed == 0 {
        return diff;
    }
    let mut seen = 0;
    for group in group_diff_ops(operations, options.context) {
        for operation in group {
            let (old, new) = (operation.old_range(), operation.new_range());
            diff.lines.extend(gap(old.start - seen.min(old.start)));
            seen = old.end;
            if let DiffOp::Equal { .. } = operation {
                let lines = old.zip(new);
                diff.lines.extend(lines.filter_map(|(old, new)| {
                    right.line(Sign::Same, new, (Some(old + 1), Some(new + 1)), options.width)
                }));
                continue;
            }
            diff.lines.extend(
                old.filter_map(|at| left.line(Sign::Removed, at, (Some(at + 1), None), options.width)),
            );
            diff.lines.extend(
                new.filter_map(|at| right.line(Sign::Added, at, (None, Some(at + 1)), options.width)),
            );
        }
    }
    diff.lines.extend(gap(left.keys.len() - seen));
    diff
}

fn gap(lines: usize) -> Option<DiffLine> {
    let words = Clean::line(&format!("… {}", words::counted(lines as u64, "equal line")));
    let pieces = vec![(Class::Dim, words)];
    (lines > 0).then_some(DiffLine { sign: Sign::Gap, left: None, right: None, pieces, indent: 0 })
}

impl<'a> Side<'a> {
    /// Returns `None` if the document is too large.
    fn new(document: &'a Document, view: View) -> Option<Self> {
        let text: &[u8] = if view == View::Hex { document.body() } else { document.text() };
        let lines = document.visible_len(view, &Folds::default(), Fit::Cut(0));
        if text.len() > MAX_BYTES || lines > MAX_LINES {
            return None;
        }
        let mut side = Self { document, keys: Vec::with_capacity(lines), tokens: Vec::new(), view };
        match (view, document.tape()) {
            (View::Pretty, Some(tape)) => {
                side.tokens = sorted_entries(tape, text);
                side.keys = side.tokens.iter().map(|token| key(tape, text, *token)).collect();
            }
            (View::Hex, _) => side.keys = text.chunks(super::hex::BYTES).map(<[u8]>::to_vec).collect(),
            _ => {
                let line = |number| text.get(document.newlines().line(text, number));
                side.keys = (0..lines).map(|number| line(number).unwrap_or_default().to_vec()).collect();
            }
        }
        Some(side)
    }

    fn keys(&self) -> Vec<&[u8]> {
        self.keys.iter().map(Vec::as_slice).collect()
    }

    fn line(
        &self,
        sign: Sign,
        at: usize,
        (left, right): (Option<usize>, Option<usize>),
        width: usize,
    ) -> Option<DiffLine> {
        let Line { pieces, indent, .. } = match (self.document.tape(), self.tokens.get(at)) {
            (Some(tape), Some(token)) => {
                pretty::line(self.document.text(), tape, *token, (false, false), width, None)?
            }
            _ => self
                .document
                .lines(self.view, &Folds::default(), at, 1, Fit::Cut(width), None)
                .into_iter()
                .next()?,
        };
        Some(DiffLine { sign, left, right, pieces, indent })
    }
}

/// Returns the entries of a tape with the members of each object sorted by name. The sort is stable, so
/// repeated names keep their order.
fn sorted_entries(tape: &Tape, text: &[u8]) -> Vec<TokenId> {
    let siblings = |first| std::iter::successors(first, |token| tape.next_sibling(*token));
    let mut out = Vec::with_capacity(tape.len());
    let mut waiting: Vec<TokenId> = siblings(tape.token(0)).collect();
    waiting.reverse();
    while let Some(token) = waiting.pop() {
        out.push(token);
        let Some(shape) = tape.shape(token).filter(|shape| shape.opens()) else { continue };
        waiting.push(tape.last(token));
        let mut children: Vec<TokenId> = siblings(tape.first_child(token)).collect();
        if shape == Shape::Object {
            children.sort_by_cached_key(|child| tape.name(text, *child));
        }
        waiting.extend(children.into_iter().rev());
    }
    out
}

/// Returns the depth, name and value of an entry, independent of how they are escaped.
fn key(tape: &Tape, text: &[u8], token: TokenId) -> Vec<u8> {
    let Some(entry) = tape.entry(token) else { return Vec::new() };
    let mut key = (entry.depth() as u32).to_le_bytes().to_vec();
    let shape = entry.shape();
    if !shape.closes() && entry.key != NONE {
        let name = glyphs::decode(text, entry.key as usize);
        key.extend((name.len() as u32).to_le_bytes());
        key.extend(name.bytes());
    }
    key.push(shape as u8);
    match shape {
        Shape::String => match text.get(tape.value(token)) {
            // A lone surrogate has no character: decoded, all of them would be equal.
            Some(source) if may_have_lone_surrogate(source) => key.extend(source),
            _ => key.extend(glyphs::decode(text, entry.start as usize).bytes()),
        },
        Shape::Number | Shape::Literal => key.extend(text.get(tape.value(token)).unwrap_or_default()),
        _ => {}
    }
    key
}

/// Whether a string may contain a lone surrogate.
fn may_have_lone_surrogate(source: &[u8]) -> bool {
    memchr::memmem::find_iter(source, b"\\u").any(|at| {
        let digits = source.get(at + 2..at + 4).unwrap_or_default();
        matches!(digits, [b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F'])
            && glyphs::unicode_escape(source.get(at..).unwrap_or_default()).is_none_or(|(c, _)| c.is_none())
    })
}

/// A header or other name/value pair from one of two answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairLine {
    /// Which side it is on; never [`Sign::Gap`].
    pub sign: Sign,
    /// The name, as its side spells it.
    pub name: Clean,
    /// The value.
    pub value: Clean,
}

/// Compares two lists of name/value pairs, such as headers. The result is sorted by name, ignoring case. For
/// a changed value, the old one comes first.
pub fn diff_pairs(left: &[(String, String)], right: &[(String, String)]) -> Vec<PairLine> {
    let mut rest: Vec<&(String, String)> = right.iter().collect();
    let mut found: Vec<(Sign, &(String, String))> = Vec::new();
    for pair in left {
        let same = rest.iter().position(|other| other.0.eq_ignore_ascii_case(&pair.0) && other.1 == pair.1);
        match same {
            Some(at) => found.push((Sign::Same, rest.remove(at))),
            None => found.push((Sign::Removed, pair)),
        }
    }
    found.extend(rest.into_iter().map(|pair| (Sign::Added, pair)));
    found.sort_by_cached_key(|(_, pair)| pair.0.to_ascii_lowercase());
    let line = |(sign, (name, value)): (Sign, &(String, String))| PairLine {
        sign,
        name: Clean::line(name),
        value: Clean::line(value),
    };
    found.into_iter().map(line).collect()
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
