//! The rows of a list: append-only chunks behind `Arc`, so that a snapshot for another thread costs a few
//! dozen pointers, and changing a row copies one chunk.

use std::collections::HashSet;
use std::sync::Arc;

use crate::domain::{Grant, RowId, RowMap};

/// Rows per chunk.
pub const CHUNK: usize = 4096;

/// All loaded rows, one per [`RowId`], in the order of their first arrival.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    chunks: Vec<Arc<Vec<Grant>>>,
    index: RowMap<u32>,
}

/// The effect of an insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The row is new.
    Added(u32),
    /// An existing row was replaced by a different one.
    Changed(u32),
    /// The same row existed already.
    Same(u32),
}

/// The rows at one moment; cheap to clone and to send to another thread.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    chunks: Arc<[Arc<Vec<Grant>>]>,
}

impl Rows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The row at an index.
    pub fn get(&self, index: u32) -> Option<&Grant> {
        self.chunks.get(index as usize / CHUNK)?.get(index as usize % CHUNK)
    }

    /// The index of a row.
    pub fn position(&self, row: RowId) -> Option<u32> {
        self.index.get(&row).copied()
    }

    /// The row with this identity.
    pub fn find(&self, row: RowId) -> Option<&Grant> {
        self.get(self.position(row)?)
    }

    /// Inserts a row: replaces the one with the same identity, or appends it.
    pub fn put(&mut self, grant: Grant) -> Change {
        if let Some(&at) = self.index.get(&grant.row) {
            let Some(chunk) = self.chunks.get_mut(at as usize / CHUNK) else { return Change::Same(at) };
            let place = at as usize % CHUNK;
            if chunk.get(place) == Some(&grant) {
                return Change::Same(at);
            }
            if let Some(old) = Arc::make_mut(chunk).get_mut(place) {
                *old = grant;
            }
            return Change::Changed(at);
        }
        let at = self.len() as u32;
        self.index.insert(grant.row, at);
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => Arc::make_mut(chunk).push(grant),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(grant);
                self.chunks.push(Arc::new(chunk));
            }
        }
        Change::Added(at)
    }

    /// Removes rows; the others keep their order. Costs a pass over all rows.
    pub fn remove(&mut self, gone: &HashSet<RowId>) {
        let kept = std::mem::take(self);
        for grant in kept.iter().filter(|grant| !gone.contains(&grant.row)) {
            self.put(grant.clone());
        }
    }

    /// All rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// A snapshot of the current rows, for another thread.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { chunks: self.chunks.as_slice().into() }
    }
}

impl Snapshot {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.len()).sum()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// The row at an index.
    pub fn get(&self, index: u32) -> Option<&Grant> {
        self.chunks.get(index as usize / CHUNK)?.get(index as usize % CHUNK)
    }

    /// All rows with their index.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Grant)> {
        (0u32..).zip(self.chunks.iter().flat_map(|chunk| chunk.iter()))
    }
}

/// Snapshots are equal if they share their chunks: compares identity, not content, so that comparing effects
/// in tests is cheap.
impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        self.chunks.len() == other.chunks.len()
            && self.chunks.iter().zip(other.chunks.iter()).all(|(a, b)| Arc::ptr_eq(a, b))
    }
}
