//! From pressed keys to rows: one tree of chords per place.

use super::binding::Binding;
use super::place::Place;
use crate::app::input::Key;

/// A tree of chords; a node with a row ends a chord, any other one waits for more.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Index of the row that this chord belongs to.
    row: Option<usize>,
    /// In the order of the table, which is the order of the popup that lists what may follow.
    next: Vec<(Key, Self)>,
}

/// Where a series of keys leads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    /// To a row, by its index.
    Row(usize),
    /// Into the middle of one or more chords.
    Inside(&'a Node),
    /// Nowhere.
    Nowhere,
}

impl Node {
    /// The tree of a place.
    pub(super) fn of(rows: &[Binding], place: Place) -> Self {
        let mut root = Self::default();
        for (index, row) in rows.iter().enumerate().filter(|(_, row)| row.place == place) {
            for chord in &row.keys {
                root.insert(&chord.0, index);
            }
        }
        root
    }

    fn insert(&mut self, keys: &[Key], row: usize) {
        let Some((first, rest)) = keys.split_first() else {
            // The first row keeps its chord; two that want the same one never pass the checks.
            self.row.get_or_insert(row);
            return;
        };
        let at = self.next.iter().position(|(key, _)| key == first).unwrap_or_else(|| {
            self.next.push((*first, Self::default()));
            self.next.len() - 1
        });
        if let Some((_, node)) = self.next.get_mut(at) {
            node.insert(rest, row);
        }
    }

    /// Follows the keys. A chord that ends earlier leads nowhere further.
    pub(super) fn follow(&self, keys: impl IntoIterator<Item = Key>) -> Step<'_> {
        let mut node = self;
        for key in keys {
            if node.row.is_some() {
                return Step::Nowhere;
            }
            match node.next.iter().find(|(next, _)| *next == key) {
                Some((_, next)) => node = next,
                None => return Step::Nowhere,
            }
        }
        node.row.map_or(Step::Inside(node), Step::Row)
    }

    /// Every row below, each with the key that comes next.
    pub(super) fn leaves(&self) -> Vec<(Key, usize)> {
        let mut out = Vec::new();
        for (key, node) in &self.next {
            let mut rows = Vec::new();
            node.collect(&mut rows);
            out.extend(rows.into_iter().map(|row| (*key, row)));
        }
        out
    }

    fn collect(&self, rows: &mut Vec<usize>) {
        rows.extend(self.row);
        for (_, node) in &self.next {
            node.collect(rows);
        }
    }
}
