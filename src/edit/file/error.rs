//! File errors. In each case the old content is unchanged.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::EditError;
use crate::domain::{Code, Diagnosis, Retry, Who};

/// Why a file could not be read, edited or written.
#[derive(Debug, Error)]
pub enum FileError {
    /// The file does not exist.
    #[error("{} does not exist; only new .env files are created", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file's folder does not exist.
    #[error("the folder {} does not exist", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A dangling symlink.
    #[error("{} is a dangling symlink", path.display())]
    DanglingLink {
        /// The link.
        path: PathBuf,
    },
    /// A loop of symlinks.
    #[error("the symlinks of {} form a loop", path.display())]
    LinkLoop {
        /// The requested path.
        path: PathBuf,
    },
    /// A folder, a pipe or a device.
    #[error("{} is {holds}, not a file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it is instead.
        holds: &'static str,
    },
    /// An unsupported format.
    #[error("{} cannot be edited: {problem}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: &'static str,
    },
    /// Invalid UTF-8.
    #[error("{}, line {line}, is not UTF-8; convert the file first", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// An encoding that readers of the format do not expect.
    #[error(
        "{} is {encoding}; convert it to UTF-8 first: iconv -f {encoding} -t UTF-8 FILE > NEW",
        path.display()
    )]
    Encoding {
        /// The file.
        path: PathBuf,
        /// Its encoding.
        encoding: &'static str,
    },
    /// The file contains NUL bytes.
    #[error("{} contains NUL bytes (binary, or UTF-16 without a byte-order mark)", path.display())]
    Binary {
        /// The file.
        path: PathBuf,
    },
    /// Larger than 10 MiB.
    #[error("{} has {bytes} bytes; files over 10 MiB are not edited", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The edit was refused.
    #[error("{}: {problem}", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: EditError,
    },
    /// The file cannot be read.
    #[error("{} could not be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// The file is read-only.
    #[error("{} is read-only", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The folder is not writable, or the disk is full.
    #[error("nothing can be written into {}: {error}", path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// The file is a mount point, as of a bind mount: it cannot be replaced.
    #[error(
        "{} is a bind mount and cannot be replaced; change it outside the container, or mount its folder",
        path.display()
    )]
    Mount {
        /// The file.
        path: PathBuf,
    },
    /// The file belongs to someone else, and the new one could not be given the same owner.
    #[error("{} belongs to another user or group and would become yours", path.display())]
    Owner {
        /// The file.
        path: PathBuf,
    },
    /// The file was changed after it was read.
    #[error("{} was changed after it was read", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Other programs hold the lock.
    #[error("{} cannot be written now: {error}", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
        /// For how long this waited.
        error: io::Error,
    },
    /// The backup already exists.
    #[error("the backup {} already exists", path.display())]
    BackupThere {
        /// The backup.
        path: PathBuf,
    },
}

impl FileError {
    pub(super) fn read(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            ErrorKind::NotFound => Self::Missing { path },
            _ if is_loop(&error) => Self::LinkLoop { path },
            _ => Self::Unreadable { path, error },
        }
    }

    /// The error as a diagnosis.
    pub fn diagnosis(&self) -> Diagnosis {
        let code = match self {
            Self::Refused { .. }
            | Self::Format { .. }
            | Self::NotUtf8 { .. }
            | Self::Encoding { .. }
            | Self::Binary { .. }
            | Self::TooLarge { .. } => Code::EditRefused,
            Self::NoFolder { .. } => Code::FolderMissing,
            Self::Changed { .. } => Code::FileChanged,
            Self::Busy { .. } => Code::FileBusy,
            Self::ReadOnly { .. } | Self::Unwritable { .. } | Self::Owner { .. } | Self::Mount { .. } => {
                Code::FileNotWritable
            }
            Self::BackupThere { .. } => Code::FileExists,
            Self::Missing { .. }
            | Self::DanglingLink { .. }
            | Self::LinkLoop { .. }
            | Self::NotAFile { .. }
            | Self::Unreadable { .. } => Code::FileNotReadable,
        };
        let retry = if code == Code::FileBusy { Retry::Later(None) } else { Retry::AfterRemedy };
        Diagnosis::new(code, Who::You, retry).fact("problem", &self.to_string())
    }
}

#[cfg(unix)]
fn is_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

#[cfg(not(unix))]
fn is_loop(_: &io::Error) -> bool {
    false
}
