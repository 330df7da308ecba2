//! JSON syntax errors with their position.

use memchr::{memchr_iter, memrchr};

/// A JSON syntax error and its position.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct JsonProblem {
    /// Byte offset.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The message. It only quotes characters that are safe to display.
    pub problem: String,
}

impl JsonProblem {
    /// Creates a problem at a byte offset.
    pub(super) fn at(text: &[u8], offset: usize, problem: String) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let begin = memrchr(b'\n', before).map_or(0, |at| at + 1);
        let characters = before.iter().skip(begin).filter(|byte| !is_continuation(**byte)).count();
        Self { offset, line: 1 + memchr_iter(b'\n', before).count(), column: 1 + characters, problem }
    }
}

/// Why a body has no tape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TapeError {
    /// The caller cancelled.
    #[error("stopped")]
    Cancelled,
    /// A JSON syntax error.
    #[error("{0}")]
    Invalid(JsonProblem),
    /// More nested brackets than anybody could follow.
    #[error("nested more than {} deep, at byte {offset}", super::tape::MAX_DEPTH)]
    TooDeep {
        /// Byte offset of the first bracket too many.
        offset: usize,
    },
    /// 4 GiB or more.
    #[error("too large to be shown as JSON")]
    TooLarge,
}

/// Whether a byte is a UTF-8 continuation byte.
pub(super) fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}
