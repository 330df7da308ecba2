//! What the program remembers from one start to the next, in the state folder: one file per profile, and the name of
//! the profile that was used last.
//!
//! The files are their owner's alone and are written whole or not at all. Two instances never change each other's
//! profile; two on the same profile wait for each other and lose no view. A file that cannot be used is told once
//! and never stops the program; one of a newer version is left as it is.

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

use written::{Last, Written};

/// Larger files are not ours.
const LARGEST: u64 = 1 << 20;

/// Where a profile's part is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    file: PathBuf,
}

/// Why nothing is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgetful {
    /// A demonstration, or a key that is kept nowhere.
    Source,
    /// The configuration says `remember = false`.
    Configured,
    /// No home folder is known.
    NoHome,
}

impl Forgetful {
    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Source => "a demonstration and a typed key remember nothing",
            Self::Configured => "the configuration says `remember = false`",
            Self::NoHome => "no home folder is known",
        }
    }
}

impl Memory {
    /// Where a session's part is.
    ///
    /// # Errors
    /// Why it has none.
    pub fn of(source: &Source, config: &Config, environment: Environment<'_>) -> Result<Self, Forgetful> {
        let name = match source {
            Source::Demo | Source::Typed => return Err(Forgetful::Source),
            Source::Environment => "environment.json".to_owned(),
            Source::Profile(name) => format!("profile-{}.json", plain(name)),
        };
        if !config.remembers(source) {
            return Err(Forgetful::Configured);
        }
        let folder = folder(environment).ok_or(Forgetful::NoHome)?;
        Ok(Self { file: folder.join(name) })
    }

    /// What is remembered; nothing, and why, where it cannot be read. A damaged file is set aside, so that this is
    /// told once.
    pub fn recall(&self) -> (Remembered, Option<Diagnosis>) {
        match read::<Written>(&self.file) {
            Ok(written) => (written.unwrap_or_default().into_remembered(), None),
            Err(Trouble::Damaged(problem)) => {
                let aside = self.set_aside_if_damaged();
                let aside = aside.map_or_else(|_| String::new(), |()| "; it was set aside".to_owned());
                (Remembered::default(), Some(reported(&self.file, &format!("{problem}{aside}"))))
            }
            Err(trouble) => (Remembered::default(), Some(reported(&self.file, &trouble.to_string()))),
        }
    }

    /// Another instance may have put a good one in its place since it was read.
    fn set_aside_if_damaged(&self) -> io::Result<()> {
        let _lock = Lock::of(&self.file)?;
        match read::<Written>(&self.file) {
            Err(Trouble::Damaged(_)) => set_aside(&self.file),
            _ => Ok(()),
        }
    }

    /// Remembers something, beside what is there. May wait for the disk and for another instance.
    ///
    /// # Errors
    /// Why it is not remembered: nothing is changed then.
    pub fn keep(&self, keep: MemoryChange) -> Result<(), Diagnosis> {
        change::<Written>(&self.file, |written| written.take(keep))
    }
}

/// The profile that was used last.
pub fn last_profile(environment: Environment<'_>) -> Option<String> {
    // What cannot be read is no reason to speak: the next session that is opened by name tells.
    read::<Last>(&folder(environment)?.join("last.json")).ok()??.profile
}

/// Remembers which profile was used last.
///
/// # Errors
/// As [`Memory::keep`].
pub fn keep_last_profile(name: &str, environment: Environment<'_>) -> Result<(), Diagnosis> {
    let Some(folder) = folder(environment) else { return Ok(()) };
    let file = folder.join("last.json");
    if read::<Last>(&file).is_ok_and(|last| last.is_some_and(|last| last.profile.as_deref() == Some(name))) {
        return Ok(());
    }
    change::<Last>(&file, |last| last.profile = Some(name.to_owned()))
}

fn folder(environment: Environment<'_>) -> Option<PathBuf> {
    Some(state_folder(environment)?.join("remembered"))
}

/// A profile's name as part of a file's name: the same on every file system, and never a path.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => plain.push(char::from(byte)),
            // Writing to a text cannot fail.
            other => _ = write!(plain, "%{other:02x}"),
        }
    }
    if plain.len() <= 120 {
        return plain;
    }
    format!("%long-{}", HEXLOWER.encode(&Sha256::digest(name.as_bytes())))
}

/// A file of ours.
trait Kept: Default + serde::Serialize + serde::de::DeserializeOwned {
    /// Which version of this program's format it is.
    fn version(&self) -> u32;
}

/// The version that is written.
const VERSION: u32 = 1;

#[derive(Debug, thiserror::Error)]
enum Trouble {
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

/// All that has to be understood of a file that a newer version wrote.
#[derive(serde::Deserialize)]
struct Version {
    version: u32,
}

/// What a file says; None where there is none.
fn read<T: Kept>(file: &Path) -> Result<Option<T>, Trouble> {
    let facts = match fs::metadata(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    // A pipe would make the start wait for whoever writes to it.
    if !facts.is_file() || facts.len() > LARGEST {
        return Err(Trouble::Damaged("it was not written by grantdeck".to_owned()));
    }
    let bytes = fs::read(file)?;
    let damaged = |error: serde_json::Error| Trouble::Damaged(format!("it is damaged: {error}"));
    // The version first: whatever else a newer one says need not be understood.
    if serde_json::from_slice::<Version>(&bytes).map_err(damaged)?.version > VERSION {
        return Err(Trouble::Newer);
    }
    let found: T = serde_json::from_slice(&bytes).map_err(damaged)?;
    debug_assert!(found.version() <= VERSION);
    Ok(Some(found))
}

/// Changes a file under a lock, so that another instance's change of the same file is not lost.
fn change<T: Kept>(file: &Path, change: impl FnOnce(&mut T)) -> Result<(), Diagnosis> {
    let work = || -> Result<(), Trouble> {
        disk::make_private(disk::folder_of(file))?;
        let lock = Lock::of(file)?;
        let mut found = match read::<T>(file) {
            Ok(found) => found.unwrap_or_default(),
            Err(Trouble::Damaged(_)) => {
                set_aside(file)?;
                T::default()
            }
            Err(trouble) => return Err(trouble),
        };
        change(&mut found);
        let text = serde_json::to_vec_pretty(&found).map_err(io::Error::other)?;
        let mut new = Draft::new(&lock)?;
        new.fill(&text)?;
        Ok(new.replace(file)?)
    };
    work().map_err(|trouble| reported(file, &trouble.to_string()))
}

/// Keeps a file that cannot be read for whoever wants to look into it, out of the way.
fn set_aside(file: &Path) -> io::Result<()> {
    // One that was set aside before stays, as long as there are not many.
    let names =
        std::iter::once("json.damaged".to_owned()).chain((2..10).map(|n| format!("json.damaged-{n}")));
    let mut places = names.map(|name| file.with_extension(name)).filter(|place| !place.exists());
    fs::rename(file, places.next().unwrap_or_else(|| file.with_extension("json.damaged")))
}

#[cfg(test)]
#[path = "remembered_tests.rs"]
mod tests;
