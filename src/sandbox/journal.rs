//! What was asked: a bounded record for tests.

use std::collections::VecDeque;

use bytes::Bytes;
use jiff::Timestamp;

use super::message::Request;

/// A body longer than this is cut in the journal.
pub(super) const BODY_LIMIT: usize = 64 * 1024;

/// One request, without its key.
#[derive(Debug, Clone)]
pub struct JournalEntry {
    /// When it arrived, by the world's clock.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// Path and query as received.
    pub target: String,
    /// Headers in order, without `x-api-key` and `authorization`.
    pub headers: Vec<(String, String)>,
    /// The body's first 64 KiB.
    pub body: Bytes,
    /// The status of the answer; also when it never arrived.
    pub status: u16,
}

impl JournalEntry {
    /// The first value of a header, its name compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, Default)]
pub(super) struct Journal {
    entries: VecDeque<JournalEntry>,
    limit: usize,
}

impl Journal {
    pub(super) fn new(limit: usize) -> Self {
        Self { entries: VecDeque::new(), limit }
    }

    pub(super) fn write(&mut self, request: &Request, status: u16, at: Timestamp) {
        if self.limit == 0 {
            return;
        }
        if self.entries.len() >= self.limit {
            self.entries.pop_front();
        }
        let secret =
            |name: &str| ["x-api-key", "authorization"].iter().any(|known| name.eq_ignore_ascii_case(known));
        self.entries.push_back(JournalEntry {
            at,
            method: request.method.clone(),
            target: request.target.clone(),
            headers: request.headers.iter().filter(|(name, _)| !secret(name)).cloned().collect(),
            body: request.body.slice(..request.body.len().min(BODY_LIMIT)),
            status,
        });
    }

    pub(super) fn entries(&self) -> Vec<JournalEntry> {
        self.entries.iter().cloned().collect()
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }
}
