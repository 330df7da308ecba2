//! Searching a whole body, in slices.

use std::ops::Range;

use super::document::{Document, View};
use super::needle::Needle;
use crate::domain::Body;

/// Matches whose places are kept; all are counted.
pub const KEPT: usize = 100_000;

/// Bytes that are searched between two questions whether to stop.
const SLICE: usize = 1 << 20;

/// What was found. Places are offsets in [`Document::text`], in [`View::Hex`] in [`Document::body`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matches {
    /// What was looked for.
    pub needle: Needle,
    /// How many there are, which do not overlap.
    pub total: usize,
    /// There are more than are kept.
    pub capped: bool,
    kept: Vec<(u32, u32)>,
    bytes: Body,
}

impl Matches {
    /// The places of the first [`KEPT`] ones, in order.
    pub fn places(&self) -> impl ExactSizeIterator<Item = Range<usize>> + '_ {
        self.kept.iter().map(|(start, end)| *start as usize..*end as usize)
    }

    fn kept(&self, at: usize) -> Option<Range<usize>> {
        self.kept.get(at).map(|(start, end)| *start as usize..*end as usize)
    }

    /// The number of the match that begins at an offset, counted from 1, where it is among those kept.
    pub fn number(&self, offset: usize) -> Option<usize> {
        self.kept.binary_search_by_key(&offset, |(start, _)| *start as usize).ok().map(|at| at + 1)
    }

    /// The first match behind an offset; behind the last one the first of all.
    pub fn next(&self, offset: usize) -> Option<Range<usize>> {
        let at = self.kept.partition_point(|(start, _)| *start as usize <= offset);
        self.kept(at).or_else(|| self.beyond(offset)).or_else(|| self.kept(0))
    }

    /// The last match before an offset; before the first one the last of all.
    pub fn previous(&self, offset: usize) -> Option<Range<usize>> {
        let at = self.kept.partition_point(|(start, _)| (*start as usize) < offset);
        if at == 0 {
            return self.last_before(self.bytes.len() + 1);
        }
        if at == self.kept.len() { self.last_before(offset) } else { self.kept(at - 1) }
    }

    /// The first match behind an offset that was not kept.
    fn beyond(&self, offset: usize) -> Option<Range<usize>> {
        let last = self.kept(self.kept.len().checked_sub(1)?).filter(|_| self.capped)?;
        self.needle.find(&self.bytes, last.end.max(offset + 1))
    }

    /// The last match before an offset, kept or not.
    fn last_before(&self, offset: usize) -> Option<Range<usize>> {
        let mut last = self.kept(self.kept.len().checked_sub(1)?)?;
        while self.capped
            && let Some(found) = self.needle.find_before(&self.bytes, last.end, offset)
        {
            last = found;
        }
        Some(last)
    }
}

/// A search that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    found: Matches,
    at: usize,
}

impl Search {
    /// Begins to search a document as a view shows it: its text, or in hex its bytes, where the needle may also be
    /// bytes (`0xdeadbeef`, `de ad`). None where there is nothing to look for.
    pub fn start(document: &Document, needle: &str, view: View) -> Option<Self> {
        let (needle, bytes) = match view {
            View::Hex => {
                (Needle::bytes(needle).or_else(|| Needle::new(needle, false))?, document.body().clone())
            }
            View::Pretty | View::Raw => {
                (Needle::new(needle, document.tape().is_some())?, document.text().clone())
            }
        };
        Some(Self { found: Matches { needle, total: 0, capped: false, kept: Vec::new(), bytes }, at: 0 })
    }

    /// Searches so many bytes more. True when all was searched.
    pub fn step(&mut self, bytes: usize) -> bool {
        let Matches { needle, total, capped, kept, bytes: all } = &mut self.found;
        let limit = self.at.saturating_add(bytes.max(1)).min(all.len());
        while let Some(found) = needle.find_before(all, self.at, limit) {
            *total += 1;
            if kept.len() < KEPT {
                kept.push((found.start as u32, found.end as u32));
            } else {
                *capped = true;
            }
            self.at = found.end;
        }
        self.at = self.at.max(limit);
        self.at >= all.len()
    }

    /// What was found so far.
    pub fn found(&self) -> &Matches {
        &self.found
    }

    /// What was found so far, for good.
    pub fn into_found(self) -> Matches {
        self.found
    }
}

/// Searches all of a document. None where there is nothing to look for, or when asked to stop.
pub fn search(
    document: &Document,
    needle: &str,
    view: View,
    cancelled: &dyn Fn() -> bool,
) -> Option<Matches> {
    let mut search = Search::start(document, needle, view)?;
    while !search.step(SLICE) {
        if cancelled() {
            return None;
        }
    }
    Some(search.into_found())
}

#[cfg(test)]
#[path = "matches_tests.rs"]
mod tests;
