//! Changes to the user's files: requested, planned and shown, then applied.

use std::fmt;
use std::path::PathBuf;

use uuid::Uuid;

use super::{Clean, Diagnosis, Named};

/// The kind of a diff line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffKind {
    /// Unchanged.
    Same,
    /// Removed.
    Removed,
    /// Added.
    Added,
    /// Lines are left out here.
    Gap,
    /// The path of names that leads to the change below.
    Path,
}

/// The kind of a piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Punctuation of the format, or whitespace.
    Sign,
    /// A name.
    Name,
    /// A removed or added id, shortened.
    Id,
    /// A comment that is inserted. It names an account.
    Comment,
    /// Placeholder for hidden text.
    Hidden,
    /// Placeholder for the rest of a long line.
    Cut,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its kind.
    pub kind: PieceKind,
    /// Its text.
    pub text: Clean,
}

impl Piece {
    /// Creates a piece, sanitising its text.
    pub fn new(kind: PieceKind, text: &str) -> Self {
        Self { kind, text: Clean::line(text) }
    }
}

/// A line of a diff. It only contains what may be shown of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// Its kind.
    pub kind: DiffKind,
    /// Line number in the old text, from 1.
    pub old: Option<usize>,
    /// Line number in the new text, from 1.
    pub new: Option<usize>,
    /// The line without its line break; long lines are cut.
    pub pieces: Vec<Piece>,
}

impl DiffLine {
    /// The line as text.
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }
}

/// What to change. Sensitive.
#[derive(Clone, PartialEq, Eq)]
pub enum ChangeRequest {
    /// Insert ids into a file.
    Entries {
        /// The file as the user named it.
        path: PathBuf,
        /// The grants to insert.
        grants: Vec<Named>,
        /// The user's own name for the entry, if there is a single grant.
        name: Option<String>,
    },
    /// Replace ids by others in every file that contains them.
    Swaps {
        /// Pairs of old and new id.
        pairs: Vec<(Uuid, Uuid)>,
        /// Where the ids were found.
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

/// Identifies a plan to the holder of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanId(pub u64);

/// A change that is planned but not applied.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangePlan {
    /// Its id.
    pub id: PlanId,
    /// A short description.
    pub summary: String,
    /// The files to change. If empty, there is nothing to do.
    pub files: Vec<FileChange>,
    /// Files that could not be read; they stay unchanged.
    pub failed: Vec<Diagnosis>,
}

/// The changes to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The file to write.
    pub path: Clean,
    /// Whether the file will be created.
    pub is_new: bool,
    /// Further remarks: the path is a symlink, or the file has several hard links.
    pub notes: Vec<Clean>,
    /// The diff.
    pub lines: Vec<DiffLine>,
}

/// A change that was applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// A short description.
    pub summary: String,
    /// The files that were written.
    pub files: Vec<Clean>,
    /// Files that could not be written; they are unchanged.
    pub failed: Vec<Diagnosis>,
}
