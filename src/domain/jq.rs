//! Running a jq filter over an answer: request and result. The filter runs in a separate process.

use std::fmt;

use super::{Body, Clean};

/// A filter to run over a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JqRequest {
    /// The filter as typed.
    pub filter: String,
    /// JSON: one value, several in a row, or JSON lines. The filter runs once for each value, and never for
    /// an empty body.
    pub input: Body,
    /// Print strings without quotes and escapes.
    pub raw: bool,
    /// Print results over several lines, indented by two spaces; otherwise one line each.
    pub pretty: bool,
    /// Maximum number of bytes of output to keep.
    pub most: usize,
}

/// The output of a filter.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct JqOutput {
    /// The results as JSON, each followed by a line break. UTF-8, and as untrusted as the input.
    pub text: Vec<u8>,
    /// Number of complete results in it.
    pub values: u64,
    /// There was more output than was kept.
    pub truncated: bool,
}

/// Prints no content: results may contain secrets, which must not reach a log.
impl fmt::Debug for JqOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JqOutput")
            .field("bytes", &self.text.len())
            .field("values", &self.values)
            .field("truncated", &self.truncated)
            .finish()
    }
}

/// Why a filter failed, short enough for one line below the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JqProblem {
    /// One line: "jq: unexpected `|` at column 7".
    pub message: Clean,
    /// Byte offset in the filter.
    pub at: Option<usize>,
}
