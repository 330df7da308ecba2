//! Writes a planned change: to a temporary file that replaces the original, if that is still the file that was read.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::stamp;
use super::{FileError, Planned, Written, read};
use crate::disk::{Draft, Lock};

impl Planned {
    /// Makes the change. Writes nothing if nothing changes.
    ///
    /// # Errors
    /// If the file was changed after it was read, is read-only, or belongs to someone else; if its folder is not
    /// writable, the disk is full, or others hold the lock. The file is then unchanged.
    pub fn write(self) -> Result<Written, FileError> {
        if !self.is_change() {
            return Ok(self.without_a_change());
        }
        let lock = self.lock()?;
        self.unchanged()?;
        self.write_within(&lock)
    }

    /// Like [`Planned::write`], for a change that nobody reviewed: if the file was changed after it was read, the
    /// change is planned again for its current content.
    ///
    /// # Errors
    /// As for [`Planned::write`], except for a changed file; also the errors of planning.
    pub fn write_latest(self) -> Result<Written, FileError> {
        let lock = self.lock()?;
        let latest = match self.unchanged() {
            Err(FileError::Changed { .. }) => self.again()?.ok_or_else(|| self.changed())?,
            other => {
                other?;
                self
            }
        };
        if latest.is_change() { latest.write_within(&lock) } else { Ok(latest.without_a_change()) }
    }

    /// Takes the lock that excludes other writers until the rename.
    fn lock(&self) -> Result<Lock, FileError> {
        Lock::of(&self.path).map_err(|error| match error.kind() {
            ErrorKind::ResourceBusy => FileError::Busy { path: self.path.clone(), error },
            _ => self.unwritable(error),
        })
    }

    fn without_a_change(self) -> Written {
        Written { path: self.path, change: self.change, changed: false, backup: None }
    }

    fn write_within(self, lock: &Lock) -> Result<Written, FileError> {
        if self.stamp.is_some() {
            let metadata = fs::metadata(&self.path).map_err(|error| FileError::read(&self.path, error))?;
            // A rename would work, but the file was made read-only on purpose.
            if metadata.permissions().readonly() || !stamp::is_writable(&self.path) {
                return Err(FileError::ReadOnly { path: self.path });
            }
        }
        let new = self.beside(lock, &self.after)?;
        let backup = self.keep(lock)?;
        match self.replace(new) {
            Ok(()) => Ok(Written { path: self.path, change: self.change, changed: true, backup }),
            Err(error) => {
                // The backup of an unchanged file would block the next attempt.
                if let Some(backup) = backup {
                    let _result = fs::remove_file(backup);
                }
                Err(error)
            }
        }
    }

    fn replace(&self, new: Draft<'_>) -> Result<(), FileError> {
        self.unchanged()?;
        let done = if self.is_new { new.create(&self.path) } else { new.replace(&self.path) };
        match done {
            Ok(()) => {
                stamp::sync(stamp::folder(&self.path));
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(self.changed()),
            Err(error) => Err(self.unwritable(error)),
        }
    }

    /// Writes a temporary file beside the original. It is removed on drop if it is not used.
    fn beside<'lock>(&self, lock: &'lock Lock, content: &[u8]) -> Result<Draft<'lock>, FileError> {
        let mut new = Draft::new(lock).map_err(|error| self.unwritable(error))?;
        new.fill(content).map_err(|error| self.unwritable(error))?;
        // Only once it is complete: until then no other user can read it.
        if let Some(stamp) = &self.stamp {
            let kept = stamp::inherit(new.file(), stamp).map_err(|error| self.unwritable(error))?;
            if !kept {
                return Err(FileError::Owner { path: self.path.clone() });
            }
        }
        Ok(new)
    }

    /// Creates the backup, if requested.
    fn keep(&self, lock: &Lock) -> Result<Option<PathBuf>, FileError> {
        if !self.backup || self.is_new {
            return Ok(None);
        }
        let mut name = self.path.clone().into_os_string();
        name.push(super::BACKUP);
        let path = PathBuf::from(name);
        match self.beside(lock, &self.before)?.create(&path) {
            Ok(()) => Ok(Some(path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(FileError::BackupThere { path }),
            Err(error) => Err(self.unwritable(error)),
        }
    }

    /// Checks that the path still leads to the file that was read, with the same content.
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

    pub(super) fn unwritable(&self, error: std::io::Error) -> FileError {
        // The system's error for replacing a mount point.
        if error.kind() == ErrorKind::ResourceBusy {
            return FileError::Mount { path: self.path.clone() };
        }
        FileError::Unwritable { path: stamp::folder(&self.path).to_owned(), error }
    }
}
