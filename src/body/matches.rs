//! Incremental search of a whole body.

use std::ops::Range;

use super::document::{Document, View};
use super::needle::Needle;
use crate::domain::Body;

/// Bytes searched between two checks for cancellation.
const SLICE: usize = 1 << 20;

/// Bytes per block of counted matches; going to a match searches about that many bytes again.
const BLOCK: usize = 1 << 16;

/// The result of a search. Positions are offsets in [`Document::text`], or for [`View::Hex`] in
/// [`Document::body`]. Matches do not overlap. Positions are not stored, only counts per block: a million
/// matches take no more memory than one, and stepping to the next costs the same anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matches {
    /// The needle.
    pub needle: Needle,
    /// The number of matches.
    pub total: usize,
    blocks: Vec<Block>,
    /// The end of the searched part.
    end: usize,
    bytes: Body,
}

/// The matches of one block of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    /// Where its first match is searched: at its start, or after a match that reaches into it.
    from: u32,
    /// Number of matches that start in earlier blocks.
    before: u32,
}

impl Matches {
    /// The ranges of all matches in order, searched again.
    pub fn places(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.places_within(0, self.end)
    }

    /// The number of the match that starts at an offset, from 1.
    pub fn number(&self, offset: usize) -> Option<usize> {
        let before = self.count_before(offset);
        self.nth(before).filter(|found| found.start == offset).map(|_| before + 1)
    }

    /// The first match after an offset, wrapping around at the end.
    pub fn next(&self, offset: usize) -> Option<Range<usize>> {
        self.nth(self.count_before(offset + 1)).or_else(|| self.nth(0))
    }

    /// The first match at or after an offset, wrapping around at the end.
    pub fn at_or_after(&self, offset: usize) -> Option<Range<usize>> {
        self.nth(self.count_before(offset)).or_else(|| self.nth(0))
    }

    /// The last match before an offset, wrapping around at the start.
    pub fn previous(&self, offset: usize) -> Option<Range<usize>> {
        self.nth(self.count_before(offset).checked_sub(1).or(self.total.checked_sub(1))?)
    }

    /// Number of matches that start before an offset.
    fn count_before(&self, offset: usize) -> usize {
        let Some(block) = self.blocks.get(offset / BLOCK) else { return self.total };
        block.before as usize + self.places_within(block.from as usize, offset).count()
    }

    /// The match with this index, from 0.
    fn nth(&self, number: usize) -> Option<Range<usize>> {
        if number >= self.total {
            return None;
        }
        let behind = self.blocks.partition_point(|block| block.before as usize <= number);
        let block = self.blocks.get(behind.checked_sub(1)?)?;
        self.places_within(block.from as usize, self.end).nth(number - block.before as usize)
    }

    /// The matches that start in `from..end`; `from` must not be inside a match.
    fn places_within(&self, from: usize, end: usize) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut at = from;
        std::iter::from_fn(move || {
            let found = self.needle.find_before(&self.bytes, at, end.min(self.end))?;
            at = found.end;
            Some(found)
        })
    }

    /// Adds blocks up to the one that contains `offset`, up to which everything was searched.
    fn add_blocks(&mut self, offset: usize, last: usize) {
        while self.blocks.len() * BLOCK <= offset {
            let from = (self.blocks.len() * BLOCK).max(last) as u32;
            self.blocks.push(Block { from, before: self.total as u32 });
        }
    }
}

/// A search in progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    found: Matches,
    /// The end of the last match.
    last: usize,
}

impl Search {
    /// Starts to search a document as shown by a view: its text, or in hex its bytes, where the needle may
    /// also be bytes (`0xdeadbeef`, `de ad`). Returns `None` if the needle is empty.
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

    /// Searches the next `bytes` bytes. Returns true when finished.
    pub fn step(&mut self, bytes: usize) -> bool {
        let all = self.found.bytes.clone();
        let limit = self.found.end.saturating_add(bytes.max(1)).min(all.len());
        while let Some(place) = self.found.needle.find_before(&all, self.found.end, limit) {
            self.found.add_blocks(place.start, self.last);
            self.found.total += 1;
            self.found.end = place.end;
            self.last = place.end;
        }
        self.found.end = self.found.end.max(limit);
        self.found.end >= all.len()
    }

    /// The matches so far.
    pub fn found(&self) -> &Matches {
        &self.found
    }

    /// Consumes the search and returns the matches so far.
    pub fn into_found(self) -> Matches {
        self.found
    }
}

/// Searches a whole document. Returns `None` if the needle is empty, or if cancelled.
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
