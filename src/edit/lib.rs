//! Editing project files: change one value and keep every other byte, find grant ids, replace ids.
//!
//! [`plan`] is pure: text in, edited text out, or a refusal that names the line and what to do. Every edit is verified
//! by parsing it again: the value is set, everything else has its old meaning, and every byte outside the edit is the
//! same. Only [`file`] accesses the disk.

pub mod diff;
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
pub mod samples;
mod splice;
mod swap;
mod toml;
mod toml_add;
mod yaml;
mod yaml_add;

use grantdeck_disk as disk;
use grantdeck_domain as domain;
use std::fmt;

pub use crate::domain::change::{DiffKind, DiffLine};
pub use entry::{Entry, EntryError, entries, summary};
pub use error::EditError;
pub use format::Format;
pub use key::{KeyPath, KeyPathError};
pub use swap::swap_all;

use uuid::Uuid;

use crate::domain::Clean;
use node::{Lookup, Node};
use splice::line_at;

/// Larger files are not edited: no hand-written configuration is that large.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// A verified edit.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// The whole new text.
    pub text: String,
    /// What changed.
    pub change: Change,
}

/// The effect of an edit.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// None: the value is already set. The text is identical.
    Same,
    /// A value was replaced.
    Replaced {
        /// The line on which the value starts, from 1.
        line: usize,
        /// The old value, masked: an id is shortened, anything else hidden.
        before: Clean,
        /// The old value, if it was an id.
        id: Option<Uuid>,
    },
    /// The name did not exist and was added at the end of its table.
    Added {
        /// Its line, from 1.
        line: usize,
    },
}

/// Plans to set `key` to `value`. The comment goes above a name that is added; it is not used if a value is replaced
/// (existing comments stay) or in JSON without comments.
///
/// Keeps a byte-order mark, CRLF line endings and a missing final line ending. Keeps a value's quotes if they can hold
/// the new value.
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
        Lookup::Text { value: old, .. } if old == value => {
            Ok(Edit { text: text.to_owned(), change: Change::Same })
        }
        Lookup::Text { value: old, .. } => {
            replace(format, body, key, value, &before, &old).map(|edit| edit.marked(mark))
        }
        Lookup::Null => replace(format, body, key, value, &before, "").map(|edit| edit.marked(mark)),
        Lookup::Other { at, holds } => {
            Err(EditError::NotText { key: key.to_string(), line: line_of(key.segments().len(), at), holds })
        }
        Lookup::Blocked { depth, at, holds } => {
            Err(EditError::Blocked { key: key.parents(depth).to_string(), line: line_of(depth, at), holds })
        }
        Lookup::Twice { depth, ats } => Err(EditError::Duplicate {
            key: key.parents(depth).to_string(),
            lines: ats.into_iter().map(|at| line_at(body, at)).collect(),
        }),
        Lookup::Missing => add(format, body, key, value, comment, &before).map(|edit| edit.marked(mark)),
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
    // Only hyphenated ids: other spellings are not searched for in files.
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
    // `Clean` text may contain line breaks.
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
