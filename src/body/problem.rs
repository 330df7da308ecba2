//! What is wrong with a text that should be JSON, and where.

use memchr::{memchr_iter, memrchr};

/// A place in a text that is not JSON, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct JsonProblem {
    /// Where, in bytes from the beginning.
    pub offset: usize,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What is wrong, in words. A character of the text is named only where it is harmless.
    pub problem: String,
}

impl JsonProblem {
    /// A problem at an offset of a text.
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
    /// Somebody asked to stop.
    #[error("stopped")]
    Cancelled,
    /// It is not JSON.
    #[error("{0}")]
    Invalid(JsonProblem),
    /// More brackets stand open at once than anybody could follow.
    #[error("nested more than {} deep, at byte {offset}", super::tape::MAX_DEPTH)]
    TooDeep {
        /// Where the first bracket too many stands, in bytes.
        offset: usize,
    },
    /// 4 GiB or more.
    #[error("too large to be shown as JSON")]
    TooLarge,
}

/// A byte inside a character of UTF-8.
pub(super) fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}
