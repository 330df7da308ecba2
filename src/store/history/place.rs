//! The file and its folder: accessible by their owner only, from their creation on.

use std::fs::{self, DirBuilder, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use rusqlite::OpenFlags;

use super::error::{HistoryError, Problem};

/// Flags for opening the file: it exists by then, and a connection is only used on one thread at a time.
pub(super) fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// Creates folder and file if they are missing, else checks them. `SQLite` gives its auxiliary files the permissions of
/// the main file.
pub(super) fn prepare(file: &Path) -> Result<(), HistoryError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error: io::Error| HistoryError::io(&path, &error)
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    let mut options = OpenOptions::new();
    // `create_new` does not follow symlinks.
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        builder.mode(0o700);
        options.mode(0o600);
    }
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            builder.create(folder).map_err(failed(folder))?;
        }
        Err(error) => return Err(failed(folder)(error)),
        Ok(_) => {}
    }
    let facts = fs::symlink_metadata(folder).map_err(failed(folder))?;
    check(folder, &facts, facts.is_dir(), 0o700)?;
    match options.open(file) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(file)(error)),
    }
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        let path = Path::new(&name);
        match fs::symlink_metadata(path) {
            Ok(facts) => check(path, &facts, facts.is_file(), 0o600)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !end.is_empty() => {}
            Err(error) => return Err(failed(path)(error)),
        }
    }
    Ok(())
}

/// Checks that a file or folder is regular and owned by this user. If others can read it, their access is removed; if
/// others can write it, it is refused, as it may already contain theirs.
fn check(path: &Path, facts: &Metadata, plain: bool, mode: u32) -> Result<(), HistoryError> {
    let refused = |problem| Err(HistoryError::new(path, problem));
    if !plain || facts.is_symlink() {
        return refused(Problem::NotPlain);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        if facts.uid() != rustix::process::geteuid().as_raw() {
            return refused(Problem::Foreign);
        }
        if facts.mode() & 0o022 != 0 {
            return refused(Problem::Open);
        }
        if facts.mode() & 0o077 != 0 {
            let narrow = fs::Permissions::from_mode(mode);
            fs::set_permissions(path, narrow).map_err(|error| HistoryError::io(path, &error))?;
        }
    }
    #[cfg(not(unix))]
    let _ = mode;
    Ok(())
}
