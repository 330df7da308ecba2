//! The protocol between parent and child. The parent sends one line of JSON and then the input until EOF; the child
//! writes the results to stdout and one line of JSON about them to stderr.

use std::io::{self, BufRead, Read};

use serde::{Deserialize, Serialize};

use super::Limits;
use crate::domain::JqRequest;

/// The longest header line, in bytes: every byte of a filter may be escaped.
const LONGEST_HEADER: u64 = 8 << 20;

/// The parent's first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) filter: String,
    pub(super) raw: bool,
    pub(super) pretty: bool,
    /// Limit for the results, in bytes.
    pub(super) most: usize,
    /// Memory limit, in bytes.
    pub(super) memory: u64,
    /// CPU time limit.
    pub(super) seconds: u64,
    /// Process id of the parent.
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
            // The parent enforces the real limit; this one is for a child whose parent is gone.
            seconds: limits.time.as_secs() + 1,
            parent: std::process::id(),
        }
    }

    /// The header as a line, with its line break.
    pub(super) fn line(&self) -> io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }

    /// Reads the header line and nothing beyond it.
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
    /// The filter finished, or was stopped at the output limit.
    Done { values: u64, truncated: bool },
    /// The filter is invalid; `at` in bytes.
    Filter { message: String, at: Option<usize> },
    /// The filter failed, after this many values.
    Run { message: String, values: u64 },
    /// The input is invalid.
    Input { message: String, line: usize, column: usize },
}

impl ChildEnd {
    /// Finds the outcome in the child's stderr, which may contain other lines before it.
    pub(super) fn read(words: &[u8]) -> Option<Self> {
        words.split(|byte| *byte == b'\n').rev().find_map(|line| serde_json::from_slice(line).ok())
    }
}
