//! New content of a file: finished out of sight, then in its place at once.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::{Builder, NamedTempFile};

use super::Lock;

const PREFIX: &str = ".grantdeck-";
const SUFFIX: &str = ".tmp";

/// Whether a file is a draft, by its name: one that is being written, or that was left.
pub fn is_draft(path: &Path) -> bool {
    let name = path.file_name().map(std::ffi::OsStr::as_encoded_bytes).unwrap_or_default();
    name.starts_with(PREFIX.as_bytes()) && name.ends_with(SUFFIX.as_bytes())
}

/// Drafts of others that are older were left by a program that was killed. Who holds the lock is alone in the folder
/// on this machine, but other machines may share it.
const ABANDONED: Duration = Duration::from_mins(1);

/// New content of a file in a folder, readable by its owner alone until it is given other rights.
///
/// Where the system can (Linux), it has no name before it is whole, so that nothing stays of it if the program is
/// killed. Elsewhere it is removed when it is dropped, and else by the next draft in the folder.
#[derive(Debug)]
pub struct Draft<'lock> {
    lock: &'lock Lock,
    made: Made,
}

#[derive(Debug)]
enum Made {
    #[cfg(target_os = "linux")]
    Unnamed(File),
    Named(NamedTempFile),
}

impl<'lock> Draft<'lock> {
    /// Begins one in the folder that is locked.
    ///
    /// # Errors
    /// The folder takes no new file.
    pub fn new(lock: &'lock Lock) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Ok(file) = unnamed::create(lock.folder()) {
            return Ok(Self::begun(lock, Made::Unnamed(file)));
        }
        Self::named(lock)
    }

    fn named(lock: &'lock Lock) -> io::Result<Self> {
        Ok(Self::begun(lock, Made::Named(builder().tempfile_in(lock.folder())?)))
    }

    fn begun(lock: &'lock Lock, made: Made) -> Self {
        let draft = Self { lock, made };
        if let Ok(now) = draft.file().metadata().and_then(|facts| facts.modified()) {
            sweep(lock.folder(), now);
        }
        draft
    }

    /// The file, to be written and given its rights.
    pub fn file(&self) -> &File {
        match &self.made {
            #[cfg(target_os = "linux")]
            Made::Unnamed(file) => file,
            Made::Named(named) => named.as_file(),
        }
    }

    /// Writes all of it and brings it to the disk.
    ///
    /// # Errors
    /// The disk is full.
    pub fn fill(&mut self, content: &[u8]) -> io::Result<()> {
        self.write_all(content)?;
        self.file().sync_all()
    }

    /// Puts it in the place of a file of the folder, whether there is one or not.
    ///
    /// # Errors
    /// It cannot take its place.
    pub fn replace(self, path: &Path) -> io::Result<()> {
        match self.made {
            #[cfg(target_os = "linux")]
            Made::Unnamed(file) => {
                let name = |path: &Path| unnamed::link(&file, path);
                match builder().make_in(self.lock.folder(), name) {
                    Ok(named) => Ok(named.persist(path)?),
                    // There are file systems on which it cannot be named.
                    Err(_) => named_copy(self.lock, &file)?.replace(path),
                }
            }
            Made::Named(named) => {
                named.persist(path)?;
                Ok(())
            }
        }
    }

    /// Makes it a new file of the folder.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] where there is one of that name.
    pub fn create(self, path: &Path) -> io::Result<()> {
        match self.made {
            #[cfg(target_os = "linux")]
            Made::Unnamed(file) => match unnamed::link(&file, path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    named_copy(self.lock, &file)?.create(path)
                }
                done => done,
            },
            Made::Named(named) => {
                named.persist_noclobber(path)?;
                Ok(())
            }
        }
    }
}

impl Write for Draft<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    builder
}

/// The same file with a name.
#[cfg(target_os = "linux")]
fn named_copy<'lock>(lock: &'lock Lock, mut file: &File) -> io::Result<Draft<'lock>> {
    use std::io::Seek;
    use std::os::unix::fs::{MetadataExt, fchown};

    let mut copy = Draft::named(lock)?;
    file.rewind()?;
    io::copy(&mut file, &mut copy)?;
    let facts = file.metadata()?;
    let is_ours =
        copy.file().metadata().is_ok_and(|own| (own.uid(), own.gid()) == (facts.uid(), facts.gid()));
    if !is_ours {
        fchown(copy.file(), Some(facts.uid()), Some(facts.gid()))?;
    }
    copy.file().set_permissions(facts.permissions())?;
    copy.file().sync_all()?;
    Ok(copy)
}

/// Takes away what killed programs left in a folder. As well as it goes.
fn sweep(folder: &Path, now: SystemTime) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_draft = name.to_str().is_some_and(|name| {
            let middle = name.strip_prefix(PREFIX).and_then(|name| name.strip_suffix(SUFFIX));
            middle.is_some_and(|middle| {
                middle.len() == 6 && middle.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
        });
        let is_old = || {
            let facts = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some(now.duration_since(facts.modified().ok()?).ok()? > ABANDONED)
        };
        if is_draft && is_old() == Some(true) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(target_os = "linux")]
mod unnamed {
    use std::os::fd::AsRawFd;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};

    use super::{File, Path, io};

    /// A file without a name; it goes when it is closed.
    pub(super) fn create(folder: &Path) -> io::Result<File> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        let file = File::from(openat(CWD, folder, flags, Mode::RUSR | Mode::WUSR)?);
        // Its name there is the only way to link it that needs no privilege.
        std::fs::metadata(itself(&file))?;
        Ok(file)
    }

    pub(super) fn link(file: &File, path: &Path) -> io::Result<()> {
        Ok(linkat(CWD, itself(file), CWD, path, AtFlags::SYMLINK_FOLLOW)?)
    }

    fn itself(file: &File) -> String {
        format!("/proc/self/fd/{}", file.as_raw_fd())
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    type Begin = for<'lock> fn(&'lock Lock) -> io::Result<Draft<'lock>>;

    /// As this system makes them, and as those do that know no files without a name.
    const WAYS: [Begin; 2] = [|lock| Draft::new(lock), |lock| Draft::named(lock)];

    #[test]
    fn content_takes_its_place_at_once_or_leaves_nothing() {
        for begin in WAYS {
            let home = tempfile::tempdir().unwrap();
            let file = home.path().join("file");
            let lock = Lock::of(&file).unwrap();
            let filled = |content: &[u8]| {
                let mut draft = begin(&lock).unwrap();
                draft.fill(content).unwrap();
                draft
            };
            drop(filled(b"never"));
            assert_eq!(names(home.path()), [""; 0]);
            filled(b"one").create(&file).unwrap();
            assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"one".to_vec(), 0o600));
            let refused = filled(b"two").create(&file).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
            let draft = filled(b"three");
            draft.file().set_permissions(fs::Permissions::from_mode(0o640)).unwrap();
            draft.replace(&file).unwrap();
            assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"three".to_vec(), 0o640));
            fs::create_dir(home.path().join("folder")).unwrap();
            filled(b"four").replace(&home.path().join("folder")).unwrap_err();
            assert_eq!(names(home.path()), ["file", "folder"]);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_unfinished_draft_cannot_be_found() {
        let home = tempfile::tempdir().unwrap();
        let lock = Lock::of(&home.path().join("file")).unwrap();
        let mut draft = Draft::new(&lock).unwrap();
        draft.fill(b"SECRET=1").unwrap();
        // Whoever kills this process now leaves nothing behind.
        assert_eq!(names(home.path()), [""; 0]);
        let copy = named_copy(&lock, draft.file()).unwrap();
        assert_eq!(names(home.path()).len(), 1);
        copy.replace(&home.path().join("file")).unwrap();
        assert_eq!(fs::read(home.path().join("file")).unwrap(), b"SECRET=1");
        assert_eq!(names(home.path()), ["file"]);
    }

    #[test]
    fn what_a_killed_program_left_is_removed_by_the_next() {
        let home = tempfile::tempdir().unwrap();
        let put = |name: &str, age: u64| {
            let file = File::create(home.path().join(name)).unwrap();
            let now = file.metadata().unwrap().modified().unwrap();
            file.set_modified(now - Duration::from_secs(age)).unwrap();
        };
        for (name, age) in [
            (".grantdeck-aB3dE9.tmp", 600),
            (".grantdeck-fresh1.tmp", 5),
            (".grantdeck-longer-one.tmp", 600),
            (".grantdeck-aB3dE9.tmp.bak", 600),
            (".env", 600),
        ] {
            put(name, age);
        }
        fs::create_dir(home.path().join(".grantdeck-folder.tmp")).unwrap();
        let lock = Lock::of(&home.path().join(".env")).unwrap();
        drop(Draft::new(&lock).unwrap());
        let kept = [
            ".env",
            ".grantdeck-aB3dE9.tmp.bak",
            ".grantdeck-folder.tmp",
            ".grantdeck-fresh1.tmp",
            ".grantdeck-longer-one.tmp",
        ];
        assert_eq!(names(home.path()), kept);
    }
}
