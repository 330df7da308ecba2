//! A page of the history: calls and writes in one list, the latest first.

use std::iter::Peekable;

use jiff::Timestamp;

use super::{GrantId, HistoryPolicy, RecordId, RecordSummary, StoredWrite, WriteId};

/// A row of the history.
#[derive(Clone, Debug, PartialEq)]
pub enum HistoryRow {
    /// A test call.
    Call(RecordSummary),
    /// A write to grants.
    Write(StoredWrite),
}

/// Identifies a row of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HistoryRowId {
    /// A test call.
    Call(RecordId),
    /// A write to grants.
    Write(WriteId),
}

impl HistoryRow {
    /// Its id.
    pub fn id(&self) -> HistoryRowId {
        match self {
            Self::Call(call) => HistoryRowId::Call(call.id),
            Self::Write(write) => HistoryRowId::Write(write.id),
        }
    }

    /// When it started.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Call(call) => call.at,
            Self::Write(write) => write.record.at,
        }
    }

    /// The call, if it is one.
    pub fn call(&self) -> Option<&RecordSummary> {
        match self {
            Self::Call(call) => Some(call),
            Self::Write(_) => None,
        }
    }

    /// The write, if it is one.
    pub fn write(&self) -> Option<&StoredWrite> {
        match self {
            Self::Write(write) => Some(write),
            Self::Call(_) => None,
        }
    }
}

/// The end of a page: everything that follows has lower ids. Calls and writes are numbered separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryEnd {
    /// Later pages have only calls before this one.
    pub call: RecordId,
    /// Later pages have only writes before this one.
    pub write: WriteId,
}

impl HistoryEnd {
    /// The end after these rows as well.
    #[must_use]
    pub fn after(mut self, rows: &[HistoryRow]) -> Self {
        for row in rows {
            match row.id() {
                HistoryRowId::Call(id) => self.call = self.call.min(id),
                HistoryRowId::Write(id) => self.write = self.write.min(id),
            }
        }
        self
    }

    /// Whether a row belongs to a later page.
    pub fn has_behind(self, id: HistoryRowId) -> bool {
        match id {
            HistoryRowId::Call(id) => id < self.call,
            HistoryRowId::Write(id) => id < self.write,
        }
    }
}

/// Selects calls and writes that match all conditions, latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Each word must occur, ignoring case, in what identifies a row: see [`super::RecordQuery::text`] and
    /// [`super::WriteRecord::is_found_by`]. Empty = all.
    pub text: String,
    /// Only those of this grant.
    pub grant: Option<GrantId>,
    /// Only those of this profile.
    pub profile: Option<String>,
    /// Only those after the end of the previous page.
    pub after: Option<HistoryEnd>,
    /// Maximum number of rows.
    pub limit: usize,
}

impl Default for HistoryQuery {
    fn default() -> Self {
        Self { text: String::new(), grant: None, profile: None, after: None, limit: 100 }
    }
}

/// Rows that match a query, and where they end.
#[derive(Clone, Debug, PartialEq)]
pub struct HistorySlice {
    /// The rows, latest first.
    pub rows: Vec<HistoryRow>,
    /// Where the next page begins.
    pub end: HistoryEnd,
}

/// A page of the history as the screen gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryPage {
    /// The rows.
    pub slice: HistorySlice,
    /// What is stored of new calls.
    pub keep: HistoryPolicy,
}

/// Merges calls and writes, each latest first, into at most `limit` rows. Each kind keeps its order, even if a clock
/// was set back in between.
pub fn merged(calls: Vec<RecordSummary>, writes: Vec<StoredWrite>, limit: usize) -> Vec<HistoryRow> {
    let (mut calls, mut writes) = (calls.into_iter().peekable(), writes.into_iter().peekable());
    std::iter::from_fn(|| {
        if is_call_next(&mut calls, &mut writes) {
            calls.next().map(HistoryRow::Call)
        } else {
            writes.next().map(HistoryRow::Write)
        }
    })
    .take(limit)
    .collect()
}

fn is_call_next(
    calls: &mut Peekable<impl Iterator<Item = RecordSummary>>,
    writes: &mut Peekable<impl Iterator<Item = StoredWrite>>,
) -> bool {
    match (calls.peek(), writes.peek()) {
        (Some(call), Some(write)) => call.at >= write.record.at,
        (call, _) => call.is_some(),
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
