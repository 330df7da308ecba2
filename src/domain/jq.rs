//! A jq filter over an answer: what is asked and what comes back. The filter itself runs in a process of its own.

use std::fmt;

use super::{Body, Clean};

/// One filter to run over one body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JqRequest {
    /// The filter, as it was typed.
    pub filter: String,
    /// JSON: one value, several in a row, or JSON lines. The filter runs once for each; never for an empty body.
    pub input: Body,
    /// Texts among the results are written as they are, without quotes and escapes.
    pub raw: bool,
    /// Results are written over several lines, indented by two blanks; else one line each.
    pub pretty: bool,
    /// How many bytes of results are kept.
    pub most: usize,
}

/// What a filter gave.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct JqOutput {
    /// The results as JSON, each ended by a line break. UTF-8, and as untrusted as the body that it was made from.
    pub text: Vec<u8>,
    /// How many results there are in it, cut ones not counted.
    pub values: u64,
    /// There was more than asked for.
    pub truncated: bool,
}

/// Results may hold anything that a body may hold: none belongs into a log.
impl fmt::Debug for JqOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JqOutput")
            .field("bytes", &self.text.len())
            .field("values", &self.values)
            .field("truncated", &self.truncated)
            .finish()
    }
}

/// Why a filter gave nothing, short enough to stand below the line where it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JqProblem {
    /// One line: "jq: unexpected `|` at column 7".
    pub message: Clean,
    /// Where in the filter, in bytes from its start.
    pub at: Option<usize>,
}
