//! State kept between starts, in the state folder: one file per profile, and the name of the last profile used.
//!
//! The files are accessible by their owner only and replaced atomically. Two instances with different profiles never
//! touch each other's files; with the same profile they take turns and lose no view. A file that cannot be used is
//! reported once and never stops the program; one of a newer version is left unchanged.

mod written;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::config::Config;
use super::paths::{Environment, state_folder};
use super::session::Source;
use crate::disk::{self, Draft, Lock};
use crate::domain::remembered::MemoryChange;
use crate::domain::{Code, Diagnosis, Remembered, Retry, Who};

use written::{LastProfile, Written};

/// Larger files were not written by this program, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The remembered state of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    file: PathBuf,
}

/// Why nothing is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgetful {
    /// A demo, or a key typed at the prompt.
    Source,
    /// The configuration says `remember = false`.
    Configured,
    /// There is no home folder.
    NoHome,
}

impl Forgetful {
    /// The reason as a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Source => "a demonstration and a typed key remember nothing",
            Self::Configured => "the configuration says `remember = false`",
            Self::NoHome => "no home folder is known",
        }
    }
}

impl Memory {
    /// The file for a session.
    ///
    /// # Errors
    /// Why nothing is remembered for it.
    pub fn of(source: &Source, config: &Config, environment: Environment<'_>) -> Result<Self, Forgetful> {
        let name = match source {
            Source::Demo | Source::Typed => return Err(Forgetful::Source),
            Source::Environment => "environment.json".to_owned(),
            Source::Profile(name) => format!("profile-{}.json", encoded_name(name)),
        };
        if !config.remembers(source) {
            return Err(Forgetful::Configured);
        }
        let folder = folder(environment).ok_or(Forgetful::NoHome)?;
        Ok(Self { file: folder.join(name) })
    }

    /// Reads the remembered state; empty, with a diagnosis, if that fails. A damaged file is moved aside, so that it is
    /// reported only once.
    pub fn recall(&self) -> (Remembered, Option<Diagnosis>) {
        match read::<Written>(&self.file) {
            Ok(written) => (written.unwrap_or_default().into_remembered(), None),
            Err(ReadError::Damaged(problem)) => {
                let aside = self.set_aside_if_damaged();
                let aside = aside.map_or_else(|_| String::new(), |()| "; it was set aside".to_owned());
                (Remembered::default(), Some(reported(&self.file, &format!("{problem}{aside}"))))
            }
            Err(error) => (Remembered::default(), Some(reported(&self.file, &error.to_string()))),
        }
    }

    /// Checks again under the lock, as another instance may have replaced the file since.
    fn set_aside_if_damaged(&self) -> io::Result<()> {
        let _lock = Lock::of(&self.file)?;
        match read::<Written>(&self.file) {
            Err(ReadError::Damaged(_)) => set_aside(&self.file),
            _ => Ok(()),
        }
    }

    /// Adds a change to the remembered state. May block on the disk and on another instance.
    ///
    /// # Errors
    /// Why it could not be written; the file is then unchanged.
    pub fn keep(&self, keep: MemoryChange) -> Result<(), Diagnosis> {
        change::<Written>(&self.file, |written| written.apply(keep))
    }
}

/// The last profile used.
pub fn last_profile(environment: Environment<'_>) -> Option<String> {
    // Errors are not reported here: the next session that is opened by name reports them.
    read::<LastProfile>(&folder(environment)?.join("last.json")).ok()??.profile
}

/// Remembers the last profile used.
///
/// # Errors
/// As for [`Memory::keep`].
pub fn keep_last_profile(name: &str, environment: Environment<'_>) -> Result<(), Diagnosis> {
    let Some(folder) = folder(environment) else { return Ok(()) };
    let file = folder.join("last.json");
    if read::<LastProfile>(&file)
        .is_ok_and(|last| last.is_some_and(|last| last.profile.as_deref() == Some(name)))
    {
        return Ok(());
    }
    change::<LastProfile>(&file, |last| last.profile = Some(name.to_owned()))
}

fn folder(environment: Environment<'_>) -> Option<PathBuf> {
    Some(state_folder(environment)?.join("remembered"))
}

/// Encodes a profile's name for a file name: valid on every file system, never a path.
fn encoded_name(name: &str) -> String {
    let mut plain = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => plain.push(char::from(byte)),
            // Formatting into a string cannot fail.
            other => _ = write!(plain, "%{other:02x}"),
        }
    }
    if plain.len() <= 120 {
        return plain;
    }
    format!("%long-{}", HEXLOWER.encode(&Sha256::digest(name.as_bytes())))
}

/// The content of one of our files.
trait VersionedFile: Default + serde::Serialize + serde::de::DeserializeOwned {
    /// The version of its format.
    fn version(&self) -> u32;
}

/// The current version of the format.
const VERSION: u32 = 1;

#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("was written by a newer grantdeck; left unchanged")]
    Newer,
    #[error("{0}")]
    Damaged(String),
    #[error("{0}")]
    Io(#[from] io::Error),
}

fn reported(file: &Path, problem: &str) -> Diagnosis {
    Diagnosis::new(Code::NotRemembered, Who::You, Retry::AfterRemedy)
        .fact("file", &file.to_string_lossy())
        .fact("problem", problem)
}

/// The only part that must be readable in a file of a newer version.
#[derive(serde::Deserialize)]
struct Version {
    version: u32,
}

/// Reads a file; `None` if it does not exist.
fn read<T: VersionedFile>(file: &Path) -> Result<Option<T>, ReadError> {
    let facts = match fs::metadata(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    // Reading a pipe would block the start.
    if !facts.is_file() || facts.len() > MAX_BYTES {
        return Err(ReadError::Damaged("it was not written by grantdeck".to_owned()));
    }
    let bytes = fs::read(file)?;
    let damaged = |error: serde_json::Error| ReadError::Damaged(format!("it is damaged: {error}"));
    // The version first: the rest of a newer file may not parse.
    if serde_json::from_slice::<Version>(&bytes).map_err(damaged)?.version > VERSION {
        return Err(ReadError::Newer);
    }
    let found: T = serde_json::from_slice(&bytes).map_err(damaged)?;
    debug_assert!(found.version() <= VERSION);
    Ok(Some(found))
}

/// Changes a file under a lock, so that no concurrent change is lost.
fn change<T: VersionedFile>(file: &Path, change: impl FnOnce(&mut T)) -> Result<(), Diagnosis> {
    let work = || -> Result<(), ReadError> {
        disk::make_private(disk::folder_of(file))?;
        let lock = Lock::of(file)?;
        let mut found = match read::<T>(file) {
            Ok(found) => found.unwrap_or_default(),
            Err(ReadError::Damaged(_)) => {
                set_aside(file)?;
                T::default()
            }
            Err(error) => return Err(error),
        };
        change(&mut found);
        let text = serde_json::to_vec_pretty(&found).map_err(io::Error::other)?;
        let mut new = Draft::new(&lock)?;
        new.fill(&text)?;
        Ok(new.replace(file)?)
    };
    work().map_err(|error| reported(file, &error.to_string()))
}

/// Moves an unreadable file aside and keeps it for inspection.
fn set_aside(file: &Path) -> io::Result<()> {
    // Keep earlier ones too, up to a limit.
    let names =
        std::iter::once("json.damaged".to_owned()).chain((2..10).map(|n| format!("json.damaged-{n}")));
    let mut places = names.map(|name| file.with_extension(name)).filter(|place| !place.exists());
    fs::rename(file, places.next().unwrap_or_else(|| file.with_extension("json.damaged")))
}

#[cfg(test)]
#[path = "remembered_tests.rs"]
mod tests;
