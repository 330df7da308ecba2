//! Names of grants that a shell may complete: what the last walks of the list saw, for a few minutes.
//!
//! A convenience and nothing more: it is never asked what a grant is, a call never takes an id from it, and
//! without it everything works. Accounts are people's names, so the file is its owner's alone and short-lived.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::paths::{Environment, state_folder};
use crate::disk::{self, Draft, Lock};
use crate::domain::{Clean, Grant, Health, selector};

/// Older names are not offered.
pub const GOOD_FOR: Duration = Duration::from_mins(15);

/// Names at the most; a shell shows no more.
pub const MOST: usize = 5_000;

/// A name, and what stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// `provider:account#label`, as a selector.
    pub name: String,
    /// Its health when it was seen.
    pub help: String,
}

/// Each profile has its own file: a name of another application is worse than none.
fn file(profile: Option<&str>, environment: Environment<'_>) -> Option<PathBuf> {
    let mut name = "selectors".to_owned();
    for character in profile.map(|profile| format!("-{profile}")).unwrap_or_default().chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' => name.push(character),
            // Writing to a text cannot fail.
            other => _ = write!(name, "_{:x}", u32::from(other)),
        }
    }
    Some(state_folder(environment)?.join(name + ".tsv"))
}

/// The name by which a grant can be selected; None where a shell could not write it, or its id cannot be read, so that
/// selecting it would lead to nothing.
pub fn name(grant: &Grant) -> Option<String> {
    grant.row.grant()?;
    let name = selector::name(grant);
    let plain = Clean::line(&name).as_str() == name && !name.contains(['\t', '\n']);
    plain.then_some(name)
}

/// What may be completed of some more grants, where so many names are there already.
pub fn known(grants: &[Grant], now: Timestamp, already: usize) -> impl Iterator<Item = Known> {
    let named = grants.iter().take(MOST.saturating_sub(already)).filter_map(move |grant| {
        Some(Known { name: name(grant)?, help: Health::of(grant, now).name().to_owned() })
    });
    named.collect::<Vec<_>>().into_iter()
}

/// Remembers what a walk saw with a profile, in place of what was there. What cannot be written is not remembered.
pub fn remember(known: &[Known], profile: Option<&str>, environment: Environment<'_>) {
    let _ = write(known, profile, environment);
}

fn write(known: &[Known], profile: Option<&str>, environment: Environment<'_>) -> io::Result<()> {
    let Some(file) = file(profile, environment) else { return Ok(()) };
    disk::make_private(disk::folder_of(&file))?;
    let mut text = String::new();
    for Known { name, help } in known.iter().take(MOST) {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{name}\t{help}");
    }
    let lock = Lock::of(&file)?;
    let mut new = Draft::new(&lock)?;
    new.write_all(text.as_bytes())?;
    new.replace(&file)
}

/// Forgets what was remembered of a profile.
pub fn forget(profile: Option<&str>, environment: Environment<'_>) {
    if let Some(file) = file(profile, environment).filter(|file| file.exists())
        && let Ok(_lock) = Lock::of(&file)
    {
        let _ = fs::remove_file(&file);
    }
}

/// What was remembered of a profile in the last [`GOOD_FOR`]; nothing where there is none.
pub fn recall(profile: Option<&str>, environment: Environment<'_>, now: Timestamp) -> Vec<Known> {
    read(profile, environment, now).unwrap_or_default()
}

fn read(profile: Option<&str>, environment: Environment<'_>, now: Timestamp) -> Option<Vec<Known>> {
    let file = file(profile, environment)?;
    if !is_fresh(&file, now)? {
        // What nobody may use any more should not lie about. A shell does not wait, and newer names stay.
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

/// Whether its names may still be offered; None where there is no such file.
fn is_fresh(file: &Path, now: Timestamp) -> Option<bool> {
    let written = fs::metadata(file).ok()?.modified().ok()?;
    let written = Timestamp::try_from(written).ok()?;
    Some(now.duration_since(written).unsigned_abs() <= GOOD_FOR)
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
        assert_eq!(recall(None, &lookup, now + GOOD_FOR * 2), []);
        assert!(!file(None, &lookup).unwrap().exists(), "old names are thrown away");
    }
}
