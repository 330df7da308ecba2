use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};

use rustix::fs::{CWD, Mode, mkfifoat};
use tempfile::TempDir;

use super::*;
use crate::domain::{Clean, Code};

const OLD: Uuid = Uuid::from_u128(0xabcd_0000_1111_4222_8333_4444_5555_ee2a);
const NEW: Uuid = Uuid::from_u128(0x1234_0000_1111_4222_8333_4444_5555_bbbb);

/// A folder with a `.env` that contains the old id.
fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join(".env");
    fs::write(&path, format!("# c\r\nG={OLD} # c\r\nA=1")).unwrap();
    (folder, path)
}

fn set(path: &Path, value: &str) -> Result<Planned, FileError> {
    let (key, value) = ("G".parse().unwrap(), value.to_owned());
    Planned::read(path, &[Entry { key, value, comment: Some(Clean::line("google")) }])
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

/// Everything in a folder: an edit leaves nothing behind.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Permissions do not stop the superuser, who runs the tests in some environments.
fn is_superuser() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn a_value_is_written_at_once_and_the_mode_stays() {
    let (folder, path) = folder();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let before = fs::metadata(&path).unwrap();
    let planned = set(&path, &NEW.to_string()).unwrap();
    assert!(planned.is_change() && !planned.is_new && planned.via_link.is_none());
    assert_eq!((planned.mode, planned.hard_links, planned.diff.len()), (Some(0o640), 0, 4));
    let debug = format!("{planned:?}");
    assert!(!debug.contains(&NEW.to_string()), "{debug}");
    let written = planned.write().unwrap();
    assert_eq!((&written.path, written.changed, &written.backup), (&path, true, &None));
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("# c\r\nG={NEW} # c\r\nA=1"));
    let after = fs::metadata(&path).unwrap();
    assert_eq!((mode(&path), after.uid(), after.gid()), (0o640, before.uid(), before.gid()));
    assert_ne!(after.ino(), before.ino());
    assert_eq!(names(folder.path()), [".env"]);
}

#[test]
fn the_same_value_touches_nothing() {
    let (_folder, path) = folder();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    let before = fs::metadata(&path).unwrap();
    let planned = set(&path, &OLD.to_string()).unwrap();
    assert!(!planned.is_change() && planned.diff.is_empty());
    assert_eq!(planned.change, PlannedChange::Values(vec![Change::Same]));
    assert!(!planned.with_backup().write().unwrap().changed);
    let after = fs::metadata(&path).unwrap();
    assert_eq!((after.ino(), after.modified().unwrap()), (before.ino(), before.modified().unwrap()));
}

#[test]
fn an_owner_is_kept() {
    if !is_superuser() {
        return;
    }
    let (_folder, path) = folder();
    std::os::unix::fs::chown(&path, Some(12_345), Some(54_321)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o4755)).unwrap();
    set(&path, "x").unwrap().write().unwrap();
    let after = fs::metadata(&path).unwrap();
    assert_eq!((after.uid(), after.gid(), mode(&path)), (12_345, 54_321, 0o4755));
}

#[test]
fn a_link_stays_and_the_file_behind_it_is_written() {
    let (folder, path) = folder();
    fs::create_dir(folder.path().join("app")).unwrap();
    let link = folder.path().join("app/.env.local");
    symlink("../.env", &link).unwrap();
    let second = folder.path().join("plain");
    symlink("app/.env.local", &second).unwrap();
    for link in [link, second] {
        let value = link.file_name().unwrap().to_str().unwrap();
        let planned = set(&link, value).unwrap();
        assert_eq!((planned.via_link.as_ref(), &planned.path), (Some(&link), &path));
        planned.write().unwrap();
        assert!(link.is_symlink() && !path.is_symlink());
        assert!(fs::read_to_string(&path).unwrap().contains(&format!("G={value} ")));
    }
    // The link points elsewhere now.
    let link = folder.path().join("plain");
    let planned = set(&link, "y").unwrap();
    fs::remove_file(&link).unwrap();
    symlink("app", &link).unwrap();
    assert!(matches!(planned.write(), Err(FileError::Changed { .. })));
}

#[test]
fn hard_links_are_reported() {
    let (folder, path) = folder();
    fs::hard_link(&path, folder.path().join("other")).unwrap();
    let planned = set(&path, "x").unwrap();
    assert_eq!(planned.hard_links, 1);
    planned.write().unwrap();
    assert!(fs::read_to_string(folder.path().join("other")).unwrap().contains(&OLD.to_string()));
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    type Change = fn(&Path);
    let changes: [Change; 6] = [
        |path| fs::write(path, "G=theirs").unwrap(),
        |path| fs::remove_file(path).unwrap(),
        // The same content in another file.
        |path| {
            let content = fs::read(path).unwrap();
            fs::write(path.with_extension("new"), content).unwrap();
            fs::rename(path.with_extension("new"), path).unwrap();
        },
        |path| fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap(),
        |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        },
        // The same length and modification time.
        |path| {
            let modified = fs::metadata(path).unwrap().modified().unwrap();
            let content = fs::read_to_string(path).unwrap().replace("A=1", "A=2");
            fs::write(path, content).unwrap();
            File::open(path).unwrap().set_modified(modified).unwrap();
        },
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let (folder, path) = folder();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let planned = set(&path, "x").unwrap().with_backup();
        change(&path);
        let before = (names(folder.path()), fs::read(&path).ok());
        let error = planned.write().unwrap_err();
        assert!(matches!(error, FileError::Changed { .. }), "{index}: {error}");
        assert_eq!(error.diagnosis().code, Code::FileChanged);
        assert_eq!((names(folder.path()), fs::read(&path).ok()), before, "{index}");
    }
}

#[test]
fn a_new_env_file_is_for_its_owner_only() {
    let (folder, path) = folder();
    let path = path.with_file_name(".env.local");
    let planned = set(&path, "x").unwrap();
    assert!(planned.is_new && planned.is_change());
    assert_eq!((planned.mode, planned.diff.len()), (Some(0o600), 2));
    planned.with_backup().write().unwrap();
    assert_eq!((mode(&path), fs::read_to_string(&path).unwrap().as_str()), (0o600, "# google\nG=x\n"));
    assert_eq!(names(folder.path()), [".env", ".env.local"]);
    // Created by another process in the meantime.
    let path = path.with_file_name(".env.test");
    let planned = set(&path, "x").unwrap();
    fs::write(&path, "theirs").unwrap();
    assert!(matches!(planned.write(), Err(FileError::Changed { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
}

#[test]
fn a_backup_is_made_when_asked_for_and_never_over_another() {
    let (folder, path) = folder();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let written = set(&path, "x").unwrap().with_backup().write().unwrap();
    let backup = written.backup.unwrap();
    assert_eq!(backup, path.with_file_name(".env.bak"));
    assert!(fs::read_to_string(&backup).unwrap().contains(&OLD.to_string()));
    assert_eq!(mode(&backup), 0o640);
    let error = set(&path, "y").unwrap().with_backup().write().unwrap_err();
    assert!(matches!(error, FileError::BackupThere { .. }), "{error}");
    assert!(fs::read_to_string(&path).unwrap().contains("G=x "));
    assert_eq!(names(folder.path()), [".env", ".env.bak"]);
}

#[test]
fn a_file_that_is_read_only_stays_as_it_is() {
    let (folder, path) = folder();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let error = set(&path, "x").unwrap().write().unwrap_err();
    assert!(matches!(error, FileError::ReadOnly { .. }), "{error}");
    assert_eq!(error.diagnosis().code, Code::FileNotWritable);
    assert!(fs::read_to_string(&path).unwrap().contains(&OLD.to_string()));
    if is_superuser() {
        return;
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let planned = set(&path, "x").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let error = planned.write().unwrap_err();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(matches!(error, FileError::Unwritable { .. }), "{error}");
}

#[test]
fn a_file_that_is_busy_is_said_to_be_a_mount() {
    let (folder, path) = folder();
    let planned = set(&path, "x").unwrap();
    let error = planned.unwritable(std::io::Error::from_raw_os_error(rustix::io::Errno::BUSY.raw_os_error()));
    assert!(matches!(error, FileError::Mount { .. }), "{error}");
    assert!(error.to_string().contains("mount its folder"), "{error}");
    assert_eq!(error.diagnosis().code, Code::FileNotWritable);
    drop(folder);
    // Mounted on every Linux system: the root of a file system is a mount point, its entries are not.
    if cfg!(target_os = "linux") {
        assert!(stamp::is_mount(Path::new("/proc")) && !stamp::is_mount(Path::new("/proc/version")));
    }
}

#[test]
fn what_is_no_file_of_ours_is_named() {
    let (folder, path) = folder();
    let at = |name: &str| path.with_file_name(name);
    symlink(at("loop.env"), at("loop2.env")).unwrap();
    symlink(at("loop2.env"), at("loop.env")).unwrap();
    symlink(at("nowhere"), at("dangling.env")).unwrap();
    fs::create_dir(at("folder.env")).unwrap();
    mkfifoat(CWD, at("pipe.env"), Mode::from_raw_mode(0o600)).unwrap();
    assert!(fs::metadata(at("pipe.env")).unwrap().file_type().is_fifo());
    fs::write(at("latin.env"), b"A=1\nG=\xe9\n").unwrap();
    fs::write(at("wide.env"), b"\xff\xfeA\0=\x001\0").unwrap();
    fs::write(at("mac.env"), "G=old\rSECRET=1\rB=2\r").unwrap();
    fs::write(at("zero.env"), b"A\0=\x001\0\n\0").unwrap();
    fs::write(at("a.json5"), "{}").unwrap();
    fs::write(at("twice.env"), "G=1\nG=2").unwrap();
    File::create(at("huge.env")).unwrap().set_len(100 * 1024 * 1024).unwrap();
    let before = names(folder.path());
    for (name, want, code) in [
        ("loop.env", "form a loop", Code::FileNotReadable),
        ("dangling.env", "a dangling symlink", Code::FileNotReadable),
        ("folder.env", "is a folder, not a file", Code::FileNotReadable),
        ("pipe.env", "is a pipe, a socket or a device", Code::FileNotReadable),
        ("latin.env", "line 2, is not UTF-8", Code::EditRefused),
        ("a.json5", "JSON5", Code::EditRefused),
        ("twice.env", "lines 1 and 2", Code::EditRefused),
        ("huge.env", "over 10 MiB", Code::EditRefused),
        ("none/.env", "the folder", Code::FolderMissing),
        ("wide.env", "is UTF-16; convert it to UTF-8 first", Code::EditRefused),
        ("mac.env", "line 1: a carriage return stands here without a line feed", Code::EditRefused),
        ("zero.env", "contains NUL bytes", Code::EditRefused),
        (".env/.env", "could not be read", Code::FileNotReadable),
        ("a.toml", "does not exist; only new .env", Code::FileNotReadable),
        ("..", "is a folder", Code::FileNotReadable),
    ] {
        let error = set(&at(name), "x").unwrap_err();
        assert!(error.to_string().contains(want), "{name}: {error}");
        assert_eq!(error.diagnosis().code, code, "{name}");
    }
    assert_eq!(names(folder.path()), before);
}

#[test]
fn ids_are_swapped_in_a_file_of_any_kind() {
    let (_folder, path) = folder();
    let path = path.with_file_name("main.rs");
    let content = |id: Uuid| [b"\xff ", id.to_string().as_bytes(), b"\n", id.to_string().as_bytes()].concat();
    fs::write(&path, content(OLD)).unwrap();
    let planned = Planned::swap_all(&path, &[(OLD, NEW)]).unwrap();
    assert_eq!(planned.change, PlannedChange::Swap(2));
    assert!(planned.diff.iter().all(|line| !line.text().contains(&NEW.to_string())));
    planned.write().unwrap();
    assert_eq!(fs::read(&path).unwrap(), content(NEW));
    assert!(!Planned::swap_all(&path, &[(OLD, NEW)]).unwrap().is_change());
}
