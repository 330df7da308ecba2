//! The identity and metadata of a file when it was read; all platform-specific code of file editing.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// Which file was read, and its metadata at that time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Device and inode.
    file: (u64, u64),
    length: u64,
    modified: Option<SystemTime>,
    /// User and group.
    pub(super) owner: Option<(u32, u32)>,
    /// Permission bits.
    pub(super) mode: Option<u32>,
    /// Number of hard links.
    pub(super) links: u64,
}

impl Stamp {
    /// Whether the file is unchanged. A new hard link is no change.
    pub(super) fn is_same(&self, now: &Self) -> bool {
        *self == Self { links: self.links, ..now.clone() }
    }
}

/// The parent folder; `.` for a bare file name.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
mod platform {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};

    use rustix::fs::{Access, OFlags, access};

    use super::{File, Metadata, OpenOptions, Path, Stamp, io};

    impl Stamp {
        pub(in super::super) fn of(metadata: &Metadata) -> Self {
            Self {
                file: (metadata.dev(), metadata.ino()),
                length: metadata.len(),
                modified: metadata.modified().ok(),
                owner: Some((metadata.uid(), metadata.gid())),
                mode: Some(metadata.mode() & 0o7777),
                links: metadata.nlink(),
            }
        }
    }

    pub(in super::super) const NEW_MODE: Option<u32> = Some(0o600);

    /// Opens a file for reading; does not block if it has been replaced by a pipe.
    pub(in super::super) fn open(path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits() as i32).open(path)
    }

    pub(in super::super) fn is_writable(path: &Path) -> bool {
        access(path, Access::WRITE_OK).is_ok()
    }

    /// Whether a file is itself a mount point and so cannot be replaced. False if that cannot be determined.
    #[cfg(target_os = "linux")]
    pub(in super::super) fn is_mount(path: &Path) -> bool {
        use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
        let mount = |path: &Path| {
            let reported = statx(CWD, path, AtFlags::empty(), StatxFlags::MNT_ID).ok()?;
            (reported.stx_mask & StatxFlags::MNT_ID.bits() != 0).then_some(reported.stx_mnt_id)
        };
        mount(path).zip(mount(super::folder(path))).is_some_and(|(own, around)| own != around)
    }

    #[cfg(not(target_os = "linux"))]
    pub(in super::super) fn is_mount(_: &Path) -> bool {
        false
    }

    /// Gives a new file the owner and mode of the original; returns false if the owner cannot be kept.
    pub(in super::super) fn inherit(file: &File, stamp: &Stamp) -> io::Result<bool> {
        let own = Stamp::of(&file.metadata()?);
        if own.owner != stamp.owner {
            let (user, group) = stamp.owner.unzip();
            if fchown(file, user, group).is_err() {
                return Ok(false);
            }
        }
        if let Some(mode) = stamp.mode {
            file.set_permissions(std::fs::Permissions::from_mode(mode))?;
        }
        Ok(true)
    }

    /// Syncs a rename to disk. Errors are ignored: some file systems cannot sync a folder.
    pub(in super::super) fn sync(folder: &Path) {
        let _result = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(not(unix))]
mod platform {
    use super::{File, Metadata, OpenOptions, Path, Stamp, io};

    impl Stamp {
        pub(in super::super) fn of(metadata: &Metadata) -> Self {
            let modified = metadata.modified().ok();
            Self { file: (0, 0), length: metadata.len(), modified, owner: None, mode: None, links: 1 }
        }
    }

    pub(in super::super) const NEW_MODE: Option<u32> = None;

    pub(in super::super) fn open(path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).open(path)
    }

    pub(in super::super) fn is_writable(_: &Path) -> bool {
        true
    }

    pub(in super::super) fn is_mount(_: &Path) -> bool {
        false
    }

    #[expect(clippy::unnecessary_wraps, reason = "on other platforms it can fail")]
    pub(in super::super) fn inherit(_: &File, _: &Stamp) -> io::Result<bool> {
        Ok(true)
    }

    pub(in super::super) fn sync(_: &Path) {}
}

pub(super) use platform::{NEW_MODE, inherit, is_mount, is_writable, open, sync};
