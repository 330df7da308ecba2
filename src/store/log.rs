//! The file of `--log`: accessible by its owner only, and never larger than a few megabytes.
//!
//! Own code, as existing crates rotate by time, choose the file's mode themselves, or collect whatever HTTP crates log
//! about a request; here only [`LogEntry`] can be written.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::disk::Lock;
use crate::domain::log::{Log, LogEntry};
use crate::domain::{Code, Diagnosis, Retry, Who};

/// A larger file is rotated, in bytes.
pub const MAX_BYTES: u64 = 1 << 20;

/// Number of rotated files kept; `FILE.1` is the newest.
pub const MAX_ROTATED: u32 = 3;

/// Opens a log that appends to a file.
///
/// # Errors
/// If the file cannot be created or is not a regular file.
pub fn open(file: &Path, now: fn() -> Timestamp) -> Result<Log, Diagnosis> {
    let rotating = Rotating::open(file).map_err(|error| {
        Diagnosis::new(Code::FileNotWritable, Who::You, Retry::AfterRemedy)
            .fact("file", &file.to_string_lossy())
            .fact("problem", &error.to_string())
    })?;
    let (rotating, process) = (Mutex::new(rotating), std::process::id());
    Ok(Log::to(move |entry: &LogEntry| {
        let line = format!("{:.3} {process} {entry}\n", now());
        // A full disk must not stop the program.
        let _ = rotating.lock().unwrap_or_else(PoisonError::into_inner).write(line.as_bytes());
    }))
}

struct Rotating {
    path: PathBuf,
    file: File,
}

impl Rotating {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), file: open_private(path)? })
    }

    /// Writes a line with a single call, so that the lines of two instances do not mix.
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let facts = self.file.metadata()?;
        // If it cannot be rotated now, a larger file is better than a lost line.
        let _ = if is_rotated(&facts, &self.path) {
            self.reopen()
        } else if facts.len() + line.len() as u64 > MAX_BYTES {
            self.rotate()
        } else {
            Ok(())
        };
        self.file.write_all(line)
    }

    fn reopen(&mut self) -> io::Result<()> {
        self.file = open_private(&self.path)?;
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        // If another instance is rotating, do not wait for it.
        let _lock = Lock::at_once(&self.path)?;
        // Another instance may have rotated it already.
        if fs::metadata(&self.path).is_ok_and(|facts| facts.len() > MAX_BYTES / 2) {
            for number in (1..MAX_ROTATED).rev() {
                let _ = fs::rename(self.rotated_path(number), self.rotated_path(number + 1));
            }
            fs::rename(&self.path, self.rotated_path(1))?;
        }
        self.reopen()
    }

    fn rotated_path(&self, number: u32) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".{number}"));
        name.into()
    }
}

/// Whether another instance has rotated the open file, which will be deleted eventually.
#[cfg(unix)]
fn is_rotated(open: &fs::Metadata, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    fs::metadata(path).is_ok_and(|there| (there.dev(), there.ino()) != (open.dev(), open.ino()))
}

#[cfg(not(unix))]
fn is_rotated(_: &fs::Metadata, _: &Path) -> bool {
    false
}

#[cfg(unix)]
fn open_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let mut options = OpenOptions::new();
    let file =
        options.append(true).create(true).mode(0o600).custom_flags(flags.bits().cast_signed()).open(path)?;
    let facts = a_file(&file)?;
    if facts.permissions().mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(not(unix))]
fn open_private(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().append(true).create(true).open(path)?;
    a_file(&file)?;
    Ok(file)
}

fn a_file(file: &File) -> io::Result<fs::Metadata> {
    let facts = file.metadata()?;
    if facts.is_file() { Ok(facts) } else { Err(io::Error::other("is not a file")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-11-22T12:00:00.0126Z".parse().unwrap()
    }

    #[test]
    fn a_log_is_private_rotates_and_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        fs::write(&path, "before\n").unwrap();
        let log = open(&path, noon).unwrap();
        log.write(&LogEntry::Ended { exit: 0 });
        let text = fs::read_to_string(&path).unwrap();
        let line = format!("2026-11-22T12:00:00.012Z {} end exit=0\n", std::process::id());
        assert_eq!(text, format!("before\n{line}"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }

        let lines = MAX_BYTES * u64::from(MAX_ROTATED + 3) / line.len() as u64;
        for _ in 0..lines {
            log.write(&LogEntry::Ended { exit: 0 });
        }
        let mut files: Vec<(String, u64)> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len()))
            .collect();
        files.sort();
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a.log", "a.log.1", "a.log.2", "a.log.3"]);
        assert!(files.iter().all(|(_, size)| *size <= MAX_BYTES), "{files:?}");
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("no/such/a.log")] {
            let refused = open(&path, noon).unwrap_err();
            assert_eq!(refused.code, Code::FileNotWritable, "{refused:?}");
        }
    }
}
