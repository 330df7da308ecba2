//! Which objects and lists are folded, and which lines that leaves.

use std::collections::BTreeSet;

use super::tape::{Tape, TokenId};

/// The folds of one tape. Every function wants the tape that it was made for; with another one it tells nothing
/// sensible, but does no harm.
///
/// Finding a line costs a search among the outermost folds; changing a fold costs as much as there are outermost
/// folds behind it or children in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folds {
    /// At this depth and below everything is folded but what was flipped; nothing, where there is none.
    depth: Option<usize>,
    /// What is the other way round than the depth says.
    flipped: BTreeSet<u32>,
    /// Folds that stand in no other fold, in order.
    outer: Vec<Outer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Outer {
    open: u32,
    close: u32,
    /// Lines that the folds before this one hide.
    before: u32,
}

impl Folds {
    /// Whether an object or list is folded, seen or not.
    pub fn is_folded(&self, tape: &Tape, token: TokenId) -> bool {
        let Some(entry) = tape.entry(token).filter(|entry| entry.shape().opens()) else { return false };
        let deep = self.depth.is_some_and(|depth| entry.depth() >= depth);
        deep != self.flipped.contains(&token.0)
    }

    /// Folds or unfolds what an entry opens or closes. Answers whether it is folded now; none where there is
    /// nothing to fold.
    pub fn toggle(&mut self, tape: &Tape, token: TokenId) -> Option<bool> {
        let open = tape.opening(token);
        let fold = !self.is_folded(tape, open);
        self.set(tape, open, fold).then_some(fold)
    }

    /// Folds or unfolds what an entry opens or closes. False where there is nothing to fold.
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

    /// Folds every object and list that stands in `depth` others or more; 0 folds all.
    pub fn fold_below(&mut self, tape: &Tape, depth: usize) {
        *self = Self { depth: Some(depth), ..Self::default() };
        self.outer = self.outermost(tape, 0, tape.len() as u32);
        self.count(0);
    }

    /// Unfolds everything.
    pub fn unfold_all(&mut self) {
        *self = Self::default();
    }

    /// Unfolds what hides the byte at an offset of the text. Answers the entry in which it stands.
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

    /// How many lines are left.
    pub fn visible_len(&self, tape: &Tape) -> usize {
        tape.len() - self.outer.last().map_or(0, |last| (last.before + last.close - last.open) as usize)
    }

    /// The entry that a visible line shows.
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

    /// The visible line of an entry; of a hidden one, the line of the fold that hides it.
    pub fn line_of(&self, token: TokenId) -> usize {
        let behind = self.outer.partition_point(|outer| outer.open <= token.0);
        match behind.checked_sub(1).and_then(|at| self.outer.get(at)) {
            None => token.index(),
            Some(outer) if token.0 <= outer.close => (outer.open - outer.before) as usize,
            Some(outer) => (token.0 - outer.before - (outer.close - outer.open)) as usize,
        }
    }

    /// The outermost fold that an entry stands in or opens.
    fn outer_around(&self, token: u32) -> Option<Outer> {
        let behind = self.outer.partition_point(|outer| outer.open <= token);
        let outer = *self.outer.get(behind.checked_sub(1)?)?;
        (token <= outer.close).then_some(outer)
    }

    /// The outermost folds among the entries from `begin` to before `end`.
    fn outermost(&self, tape: &Tape, begin: u32, end: u32) -> Vec<Outer> {
        let mut found = Vec::new();
        let mut at = begin;
        while at < end {
            if self.depth.is_none() {
                // Without a depth all folds are written down: go from one to the next.
                match self.flipped.range(at..end).next() {
                    Some(open) => at = *open,
                    None => break,
                }
            } else if let (Some(depth), true) = (self.depth, self.flipped.is_empty()) {
                // Nearly all entries are no fold, and there are millions: read past them quickly.
                let rest = tape.entries.get(at as usize..end as usize).unwrap_or_default();
                match rest.iter().position(|entry| entry.opens_below(depth)) {
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
        self.outer.splice(begin..end, inside);
        self.count(begin);
    }

    /// Adds up what is hidden, from one fold on.
    fn count(&mut self, from: usize) {
        let previous = from.checked_sub(1).and_then(|at| self.outer.get(at));
        let mut before = previous.map_or(0, |outer| outer.before + outer.close - outer.open);
        for outer in self.outer.iter_mut().skip(from) {
            outer.before = before;
            before += outer.close - outer.open;
        }
    }
}

#[cfg(test)]
#[path = "folds_tests.rs"]
mod tests;
