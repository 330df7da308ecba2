//! Errors of running a filter.

use std::io;
use std::process::ExitStatus;

use super::message::ChildEnd;
use crate::domain::{Clean, Code, Diagnosis, JqProblem, Retry, Who};

/// Why a filter gave no result.
#[derive(Debug, thiserror::Error)]
pub enum JqError {
    /// The filter cannot be parsed or compiled.
    #[error("jq: {message}{}", place(*line, *column))]
    Filter {
        /// What is wrong, for people.
        message: String,
        /// Where, as a byte offset into the filter.
        offset: Option<usize>,
        /// The line, counted from 1; 0 if not known.
        line: usize,
        /// The column in characters, counted from 1; 0 if not known.
        column: usize,
    },
    /// The filter failed while running.
    #[error("jq: {message}")]
    Run {
        /// What failed, for people. May quote the input.
        message: String,
        /// The number of results before the failure.
        values_before: u64,
    },
    /// The input is not JSON.
    #[error("jq: the input is not JSON: {message} at line {line}, column {column}")]
    Input {
        /// What is wrong, for people.
        message: String,
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
    },
    /// It exceeded the time limit.
    #[error("jq: time limit exceeded")]
    TimedOut,
    /// It exceeded the memory limit.
    #[error("jq: memory limit exceeded")]
    Memory,
    /// It overflowed the stack.
    #[error("jq: recursion too deep (endless recursion?)")]
    TooDeep,
    /// It exited without reporting an outcome: a defect.
    #[error("jq: the filter crashed")]
    Crashed,
    /// The process could not be started, or communication with it failed.
    #[error("jq: cannot run the filter: {0}")]
    Io(#[from] io::Error),
}

impl JqError {
    /// The one-line message shown below the filter.
    pub fn problem(&self) -> JqProblem {
        let at = if let Self::Filter { offset, .. } = self { *offset } else { None };
        JqProblem { message: Clean::line(&self.to_string()), at }
    }

    /// The failure as a diagnosis.
    pub fn diagnosis(&self) -> Diagnosis {
        let (code, who, retry) = match self {
            Self::Filter { .. } => (Code::JqFilterRefused, Who::You, Retry::AfterRemedy),
            Self::Run { .. } => (Code::JqFilterFailed, Who::You, Retry::AfterRemedy),
            Self::Input { .. } => (Code::JqInputRefused, Who::You, Retry::AfterRemedy),
            Self::TimedOut | Self::Memory | Self::TooDeep => (Code::JqLimitMet, Who::You, Retry::AfterRemedy),
            Self::Crashed | Self::Io(_) => (Code::JqBroke, Who::Grantdeck, Retry::Later(None)),
        };
        let diagnosis = Diagnosis::new(code, who, retry).fact("problem", &self.to_string());
        match self {
            Self::Run { values_before: before @ 1.., .. } => {
                diagnosis.fact("results", &format!("{before} before it failed"))
            }
            _ => diagnosis,
        }
    }
}

fn place(line: usize, column: usize) -> String {
    match line {
        0 => String::new(),
        1 => format!(" at column {column}"),
        _ => format!(" at line {line}, column {column}"),
    }
}

/// Converts a byte offset to line and column, both counted from 1, the column in characters.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// The error for an outcome that the child reported.
pub(super) fn from_child(reported: ChildEnd, filter: &str) -> JqError {
    match reported {
        ChildEnd::Filter { message, at } => {
            let (line, column) = at.map_or((0, 0), |at| line_and_column(filter, at));
            JqError::Filter { message, offset: at, line, column }
        }
        ChildEnd::Run { message, values } => JqError::Run { message, values_before: values },
        ChildEnd::Input { message, line, column } => JqError::Input { message, line, column },
        // Not an error; never passed here.
        ChildEnd::Done { .. } => JqError::Crashed,
    }
}

/// The error for a child that exited without reporting an outcome, from the Rust runtime's messages about memory and
/// stack and from the signal that ended it.
pub(super) fn silent(status: ExitStatus, stderr: &str) -> JqError {
    if stderr.contains("has overflowed its stack") {
        return JqError::TooDeep;
    }
    // The last two: a vector that cannot grow (capacity overflow).
    if stderr.contains("memory allocation of")
        || stderr.contains("raw_vec")
        || stderr.contains("alloc/src/slice.rs")
    {
        return JqError::Memory;
    }
    match signal(status) {
        Some(SIGNAL_OF_TIME) => JqError::TimedOut,
        // The parent only kills it on a timeout, so this was the system, short of memory.
        Some(SIGNAL_OF_THE_SYSTEM) => JqError::Memory,
        _ => JqError::Crashed,
    }
}

/// SIGXCPU; the same number on all systems that have it.
const SIGNAL_OF_TIME: i32 = 24;
/// SIGKILL.
const SIGNAL_OF_THE_SYSTEM: i32 = 9;

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}
