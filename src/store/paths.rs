//! Locations of the user's files.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::domain::{Code, Diagnosis, Retry, Who};

/// Looks up an environment variable. Passed in, so that tests control the environment.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process. Invalid Unicode becomes U+FFFD, so that later checks refuse the value.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// The configuration file, and whether the user named it: only then must it exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub file: PathBuf,
    /// Named by `--config` or `GRANTDECK_CONFIG`.
    pub named: bool,
}

/// Locates `config.toml`: the option, else `GRANTDECK_CONFIG`, else `grantdeck/` in the platform's configuration folder
/// (`$XDG_CONFIG_HOME` or `~/.config`; `%APPDATA%` on Windows). `None` if there is no home folder.
///
/// # Errors
/// If `GRANTDECK_CONFIG` is a relative path: it would name another file in each folder.
pub fn config_file(
    option: Option<&Path>,
    environment: Environment<'_>,
) -> Result<Option<Location>, Diagnosis> {
    if let Some(file) = option {
        return Ok(Some(Location { file: file.to_owned(), named: true }));
    }
    if let Some(file) = environment("GRANTDECK_CONFIG").filter(|file| !file.is_empty()) {
        let file = PathBuf::from(file);
        if file.is_relative() {
            return Err(Diagnosis::new(Code::ConfigUnreadable, Who::You, Retry::AfterRemedy)
                .fact("variable", "GRANTDECK_CONFIG")
                .fact("problem", "expected an absolute path, so that it means the same file everywhere")
                .fact("file", &file.to_string_lossy()));
        }
        return Ok(Some(Location { file, named: true }));
    }
    let folder = absolute(environment, "XDG_CONFIG_HOME").or_else(|| Some(home()?.config_dir()));
    Ok(folder.map(|folder| Location { file: folder.join("grantdeck").join("config.toml"), named: false }))
}

/// The folder for state: `grantdeck/` in `$XDG_STATE_HOME` or `~/.local/state` (`%LOCALAPPDATA%` on Windows). `None` if
/// there is no home folder.
pub fn state_folder(environment: Environment<'_>) -> Option<PathBuf> {
    let usual = || {
        let dirs = home()?;
        Some(dirs.state_dir().unwrap_or_else(|| dirs.cache_dir()))
    };
    Some(absolute(environment, "XDG_STATE_HOME").or_else(usual)?.join("grantdeck"))
}

/// A folder named by a variable. Relative paths are ignored: they would let whoever wrote the working directory supply
/// the files.
fn absolute(environment: Environment<'_>, name: &str) -> Option<PathBuf> {
    environment(name).map(PathBuf::from).filter(|folder| folder.is_absolute())
}

/// The platform's base folders; `None` if there is no home folder, or it is relative.
fn home() -> Option<impl BaseStrategy> {
    etcetera::choose_base_strategy().ok().filter(|dirs| dirs.home_dir().is_absolute())
}

/// The file of the history.
pub fn history_file(environment: Environment<'_>) -> Option<PathBuf> {
    Some(state_folder(environment)?.join("history.db"))
}

/// The largest configuration file, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// A file's text and whether it can be trusted, both of the same opened file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// The content.
    pub(super) text: String,
    /// Why it must not cause commands to run; `None` = it may.
    pub(super) untrusted: Option<String>,
}

/// Reads a file; `None` if it does not exist.
///
/// # Errors
/// Why it cannot be read, with its name.
pub(super) fn read(file: &Path) -> Result<Option<Text>, Diagnosis> {
    let unreadable = |problem: &str| {
        Diagnosis::new(Code::ConfigUnreadable, Who::You, Retry::AfterRemedy)
            .fact("file", &file.to_string_lossy())
            .fact("problem", problem)
    };
    let broken = |error: io::Error| unreadable(&format!("cannot be read: {error}"));
    let opened = match open(file) {
        // `HOME=/dev/null` is how services have no home folder.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(broken(error)),
        Ok(opened) => opened,
    };
    let facts = opened.metadata().map_err(broken)?;
    if !facts.is_file() {
        return Err(unreadable("is not a file"));
    }
    let too_large = || unreadable("is larger than 1 MiB");
    if facts.len() > MAX_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    // Bounded, as the file may still be growing.
    (&opened).take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(broken)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large());
    }
    let text = String::from_utf8(bytes).map_err(|_binary| unreadable("is not UTF-8 text"))?;
    Ok(Some(Text { text, untrusted: untrusted(file, &facts) }))
}

/// Opens a file without blocking: a pipe would delay the start until something writes to it.
#[cfg(unix)]
fn open(file: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;

    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    fs::OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(file)
}

#[cfg(not(unix))]
fn open(file: &Path) -> io::Result<fs::File> {
    fs::File::open(file)
}

/// Why a file must not cause commands to run; `None` = it may.
#[cfg(unix)]
fn untrusted(file: &Path, facts: &fs::Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt;

    let shown = file.display();
    if facts.uid() != rustix::process::geteuid().as_raw() {
        return Some(format!("{shown} belongs to somebody else"));
    }
    (facts.mode() & 0o022 != 0).then(|| format!("others may write {shown} (chmod go-w)"))
}

/// On this system, folders of users are private by default.
#[cfg(not(unix))]
fn untrusted(_: &Path, _: &fs::Metadata) -> Option<String> {
    None
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_trusted_by_what_was_opened() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let read = |name: &str| read(&at(name));
        assert_eq!(read("missing"), Ok(None));
        assert_eq!(super::read(Path::new("/dev/null/config.toml")), Ok(None));
        fs::write(at("own"), "a").unwrap();
        fs::set_permissions(at("own"), fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(read("own"), Ok(Some(Text { text: "a".to_owned(), untrusted: None })));
        // The link belongs to the user; its target is what counts.
        fs::write(at("open"), "b").unwrap();
        fs::set_permissions(at("open"), fs::Permissions::from_mode(0o666)).unwrap();
        std::os::unix::fs::symlink(at("open"), at("link")).unwrap();
        let link = read("link").unwrap().unwrap();
        assert!(link.untrusted.unwrap().contains("others may write"));
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::RWXU).unwrap();
        fs::write(at("latin"), b"\xff").unwrap();
        fs::File::create(at("large")).unwrap().set_len(MAX_BYTES + 1).unwrap();
        fs::create_dir(at("folder")).unwrap();
        for (name, said) in [
            ("pipe", "is not a file"),
            ("folder", "is not a file"),
            ("latin", "is not UTF-8"),
            ("large", "is larger than"),
        ] {
            let refused = read(name).unwrap_err();
            assert!(refused.facts[1].1.as_str().contains(said), "{name}: {refused:?}");
        }
    }
}
