//! Writing: beside the file first, then in its place, and only if it is still the file that was read.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use tempfile::{Builder, NamedTempFile};

use super::stamp;
use super::{FileError, Planned, Written, read};

impl Planned {
    /// Makes the change. Nothing is written where nothing changes.
    ///
    /// # Errors
    /// The file was changed after it was read, is read-only, or belongs to someone else; its folder takes no new
    /// file; the disk is full. The file is as it was then.
    pub fn write(self) -> Result<Written, FileError> {
        if !self.is_change() {
            return Ok(Written { path: self.path, changed: false, backup: None });
        }
        self.unchanged()?;
        if self.stamp.is_some() {
            let metadata = fs::metadata(&self.path).map_err(|error| FileError::read(&self.path, error))?;
            // A rename would not mind, but whoever made the file read-only would.
            if metadata.permissions().readonly() || !stamp::is_writable(&self.path) {
                return Err(FileError::ReadOnly { path: self.path });
            }
        }
        let new = self.beside(&self.after)?;
        let backup = self.keep()?;
        match self.replace(new) {
            Ok(()) => Ok(Written { path: self.path, changed: true, backup }),
            Err(error) => {
                // A backup of a file that did not change would be in the way the next time.
                if let Some(backup) = backup {
                    let _result = fs::remove_file(backup);
                }
                Err(error)
            }
        }
    }

    fn replace(&self, new: NamedTempFile) -> Result<(), FileError> {
        self.unchanged()?;
        let done = if self.is_new { new.persist_noclobber(&self.path) } else { new.persist(&self.path) };
        match done {
            Ok(_file) => {
                stamp::sync(stamp::folder(&self.path));
                Ok(())
            }
            Err(failed) if failed.error.kind() == ErrorKind::AlreadyExists => Err(self.changed()),
            Err(failed) => Err(self.unwritable(failed.error)),
        }
    }

    /// A finished file beside the one that it shall replace. It goes by itself when it is not used.
    fn beside(&self, content: &[u8]) -> Result<NamedTempFile, FileError> {
        let folder = stamp::folder(&self.path);
        let made = Builder::new().prefix(".grantdeck-").suffix(".tmp").tempfile_in(folder);
        let mut new = made.map_err(|error| self.unwritable(error))?;
        new.write_all(content).map_err(|error| self.unwritable(error))?;
        if let Some(stamp) = &self.stamp {
            let kept = stamp::inherit(new.as_file(), stamp).map_err(|error| self.unwritable(error))?;
            if !kept {
                return Err(FileError::Owner { path: self.path.clone() });
            }
        }
        new.as_file().sync_all().map_err(|error| self.unwritable(error))?;
        Ok(new)
    }

    /// The backup, where one was asked for.
    fn keep(&self) -> Result<Option<PathBuf>, FileError> {
        if !self.backup || self.is_new {
            return Ok(None);
        }
        let mut name = self.path.clone().into_os_string();
        name.push(".bak");
        let path = PathBuf::from(name);
        match self.beside(&self.before)?.persist_noclobber(&path) {
            Ok(_file) => Ok(Some(path)),
            Err(failed) if failed.error.kind() == ErrorKind::AlreadyExists => {
                Err(FileError::BackupThere { path })
            }
            Err(failed) => Err(self.unwritable(failed.error)),
        }
    }

    /// Whether the path still leads to the file that was read, with the content that was read.
    fn unchanged(&self) -> Result<(), FileError> {
        if let Some(link) = &self.via_link
            && fs::canonicalize(link).ok().as_ref() != Some(&self.path)
        {
            return Err(self.changed());
        }
        let is_there = fs::symlink_metadata(&self.path).is_ok();
        let Some(stamp) = &self.stamp else {
            return if is_there { Err(self.changed()) } else { Ok(()) };
        };
        match read(&self.path) {
            Ok((bytes, now)) if stamp.is_same(&now) && bytes == self.before => Ok(()),
            Err(error @ FileError::Unreadable { .. }) => Err(error),
            _ => Err(self.changed()),
        }
    }

    fn changed(&self) -> FileError {
        FileError::Changed { path: self.path.clone() }
    }

    fn unwritable(&self, error: std::io::Error) -> FileError {
        FileError::Unwritable { path: stamp::folder(&self.path).to_owned(), error }
    }
}
