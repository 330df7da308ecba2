//! Searching a whole body, in slices.

use std::ops::Range;

use super::document::{Document, View};
use super::needle::Needle;
use crate::domain::Body;

/// Bytes that are searched between two questions whether to stop.
const SLICE: usize = 1 << 20;

/// Bytes whose matches are counted together: to go to a match, about so many are searched again.
const BLOCK: usize = 1 << 16;

/// What was found. Places are offsets in [`Document::text`], in [`View::Hex`] in [`Document::body`]. Matches do not
/// overlap. No place is written down: a million matches take no more room than one, and going from one to the next
/// costs the same wherever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matches {
    /// What was looked for.
    pub needle: Needle,
    /// How many there are.
    pub total: usize,
    blocks: Vec<Block>,
    /// How far was searched.
    end: usize,
    bytes: Body,
}

/// Some bytes of what is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    /// Where to look for its first match: at its beginning, or behind a match that reaches into it.
    from: u32,
    /// Matches that begin before it.
    before: u32,
}

impl Matches {
    /// The places of all of them, in order; found anew.
    pub fn places(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.places_within(0, self.end)
    }

    /// The number of the match that begins at an offset, counted from 1.
    pub fn number(&self, offset: usize) -> Option<usize> {
        let before = self.rank(offset);
        self.nth(before).filter(|found| found.start == offset).map(|_| before + 1)
    }

    /// The first match behind an offset; behind the last one the first of all.
    pub fn next(&self, offset: usize) -> Option<Range<usize>> {
        self.nth(self.rank(offset + 1)).or_else(|| self.nth(0))
    }

    /// The first match that begins at an offset or behind; behind the last one the first of all.
    pub fn at_or_behind(&self, offset: usize) -> Option<Range<usize>> {
        self.nth(self.rank(offset)).or_else(|| self.nth(0))
    }

    /// The last match before an offset; before the first one the last of all.
    pub fn previous(&self, offset: usize) -> Option<Range<usize>> {
        self.nth(self.rank(offset).checked_sub(1).or(self.total.checked_sub(1))?)
    }

    /// How many matches begin before an offset.
    fn rank(&self, offset: usize) -> usize {
        let Some(block) = self.blocks.get(offset / BLOCK) else { return self.total };
        block.before as usize + self.places_within(block.from as usize, offset).count()
    }

    /// The match that has so many others before it.
    fn nth(&self, number: usize) -> Option<Range<usize>> {
        if number >= self.total {
            return None;
        }
        let behind = self.blocks.partition_point(|block| block.before as usize <= number);
        let block = self.blocks.get(behind.checked_sub(1)?)?;
        self.places_within(block.from as usize, self.end).nth(number - block.before as usize)
    }

    /// The matches that begin from here to before an offset, where one may begin here.
    fn places_within(&self, from: usize, end: usize) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut at = from;
        std::iter::from_fn(move || {
            let found = self.needle.find_before(&self.bytes, at, end.min(self.end))?;
            at = found.end;
            Some(found)
        })
    }

    /// Begins the blocks up to that of an offset, which is searched up to there.
    fn reach(&mut self, offset: usize, last: usize) {
        while self.blocks.len() * BLOCK <= offset {
            let from = (self.blocks.len() * BLOCK).max(last) as u32;
            self.blocks.push(Block { from, before: self.total as u32 });
        }
    }
}

/// A search that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    found: Matches,
    /// The end of the last match.
    last: usize,
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
        Some(Self { found: Matches { needle, total: 0, blocks: Vec::new(), end: 0, bytes }, last: 0 })
    }

    /// Searches so many bytes more. True when all was searched.
    pub fn step(&mut self, bytes: usize) -> bool {
        let all = self.found.bytes.clone();
        let limit = self.found.end.saturating_add(bytes.max(1)).min(all.len());
        while let Some(place) = self.found.needle.find_before(&all, self.found.end, limit) {
            self.found.reach(place.start, self.last);
            self.found.total += 1;
            self.found.end = place.end;
            self.last = place.end;
        }
        self.found.end = self.found.end.max(limit);
        self.found.end >= all.len()
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
