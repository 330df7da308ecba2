//! Folded objects and arrays, and the lines that stay visible.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::tape::{Tape, TokenId};

/// The folds of one tape. Every method expects the tape that the folds were made for; another one gives
/// meaningless results, but no panic.
///
/// Finding a line takes a binary search among the outermost folds. Changing a fold takes time proportional to
/// the number of outermost folds after it, or of children in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folds {
    /// Everything at this depth or deeper is folded, except for `flipped`. If `None`, only `flipped` is
    /// folded.
    depth: Option<usize>,
    /// Opening brackets whose state is the opposite of what `depth` implies.
    flipped: BTreeSet<u32>,
    /// The outermost folds, in order. There may be millions, so clones share them until one is changed.
    outer: Arc<Vec<Outer>>,
}

/// A change to the folds as a value, so that slow ones can run on a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldStep {
    /// [`Folds::fold_below`].
    Below(usize),
    /// [`Folds::unfold_all`].
    UnfoldAll,
    /// [`Folds::set`].
    Set(TokenId, bool),
    /// [`Folds::reveal`].
    Reveal(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Outer {
    open: u32,
    close: u32,
    /// Number of lines hidden by earlier folds.
    before: u32,
}

impl Folds {
    /// Whether an object or array is folded, visible or not.
    pub fn is_folded(&self, tape: &Tape, token: TokenId) -> bool {
        let Some(entry) = tape.entry(token).filter(|entry| entry.shape().opens()) else { return false };
        let deep = self.depth.is_some_and(|depth| entry.depth() >= depth);
        deep != self.flipped.contains(&token.0)
    }

    /// Toggles the fold of the object or array that an entry opens or closes. Returns whether it is folded
    /// now, or `None` if the entry cannot be folded.
    pub fn toggle(&mut self, tape: &Tape, token: TokenId) -> Option<bool> {
        let open = tape.opening(token);
        let fold = !self.is_folded(tape, open);
        self.set(tape, open, fold).then_some(fold)
    }

    /// Folds or unfolds the object or array that an entry opens or closes. Returns false if the entry cannot
    /// be folded.
    pub fn set(&mut self, tape: &Tape, token: TokenId, fold: bool) -> bool {
        let open = tape.opening(token);
        let Some(entry) = tape.entry(open).filter(|entry| entry.shape().opens()) else { return false };
        if self.is_folded(tape, open) == fold {
            return true;
        }
        if !self.flipped.remove(&open.0) {
            self.flipped.insert(open.0);
        }
        let seen = self.outer_around(open.0).is_none_or(|outer| outer.open == open.0);
        if seen {
            let inside = if fold {
                vec![Outer { open: open.0, close: entry.partner, before: 0 }]
            } else {
                self.outermost(tape, open.0 + 1, entry.partner)
            };
            self.replace(open.0, entry.partner, inside);
        }
        true
    }

    /// Folds every object and array nested at `depth` or deeper; 0 folds everything.
    pub fn fold_below(&mut self, tape: &Tape, depth: usize) {
        *self = Self { depth: Some(depth), ..Self::default() };
        self.outer = Arc::new(self.outermost(tape, 0, tape.len() as u32));
        self.count(0);
    }

    /// Unfolds everything.
    pub fn unfold_all(&mut self) {
        *self = Self::default();
    }

    /// Unfolds everything that hides a byte offset of the text. Returns the entry at that offset.
    pub fn reveal(&mut self, tape: &Tape, offset: usize) -> Option<TokenId> {
        let token = tape.token_at(offset)?;
        let open = tape.opening(token);
        let mut next = if open == token { tape.parent(token) } else { Some(open) };
        let Some(outer) = self.outer_around(token.0).filter(|outer| outer.open != token.0) else {
            return Some(token);
        };
        while let Some(open) = next {
            if self.is_folded(tape, open) && !self.flipped.remove(&open.0) {
                self.flipped.insert(open.0);
            }
            next = tape.parent(open);
        }
        let inside = self.outermost(tape, outer.open + 1, outer.close);
        self.replace(outer.open, outer.close, inside);
        Some(token)
    }

    /// Applies a change.
    pub fn apply(&mut self, tape: &Tape, step: FoldStep) {
        match step {
            FoldStep::Below(depth) => self.fold_below(tape, depth),
            FoldStep::UnfoldAll => self.unfold_all(),
            FoldStep::Set(token, fold) => drop(self.set(tape, token, fold)),
            FoldStep::Reveal(offset) => drop(self.reveal(tape, offset)),
        }
    }

    /// Upper bound for the number of entries and folds that a change reads or moves. A few hundred thousand
    /// fit into a frame; a 50 MB body has millions.
    pub fn work(&self, tape: &Tape, step: FoldStep) -> usize {
        let behind = |open: u32| self.outer.len() - self.outer.partition_point(|outer| outer.open < open);
        // Opening a fold reads its content, unless all folds are listed in `flipped`.
        let inside = |open: u32, close: u32| {
            if self.depth.is_some() { (close - open) as usize } else { self.flipped.len() }
        };
        match step {
            FoldStep::Below(_) => 2 * tape.len() + self.outer.len() + self.flipped.len() + 2,
            FoldStep::UnfoldAll => self.outer.len() + self.flipped.len(),
            FoldStep::Set(token, _) => {
                let open = tape.opening(token);
                tape.entry(open).filter(|entry| entry.shape().opens()).map_or(0, |entry| {
                    let opened = if self.is_folded(tape, open) { inside(open.0, entry.partner) } else { 0 };
                    // Each inner fold is found, then counted.
                    2 * opened + behind(open.0) + 4
                })
            }
            FoldStep::Reveal(offset) => {
                let hidden = tape.token_at(offset).and_then(|token| {
                    let outer = self.outer_around(token.0).filter(|outer| outer.open != token.0)?;
                    let around = tape.depth(token) * super::tape::STRIDE;
                    Some(2 * inside(outer.open, outer.close) + behind(outer.open) + around + 4)
                });
                hidden.unwrap_or(0)
            }
        }
    }

    /// Number of visible lines.
    pub fn visible_len(&self, tape: &Tape) -> usize {
        tape.len() - self.outer.last().map_or(0, |last| (last.before + last.close - last.open) as usize)
    }

    /// The entry on a visible line.
    pub fn token_at(&self, tape: &Tape, line: usize) -> Option<TokenId> {
        let behind = self.outer.partition_point(|outer| (outer.open - outer.before) as usize <= line);
        let Some(outer) = behind.checked_sub(1).and_then(|at| self.outer.get(at)) else {
            return tape.token(line);
        };
        if (outer.open - outer.before) as usize == line {
            return Some(TokenId(outer.open));
        }
        tape.token(line + (outer.before + outer.close - outer.open) as usize)
    }

    /// The visible line of an entry. For a hidden entry, the line of the fold that hides it.
    pub fn line_of(&self, token: TokenId) -> usize {
        let behind = self.outer.partition_point(|outer| outer.open <= token.0);
        match behind.checked_sub(1).and_then(|at| self.outer.get(at)) {
            None => token.index(),
            Some(outer) if token.0 <= outer.close => (outer.open - outer.before) as usize,
            Some(outer) => (token.0 - outer.before - (outer.close - outer.open)) as usize,
        }
    }

    /// The outermost fold that contains or starts with an entry.
    fn outer_around(&self, token: u32) -> Option<Outer> {
        let behind = self.outer.partition_point(|outer| outer.open <= token);
        let outer = *self.outer.get(behind.checked_sub(1)?)?;
        (token <= outer.close).then_some(outer)
    }

    /// The outermost folds among the entries `begin..end`.
    fn outermost(&self, tape: &Tape, begin: u32, end: u32) -> Vec<Outer> {
        let mut found = Vec::new();
        let mut at = begin;
        while at < end {
            count_work(1);
            if self.depth.is_none() {
                // Without a depth, all folds are in `flipped`: jump from one to the next.
                match self.flipped.range(at..end).next() {
                    Some(open) => at = *open,
                    None => break,
                }
            } else if let (Some(depth), true) = (self.depth, self.flipped.is_empty()) {
                // Millions of entries may not be folds: skip them quickly.
                let rest = tape.entries.get(at as usize..end as usize).unwrap_or_default();
                let found = rest.iter().position(|entry| entry.opens_below(depth));
                count_work(found.unwrap_or(rest.len()));
                match found {
                    Some(skipped) => at += skipped as u32,
                    None => break,
                }
            }
            let Some(entry) = tape.entry(TokenId(at)) else { break };
            if entry.shape().opens() && self.is_folded(tape, TokenId(at)) {
                found.push(Outer { open: at, close: entry.partner, before: 0 });
                at = entry.partner;
            }
            at += 1;
        }
        found
    }

    /// Replaces the outermost folds between two brackets.
    fn replace(&mut self, open: u32, close: u32, inside: Vec<Outer>) {
        let begin = self.outer.partition_point(|outer| outer.open < open);
        let end = self.outer.partition_point(|outer| outer.open <= close);
        Arc::make_mut(&mut self.outer).splice(begin..end, inside);
        self.count(begin);
    }

    /// Recounts hidden lines, starting at fold `from`.
    fn count(&mut self, from: usize) {
        let previous = from.checked_sub(1).and_then(|at| self.outer.get(at));
        let mut before = previous.map_or(0, |outer| outer.before + outer.close - outer.open);
        count_work(self.outer.len() - from.min(self.outer.len()));
        for outer in Arc::make_mut(&mut self.outer).iter_mut().skip(from) {
            outer.before = before;
            before += outer.close - outer.open;
        }
    }
}

/// Counts entries read and moved, in tests only.
#[cfg(not(test))]
fn count_work(_entries: usize) {}

#[cfg(test)]
use tests::count_work;

#[cfg(test)]
#[path = "folds_tests.rs"]
mod tests;
