//! Changes of the user's files: asked for, planned and shown, then made.

use std::fmt;
use std::path::PathBuf;

use uuid::Uuid;

use super::{Clean, Diagnosis, Named};

/// What a line of a diff is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffKind {
    /// Stays.
    Same,
    /// Goes.
    Removed,
    /// Comes.
    Added,
    /// Lines are left out here.
    Gap,
}

/// A line of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// What it is.
    pub kind: DiffKind,
    /// Its number in the old text, from 1.
    pub old: Option<usize>,
    /// Its number in the new text, from 1.
    pub new: Option<usize>,
    /// The line, without its end.
    pub text: Clean,
    /// The line as it can be shown in privacy mode.
    pub masked: Clean,
}

impl DiffLine {
    /// What is shown of it where nobody else looks. Lines that stay are masked even then: a file with ids holds
    /// other secrets too, and they are not what is asked about.
    pub fn shown(&self) -> &Clean {
        if self.kind == DiffKind::Same { &self.masked } else { &self.text }
    }
}

/// What is to be changed. Sensitive.
#[derive(Clone, PartialEq, Eq)]
pub enum ChangeRequest {
    /// Ids are put into a file.
    Entries {
        /// The file, as the user named it.
        path: PathBuf,
        /// The grants.
        grants: Vec<Named>,
        /// The user's own name for the one grant.
        name: Option<String>,
    },
    /// Ids give way to others, in every file in which they were found.
    Swaps {
        /// Each old id with the one that takes its place.
        pairs: Vec<(Uuid, Uuid)>,
        /// Where ids were found.
        found: Vec<(PathBuf, Uuid)>,
    },
}

impl fmt::Debug for ChangeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entries { path, grants, .. } => write!(f, "Entries({}, {})", path.display(), grants.len()),
            Self::Swaps { pairs, found } => write!(f, "Swaps({} in {} places)", pairs.len(), found.len()),
        }
    }
}

/// Which plan; whoever holds the plan's content knows it by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanId(pub u64);

/// A change that was planned and not made.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangePlan {
    /// Which.
    pub id: PlanId,
    /// What it does, in a few words.
    pub summary: String,
    /// The files that change; none: everything is as it should be already.
    pub files: Vec<FileChange>,
    /// Files that could not be read; they stay as they are.
    pub failed: Vec<Diagnosis>,
}

/// How one file changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The file that is written.
    pub path: Clean,
    /// Whether it is made.
    pub is_new: bool,
    /// What else is to be known: that a link led there, or that the file has other names.
    pub notes: Vec<Clean>,
    /// The lines.
    pub lines: Vec<DiffLine>,
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// What was done, in a few words.
    pub summary: String,
    /// The files that were written.
    pub files: Vec<Clean>,
    /// Files that could not be written; they are as they were.
    pub failed: Vec<Diagnosis>,
}
