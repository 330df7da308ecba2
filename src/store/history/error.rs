//! Why there is no history.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::domain::{Code, Diagnosis, Retry, Who};

/// Why there is no history, or why something could not be kept in it. Nothing in the file was lost by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", file.display())]
pub struct HistoryError {
    /// The file, or its folder.
    pub file: PathBuf,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with the history.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The folder or the file is a link, or no folder or file at all.
    #[error("is a symlink or not a regular file")]
    NotPlain,
    /// Somebody else's.
    #[error("belongs to somebody else")]
    Foreign,
    /// Others may write to it.
    #[error("can be changed by others")]
    Open,
    /// Damaged, or never a history.
    #[error("is damaged or not a grantdeck history; left unchanged")]
    Corrupt,
    /// A newer version wrote it.
    #[error("was written by a newer grantdeck (history version {found}, this one knows {known})")]
    Newer {
        /// Its version.
        found: i64,
        /// The latest version that is known.
        known: i64,
    },
    /// No space.
    #[error("the disk is full")]
    Full,
    /// Not allowed to write.
    #[error("cannot be written")]
    ReadOnly,
    /// Another instance holds it.
    #[error("another program holds it")]
    Busy,
    /// Anything else, in the system's words.
    #[error("{0}")]
    Other(String),
}

impl HistoryError {
    pub(super) fn new(file: &Path, problem: Problem) -> Self {
        Self { file: file.to_owned(), problem }
    }

    pub(super) fn io(file: &Path, error: &io::Error) -> Self {
        Self::new(
            file,
            match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Problem::Full,
                io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Problem::ReadOnly,
                _ => Problem::Other(error.to_string()),
            },
        )
    }

    #[expect(clippy::needless_pass_by_value, reason = "reads well as the last step of a chain")]
    pub(super) fn of(file: &Path, error: rusqlite::Error) -> Self {
        Self::new(
            file,
            match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Problem::Corrupt,
                Some(ErrorCode::DiskFull) => Problem::Full,
                Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                    Problem::ReadOnly
                }
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Problem::Busy,
                _ => Problem::Other(error.to_string()),
            },
        )
    }

    /// What went wrong, in the shape that all faces share.
    pub fn diagnose(&self) -> Diagnosis {
        let retry = match self.problem {
            Problem::Busy | Problem::Full => Retry::Later(None),
            _ => Retry::AfterRemedy,
        };
        Diagnosis::new(Code::HistoryOff, Who::You, retry)
            .fact("file", &self.file.to_string_lossy())
            .fact("problem", &self.problem.to_string())
    }
}
