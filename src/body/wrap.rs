//! Wraps long lines into rows, and finds row n without reading everything before it.
//!
//! A line is wrapped by cells if that is cheap. A line of a large text with non-ASCII characters is wrapped
//! by bytes instead: no character has more cells than bytes, so each row fits, some with room to spare.

use std::ops::Range;

use memchr::memchr;
use unicode_width::UnicodeWidthChar;

use super::glyphs;
use super::newlines::{Newlines, without_return};
use super::problem::is_continuation;
use crate::domain::clean::is_harmless;

/// Texts up to this size in bytes are wrapped by cells.
const MAX_EXACT: usize = 1 << 20;
/// In those, only lines up to this length in bytes.
const MAX_EXACT_LINE: usize = 1 << 14;
/// Lines, and bytes, per part of the index.
const PART: usize = 256;
const PART_BYTES: usize = 1 << 14;
/// Spaces per tab in rows that are wrapped by cells.
pub(super) const TAB: usize = 4;
/// The minimum width: the widest tab or character fits.
pub(super) const MIN_WIDTH: usize = 8;

/// The rows of a text at one width.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrapped {
    pub(super) width: usize,
    exact: bool,
    /// Bytes per row in lines that are wrapped by bytes.
    step: usize,
    parts: Vec<Part>,
    rows: usize,
}

#[derive(Debug, PartialEq, Eq)]
struct Part {
    /// Offset of its first line.
    start: u32,
    /// Number of rows before it.
    rows: usize,
}

/// A row of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WrappedRow {
    pub(super) range: Range<usize>,
    /// It is not the first row of its line.
    pub(super) continued: bool,
    /// Spaces per tab.
    pub(super) tab: usize,
}

impl Wrapped {
    pub(super) fn new(text: &[u8], width: usize) -> Self {
        let width = width.max(MIN_WIDTH);
        // A character across the break may need two cells more than it has bytes after the break.
        let step = if text.is_ascii() { width } else { width - 2 };
        let mut wrapped = Self { width, exact: text.len() <= MAX_EXACT, step, parts: Vec::new(), rows: 0 };
        let (mut at, mut lines, mut begin) = (0, PART, 0);
        while at < text.len() {
            if lines >= PART || at - begin >= PART_BYTES {
                wrapped.parts.push(Part { start: at as u32, rows: wrapped.rows });
                (lines, begin) = (0, at);
            }
            let (line, next) = line_at(text, at);
            wrapped.rows += wrapped.rows_of(text.get(line).unwrap_or_default());
            lines += 1;
            at = next;
        }
        wrapped
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Returns `count` rows from `first`.
    pub(super) fn window(
        &self,
        text: &[u8],
        newlines: &Newlines,
        first: usize,
        count: usize,
    ) -> Vec<WrappedRow> {
        let mut out = Vec::new();
        let part = self.parts.partition_point(|part| part.rows <= first);
        let Some(part) = part.checked_sub(1).and_then(|at| self.parts.get(at)) else { return out };
        let (mut at, mut row) = (part.start as usize, part.rows);
        while at < text.len() && out.len() < count {
            let (line, next) = indexed_line_at(text, newlines, at);
            let bytes = text.get(line.clone()).unwrap_or_default();
            let rows = self.rows_of(bytes);
            if row + rows > first {
                self.rows_from(bytes, &line, first.saturating_sub(row), count, &mut out);
            }
            row += rows;
            at = next;
        }
        out
    }

    /// The row of a byte offset.
    pub(super) fn row_of(&self, text: &[u8], newlines: &Newlines, offset: usize) -> usize {
        let part = self.parts.partition_point(|part| part.start as usize <= offset);
        let Some(part) = part.checked_sub(1).and_then(|at| self.parts.get(at)) else { return 0 };
        let (mut at, mut row) = (part.start as usize, part.rows);
        let begin = newlines.line(text, newlines.line_of(text, offset)).start;
        while at < begin {
            let (line, next) = indexed_line_at(text, newlines, at);
            row += self.rows_of(text.get(line).unwrap_or_default());
            at = next;
        }
        let (line, _) = indexed_line_at(text, newlines, at);
        let bytes = text.get(line.clone()).unwrap_or_default();
        let within = offset.saturating_sub(at).min(bytes.len());
        let rows = self.rows_of(bytes);
        let number = if self.by_cells(bytes) {
            breaks(bytes, self.width).take_while(|start| *start <= within).count()
        } else {
            // A character across the break belongs to the next row.
            let next = within / self.step + 1;
            if char_start(bytes, next * self.step) <= within { next } else { next - 1 }
        };
        (row + number.min(rows - 1)).min(self.rows.saturating_sub(1))
    }

    fn by_cells(&self, line: &[u8]) -> bool {
        self.exact && line.len() <= MAX_EXACT_LINE && !is_single_width(line)
    }

    fn rows_of(&self, line: &[u8]) -> usize {
        if self.by_cells(line) {
            breaks(line, self.width).count() + 1
        } else {
            line.len().div_ceil(self.step).max(1)
        }
    }

    fn rows_from(
        &self,
        bytes: &[u8],
        line: &Range<usize>,
        skip: usize,
        count: usize,
        out: &mut Vec<WrappedRow>,
    ) {
        let cells = self.by_cells(bytes);
        let mut push = |number: usize, start: usize, end: usize| {
            let range = line.start + start..line.start + end;
            out.push(WrappedRow { range, continued: number > 0, tab: if cells { TAB } else { 1 } });
            out.len() < count
        };
        if cells {
            let mut start = 0;
            for (number, end) in breaks(bytes, self.width).chain([bytes.len()]).enumerate() {
                if number >= skip && !push(number, start, end) {
                    return;
                }
                start = end;
            }
            return;
        }
        for number in skip..self.rows_of(bytes) {
            let end = char_start(bytes, (number + 1) * self.step);
            if !push(number, char_start(bytes, number * self.step), end) {
                return;
            }
        }
    }
}

/// The range of the line that starts at `at`, and the start of the next one.
fn line_at(text: &[u8], at: usize) -> (Range<usize>, usize) {
    let rest = text.get(at..).unwrap_or_default();
    let end = memchr(b'\n', rest).map_or(text.len(), |length| at + length);
    (at..without_return(text, at, end), end + 1)
}

/// Like [`line_at`], but does not read a line of many megabytes to its end.
fn indexed_line_at(text: &[u8], newlines: &Newlines, at: usize) -> (Range<usize>, usize) {
    let near = text.get(at..at + PART_BYTES).is_none_or(|near| memchr(b'\n', near).is_some());
    if near {
        return line_at(text, at);
    }
    let end = newlines.line_break(text, newlines.breaks_before(text, at));
    (at..without_return(text, at, end), end + 1)
}

/// Whether each byte takes one cell.
fn is_single_width(line: &[u8]) -> bool {
    line.is_ascii() && !line.contains(&b'\t')
}

/// The start of the character that contains a byte.
fn char_start(line: &[u8], at: usize) -> usize {
    if at >= line.len() {
        return line.len();
    }
    let back =
        (0..4).find(|back| line.get(at.wrapping_sub(*back)).is_some_and(|byte| !is_continuation(*byte)));
    // Continuation bytes without a lead byte are not a character.
    back.map_or(at, |back| at - back)
}

/// Returns where rows of `width` cells start, except the first.
fn breaks(line: &[u8], width: usize) -> impl Iterator<Item = usize> + '_ {
    let (mut at, mut cells) = (0, 0);
    std::iter::from_fn(move || {
        loop {
            let rest = line.get(at..).filter(|rest| !rest.is_empty())?;
            let (character, length) = glyphs::character(rest);
            let wide = match character {
                Some('\t') => TAB,
                Some(character) if is_harmless(character) => character.width().unwrap_or(1),
                _ => 1,
            };
            let begin = at;
            at += length;
            cells += wide;
            if cells > width {
                cells = wide;
                return Some(begin);
            }
        }
    })
}

#[cfg(test)]
#[path = "wrap_tests.rs"]
mod tests;
