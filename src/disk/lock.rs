//! One writer at a time.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{folder_of, make_private};

/// How long a writer waits for the others.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two looks at a lock that somebody else holds, in microseconds.
const PAUSE: std::ops::Range<u64> = 300..6_000;

/// Keeps every other grantdeck from writing into a folder, until it is dropped or the process ends.
///
/// It is an advisory lock on the folder itself: that leaves no file behind, and all names of the folder lead to the
/// same lock. Where a folder cannot be locked, a file among the temporary ones stands for it.
#[derive(Debug)]
pub struct Lock {
    folder: PathBuf,
    /// The lock goes when it is closed.
    _held: File,
}

impl Lock {
    /// Waits until nobody else writes into the folder of a file, or of that to which a link of this name leads.
    ///
    /// # Errors
    /// [`ErrorKind::ResourceBusy`] when it is not free within ten seconds; or the folder is not there.
    pub fn of(file: &Path) -> io::Result<Self> {
        Self::within(file, PATIENCE)
    }

    /// The same without waiting.
    ///
    /// # Errors
    /// [`ErrorKind::ResourceBusy`] when somebody else writes there.
    pub fn at_once(file: &Path) -> io::Result<Self> {
        Self::within(file, Duration::ZERO)
    }

    fn within(file: &Path, patience: Duration) -> io::Result<Self> {
        let whole = fs::canonicalize(file).unwrap_or_else(|_new| file.to_owned());
        let folder = folder_of(&whole);
        let held = match platform::open(folder).and_then(|folder| hold(folder, patience)) {
            Ok(held) => held,
            Err(error) if is_final(&error) => return Err(error),
            Err(_) => hold(stand_in(folder)?, patience)?,
        };
        Ok(Self { folder: folder.to_owned(), _held: held })
    }

    /// The folder into which nobody else writes.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Whether no other lock would help.
fn is_final(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ResourceBusy | ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn hold(file: File, patience: Duration) -> io::Result<File> {
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if waited >= patience => {
                let problem =
                    format!("another program has held its folder locked for {} s", patience.as_secs());
                return Err(io::Error::new(ErrorKind::ResourceBusy, problem));
            }
            Err(TryLockError::WouldBlock) => {}
        }
        // The system can wait for a lock, but not for a time.
        let pause = Duration::from_micros(fastrand::u64(PAUSE));
        thread::sleep(pause);
        waited += pause;
    }
}

/// A file that stands for a folder that cannot be locked.
fn stand_in(folder: &Path) -> io::Result<File> {
    let place = std::env::temp_dir().join(platform::own_name());
    make_private(&place)?;
    platform::check(&place)?;
    let whole = fs::canonicalize(folder)?;
    let digest = Sha256::digest(whole.as_os_str().as_encoded_bytes());
    let name: String = HEXLOWER.encode(&digest).chars().take(32).collect();
    File::options().create(true).truncate(false).write(true).open(place.join(name))
}

#[cfg(unix)]
mod platform {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

    use rustix::fs::OFlags;
    use rustix::process::geteuid;

    use super::{File, Path, fs, io};

    pub(super) fn open(folder: &Path) -> io::Result<File> {
        File::options().read(true).custom_flags(OFlags::DIRECTORY.bits().cast_signed()).open(folder)
    }

    pub(super) fn own_name() -> String {
        format!("grantdeck-locks-{}", geteuid().as_raw())
    }

    /// Others may write into the folder for temporary files, so one that is there may be theirs.
    pub(super) fn check(place: &Path) -> io::Result<()> {
        let facts = fs::symlink_metadata(place)?;
        let is_ours = facts.is_dir() && facts.uid() == geteuid().as_raw() && facts.mode() & 0o022 == 0;
        if is_ours { Ok(()) } else { Err(io::Error::other(format!("{} belongs to others", place.display()))) }
    }
}

#[cfg(not(unix))]
mod platform {
    use super::{ErrorKind, File, Path, io};

    pub(super) fn open(folder: &Path) -> io::Result<File> {
        // Folders cannot be locked there; the error is that of one that is missing, where it is.
        std::fs::metadata(folder)?;
        Err(ErrorKind::Unsupported.into())
    }

    pub(super) fn own_name() -> String {
        "grantdeck-locks".to_owned()
    }

    #[expect(clippy::unnecessary_wraps, reason = "on other platforms it can fail")]
    pub(super) fn check(_: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    fn kind(locked: io::Result<Lock>) -> ErrorKind {
        locked.unwrap_err().kind()
    }

    #[test]
    fn a_folder_has_one_writer_by_whatever_name_it_is_reached() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::create_dir(at("a")).unwrap();
        fs::create_dir(at("b")).unwrap();
        fs::write(at("a/file"), "").unwrap();
        let mut names = vec![at("a/file"), at("a/new"), at("b/../a/file")];
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../a/file", at("b/link")).unwrap();
            std::os::unix::fs::symlink("a", at("c")).unwrap();
            names.extend([at("b/link"), at("c/new")]);
        }
        for held in &names {
            let lock = Lock::of(held).unwrap();
            for name in &names {
                assert_eq!(kind(Lock::within(name, SHORT)), ErrorKind::ResourceBusy, "{held:?} {name:?}");
                assert_eq!(kind(Lock::at_once(name)), ErrorKind::ResourceBusy);
            }
            Lock::at_once(&at("b/file")).unwrap();
            drop(lock);
            for name in &names {
                Lock::at_once(name).unwrap();
            }
        }
        assert_eq!(kind(Lock::of(&at("none/file"))), ErrorKind::NotFound);
        let left: Vec<_> = fs::read_dir(at("a")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["file"], "a lock leaves nothing behind");
    }

    #[test]
    fn a_file_stands_for_a_folder_that_cannot_be_locked() {
        let home = tempfile::tempdir().unwrap();
        let (one, other) = (home.path().join("a"), home.path().join("b"));
        fs::create_dir(&one).unwrap();
        fs::create_dir(&other).unwrap();
        let held = hold(stand_in(&one).unwrap(), SHORT).unwrap();
        let again = hold(stand_in(&one.join(".")).unwrap(), SHORT);
        assert_eq!(again.unwrap_err().kind(), ErrorKind::ResourceBusy);
        hold(stand_in(&other).unwrap(), SHORT).unwrap();
        drop(held);
        hold(stand_in(&one).unwrap(), SHORT).unwrap();
    }
}
