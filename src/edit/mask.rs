//! What of a file is shown: the names that its reader found, the signs of its format, and the ids that it is about.
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

/// What stands for the rest of a long line.
const CUT: &str = "…";

/// A longer line is shown only round what it is about, in bytes.
const LONG: usize = 240;

/// How much of a long line is shown before and behind what it is about, in bytes.
const AROUND: usize = 90;

/// An id as it can be shown: "7c1f0a52-…-9e2a".
pub fn id(id: Uuid) -> String {
    let text = id.hyphenated().to_string();
    let (head, tail) = (text.get(..8).unwrap_or_default(), text.get(32..).unwrap_or_default());
    format!("{head}-…-{tail}")
}

/// A value: an id shortened, nothing of anything else.
pub fn value(text: &str) -> Clean {
    match ids::find(text.as_bytes()).next() {
        Some(found) if text.len() == ids::LENGTH => Clean::line(&id(found.id)),
        _ if text.is_empty() => Clean::line("(empty)"),
        _ => Clean::line(HIDDEN),
    }
}

/// A file's text with what of it may be shown.
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
    /// Reads the content of a file with this path.
    pub fn new(path: &Path, bytes: &'a [u8]) -> Self {
        Self::of(Format::of(path), bytes)
    }

    pub(crate) fn of(format: Option<Format>, bytes: &'a [u8]) -> Self {
        let encoding = Encoding::of(bytes);
        let (text, mark) = (encoding.text(bytes), encoding.mark(bytes));
        let outline = Outline::of(format, text.get(mark..).unwrap_or_default()).moved(mark);
        Self { text, outline }
    }

    /// The text that offsets are places in.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The name that an id at an offset stands under.
    pub fn name(&self, at: usize) -> Option<Clean> {
        self.outline.name(at).map(Clean::line)
    }

    /// The names on the way to what stands at an offset, where there are several.
    pub(super) fn path(&self, at: usize) -> Option<String> {
        self.outline.path(at)
    }

    /// The line of an id at an offset, with nothing but this id, names and signs in it.
    pub fn context(&self, at: usize, id: Uuid) -> Clean {
        let bytes = self.text.as_bytes();
        let start = memchr::memrchr(b'\n', bytes.get(..at).unwrap_or_default()).map_or(0, |at| at + 1);
        let rest = bytes.get(at..).unwrap_or_default();
        let end = at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let views = self.line(start..end, &[id], std::slice::from_ref(&(at..at + ids::LENGTH)));
        let first = views.into_iter().next().unwrap_or_default();
        Clean::line(&first.iter().map(|piece| piece.text.as_str()).collect::<String>())
    }

    /// A line, once, or where it is long once for each place that it is about.
    pub(super) fn line(&self, line: Range<usize>, ids: &[Uuid], places: &[Range<usize>]) -> Vec<Vec<Piece>> {
        if line.len() <= LONG {
            return vec![self.pieces(line, ids)];
        }
        let mut views: Vec<Range<usize>> = Vec::new();
        for place in places {
            let view = self.view(&line, place);
            match views.last_mut() {
                // What lies close together is one view.
                Some(last) if view.start <= last.end && view.end - last.start <= LONG => last.end = view.end,
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

    /// As much of a line as is shown round a place. A value that was put into a line may be long itself.
    fn view(&self, line: &Range<usize>, place: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(place.start.saturating_sub(AROUND).max(line.start));
        let behind = place.end.min(place.start + LONG) + AROUND;
        start..self.text.ceil_char_boundary(behind.min(line.end))
    }

    /// A part of the text as it is shown.
    fn pieces(&self, range: Range<usize>, ids: &[Uuid]) -> Vec<Piece> {
        let mut out = Shown { pieces: Vec::new() };
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

/// A name as it is shown: ids in it are shortened.
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

/// Pieces while they are gathered.
struct Shown {
    pieces: Vec<Piece>,
}

impl Shown {
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

    /// Hides a text. Blanks round it stay, so that the shape of a file can be seen.
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
