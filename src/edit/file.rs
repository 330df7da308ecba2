//! Editing files on disk: a file is read, an edit planned and shown, then the file is replaced atomically or not at
//! all.
//!
//! The new content is written to a temporary file beside the original, synced, given the original's mode and owner, and
//! renamed over it; a concurrent reader sees the old file or the new one. Writers take a lock ([`crate::disk`]). Not
//! preserved: access control lists, extended attributes, and other hard links, which keep the old content
//! ([`Planned::hard_links`] counts them).

mod error;
mod stamp;
mod write;

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use uuid::Uuid;

pub use crate::disk::is_draft;
pub use error::FileError;
use stamp::Stamp;

use super::diff::{About, diff};
use super::encoding::Encoding;
use super::mask::Masked;
use super::{Change, DiffLine, Entry, Format, MAX_BYTES, plan, swap_all};

/// A planned change of a file. It contains the file's content and is never printed.
pub struct Planned {
    /// The file to write, symlinks resolved.
    pub path: PathBuf,
    /// The symlink that led to the file, if any: the link is kept and its target written.
    pub via_link: Option<PathBuf>,
    /// Number of the file's other hard links. They keep the old content.
    pub hard_links: u64,
    /// The file's mode, which is kept; 0600 for a new file. `None` if the platform has no modes.
    pub mode: Option<u32>,
    /// Whether the file is to be created.
    pub is_new: bool,
    /// What is changed.
    pub change: PlannedChange,
    /// The change, line by line.
    pub diff: Vec<DiffLine>,
    before: Vec<u8>,
    after: Vec<u8>,
    stamp: Option<Stamp>,
    backup: bool,
    /// The path and the request that this was planned from.
    asked: (PathBuf, Request),
}

/// A request, kept so that it can be planned again.
enum Request {
    Values(Vec<Entry>),
    Swaps(Vec<(Uuid, Uuid)>),
}

/// The effect of a planned change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlannedChange {
    /// Sets values, in the order of the request.
    Values(Vec<Change>),
    /// Replaces this many ids.
    Swap(usize),
}

/// The result of writing a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// The change that was made: the last one planned.
    pub change: PlannedChange,
    /// False if the file already had this content and was not touched.
    pub changed: bool,
    /// The backup of the old content, if one was requested.
    pub backup: Option<PathBuf>,
}

impl std::fmt::Debug for Planned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Planned({}, {:?})", self.path.display(), self.change)
    }
}

impl Planned {
    /// Reads a file and plans to set values in it. A missing `.env` file is planned as a new one; any other file must
    /// exist.
    ///
    /// # Errors
    /// If the file cannot be read, or any of the edits is refused; then none is made.
    pub fn read(path: &Path, entries: &[Entry]) -> Result<Self, FileError> {
        let named = Format::of(path);
        let source = Source::open(path, named == Some(Format::Env))?;
        let format = named
            .or_else(|| Format::of(&source.path))
            .ok_or_else(|| FileError::Format { path: path.to_owned(), problem: Format::refusal(path) })?;
        let encoding = Encoding::of(&source.bytes);
        if encoding != Encoding::Utf8 {
            return Err(FileError::Encoding { path: source.path, encoding: encoding.name() });
        }
        if source.bytes.contains(&0) {
            return Err(FileError::Binary { path: source.path });
        }
        let text = match std::str::from_utf8(&source.bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = source.bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = memchr::memchr_iter(b'\n', valid).count() + 1;
                return Err(FileError::NotUtf8 { path: source.path, line });
            }
        };
        let (mut text, mut changes) = (text.to_owned(), Vec::with_capacity(entries.len()));
        let mut about = About::default();
        for Entry { key, value, comment } in entries {
            let edit = plan(format, &text, key, value, comment.as_ref())
                .map_err(|problem| FileError::Refused { path: source.path.clone(), problem })?;
            about.ids.extend(Uuid::try_parse(value));
            if let Change::Replaced { id, .. } = edit.change {
                about.ids.extend(id);
            }
            about.comments.extend(comment.as_ref().map(ToString::to_string));
            text = edit.text;
            changes.push(edit.change);
        }
        let asked = (path.to_owned(), Request::Values(entries.to_vec()));
        Self::of(source, text.into_bytes(), PlannedChange::Values(changes), asked, (Some(format), &about))
    }

    /// Reads a file of any format and plans to replace ids, each old one by its new one, wherever they occur.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn swap_all(path: &Path, pairs: &[(Uuid, Uuid)]) -> Result<Self, FileError> {
        let source = Source::open(path, false)?;
        let (after, count) = swap_all(&source.bytes, pairs);
        let ids = pairs.iter().flat_map(|(old, new)| [*old, *new]).collect();
        let about = About { ids, comments: Vec::new() };
        let format = Format::of(path).or_else(|| Format::of(&source.path));
        let asked = (path.to_owned(), Request::Swaps(pairs.to_vec()));
        Self::of(source, after, PlannedChange::Swap(count), asked, (format, &about))
    }

    /// Plans the same request for the file's current content. `None` if the path leads to another file now.
    fn again(&self) -> Result<Option<Self>, FileError> {
        let (path, request) = &self.asked;
        let latest = match request {
            Request::Values(entries) => Self::read(path, entries)?,
            Request::Swaps(pairs) => Self::swap_all(path, pairs)?,
        };
        Ok((latest.path == self.path).then_some(Self { backup: self.backup, ..latest }))
    }

    fn of(
        source: Source,
        after: Vec<u8>,
        change: PlannedChange,
        asked: (PathBuf, Request),
        (format, about): (Option<Format>, &About),
    ) -> Result<Self, FileError> {
        let is_change = source.bytes != after;
        if is_change && stamp::is_mount(&source.path) {
            return Err(FileError::Mount { path: source.path });
        }
        let diff = if is_change {
            diff(&Masked::of(format, &source.bytes), &Masked::of(format, &after), about)
        } else {
            Vec::new()
        };
        Ok(Self {
            diff,
            hard_links: source.stamp.as_ref().map_or(0, |stamp| stamp.links.saturating_sub(1)),
            mode: source.stamp.as_ref().map_or(stamp::NEW_MODE, |stamp| stamp.mode),
            is_new: source.stamp.is_none(),
            path: source.path,
            via_link: source.via_link,
            before: source.bytes,
            stamp: source.stamp,
            backup: false,
            change,
            after,
            asked,
        })
    }

    /// Backs up the old content beside the file, as `NAME.bak`; an existing backup is never overwritten.
    #[must_use]
    pub fn with_backup(mut self) -> Self {
        self.backup = true;
        self
    }

    /// Whether writing this changes anything.
    pub fn is_change(&self) -> bool {
        self.is_new || self.before != self.after
    }
}

/// The suffix of a backup.
const BACKUP: &str = ".bak";

/// Whether a file's name is that of a backup. Ids in backups are not replaced.
pub fn is_backup(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(BACKUP.as_bytes()))
}

/// A file as it was read.
struct Source {
    path: PathBuf,
    via_link: Option<PathBuf>,
    bytes: Vec<u8>,
    /// `None` if the file does not exist.
    stamp: Option<Stamp>,
}

impl Source {
    fn open(asked: &Path, may_be_missing: bool) -> Result<Self, FileError> {
        let failed = |error| FileError::read(asked, error);
        let path = match fs::canonicalize(asked) {
            Ok(path) => path,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Self::missing(asked, may_be_missing, error);
            }
            Err(error) => return Err(failed(error)),
        };
        let is_link = fs::symlink_metadata(asked).map_err(failed)?.is_symlink();
        let via_link = is_link.then(|| asked.to_owned());
        let (bytes, stamp) = read(&path)?;
        Ok(Self { path, via_link, bytes, stamp: Some(stamp) })
    }

    fn missing(asked: &Path, may_be_missing: bool, error: std::io::Error) -> Result<Self, FileError> {
        if fs::symlink_metadata(asked).is_ok() {
            return Err(FileError::DanglingLink { path: asked.to_owned() });
        }
        let (Some(name), folder) = (asked.file_name(), stamp::folder(asked)) else {
            return Err(FileError::read(asked, error));
        };
        let Ok(folder) = fs::canonicalize(folder) else {
            return Err(FileError::NoFolder { path: folder.to_owned() });
        };
        if !folder.is_dir() {
            return Err(FileError::NoFolder { path: folder });
        }
        if !may_be_missing {
            return Err(FileError::Missing { path: asked.to_owned() });
        }
        Ok(Self { path: folder.join(name), via_link: None, bytes: Vec::new(), stamp: None })
    }
}

/// Reads a regular file; never blocks on a pipe or device.
fn read(path: &Path) -> Result<(Vec<u8>, Stamp), FileError> {
    let failed = |error| FileError::read(path, error);
    let before = fs::metadata(path).map_err(failed)?;
    if !before.is_file() {
        let holds = if before.is_dir() { "a folder" } else { "a pipe, a socket or a device" };
        return Err(FileError::NotAFile { path: path.to_owned(), holds });
    }
    if before.len() > MAX_BYTES as u64 {
        return Err(FileError::TooLarge { path: path.to_owned(), bytes: before.len() });
    }
    let file = stamp::open(path).map_err(failed)?;
    let stamp = Stamp::of(&file.metadata().map_err(failed)?);
    let mut bytes = Vec::with_capacity(before.len() as usize);
    File::take(file, MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > MAX_BYTES {
        return Err(FileError::TooLarge { path: path.to_owned(), bytes: bytes.len() as u64 });
    }
    Ok((bytes, stamp))
}

#[cfg(unix)]
#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
