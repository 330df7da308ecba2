//! Writes a body to a file: to a temporary file beside it, then renamed, readable by its owner only.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::home;
use crate::disk::{Draft, Lock};
use crate::domain::{Clean, Code, Diagnosis, Retry, Saved, Who};

/// Writes bytes to a file with mode 0600, atomically. A leading `~/` is expanded. An existing file is replaced only if
/// `replace` is set; for a symlink, its target is replaced.
///
/// # Errors
/// If the folder is missing or not writable, the file is read-only or not a regular file, or the disk is full. An
/// existing file is then unchanged.
pub fn save(path: &str, bytes: &[u8], replace: bool) -> Result<Saved, Diagnosis> {
    let typed = home::expanded(Path::new(path));
    // Replace the target of a symlink and keep the link.
    let path = fs::canonicalize(&typed).unwrap_or(typed);
    // Show the absolute path: it is easy to forget where the program was started.
    let whole = std::path::absolute(&path).unwrap_or_else(|_relative| path.clone());
    let shown = Clean::line(&whole.to_string_lossy());
    if let Ok(metadata) = fs::metadata(&path) {
        if !metadata.is_file() {
            let what = if metadata.is_dir() { "it is a folder" } else { "it is not a regular file" };
            return Err(failure(Code::FileNotWritable, &path, what));
        }
        if !replace {
            return Ok(Saved::Exists { path: shown, bytes: metadata.len() });
        }
        if metadata.permissions().readonly() {
            return Err(failure(Code::FileNotWritable, &path, "it is read-only"));
        }
    }
    match write(&path, bytes, replace) {
        Ok(()) => Ok(Saved::Written { path: shown, bytes: bytes.len() as u64 }),
        // The file was created while this one was being written.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let bytes = fs::metadata(&path).map_or(0, |metadata| metadata.len());
            Ok(Saved::Exists { path: shown, bytes })
        }
        Err(error) => Err(explained(&error, &path)),
    }
}

fn write(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    let lock = Lock::of(path)?;
    let mut new = Draft::new(&lock)?;
    new.fill(bytes)?;
    if replace { new.replace(path) } else { new.create(path) }
}

fn explained(error: &io::Error, path: &Path) -> Diagnosis {
    match error.kind() {
        // These codes say it all.
        ErrorKind::NotFound | ErrorKind::NotADirectory => refused(Code::FolderMissing, path),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => refused(Code::DiskFull, path),
        ErrorKind::ResourceBusy => refused(Code::FileBusy, path),
        // Leave out the path of the temporary file, which the error would name.
        kind => failure(Code::FileNotWritable, path, &kind.to_string()),
    }
}

fn refused(code: Code, path: &Path) -> Diagnosis {
    Diagnosis::new(code, Who::You, Retry::AfterRemedy).fact("path", &path.to_string_lossy())
}

fn failure(code: Code, path: &Path, problem: &str) -> Diagnosis {
    refused(code, path).fact("problem", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(result: Result<Saved, Diagnosis>) -> Code {
        result.unwrap_err().code
    }

    fn save_at(path: &Path, bytes: &[u8], replace: bool) -> Result<Saved, Diagnosis> {
        save(path.to_str().unwrap(), bytes, replace)
    }

    #[test]
    fn a_file_that_is_there_is_replaced_only_after_a_yes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        assert!(matches!(save_at(&path, b"one", false), Ok(Saved::Written { bytes: 3, .. })));
        assert!(matches!(save_at(&path, b"second", false), Ok(Saved::Exists { bytes: 3, .. })));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert!(matches!(save_at(&path, b"second", true), Ok(Saved::Written { bytes: 6, .. })));
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing unfinished is left");
    }

    #[test]
    fn what_cannot_be_written_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("no/such/a.json");
        assert_eq!(code(save_at(&missing, b"", false)), Code::FolderMissing);
        assert_eq!(code(save_at(folder.path(), b"", true)), Code::FileNotWritable);
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(code(save_at(&file.join("a.json"), b"", false)), Code::FolderMissing);
        let full = io::Error::from(ErrorKind::StorageFull);
        assert_eq!(explained(&full, &file).code, Code::DiskFull);
        let mut protected = fs::metadata(&file).unwrap().permissions();
        protected.set_readonly(true);
        fs::set_permissions(&file, protected).unwrap();
        assert_eq!(code(save_at(&file, b"x", true)), Code::FileNotWritable);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_it_and_a_link_stays_one() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "before").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        save_at(&link, b"after", true).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"after");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
