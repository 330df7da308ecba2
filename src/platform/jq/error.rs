//! Why a filter gave nothing, in words.

use std::io;
use std::process::ExitStatus;

use super::message::ChildEnd;
use crate::domain::{Clean, Code, Diagnosis, JqProblem, Retry, Who};

/// Why a filter gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum JqError {
    /// The filter cannot be understood.
    #[error("jq: {message}{}", place(*line, *column))]
    Filter {
        /// What is wrong, in plain words.
        message: String,
        /// Where, in bytes from the filter's start.
        offset: Option<usize>,
        /// The same as a line, counted from 1; 0 where it is not known.
        line: usize,
        /// The same as a column in characters, counted from 1; 0 where it is not known.
        column: usize,
    },
    /// The filter failed while it ran.
    #[error("jq: {message}")]
    Run {
        /// What failed, in plain words. May quote the input.
        message: String,
        /// How many results there were before.
        values_before: u64,
    },
    /// The input is no JSON.
    #[error("jq: the input is not JSON: {message} at line {line}, column {column}")]
    Input {
        /// What is wrong, in plain words.
        message: String,
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
    },
    /// It took longer than it may.
    #[error("jq: time limit exceeded")]
    TimedOut,
    /// It wanted more memory than it may have.
    #[error("jq: memory limit exceeded")]
    Memory,
    /// It overflowed the stack.
    #[error("jq: recursion too deep (endless recursion?)")]
    TooDeep,
    /// It ended without a word. A defect.
    #[error("jq: the filter crashed")]
    Crashed,
    /// The process could not be started or listened to.
    #[error("jq: cannot run the filter: {0}")]
    Io(#[from] io::Error),
}

impl JqError {
    /// The one line that stands below the filter.
    pub fn problem(&self) -> JqProblem {
        let at = if let Self::Filter { offset, .. } = self { *offset } else { None };
        JqProblem { message: Clean::line(&self.to_string()), at }
    }

    /// The failure with its cause and remedy.
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

/// Line and column of a place in a text, both counted from 1, the column in characters.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// The error of a child that told one.
pub(super) fn from_child(reported: ChildEnd, filter: &str) -> JqError {
    match reported {
        ChildEnd::Filter { message, at } => {
            let (line, column) = at.map_or((0, 0), |at| line_and_column(filter, at));
            JqError::Filter { message, offset: at, line, column }
        }
        ChildEnd::Run { message, values } => JqError::Run { message, values_before: values },
        ChildEnd::Input { message, line, column } => JqError::Input { message, line, column },
        // That is no error, and nobody asks for one.
        ChildEnd::Done { .. } => JqError::Crashed,
    }
}

/// The error of a child that ended without telling one: what Rust's runtime says of memory and stack, and how the
/// system ends what uses too much.
pub(super) fn silent(status: ExitStatus, words: &str) -> JqError {
    if words.contains("has overflowed its stack") {
        return JqError::TooDeep;
    }
    // The last two: how a vector says that it cannot grow any further.
    if words.contains("memory allocation of")
        || words.contains("raw_vec")
        || words.contains("alloc/src/slice.rs")
    {
        return JqError::Memory;
    }
    match signal(status) {
        Some(SIGNAL_OF_TIME) => JqError::TimedOut,
        // Nobody here kills it before its end is known: the system did, for want of memory.
        Some(SIGNAL_OF_THE_SYSTEM) => JqError::Memory,
        _ => JqError::Crashed,
    }
}

/// SIGXCPU, on all systems that have it.
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
