//! The file of `--log`: its owner's alone, and never larger than a few megabytes.
//!
//! Own code, for the kept libraries rotate by the clock, choose the file's mode themselves, or collect whatever the
//! HTTP libraries say of a request; here only [`LogEntry`] can be written.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::disk::Lock;
use crate::domain::log::{Log, LogEntry};
use crate::domain::{Code, Diagnosis, Retry, Who};

/// A larger file is put aside.
pub const LARGEST: u64 = 1 << 20;

/// How many files that were put aside are kept: `FILE.1` is the newest of them.
pub const KEPT: u32 = 3;

/// Opens a log that is written to a file, behind what stands there.
///
/// # Errors
/// The file cannot be made or is no file.
pub fn open(file: &Path, now: fn() -> Timestamp) -> Result<Log, Diagnosis> {
    let rotating = Rotating::open(file).map_err(|error| {
        Diagnosis::new(Code::FileNotWritable, Who::You, Retry::AfterRemedy)
            .fact("file", &file.to_string_lossy())
            .fact("problem", &error.to_string())
    })?;
    let (rotating, process) = (Mutex::new(rotating), std::process::id());
    Ok(Log::to(move |entry: &LogEntry| {
        let line = format!("{:.3} {process} {entry}\n", now());
        // A full disk must not stop what is logged.
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

    /// Writes a line at once, so that lines of two instances do not mix.
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let facts = self.file.metadata()?;
        // Where it cannot be put aside now, a longer one is better than a line less.
        let _ = if is_put_aside(&facts, &self.path) {
            self.reopen()
        } else if facts.len() + line.len() as u64 > LARGEST {
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
        // Somebody else who does it is not waited for.
        let _lock = Lock::at_once(&self.path)?;
        // Another instance may have done it already.
        if fs::metadata(&self.path).is_ok_and(|facts| facts.len() > LARGEST / 2) {
            for number in (1..KEPT).rev() {
                let _ = fs::rename(self.aside(number), self.aside(number + 1));
            }
            fs::rename(&self.path, self.aside(1))?;
        }
        self.reopen()
    }

    fn aside(&self, number: u32) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".{number}"));
        name.into()
    }
}

/// Whether another instance put the open file aside. It would be removed in time, with what is written to it.
#[cfg(unix)]
fn is_put_aside(open: &fs::Metadata, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    fs::metadata(path).is_ok_and(|there| (there.dev(), there.ino()) != (open.dev(), open.ino()))
}

#[cfg(not(unix))]
fn is_put_aside(_: &fs::Metadata, _: &Path) -> bool {
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

        let lines = LARGEST * u64::from(KEPT + 3) / line.len() as u64;
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
        assert!(files.iter().all(|(_, size)| *size <= LARGEST), "{files:?}");
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
