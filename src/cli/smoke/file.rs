//! The file of `--report`: checked before the run, and in its place at once when it is whole.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::report::{Reporting, write};
use crate::cli::arguments::ReportFile;
use crate::disk::{Draft, Lock};
use crate::domain::{Code, Diagnosis, Retry, Who};

/// A report on its way.
#[derive(Debug)]
pub(super) struct File<'a> {
    wanted: &'a ReportFile,
    /// Where it goes: the file that a link leads to.
    path: PathBuf,
    /// Whether it may take the place of another file.
    replace: bool,
}

impl<'a> File<'a> {
    /// Makes sure that there can be one. `replace`: it may take the place of a file that is there.
    ///
    /// # Errors
    /// The folder is missing, or may not be written to; there is a file already.
    pub(super) fn prepare(wanted: &'a ReportFile, replace: bool) -> Result<Self, Diagnosis> {
        let path = fs::canonicalize(&wanted.path).unwrap_or_else(|_new| wanted.path.clone());
        let file = Self { wanted, path, replace };
        file.check().map_err(|error| file.not_writable(&error))?;
        Ok(file)
    }

    fn check(&self) -> io::Result<()> {
        match fs::symlink_metadata(&self.path) {
            Ok(_) if !self.replace => return Err(ErrorKind::AlreadyExists.into()),
            Ok(there) if !there.is_file() => return Err(io::Error::other("it is not a file")),
            Ok(there) if there.permissions().readonly() => return Err(io::Error::other("it is read-only")),
            _ => {}
        }
        Draft::new(&Lock::of(&self.path)?).map(drop)
    }

    /// Writes it.
    ///
    /// # Errors
    /// The disk is full, or somebody else made a file of that name.
    pub(super) fn write(&self, reporting: &Reporting) -> Result<(), Diagnosis> {
        let written = || {
            let lock = Lock::of(&self.path)?;
            let mut draft = Draft::new(&lock)?;
            write(reporting, self.wanted.format, false, None, &mut draft)?;
            draft.file().sync_all()?;
            if self.replace { draft.replace(&self.path) } else { draft.create(&self.path) }
        };
        written().map_err(|error: io::Error| self.not_writable(&error))
    }

    fn not_writable(&self, error: &io::Error) -> Diagnosis {
        let (code, retry, problem) = match error.kind() {
            ErrorKind::AlreadyExists => {
                let problem = "it already exists; --force overwrites it".to_owned();
                (Code::FileExists, Retry::AfterRemedy, problem)
            }
            ErrorKind::ResourceBusy => (Code::FileBusy, Retry::Later(None), error.to_string()),
            _ => (Code::FileNotWritable, Retry::AfterRemedy, error.to_string()),
        };
        Diagnosis::new(code, Who::You, retry)
            .fact("file", &self.wanted.path.to_string_lossy())
            .fact("problem", &problem)
    }
}
