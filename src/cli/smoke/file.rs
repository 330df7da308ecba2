//! The file of `--report`: prepared before the run, and in its place at once when it is whole.

use std::path::Path;

use tempfile::NamedTempFile;

use super::report::{Reporting, write};
use crate::cli::arguments::ReportFile;
use crate::domain::{Code, Diagnosis, Retry, Who};

/// A report on its way.
#[derive(Debug)]
pub(super) struct File<'a> {
    wanted: &'a ReportFile,
    draft: Option<NamedTempFile>,
}

impl<'a> File<'a> {
    /// Makes sure that there can be one.
    ///
    /// # Errors
    /// The folder is missing, or may not be written to.
    pub(super) fn prepare(wanted: &'a ReportFile) -> Result<Self, Diagnosis> {
        let folder = wanted.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let draft = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
        let draft = draft.map_err(|error| not_writable(&wanted.path, &error.to_string()))?;
        Ok(Self { wanted, draft: Some(draft) })
    }

    /// Writes it.
    ///
    /// # Errors
    /// The disk is full, or the file cannot be replaced.
    pub(super) fn write(&mut self, reporting: &Reporting) -> Result<(), Diagnosis> {
        let path = &self.wanted.path;
        let Some(mut draft) = self.draft.take() else { return Ok(()) };
        write(reporting, self.wanted.format, false, None, &mut draft)
            .map_err(|error| not_writable(path, &error.to_string()))?;
        draft.persist(path).map_err(|error| not_writable(path, &error.error.to_string()))?;
        Ok(())
    }
}

fn not_writable(path: &Path, problem: &str) -> Diagnosis {
    Diagnosis::new(Code::FileNotWritable, Who::You, Retry::AfterRemedy)
        .fact("file", &path.to_string_lossy())
        .fact("problem", problem)
}
