//! The diff of a planned edit, masked, to be shown before the edit is made.

use std::ops::Range;

use similar::{DiffOp, group_diff_ops};
use uuid::Uuid;

use super::ids;
use super::mask::Masked;
use crate::domain::change::{DiffKind, DiffLine, Piece, PieceKind};
use crate::domain::difference::difference;

/// Context lines around a change.
const CONTEXT: usize = 3;

/// What a change is about, and so may be shown besides names.
#[derive(Default)]
pub struct About {
    /// The ids that are removed or added.
    pub ids: Vec<Uuid>,
    /// Comments that grantdeck itself adds.
    pub comments: Vec<String>,
}

/// Returns the changed lines with their context, each change preceded by the path of the value it affects.
pub fn diff(old: &Masked<'_>, new: &Masked<'_>, about: &About) -> Vec<DiffLine> {
    let (old, new) = (Side::of(old), Side::of(new));
    let mut out = Vec::new();
    for group in group_diff_ops(difference(&old.lines(), &new.lines()), CONTEXT) {
        if !out.is_empty() {
            out.push(DiffLine { kind: DiffKind::Gap, old: None, new: None, pieces: Vec::new() });
        }
        for step in group {
            let (gone, come) = (step.old_range(), step.new_range());
            if let DiffOp::Equal { .. } = step {
                for (at, to) in gone.zip(come) {
                    let views = new.views(to, about, &[]);
                    let line = views.into_iter().next().unwrap_or_default();
                    let (old, new) = (Some(at + 1), Some(to + 1));
                    out.push(DiffLine { kind: DiffKind::Same, old, new, pieces: line });
                }
                continue;
            }
            changed(&mut out, (&old, gone), (&new, come), about);
        }
    }
    out
}

/// A file before or after the change.
struct Side<'a> {
    masked: &'a Masked<'a>,
    /// Byte ranges of the lines, line endings included.
    lines: Vec<Range<usize>>,
}

impl<'a> Side<'a> {
    fn of(masked: &'a Masked<'a>) -> Self {
        let mut at = 0;
        let lines = masked.text().split_inclusive('\n').map(|line| {
            let start = at;
            at += line.len();
            start..at
        });
        Self { masked, lines: lines.collect() }
    }

    fn lines(&self) -> Vec<&[u8]> {
        self.lines.iter().map(|line| self.written(line.clone()).as_bytes()).collect()
    }

    fn written(&self, range: Range<usize>) -> &str {
        self.masked.text().get(range).unwrap_or_default()
    }

    /// The range of a line without its line ending.
    fn line(&self, index: usize) -> Range<usize> {
        let range = self.lines.get(index).cloned().unwrap_or_default();
        let length = self.written(range.clone()).trim_end_matches(['\n', '\r']).len();
        range.start..range.start + length
    }

    /// The changed ranges of a line: the ids removed or added, else everything that differs from its counterpart.
    fn places(&self, index: usize, other: Option<&str>, about: &About) -> Vec<Range<usize>> {
        let line = self.line(index);
        let text = self.written(line.clone());
        let differs = other.map_or(0..text.len(), |other| difference_in(text, other));
        let found = ids::find(text.as_bytes()).filter(|found| about.ids.contains(&found.id));
        let found = found.map(|found| found.offset..found.offset + ids::LENGTH);
        let mut places: Vec<Range<usize>> =
            found.filter(|id| id.start < differs.end && differs.start < id.end).collect();
        if places.is_empty() {
            places.push(differs);
        }
        places.into_iter().map(|place| line.start + place.start..line.start + place.end).collect()
    }

    /// Renders a line, masked.
    fn views(&self, index: usize, about: &About, places: &[Range<usize>]) -> Vec<Vec<Piece>> {
        self.masked.line(self.line(index), &about.ids, places)
    }

    /// A comment that grantdeck adds is shown in clear, as it is not part of the file yet.
    fn own_comment(&self, index: usize, about: &About) -> Option<Vec<Piece>> {
        let text = self.written(self.line(index));
        let trimmed = text.trim_start();
        let mark = ["# ", "// "].into_iter().find(|mark| trimmed.starts_with(mark))?;
        let comment = trimmed.get(mark.len()..)?;
        about.comments.iter().any(|own| own == comment).then(|| {
            let indent = text.get(..text.len() - trimmed.len()).unwrap_or_default();
            vec![
                Piece::new(PieceKind::Sign, &format!("{indent}{mark}")),
                Piece::new(PieceKind::Comment, comment),
            ]
        })
    }
}

/// The range of `text` that differs from `other`.
fn difference_in(text: &str, other: &str) -> Range<usize> {
    let same = |pair: &(u8, u8)| pair.0 == pair.1;
    let head = text.bytes().zip(other.bytes()).take_while(same).count();
    let (rest, others) =
        (text.as_bytes().get(head..).unwrap_or_default(), other.as_bytes().get(head..).unwrap_or_default());
    let tail = rest.iter().rev().zip(others.iter().rev()).take_while(|(one, other)| one == other).count();
    head..text.len() - tail
}

type Lines<'a> = (&'a Side<'a>, Range<usize>);

/// Lines replaced by others; paired one to one if there are as many.
fn changed(out: &mut Vec<DiffLine>, (old, gone): Lines<'_>, (new, come): Lines<'_>, about: &About) {
    if gone.len() == come.len() {
        for (at, to) in gone.zip(come) {
            let (was, is) = (old.written(old.line(at)), new.written(new.line(to)));
            let (before, after) = (old.places(at, Some(is), about), new.places(to, Some(was), about));
            let (removed, added) = (old.views(at, about, &before), new.views(to, about, &after));
            if removed.len() != added.len() || removed.len() == 1 {
                out.extend(paths(new, &after));
                out.extend(removed.into_iter().map(|pieces| line(DiffKind::Removed, at, pieces)));
                out.extend(added.into_iter().map(|pieces| line(DiffKind::Added, to, pieces)));
                continue;
            }
            // A long line: show each changed range separately.
            for (index, (removed, added)) in removed.into_iter().zip(added).enumerate() {
                out.extend(paths(new, after.get(index..=index).unwrap_or_default()));
                out.extend([line(DiffKind::Removed, at, removed), line(DiffKind::Added, to, added)]);
            }
        }
        return;
    }
    let (mut lines, mut places) = (Vec::new(), Vec::new());
    for at in gone {
        let here = old.places(at, None, about);
        lines.extend(
            old.views(at, about, &here).into_iter().map(|pieces| line(DiffKind::Removed, at, pieces)),
        );
    }
    for to in come {
        let here = new.places(to, None, about);
        let views = match new.own_comment(to, about) {
            Some(comment) => vec![comment],
            None => new.views(to, about, &here),
        };
        lines.extend(views.into_iter().map(|pieces| line(DiffKind::Added, to, pieces)));
        places.extend(here);
    }
    out.extend(paths(new, &places));
    out.append(&mut lines);
}

fn line(kind: DiffKind, index: usize, pieces: Vec<Piece>) -> DiffLine {
    let number = |is_here: bool| is_here.then_some(index + 1);
    DiffLine { kind, old: number(kind == DiffKind::Removed), new: number(kind == DiffKind::Added), pieces }
}

/// The distinct paths of the values in these ranges.
fn paths(side: &Side<'_>, places: &[Range<usize>]) -> Vec<DiffLine> {
    let mut seen: Vec<String> = Vec::new();
    for path in places.iter().filter_map(|place| side.masked.path(place.start)) {
        if !seen.contains(&path) {
            seen.push(path);
        }
    }
    let path = |path: String| DiffLine {
        kind: DiffKind::Path,
        old: None,
        new: None,
        pieces: vec![Piece::new(PieceKind::Name, &path)],
    };
    seen.into_iter().map(path).collect()
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
