//! Searches the files of a project for grant ids.
//!
//! Skips files in `.gitignore`, except `.env*` files: those contain ids, and every project ignores them. Skips backups
//! too: their ids are not replaced. Symlinks to folders are not followed, so that loops cannot occur.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use crate::domain::Clean;
use crate::domain::scan::{Finding, LARGEST, ScanCounts, ScanEvent, ScanRequest, Skip, Standing};
use crate::edit::encoding::Encoding;
use crate::edit::mask::Masked;
use crate::edit::{Format, file, ids};

/// How much of a file is checked to tell binary from text, in bytes.
const HEAD_BYTES: usize = 8 * 1024;

/// Files between two progress reports.
const PROGRESS_EVERY: u64 = 256;

/// Scans with as many threads as there are processors, and reports to `events`; see [`ScanEvent`]. Ends early and
/// without a last event if `cancel` is cancelled or the receiver is gone. Dropping the future cancels it.
pub async fn scan(request: ScanRequest, cancel: CancellationToken, events: Sender<ScanEvent>) {
    let _guard = cancel.clone().drop_guard();
    // The walk blocks on the disk and on a slow receiver.
    let work = tokio::task::spawn_blocking(move || walk(request, cancel, events));
    if let Err(error) = work.await
        && let Ok(panic) = error.try_into_panic()
    {
        std::panic::resume_unwind(panic);
    }
}

fn walk(request: ScanRequest, cancel: CancellationToken, events: Sender<ScanEvent>) {
    let shared = Arc::new(Shared { request, cancel, events, counts: Counts::default() });
    let mut there = Vec::new();
    for path in &shared.request.paths {
        match path.symlink_metadata() {
            Ok(_) => there.push(path.clone()),
            Err(error) => shared.skip(path, missing(&error)),
        }
    }
    if let Some((first, rest)) = there.split_first() {
        let mut builder = WalkBuilder::new(first);
        for path in rest {
            builder.add(path);
        }
        // Respect `.gitignore` outside repositories too.
        builder.hidden(false).require_git(false).follow_links(false);
        builder.filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git");
        builder.build_parallel().visit(&mut Visitors(&shared));
    }
    if !shared.is_over() {
        let _gone = shared.events.blocking_send(ScanEvent::Done(shared.counts.read()));
    }
}

/// Why a requested path cannot be scanned.
fn missing(error: &std::io::Error) -> Skip {
    match error.kind() {
        ErrorKind::NotFound => Skip::Missing,
        _ => unreadable(error),
    }
}

fn unreadable(error: &std::io::Error) -> Skip {
    Skip::Unreadable { problem: Clean::line(&error.to_string()) }
}

#[derive(Default)]
struct Counts {
    files: AtomicU64,
    bytes: AtomicU64,
    binary: AtomicU64,
    backups: AtomicU64,
    links: AtomicU64,
    skipped: AtomicU64,
    other_ids: AtomicU64,
}

impl Counts {
    fn read(&self) -> ScanCounts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        ScanCounts {
            files: read(&self.files),
            bytes: read(&self.bytes),
            binary: read(&self.binary),
            backups: read(&self.backups),
            links: read(&self.links),
            skipped: read(&self.skipped),
            other_ids: read(&self.other_ids),
        }
    }
}

/// Shared by all threads of a scan.
struct Shared {
    request: ScanRequest,
    cancel: CancellationToken,
    events: Sender<ScanEvent>,
    counts: Counts,
}

impl Shared {
    fn is_over(&self) -> bool {
        self.cancel.is_cancelled() || self.events.is_closed()
    }

    /// Whether a path was requested itself, not found in a folder.
    fn is_asked(&self, path: &Path) -> bool {
        self.request.paths.iter().any(|asked| asked == path)
    }

    fn skip(&self, path: &Path, why: Skip) {
        self.counts.skipped.fetch_add(1, Ordering::Relaxed);
        let asked = self.is_asked(path);
        let _gone = self.events.blocking_send(ScanEvent::Skipped { path: path.to_owned(), why, asked });
    }

    fn count(&self, bytes: usize) {
        self.counts.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        let files = self.counts.files.fetch_add(1, Ordering::Relaxed) + 1;
        if files.is_multiple_of(PROGRESS_EVERY) {
            let _late = self.events.try_send(ScanEvent::Progress(self.counts.read()));
        }
    }

    fn examine(&self, path: &Path, bytes: &[u8]) {
        let encoding = Encoding::of(bytes);
        // Most files can be searched without decoding.
        let decoded = encoding.is_utf16().then(|| encoding.text(bytes));
        // Mask a file only if something of it is shown.
        let mut shown: Option<Masked<'_>> = None;
        for found in ids::find(decoded.as_ref().map_or(bytes, |text| text.as_bytes())) {
            let known = self.request.known.get(found.id);
            let standing = match known {
                Some(known) => known.standing,
                None if found.is_named_like_a_grant() || self.request.wanted.contains(&found.id) => {
                    Standing::Unknown
                }
                None => {
                    self.counts.other_ids.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
            };
            let shown = shown.get_or_insert_with(|| Masked::new(path, bytes));
            let finding = Finding {
                path: path.to_owned(),
                line: found.line,
                column: found.column,
                id: found.id,
                standing,
                name: shown.name(found.offset),
                context: shown.context(found.offset, found.id),
                known: known.cloned(),
            };
            let _gone = self.events.blocking_send(ScanEvent::Found(Box::new(finding)));
        }
    }
}

struct Visitors<'a>(&'a Arc<Shared>);

impl<'s> ParallelVisitorBuilder<'s> for Visitors<'s> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(Visitor { shared: self.0, buffer: Vec::new() })
    }
}

/// A thread of the walk.
struct Visitor<'a> {
    shared: &'a Shared,
    buffer: Vec<u8>,
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.shared.is_over() {
            return WalkState::Quit;
        }
        match entry {
            Ok(entry) => self.entry(&entry),
            Err(error) => {
                let path = path_of(&error).unwrap_or_default();
                let why = match error.io_error() {
                    Some(error) if error.kind() == ErrorKind::NotFound => Skip::Vanished,
                    Some(error) => unreadable(error),
                    None => Skip::Unreadable { problem: Clean::line(&error.to_string()) },
                };
                self.shared.skip(&path, why);
            }
        }
        WalkState::Continue
    }
}

/// The path of an error of the walk.
fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// Whether a file contains settings that projects keep out of their repositories.
fn is_env(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".env")
}

impl Visitor<'_> {
    fn entry(&mut self, entry: &DirEntry) {
        let Some(kind) = entry.file_type() else { return };
        // A requested file is always scanned, and never changed.
        let is_asked = entry.depth() == 0;
        if kind.is_dir() {
            self.settings(entry.path());
        } else if !is_asked && file::is_draft(entry.path()) {
            // A temporary file that is being written, or was left by a program that was killed.
        } else if !is_asked && file::is_backup(entry.path()) && !is_env(entry.file_name()) {
            self.shared.counts.backups.fetch_add(1, Ordering::Relaxed);
        } else if entry.depth() > 0 && is_env(entry.file_name()) {
            // Handled with its folder.
        } else if kind.is_symlink() {
            self.link(entry.path(), entry.depth() == 0);
        } else if kind.is_file() {
            self.file(entry.path());
        } else if is_asked {
            self.shared.skip(entry.path(), Skip::NotAFile);
        }
    }

    /// Scans the `.env*` files of a folder, ignored or not.
    fn settings(&mut self, folder: &Path) {
        // A folder that cannot be read is reported by the walk itself.
        let Ok(entries) = folder.read_dir() else { return };
        for entry in entries.flatten().filter(|entry| is_env(&entry.file_name())) {
            if file::is_backup(&entry.path()) {
                self.shared.counts.backups.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_symlink() => self.link(&entry.path(), true),
                Ok(kind) if kind.is_file() => self.file(&entry.path()),
                _ => {}
            }
        }
    }

    /// Handles a symlink; with `follow`, its target is scanned, which otherwise happens where the target is.
    fn link(&mut self, path: &Path, follow: bool) {
        match path.metadata() {
            Ok(behind) if behind.is_dir() => {
                self.shared.counts.links.fetch_add(1, Ordering::Relaxed);
            }
            Ok(behind) if behind.is_file() && follow => self.file(path),
            Ok(_) if self.shared.is_asked(path) => self.shared.skip(path, Skip::NotAFile),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => self.shared.skip(path, Skip::DanglingLink),
            Err(error) if is_loop(&error) => self.shared.skip(path, Skip::LinkLoop),
            Err(error) => self.shared.skip(path, unreadable(&error)),
        }
    }

    fn file(&mut self, path: &Path) {
        match self.read(path) {
            Ok(Content::Text) => {
                self.shared.count(self.buffer.len());
                self.shared.examine(path, &self.buffer);
            }
            // Of files that are not expected to contain ids, only the number is reported.
            Ok(Content::Binary) if Format::of(path).is_none() => {
                self.shared.counts.binary.fetch_add(1, Ordering::Relaxed);
            }
            Ok(Content::Binary) => self.shared.skip(path, Skip::Binary),
            Ok(Content::Unread(encoding)) => self.shared.skip(path, Skip::Encoding(encoding)),
            Ok(Content::TooLarge(bytes)) => self.shared.skip(path, Skip::TooLarge { bytes }),
            Err(error) if error.kind() == ErrorKind::NotFound => self.shared.skip(path, Skip::Vanished),
            Err(error) => self.shared.skip(path, unreadable(&error)),
        }
    }

    fn read(&mut self, path: &Path) -> std::io::Result<Content> {
        let file = File::open(path)?;
        let size = file.metadata().as_ref().map_or(0, Metadata::len);
        self.buffer.clear();
        (&file).take(HEAD_BYTES as u64).read_to_end(&mut self.buffer)?;
        match Encoding::of(&self.buffer) {
            Encoding::Utf32 => return Ok(Content::Unread(Encoding::Utf32.name())),
            Encoding::Utf8 if memchr::memchr(0, &self.buffer).is_some() => return Ok(Content::Binary),
            _ => {}
        }
        if size > LARGEST {
            return Ok(Content::TooLarge(size));
        }
        if self.buffer.len() < HEAD_BYTES {
            return Ok(Content::Text);
        }
        self.buffer.reserve(size as usize);
        // Bounded, as the file may still be growing.
        file.take(LARGEST).read_to_end(&mut self.buffer)?;
        Ok(Content::Text)
    }
}

/// The content of a file.
enum Content {
    Text,
    Binary,
    /// Text in an unsupported encoding.
    Unread(&'static str),
    TooLarge(u64),
}

#[cfg(unix)]
fn is_loop(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

#[cfg(not(unix))]
fn is_loop(_: &std::io::Error) -> bool {
    false
}

#[cfg(unix)]
#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
