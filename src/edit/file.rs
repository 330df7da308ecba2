//! The disk: a file is read, an edit of it planned and shown, and then the file replaced at once or not at all.
//!
//! The new content is written beside the file, brought to the disk, given the old one's mode and owner, and takes
//! its place by one rename; whoever reads meanwhile sees the old file or the new one. Writers take turns ([`crate::disk`]). What is not kept: access
//! lists and extended attributes, and other hard links, which go on with the old content ([`Planned::hard_links`]
//! says that there are some).

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

/// A change of a file that was planned and not yet made. It holds the file's content and is never printed.
pub struct Planned {
    /// The file that is written, every link in its path resolved.
    pub path: PathBuf,
    /// The link that led there, where one did: it stays a link, and the file behind it is written.
    pub via_link: Option<PathBuf>,
    /// How many other names the file has. They keep the old content.
    pub hard_links: u64,
    /// The mode that the file has and keeps; 0600 for a new one. None where the platform has none.
    pub mode: Option<u32>,
    /// Whether the file is made.
    pub is_new: bool,
    /// What is done.
    pub change: PlannedChange,
    /// What is done, line by line.
    pub diff: Vec<DiffLine>,
    before: Vec<u8>,
    after: Vec<u8>,
    stamp: Option<Stamp>,
    backup: bool,
    /// The path and the change as they were asked for.
    asked: (PathBuf, Request),
}

/// What was asked for, so that it can be planned again.
enum Request {
    Values(Vec<Entry>),
    Swaps(Vec<(Uuid, Uuid)>),
}

/// What a planned change does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlannedChange {
    /// It sets values, in the order in which they were asked for.
    Values(Vec<Change>),
    /// It swaps an id in so many places.
    Swap(usize),
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// What was done: what was planned last.
    pub change: PlannedChange,
    /// False: it had this content already and was not touched.
    pub changed: bool,
    /// Where the old content is, where a backup was asked for.
    pub backup: Option<PathBuf>,
}

impl std::fmt::Debug for Planned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Planned({}, {:?})", self.path.display(), self.change)
    }
}

impl Planned {
    /// Reads a file and plans to put values under names. A `.env` file that is not there is planned as a new
    /// one; any other must exist.
    ///
    /// # Errors
    /// The file cannot be read, or one of the edits is refused; then none is made.
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

    /// Reads a file of any kind and plans to swap ids, each old one for its new one, wherever they stand.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn swap_all(path: &Path, pairs: &[(Uuid, Uuid)]) -> Result<Self, FileError> {
        let source = Source::open(path, false)?;
        let (after, count) = swap_all(&source.bytes, pairs);
        let ids = pairs.iter().flat_map(|(old, new)| [*old, *new]).collect();
        let about = About { ids, comments: Vec::new() };
        let format = Format::of(path).or_else(|| Format::of(&source.path));
        let asked = (path.to_owned(), Request::Swaps(pairs.to_vec()));
        Self::of(source, after, PlannedChange::Swap(count), asked, (format, &about))
    }

    /// Plans the same for what the file holds now. None where the path leads to another one now.
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

    /// Keeps the old content beside the file, as `NAME.bak`; one that is there already is never written over.
    #[must_use]
    pub fn with_backup(mut self) -> Self {
        self.backup = true;
        self
    }

    /// Whether writing it changes anything.
    pub fn is_change(&self) -> bool {
        self.is_new || self.before != self.after
    }
}

/// What is added to the name of a file for its backup.
const BACKUP: &str = ".bak";

/// Whether a file is the backup of another one, by its name. It keeps what it holds.
pub fn is_backup(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(BACKUP.as_bytes()))
}

/// A file as it was read.
struct Source {
    path: PathBuf,
    via_link: Option<PathBuf>,
    bytes: Vec<u8>,
    /// None: the file is not there.
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

/// Reads an ordinary file, without ever waiting for one that is not.
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
