//! Names of grants for shell completion: those seen when the list was last read, for a few minutes.
//!
//! Only a convenience: no id of a grant is ever taken from it, and everything works without it. Accounts are personal
//! data, so the file is readable by its owner only and short-lived.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::paths::{Environment, state_folder};
use crate::disk::{self, Draft, Lock};
use crate::domain::{Clean, Grant, Health, selector};

/// Names older than this are not offered.
pub const MAX_AGE: Duration = Duration::from_mins(15);

/// Maximum number of names; a shell shows no more.
pub const MAX_NAMES: usize = 5_000;

/// A name and its description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The selector, `provider:account#label`.
    pub name: String,
    /// Its health at that time.
    pub help: String,
}

/// Each profile has its own file: names of another application would be misleading.
fn file(profile: Option<&str>, environment: Environment<'_>) -> Option<PathBuf> {
    let mut name = "selectors".to_owned();
    for character in profile.map(|profile| format!("-{profile}")).unwrap_or_default().chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' => name.push(character),
            // Formatting into a string cannot fail.
            other => _ = write!(name, "_{:x}", u32::from(other)),
        }
    }
    Some(state_folder(environment)?.join(name + ".tsv"))
}

/// The selector for a grant; `None` if a shell could not write it, or if the grant's id is unreadable and so it could
/// not be selected.
pub fn name(grant: &Grant) -> Option<String> {
    grant.row.grant()?;
    let name = selector::name(grant);
    let plain = Clean::line(&name).as_str() == name && !name.contains(['\t', '\n']);
    plain.then_some(name)
}

/// The names of further grants, within the limit; `already` is the number of names so far.
pub fn known(grants: &[Grant], now: Timestamp, already: usize) -> impl Iterator<Item = Known> {
    let named = grants.iter().take(MAX_NAMES.saturating_sub(already)).filter_map(move |grant| {
        Some(Known { name: name(grant)?, help: Health::of(grant, now).name().to_owned() })
    });
    named.collect::<Vec<_>>().into_iter()
}

/// Stores a profile's names in place of older ones. Errors are ignored.
pub fn remember(known: &[Known], profile: Option<&str>, environment: Environment<'_>) {
    let _ = write(known, profile, environment);
}

fn write(known: &[Known], profile: Option<&str>, environment: Environment<'_>) -> io::Result<()> {
    let Some(file) = file(profile, environment) else { return Ok(()) };
    disk::make_private(disk::folder_of(&file))?;
    let mut text = String::new();
    for Known { name, help } in known.iter().take(MAX_NAMES) {
        // Formatting into a string cannot fail.
        let _ = writeln!(text, "{name}\t{help}");
    }
    let lock = Lock::of(&file)?;
    let mut new = Draft::new(&lock)?;
    new.write_all(text.as_bytes())?;
    new.replace(&file)
}

/// Deletes a profile's stored names.
pub fn forget(profile: Option<&str>, environment: Environment<'_>) {
    if let Some(file) = file(profile, environment).filter(|file| file.exists())
        && let Ok(_lock) = Lock::of(&file)
    {
        let _ = fs::remove_file(&file);
    }
}

/// A profile's names from the last [`MAX_AGE`]; empty if there are none.
pub fn recall(profile: Option<&str>, environment: Environment<'_>, now: Timestamp) -> Vec<Known> {
    read(profile, environment, now).unwrap_or_default()
}

fn read(profile: Option<&str>, environment: Environment<'_>, now: Timestamp) -> Option<Vec<Known>> {
    let file = file(profile, environment)?;
    if !is_fresh(&file, now)? {
        // Delete expired names instead of leaving them on disk, without blocking the shell. Newer names written
        // meanwhile are kept.
        if let Ok(_lock) = Lock::at_once(&file)
            && is_fresh(&file, now) == Some(false)
        {
            let _ = fs::remove_file(&file);
        }
        return None;
    }
    let text = fs::read_to_string(&file).ok()?;
    let known = text.lines().filter_map(|line| line.split_once('\t'));
    Some(known.map(|(name, help)| Known { name: name.to_owned(), help: help.to_owned() }).collect())
}

/// Whether the file's names may still be offered; `None` if it does not exist.
fn is_fresh(file: &Path, now: Timestamp) -> Option<bool> {
    let written = fs::metadata(file).ok()?.modified().ok()?;
    let written = Timestamp::try_from(written).ok()?;
    Some(now.duration_since(written).unsigned_abs() <= MAX_AGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_remembered_for_a_while_and_for_their_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("state");
        let lookup = |name: &str| (name == "XDG_STATE_HOME").then(|| home.to_string_lossy().into_owned());
        let nothing = recall(None, &lookup, Timestamp::UNIX_EPOCH);
        assert_eq!(nothing, []);
        let known = [Known { name: "google:a@b.test#x".to_owned(), help: "ok".to_owned() }];
        remember(&known, None, &lookup);
        let written = fs::metadata(file(None, &lookup).unwrap()).unwrap().modified().unwrap();
        let now = Timestamp::try_from(written).unwrap();
        assert_eq!(recall(None, &lookup, now), known);
        for other in ["live", "", "../live", "Ärger"] {
            assert_eq!(recall(Some(other), &lookup, now), [], "{other}");
            let file = file(Some(other), &lookup).unwrap();
            assert_eq!(file.parent(), Some(home.join("grantdeck").as_path()));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;

            let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(file(None, &lookup).unwrap()), 0o600);
            assert_eq!(mode(home.join("grantdeck")), 0o700);
        }
        assert_eq!(recall(None, &lookup, now + MAX_AGE * 2), []);
        assert!(!file(None, &lookup).unwrap().exists(), "old names are thrown away");
    }
}
