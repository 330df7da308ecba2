//! What can go wrong with a file. Whatever it is, the old content is still there.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::domain::{Code, Diagnosis, Retry, Who};
use crate::edit::EditError;

/// A file that could not be read, edited or written.
#[derive(Debug, Error)]
pub enum FileError {
    /// There is no such file.
    #[error("{} does not exist; only new .env files are created", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The folder of the file is not there.
    #[error("the folder {} does not exist", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A link to nothing.
    #[error("{} is a dangling symlink", path.display())]
    DanglingLink {
        /// The link.
        path: PathBuf,
    },
    /// Links that lead back to themselves.
    #[error("the symlinks of {} form a loop", path.display())]
    LinkLoop {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// A folder, a pipe, a device.
    #[error("{} is {holds}, not a file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What is there.
        holds: &'static str,
    },
    /// Not one of the formats.
    #[error("{} cannot be edited: {problem}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: &'static str,
    },
    /// Not UTF-8.
    #[error("{}, line {line}, is not UTF-8; convert the file first", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// In an encoding that readers of its format do not expect.
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
    /// Zero bytes.
    #[error("{} contains NUL bytes (binary, or UTF-16 without a byte-order mark)", path.display())]
    Binary {
        /// The file.
        path: PathBuf,
    },
    /// Over 10 MiB.
    #[error("{} has {bytes} bytes; files over 10 MiB are not edited", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The edit is refused.
    #[error("{}: {problem}", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: EditError,
    },
    /// No permission to read it.
    #[error("{} could not be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file is read-only.
    #[error("{} is read-only", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The folder takes no new file, or the disk none at all.
    #[error("nothing can be written into {}: {error}", path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file system, or a bind mount of one file: no other file can take its place.
    #[error(
        "{} is a bind mount and cannot be replaced; change it outside the container, or mount its folder",
        path.display()
    )]
    Mount {
        /// The file.
        path: PathBuf,
    },
    /// The file belongs to someone else, and the new one could not be given to them.
    #[error("{} belongs to another user or group and would become yours", path.display())]
    Owner {
        /// The file.
        path: PathBuf,
    },
    /// Something else wrote it after it was read.
    #[error("{} was changed after it was read", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Other programs keep writing there.
    #[error("{} cannot be written now: {error}", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
        /// How long they did.
        error: io::Error,
    },
    /// There is a backup already.
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

    /// In the shape that screen and command line show.
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
