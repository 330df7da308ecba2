//! Grants as entries of a file: their names, and a summary of a planned change.

use std::fmt;
use std::path::Path;

use thiserror::Error;

use super::{Change, Format, KeyPath, KeyPathError};
use crate::domain::formats::{self, NameRefused};
use crate::domain::{Clean, CopyFormat, Named};

/// A value to be set in a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name in the file.
    pub key: KeyPath,
    /// The value. Sensitive.
    pub value: String,
    /// The comment to put above a new name.
    pub comment: Option<Clean>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({})", self.key)
    }
}

/// Why a name cannot be used in a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EntryError {
    /// It is not a valid name.
    #[error(transparent)]
    Key(#[from] KeyPathError),
    /// The file's format does not allow it.
    #[error(transparent)]
    Name(#[from] NameRefused),
    /// One name cannot hold several values.
    #[error("one name cannot hold {0} grants")]
    Several(usize),
}

/// Builds the entries that put grants into the file at `path`. `name` is the user's own, a dotted path in formats with
/// tables; without it each grant gets a name of its own, numbered if it occurs twice.
///
/// # Errors
/// If the name is not valid in the file, or one name is given for several grants.
pub fn entries(path: &Path, grants: &[Named], name: Option<&str>) -> Result<Vec<Entry>, EntryError> {
    let names = match name {
        Some(_) if grants.len() > 1 => return Err(EntryError::Several(grants.len())),
        Some(name) => vec![name.to_owned()],
        None => formats::names(CopyFormat::Env, grants),
    };
    let is_env = Format::of(path) == Some(Format::Env);
    let entry = |(grant, name): (&Named, String)| {
        let key: KeyPath = name.parse()?;
        if is_env {
            formats::check(CopyFormat::Env, &name)?;
        }
        Ok(Entry { key, value: grant.id.to_string(), comment: Some(formats::about(grant)) })
    };
    grants.iter().zip(names).map(entry).collect()
}

/// Summarises a plan in a few words: "`GOOGLE_GRANT_ID` added", "2 added, 1 replaced".
pub fn summary(entries: &[Entry], changes: &[Change]) -> String {
    if let ([entry], [change]) = (entries, changes) {
        return match change {
            Change::Same => format!("{} has this id already", entry.key),
            Change::Added { .. } => format!("{} added", entry.key),
            Change::Replaced { before, .. } => format!("{} replaced, was {before}", entry.key),
        };
    }
    let count = |test: fn(&Change) -> bool| changes.iter().filter(|change| test(change)).count();
    let parts = [
        (count(|change| matches!(change, Change::Added { .. })), "added"),
        (count(|change| matches!(change, Change::Replaced { .. })), "replaced"),
        (count(|change| *change == Change::Same), "there already"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::GrantId;

    fn named(name: &str) -> Named {
        let id = GrantId(Uuid::from_u128(7));
        Named { name: name.into(), id, provider: "google".into(), account: "a\nb".into() }
    }

    #[test]
    fn names_are_those_that_the_file_takes() {
        let keys = |path: &str, grants: &[Named], name: Option<&str>| {
            let entries = entries(Path::new(path), grants, name)?;
            Ok::<_, EntryError>(entries.iter().map(|entry| entry.key.to_string()).collect::<Vec<_>>())
        };
        let (one, two) = ([named("A")], [named("A"), named("A")]);
        assert_eq!(keys(".env", &one, None).unwrap(), ["A"]);
        assert_eq!(keys(".env", &two, None).unwrap(), ["A", "A_2"]);
        assert_eq!(keys("a.toml", &one, Some("alter.grants.google")).unwrap(), ["alter.grants.google"]);
        let refused = keys(".env", &one, Some("alter.google")).unwrap_err();
        assert!(matches!(&refused, EntryError::Name(name) if name.suggestion == "alter_google"), "{refused}");
        assert_eq!(keys("a.json", &one, Some("a..b")), Err(EntryError::Key(KeyPathError::Empty)));
        assert_eq!(keys("a.json", &two, Some("a")), Err(EntryError::Several(2)));
        let entries = entries(Path::new(".env"), &one, None).unwrap();
        assert_eq!(entries[0].comment.as_ref().unwrap().as_str(), "google · a b");
        assert!(!format!("{entries:?}").contains(&entries[0].value));
    }

    #[test]
    fn a_summary_says_what_is_done() {
        let entries = entries(Path::new(".env"), &[named("A"), named("B"), named("C")], None).unwrap();
        let was = Clean::line("•••");
        let replaced = Change::Replaced { line: 1, before: was, id: None };
        let added = Change::Added { line: 1 };
        assert_eq!(summary(&entries[..1], std::slice::from_ref(&replaced)), "A replaced, was •••");
        assert_eq!(summary(&entries[..1], &[Change::Same]), "A has this id already");
        assert_eq!(
            summary(&entries, &[added.clone(), replaced, Change::Same]),
            "1 added, 1 replaced, 1 there already"
        );
        assert_eq!(summary(&entries[..1], &[added]), "A added");
    }
}
