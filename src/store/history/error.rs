//! Errors of the history.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::domain::{Code, Diagnosis, Retry, Who};

/// Why there is no history, or why something could not be recorded. Nothing in the file is lost.
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
    /// The path is a symlink, or not a regular file or folder.
    #[error("is a symlink or not a regular file")]
    NotPlain,
    /// Owned by another user.
    #[error("belongs to somebody else")]
    Foreign,
    /// Writable by others.
    #[error("can be changed by others")]
    Open,
    /// Damaged, or not a history.
    #[error("is damaged or not a grantdeck history; left unchanged")]
    Corrupt,
    /// Written by a newer version.
    #[error("was written by a newer grantdeck (history version {found}, this one knows {known})")]
    Newer {
        /// The version of the file.
        found: i64,
        /// The latest known version.
        known: i64,
    },
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Not writable.
    #[error("cannot be written")]
    ReadOnly,
    /// Locked by another instance.
    #[error("another program holds it")]
    Busy,
    /// Any other error, with the system's message.
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

    /// The error as a diagnosis.
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
