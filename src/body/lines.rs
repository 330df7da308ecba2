//! The lines of a document in each view, and the line of an offset. The cost depends on the lines requested,
//! not on their position; only the first access at a new width of wrapped text reads the whole text.

use super::document::{Document, Kind, View};
use super::folds::Folds;
use super::line::{self, Builder, Class, Line};
use super::needle::{Needle, marks};
use super::tape::Tape;
use super::wrap::{MIN_WIDTH, TAB, WrappedRow};
use super::{hex, pretty};

/// Texts up to this size can be read within a frame.
pub const READ_AT_ONCE: usize = 128 << 10;

/// What to do with lines that are too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fit {
    /// Cut them to this many cells and say how much is missing.
    Cut(usize),
    /// Wrap them at this many cells, at least 8. For raw text only.
    Wrap(usize),
}

impl Fit {
    /// The width in cells.
    pub fn width(self) -> usize {
        match self {
            Self::Cut(width) => width,
            Self::Wrap(width) => width.max(MIN_WIDTH),
        }
    }
}

/// A view with the data that it needs.
enum Layout<'a> {
    Tape(&'a Tape),
    Text,
    Bytes,
}

impl Document {
    fn layout(&self, view: View) -> Layout<'_> {
        match (view, self.kind()) {
            (View::Hex, _) | (View::Pretty, Kind::Binary(_)) => Layout::Bytes,
            (View::Pretty, Kind::Json(tape)) => Layout::Tape(tape),
            (View::Pretty | View::Raw, _) => Layout::Text,
        }
    }

    /// Whether lines are available without reading a large text first. Only wrapping at a new width needs
    /// that; [`Document::prepare`] does it.
    pub fn is_prepared(&self, view: View, fit: Fit) -> bool {
        match (self.layout(view), fit) {
            (Layout::Text, Fit::Wrap(width)) => {
                self.text().len() <= READ_AT_ONCE || self.wrapped_before(width).is_some()
            }
            _ => true,
        }
    }

    /// Makes [`Document::is_prepared`] true. Slow for 50 MB, so call it off the UI thread.
    pub fn prepare(&self, view: View, fit: Fit) {
        self.visible_len(view, &Folds::default(), fit);
    }

    /// Number of visible lines. Folds only apply to pretty JSON.
    pub fn visible_len(&self, view: View, folds: &Folds, fit: Fit) -> usize {
        match (self.layout(view), fit) {
            (Layout::Tape(tape), _) => folds.visible_len(tape),
            (Layout::Bytes, _) => hex::lines(self.body().len()),
            (Layout::Text, Fit::Cut(_)) => self.text_lines(),
            (Layout::Text, Fit::Wrap(width)) => self.wrapped(width).rows(),
        }
    }

    /// Returns at most `count` lines from `first`, with matches of the needle highlighted.
    pub fn lines(
        &self,
        view: View,
        folds: &Folds,
        first: usize,
        count: usize,
        fit: Fit,
        needle: Option<&Needle>,
    ) -> Vec<Line> {
        let text = self.text();
        match self.layout(view) {
            Layout::Tape(tape) => {
                let mut next = folds.token_at(tape, first);
                let mut out = Vec::new();
                while out.len() < count
                    && let Some(token) = next
                {
                    let folded = folds.is_folded(tape, token);
                    out.extend(pretty::line(text, tape, token, (folded, true), fit.width(), needle));
                    let last = if folded { tape.last(token) } else { token };
                    next = tape.token(last.index() + 1);
                }
                out
            }
            Layout::Bytes => (0..count)
                .map_while(|number| hex::line(self.body(), first.checked_add(number)?, needle))
                .collect(),
            Layout::Text => self
                .rows(first, count, fit)
                .into_iter()
                .map(|row| text_line(text, row, fit.width(), needle))
                .collect(),
        }
    }

    fn rows(&self, first: usize, count: usize, fit: Fit) -> Vec<WrappedRow> {
        match fit {
            Fit::Wrap(width) => self.wrapped(width).window(self.text(), self.newlines(), first, count),
            Fit::Cut(_) => {
                let end = self.text_lines().min(first.saturating_add(count));
                let row = |number| WrappedRow {
                    range: self.newlines().line(self.text(), number),
                    continued: false,
                    tab: TAB,
                };
                (first..end).map(row).collect()
            }
        }
    }

    /// The visible line of an offset: of the text, or in [`View::Hex`] of the body. A folded offset is on the
    /// line of its fold.
    pub fn line_of(&self, view: View, folds: &Folds, fit: Fit, offset: usize) -> usize {
        match (self.layout(view), fit) {
            (Layout::Tape(tape), _) => tape.token_at(offset).map_or(0, |token| folds.line_of(token)),
            (Layout::Bytes, _) => (offset / hex::BYTES).min(hex::lines(self.body().len()).saturating_sub(1)),
            (Layout::Text, Fit::Cut(_)) => self.newlines().line_of(self.text(), offset),
            (Layout::Text, Fit::Wrap(width)) => {
                self.wrapped(width).row_of(self.text(), self.newlines(), offset)
            }
        }
    }
}

fn text_line(text: &[u8], row: WrappedRow, width: usize, needle: Option<&Needle>) -> Line {
    let WrappedRow { range: source, continued, tab } = row;
    let mut lit = Vec::new();
    if let Some(needle) = needle {
        marks(needle, text, source.clone(), width, &mut lit);
    }
    let build = |builder: &mut Builder<'_>| builder.push_raw(Class::Text, source.clone());
    let pieces = line::fit(text, &lit, width, tab, source.end, build);
    Line { pieces, source, token: None, foldable: None, indent: 0, continued }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
