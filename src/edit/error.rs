//! Why a file cannot be edited safely, with the line and what to do.

use thiserror::Error;

use crate::domain::Clean;

/// Why an edit was refused. Nothing was changed; no variant contains a value of the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// The file is not valid in its format.
    #[error("line {line}: {problem}; correct that first")]
    Malformed {
        /// From 1.
        line: usize,
        /// The parser's message.
        problem: Clean,
    },
    /// The name occurs more than once. Readers disagree about which one counts, so none is chosen.
    #[error("`{key}` stands on {}; keep one of them", lines_of(lines))]
    Duplicate {
        /// The name.
        key: String,
        /// The line of each occurrence, from 1.
        lines: Vec<usize>,
    },
    /// The value is not a string.
    #[error("line {line}: `{key}` is {holds}, not a text; {}", or_quotes(holds))]
    NotText {
        /// The name.
        key: String,
        /// From 1.
        line: usize,
        /// "a table", "a list", "a number"…
        holds: &'static str,
    },
    /// A parent of the name is not a table.
    #[error("line {line}: `{key}` is {holds}, which has no names in it; choose another name")]
    Blocked {
        /// The parent's name.
        key: String,
        /// From 1.
        line: usize,
        /// "a text", "a list", "empty"…
        holds: &'static str,
    },
    /// A construct that cannot be edited.
    #[error("line {line}: {problem}; {remedy}")]
    Refused {
        /// From 1.
        line: usize,
        /// What was found.
        problem: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The name is not valid in this format.
    #[error("`{key}` is no name for this file: {problem}")]
    Name {
        /// The name.
        key: String,
        /// Why, and what would be valid.
        problem: String,
    },
    /// The value cannot be written in this format.
    #[error("the value cannot be written into this file: {problem}")]
    Value {
        /// Why.
        problem: &'static str,
    },
    /// The file is larger than [`super::MAX_BYTES`].
    #[error("the file has {bytes} bytes; files over 10 MiB are not edited")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// The edited text failed verification, so it is not written.
    #[error("line {line}: the edit would change more than this value; edit the file by hand")]
    Unsafe {
        /// The line of the attempted edit, from 1.
        line: usize,
    },
}

/// What to do about a value that is not a string. Unquoted scalars, like `5` or `yes` in YAML, become strings when
/// quoted.
fn or_quotes(holds: &str) -> &'static str {
    match holds {
        "a list" | "a table" => "choose another name",
        _ => "put the value in quotes first, or choose another name",
    }
}

fn lines_of(lines: &[usize]) -> String {
    let numbers: Vec<String> = lines.iter().map(ToString::to_string).collect();
    match numbers.split_last() {
        Some((last, [])) => format!("line {last}, more than once"),
        Some((last, rest)) => format!("lines {} and {last}", rest.join(", ")),
        None => "several lines".to_owned(),
    }
}
