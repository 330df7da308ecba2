//! Files of the user's project: change one value and keep every other byte, find grant ids, swap one for another.
//!
//! [`plan`] is pure: text in, text out, or a refusal that names the line and what to do. Whatever it returns was
//! read again: the value is there, everything else means what it meant, and every byte outside the edit is the
//! same. [`file`] is the only part that touches the disk.

pub(crate) mod diff;
pub mod encoding;
mod entry;
mod env;
mod error;
pub mod file;
mod format;
pub mod ids;
mod json;
mod key;
pub mod mask;
mod node;
mod outline;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod samples;
mod splice;
mod swap;
mod toml;
mod toml_add;
mod yaml;
mod yaml_add;

use std::fmt;

pub use crate::domain::change::{DiffKind, DiffLine};
pub use entry::{Entry, EntryError, entries, summary};
pub use error::EditError;
pub use format::Format;
pub use key::{KeyPath, KeyPathError};
pub use swap::swap_all;

use uuid::Uuid;

use crate::domain::Clean;
use node::{Found, Node};
use splice::line_at;

/// Larger files are not edited: no file that a person configures something with is.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// An edit that was checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// The whole new text.
    pub text: String,
    /// What is different in it.
    pub change: Change,
}

/// What an edit does.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing: the value is there already. The text is the same, byte for byte.
    Same,
    /// One value gave way to another.
    Replaced {
        /// The line on which the value starts, from 1.
        line: usize,
        /// What was there, masked: enough of an id to recognise it, nothing of anything else.
        before: Clean,
        /// What was there, where that was an id.
        id: Option<Uuid>,
    },
    /// The name was not there and stands now at the end of its table.
    Added {
        /// The line on which it stands, from 1.
        line: usize,
    },
}

/// Plans to put `value` under `key`. The comment goes above a name that is added; where one is replaced, the
/// comments that are there stay and it is not used, nor in JSON without comments.
///
/// A byte-order mark, line ends (CRLF) and the absence of a last line end are kept. The quotes of a value are
/// kept where they can hold the new one.
///
/// # Errors
/// See [`EditError`]: nothing is ever guessed.
pub fn plan(
    format: Format,
    text: &str,
    key: &KeyPath,
    value: &str,
    comment: Option<&Clean>,
) -> Result<Edit, EditError> {
    if text.len() > MAX_BYTES {
        return Err(EditError::TooLarge { bytes: text.len() as u64 });
    }
    if value.chars().any(char::is_control) {
        return Err(EditError::Value { problem: "it has a line end or another control character" });
    }
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let before = format.read(body, key)?;
    let line_of = |depth: usize, at: usize| format.line(body, &key.parents(depth), at);
    match before.find(key.segments()) {
        Found::Text { value: old, .. } if old == value => {
            Ok(Edit { text: text.to_owned(), change: Change::Same })
        }
        Found::Text { value: old, .. } => {
            replace(format, body, key, value, &before, &old).map(|edit| edit.marked(mark))
        }
        Found::Null => replace(format, body, key, value, &before, "").map(|edit| edit.marked(mark)),
        Found::Other { at, holds } => {
            Err(EditError::NotText { key: key.to_string(), line: line_of(key.segments().len(), at), holds })
        }
        Found::Blocked { depth, at, holds } => {
            Err(EditError::Blocked { key: key.parents(depth).to_string(), line: line_of(depth, at), holds })
        }
        Found::Twice { depth, ats } => Err(EditError::Duplicate {
            key: key.parents(depth).to_string(),
            lines: ats.into_iter().map(|at| line_at(body, at)).collect(),
        }),
        Found::Missing => add(format, body, key, value, comment, &before).map(|edit| edit.marked(mark)),
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.write_str("Same"),
            Self::Replaced { line, before, .. } => write!(f, "Replaced({before} on line {line})"),
            Self::Added { line } => write!(f, "Added(line {line})"),
        }
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Edit({:?})", self.change)
    }
}

impl Edit {
    fn marked(mut self, mark: &str) -> Self {
        self.text.insert_str(0, mark);
        self
    }
}

fn replace(
    format: Format,
    text: &str,
    key: &KeyPath,
    value: &str,
    before: &Node,
    old: &str,
) -> Result<Edit, EditError> {
    let splice = format.replacement(text, key, value)?;
    let line = line_at(text, splice.range.start);
    let edited = splice.apply(text).ok_or(EditError::Unsafe { line })?;
    let after = format.read(&edited, key).map_err(|_unreadable| EditError::Unsafe { line })?;
    if !before.differs_only_at(&after, key.segments(), value) {
        return Err(format.blame(text, line));
    }
    // Hyphens, as ids of grants are written; other spellings are not looked for in a file.
    let id = Uuid::try_parse(old).ok().filter(|_| old.len() == ids::LENGTH);
    Ok(Edit { text: edited, change: Change::Replaced { line, before: mask::value(old), id } })
}

fn add(
    format: Format,
    text: &str,
    key: &KeyPath,
    value: &str,
    comment: Option<&Clean>,
    before: &Node,
) -> Result<Edit, EditError> {
    // A cleaned text may still have several lines.
    let comment = comment.map(|comment| comment.as_str().replace('\n', " "));
    let comment = comment.as_deref().map(str::trim).filter(|comment| !comment.is_empty());
    let mut line = 1;
    for splice in format.additions(text, key, value, comment)? {
        let Some(edited) = splice.apply(text) else { continue };
        line = line_at(&edited, splice.range.start + splice.name_at);
        let Ok(after) = format.read(&edited, key) else { continue };
        if before.gains_only(&after, key.segments(), value) {
            return Ok(Edit { text: edited, change: Change::Added { line } });
        }
    }
    Err(format.blame(text, line))
}

#[cfg(test)]
mod generators_tests;
#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod properties_tests;
#[cfg(test)]
mod refusals_tests;
#[cfg(test)]
mod secrets_tests;
