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
    /// The names on the way to what changes below.
    Path,
}

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// A sign of the format, or blanks.
    Sign,
    /// A name.
    Name,
    /// An id that comes or goes, shortened.
    Id,
    /// A comment that is put in. It names an account.
    Comment,
    /// Stands for what is hidden.
    Hidden,
    /// Stands for the rest of a long line.
    Cut,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// Its text.
    pub text: Clean,
}

impl Piece {
    /// A piece with this text, cleaned.
    pub fn new(kind: PieceKind, text: &str) -> Self {
        Self { kind, text: Clean::line(text) }
    }
}

/// A line of a diff. It holds nothing of the file but what may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// What it is.
    pub kind: DiffKind,
    /// Its number in the old text, from 1.
    pub old: Option<usize>,
    /// Its number in the new text, from 1.
    pub new: Option<usize>,
    /// The line, without its end. Of a long one a part.
    pub pieces: Vec<Piece>,
}

impl DiffLine {
    /// The line as text.
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
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
