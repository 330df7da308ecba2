//! The file of `--out`: made ready before the call is sent, for what was answered cannot be asked for twice.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::domain::{Clean, Code, Diagnosis, Retry, Who};

/// A disk that does not take this much takes no answer.
const PROBE: [u8; 4096] = [0; 4096];

/// Where an answer will go.
#[derive(Debug)]
pub(super) struct Target {
    /// As it was named.
    path: PathBuf,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A file beside its place, which it takes when it is whole.
    Beside { draft: NamedTempFile, place: PathBuf, replace: bool },
    /// Something that cannot be replaced: a device, a pipe, a file in a folder that takes no other.
    Open { file: File, is_file: bool },
}

impl Target {
    /// Makes sure that an answer can be saved, as far as that can be known before there is one.
    ///
    /// # Errors
    /// The file is there and may not be replaced, its folder is missing or protected, or the disk is full.
    pub(super) fn prepare(path: &Path, replace: bool) -> Result<Self, Diagnosis> {
        let refused = |error: &io::Error| explained(path, error);
        let target = |kind| Self { path: path.to_owned(), kind };
        let is_there = fs::symlink_metadata(path).is_ok();
        if is_there && !replace {
            return Err(failure(Code::FileExists, path, "it already exists; --force overwrites it"));
        }
        let behind = fs::metadata(path);
        if behind.as_ref().is_ok_and(fs::Metadata::is_dir) {
            return Err(failure(Code::FileNotWritable, path, "it is a folder"));
        }
        let Some(before) = behind.ok().filter(fs::Metadata::is_file) else {
            if is_there {
                // A device, a pipe, or a link to a file that is still to be made.
                let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
                return Ok(target(Kind::Open {
                    file: file.map_err(|error| refused(&error))?,
                    is_file: false,
                }));
            }
            let draft = draft(path, None).map_err(|error| refused(&error))?;
            return Ok(target(Kind::Beside { draft, place: path.to_owned(), replace }));
        };
        // It must be writable itself, too: replacing a protected file is not what --force is for.
        let file = OpenOptions::new().write(true).open(path).map_err(|error| refused(&error))?;
        // Behind a link, the file that it leads to; the link stays.
        let place = fs::canonicalize(path).map_err(|error| refused(&error))?;
        match draft(&place, Some(before.permissions())) {
            Ok(draft) => Ok(target(Kind::Beside { draft, place, replace })),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                Ok(target(Kind::Open { file, is_file: true }))
            }
            Err(error) => Err(refused(&error)),
        }
    }

    /// Saves an answer.
    ///
    /// # Errors
    /// The disk is full, or the file came to be in the meantime. What was there before is as it was, unless it could not
    /// be replaced.
    pub(super) fn save(self, pieces: &[&[u8]]) -> Result<(), Diagnosis> {
        let Self { path, kind } = self;
        let saved = match kind {
            Kind::Beside { mut draft, place, replace } => {
                write(draft.as_file_mut(), pieces, true).and_then(|()| {
                    let done = if replace { draft.persist(&place) } else { draft.persist_noclobber(&place) };
                    match done {
                        Ok(_) => Ok(()),
                        // A file that another is mounted on cannot be replaced, but written.
                        Err(_) if replace && place.is_file() => {
                            let mut file = OpenOptions::new().write(true).truncate(true).open(&place)?;
                            write(&mut file, pieces, true)
                        }
                        Err(failed) => Err(failed.error),
                    }
                })
            }
            Kind::Open { mut file, is_file } => {
                let emptied = if is_file { file.set_len(0) } else { Ok(()) };
                emptied.and_then(|()| write(&mut file, pieces, is_file))
            }
        };
        saved.map_err(|error| explained(&path, &error))
    }
}

/// An empty file beside a place, on a disk that takes something.
fn draft(place: &Path, before: Option<Permissions>) -> io::Result<NamedTempFile> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = Builder::new();
    builder.prefix(".grantdeck-").suffix(".tmp");
    #[cfg(unix)]
    if before.is_none() {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: what the umask leaves of it.
        builder.permissions(Permissions::from_mode(0o666));
    }
    let mut draft = builder.tempfile_in(folder)?;
    let file = draft.as_file_mut();
    if let Some(before) = before {
        file.set_permissions(before)?;
    }
    file.write_all(&PROBE)?;
    file.sync_data()?;
    file.set_len(0)?;
    file.rewind()?;
    Ok(draft)
}

fn write(file: &mut File, pieces: &[&[u8]], is_file: bool) -> io::Result<()> {
    pieces.iter().try_for_each(|piece| file.write_all(piece))?;
    file.flush()?;
    // A full disk may be told only here.
    if is_file { file.sync_all() } else { Ok(()) }
}

/// Puts an answer that nobody took where it is not lost: into a file of its own.
pub(super) fn rescue(pieces: &[&[u8]]) -> io::Result<PathBuf> {
    let mut file = Builder::new().prefix("grantdeck-answer-").tempfile()?;
    write(file.as_file_mut(), pieces, true)?;
    Ok(file.keep().map_err(|failed| failed.error)?.1)
}

/// Why a file takes nothing.
pub(super) fn explained(path: &Path, error: &io::Error) -> Diagnosis {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => refused(Code::FolderMissing, path),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => refused(Code::DiskFull, path),
        ErrorKind::AlreadyExists => failure(Code::FileExists, path, "it was created in the meantime"),
        kind => failure(Code::FileNotWritable, path, &kind.to_string()),
    }
}

fn refused(code: Code, path: &Path) -> Diagnosis {
    Diagnosis::new(code, Who::You, Retry::AfterRemedy)
        .fact("path", Clean::line(&path.to_string_lossy()).as_str())
}

fn failure(code: Code, path: &Path, problem: &str) -> Diagnosis {
    refused(code, path).fact("problem", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(path: &Path, replace: bool) -> Result<(), Code> {
        let target = Target::prepare(path, replace).map_err(|refused| refused.code)?;
        target.save(&[b"one ", b"two"]).map_err(|refused| refused.code)
    }

    #[test]
    fn a_file_is_whole_or_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answer");
        drop(Target::prepare(&path, false).unwrap());
        assert!(!path.exists(), "a call that fails leaves nothing");
        assert_eq!(saved(&path, false), Ok(()));
        assert_eq!(fs::read(&path).unwrap(), b"one two");
        assert_eq!(saved(&path, false), Err(Code::FileExists));
        fs::write(&path, "something longer than that").unwrap();
        drop(Target::prepare(&path, true).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"something longer than that");
        assert_eq!(saved(&path, true), Ok(()));
        assert_eq!(fs::read(&path).unwrap(), b"one two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing unfinished is left");
        assert_eq!(saved(&folder.path().join("no/such"), false), Err(Code::FolderMissing));
        assert_eq!(saved(folder.path(), true), Err(Code::FileNotWritable));
        // Another program was faster.
        let late = folder.path().join("late");
        let target = Target::prepare(&late, false).unwrap();
        fs::write(&late, "theirs").unwrap();
        assert_eq!(target.save(&[b"ours"]).unwrap_err().code, Code::FileExists);
        assert_eq!(fs::read(&late).unwrap(), b"theirs");
    }

    #[cfg(unix)]
    #[test]
    fn modes_and_links_stay_and_a_protected_file_is_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("answer"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        assert_eq!(saved(&link, true), Ok(()));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"one two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        symlink(folder.path().join("new"), folder.path().join("dangling")).unwrap();
        assert_eq!(saved(&folder.path().join("dangling"), true), Ok(()));
        assert_eq!(fs::read(folder.path().join("new")).unwrap(), b"one two");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_reported_and_the_answer_is_rescued() {
        let target = Target::prepare(Path::new("/dev/full"), true).unwrap();
        assert_eq!(target.save(&[b"an answer"]).unwrap_err().code, Code::DiskFull);
        let kept = rescue(&[b"an ", b"answer"]).unwrap();
        assert_eq!(fs::read(&kept).unwrap(), b"an answer");
        fs::remove_file(kept).unwrap();
    }
}
