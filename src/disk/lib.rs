//! Files that the program replaces: by one writer at a time ([`Lock`]), and whole or not at all ([`Draft`]).
//!
//! Whoever changes a file takes the lock, reads, and puts a draft in its place before the lock goes. So of any number
//! of programs that change one file at once none loses what another wrote.

mod draft;
mod lock;

use std::fs;
use std::io;
use std::path::Path;

pub use draft::{Draft, is_draft};
pub use lock::Lock;

/// The folder of a path; the current one for a mere name.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes a folder for its owner alone, where it is not there.
///
/// # Errors
/// Why there is none.
#[cfg(unix)]
pub fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes a folder, where it is not there; those of other users are closed by default.
///
/// # Errors
/// Why there is none.
#[cfg(not(unix))]
pub fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}
