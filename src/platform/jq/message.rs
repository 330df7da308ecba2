//! What parent and child say to each other: one line of JSON from the parent, then the input until its end; the
//! results on the child's standard output, and one line of JSON about them on its standard error.

use std::io::{self, BufRead, Read};

use serde::{Deserialize, Serialize};

use super::Limits;
use crate::domain::JqRequest;

/// The longest first line: every byte of a filter may be escaped.
const LONGEST_HEADER: u64 = 8 << 20;

/// The parent's first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) filter: String,
    pub(super) raw: bool,
    pub(super) pretty: bool,
    /// Bytes of results.
    pub(super) most: usize,
    /// Bytes.
    pub(super) memory: u64,
    /// Of the processor's time.
    pub(super) seconds: u64,
    /// The process that waits for the results.
    pub(super) parent: u32,
}

impl Header {
    pub(super) fn new(request: &JqRequest, limits: Limits) -> Self {
        Self {
            filter: request.filter.clone(),
            raw: request.raw,
            pretty: request.pretty,
            most: request.most,
            memory: limits.memory,
            // The parent ends it in time; this is for a child whose parent is gone.
            seconds: limits.time.as_secs() + 1,
            parent: std::process::id(),
        }
    }

    /// The line, with its end.
    pub(super) fn line(&self) -> io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }

    /// Takes the line, and nothing behind it.
    pub(super) fn read(from: &mut impl BufRead) -> io::Result<Self> {
        let mut line = Vec::new();
        from.take(LONGEST_HEADER).read_until(b'\n', &mut line)?;
        Ok(serde_json::from_slice(&line)?)
    }
}

/// The child's last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChildEnd {
    /// The filter ran to its end, or to that of what is kept.
    Done { values: u64, truncated: bool },
    /// The filter cannot be understood; `at` in bytes.
    Filter { message: String, at: Option<usize> },
    /// The filter failed, after so many values.
    Run { message: String, values: u64 },
    /// The input cannot be understood.
    Input { message: String, line: usize, column: usize },
}

impl ChildEnd {
    /// What a child told, which may have said other things before.
    pub(super) fn read(words: &[u8]) -> Option<Self> {
        words.split(|byte| *byte == b'\n').rev().find_map(|line| serde_json::from_slice(line).ok())
    }
}
