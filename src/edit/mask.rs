//! Masks files for display: only names found by the format's parser, punctuation, and the ids of interest are shown.
//! Every other byte is hidden.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::path::Path;

use uuid::Uuid;

use super::encoding::Encoding;
use super::outline::{Outline, Part};
use super::{Format, ids};
use crate::domain::Clean;
use crate::domain::change::{Piece, PieceKind};
pub use crate::domain::clean::HIDDEN;

/// Marks the omitted part of a long line.
const CUT: &str = "…";

/// A line longer than this is only shown around its ranges of interest, in bytes.
const MAX_LINE: usize = 240;

/// How much of a long line to show before and after a range of interest, in bytes.
const EXCERPT: usize = 90;

/// A shortened id for display: "7c1f0a52-…-9e2a".
pub fn id(id: Uuid) -> String {
    let text = id.hyphenated().to_string();
    let (head, tail) = (text.get(..8).unwrap_or_default(), text.get(32..).unwrap_or_default());
    format!("{head}-…-{tail}")
}

/// A value for display: an id shortened, anything else hidden.
pub fn value(text: &str) -> Clean {
    match ids::find(text.as_bytes()).next() {
        Some(found) if text.len() == ids::LENGTH => Clean::line(&id(found.id)),
        _ if text.is_empty() => Clean::line("(empty)"),
        _ => Clean::line(HIDDEN),
    }
}

/// The text of a file, and which parts of it may be shown.
pub struct Masked<'a> {
    text: Cow<'a, str>,
    outline: Outline,
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masked({} bytes, {:?})", self.text.len(), self.outline)
    }
}

impl<'a> Masked<'a> {
    /// Parses the content of a file at this path.
    pub fn new(path: &Path, bytes: &'a [u8]) -> Self {
        Self::of(Format::of(path), bytes)
    }

    /// A file in this format; without one, only ids may be shown.
    pub fn of(format: Option<Format>, bytes: &'a [u8]) -> Self {
        let encoding = Encoding::of(bytes);
        let (text, mark) = (encoding.text(bytes), encoding.mark(bytes));
        let outline = Outline::of(format, text.get(mark..).unwrap_or_default()).moved(mark);
        Self { text, outline }
    }

    /// The text that offsets refer to.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The name of the value that contains the id at this offset.
    pub fn name(&self, at: usize) -> Option<Clean> {
        self.outline.name(at).map(Clean::line)
    }

    /// The path to the value at this offset, if it has more than one segment.
    pub(super) fn path(&self, at: usize) -> Option<String> {
        self.outline.path(at)
    }

    /// The line of the id at this offset, with nothing but this id, names and punctuation.
    pub fn context(&self, at: usize, id: Uuid) -> Clean {
        let bytes = self.text.as_bytes();
        let start = memchr::memrchr(b'\n', bytes.get(..at).unwrap_or_default()).map_or(0, |at| at + 1);
        let rest = bytes.get(at..).unwrap_or_default();
        let end = at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let views = self.line(start..end, &[id], std::slice::from_ref(&(at..at + ids::LENGTH)));
        let first = views.into_iter().next().unwrap_or_default();
        Clean::line(&first.iter().map(|piece| piece.text.as_str()).collect::<String>())
    }

    /// Masks a line; a long line is returned as one excerpt per range of interest.
    pub(super) fn line(&self, line: Range<usize>, ids: &[Uuid], places: &[Range<usize>]) -> Vec<Vec<Piece>> {
        if line.len() <= MAX_LINE {
            return vec![self.pieces(line, ids)];
        }
        let mut views: Vec<Range<usize>> = Vec::new();
        for place in places {
            let view = self.view(&line, place);
            match views.last_mut() {
                // Merge excerpts that are close together.
                Some(last) if view.start <= last.end && view.end - last.start <= MAX_LINE => {
                    last.end = view.end;
                }
                _ => views.push(view),
            }
        }
        if views.is_empty() {
            views.push(self.view(&line, &(line.start..line.start)));
        }
        let cut = |is_cut: bool| is_cut.then(|| Piece::new(PieceKind::Cut, CUT));
        let shown = views.into_iter().map(|view| {
            let (before, behind) = (cut(view.start > line.start), cut(view.end < line.end));
            before.into_iter().chain(self.pieces(view, ids)).chain(behind).collect()
        });
        shown.collect()
    }

    /// The excerpt of a line around a range. The range may be long itself.
    fn view(&self, line: &Range<usize>, place: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(place.start.saturating_sub(EXCERPT).max(line.start));
        let behind = place.end.min(place.start + MAX_LINE) + EXCERPT;
        start..self.text.ceil_char_boundary(behind.min(line.end))
    }

    /// Masks a part of the text.
    fn pieces(&self, range: Range<usize>, ids: &[Uuid]) -> Vec<Piece> {
        let mut out = PieceBuilder { pieces: Vec::new() };
        let part = self.text.get(range.clone()).unwrap_or_default();
        let mut found = ids::find(part.as_bytes())
            .filter(|found| ids.contains(&found.id))
            .map(|found| (range.start + found.offset, found.id))
            .peekable();
        let mut shown = self.outline.shown(range.start).peekable();
        let mut at = range.start;
        while at < range.end {
            while shown.next_if(|(part, _)| part.end <= at).is_some() {}
            if let Some((place, id)) = found.next_if(|(place, _)| *place <= at) {
                out.push(PieceKind::Id, &self::id(id));
                at = place + ids::LENGTH;
                continue;
            }
            let next_id = found.peek().map_or(range.end, |(place, _)| *place);
            let (end, kind) = match shown.peek() {
                Some((part, kind)) if part.start <= at => (part.end, Some(*kind)),
                Some((part, _)) => (part.start, None),
                None => (range.end, None),
            };
            let end = end.min(next_id).min(range.end);
            let text = self.text.get(at..end).unwrap_or_default();
            match kind {
                Some(Part::Name) => out.push(PieceKind::Name, &shortened(text)),
                Some(Part::Sign) => out.push(PieceKind::Sign, text),
                None => out.hide(text),
            }
            at = end;
        }
        out.pieces
    }
}

/// Shortens the ids in a name.
fn shortened(name: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for found in ids::find(name.as_bytes()) {
        out.push_str(name.get(from..found.offset).unwrap_or_default());
        out.push_str(&id(found.id));
        from = found.offset + ids::LENGTH;
    }
    out.push_str(name.get(from..).unwrap_or_default());
    out
}

/// Collects pieces.
struct PieceBuilder {
    pieces: Vec<Piece>,
}

impl PieceBuilder {
    fn push(&mut self, kind: PieceKind, text: &str) {
        match self.pieces.last_mut() {
            Some(last) if last.kind == kind && kind != PieceKind::Id => {
                let joined = format!("{}{text}", last.text);
                *last = Piece::new(kind, &joined);
            }
            _ if text.is_empty() => {}
            _ => self.pieces.push(Piece::new(kind, text)),
        }
    }

    /// Hides a text. Surrounding whitespace is kept, so that the file's layout can be seen.
    fn hide(&mut self, text: &str) {
        let core = text.trim();
        let start = text.len() - text.trim_start().len();
        self.push(PieceKind::Sign, text.get(..start).unwrap_or_default());
        if !core.is_empty() && self.pieces.last().is_none_or(|last| last.kind != PieceKind::Hidden) {
            self.push(PieceKind::Hidden, HIDDEN);
        }
        self.push(PieceKind::Sign, text.get(start + core.len()..).unwrap_or_default());
    }
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
