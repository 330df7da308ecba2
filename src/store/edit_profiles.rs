//! Edits `config.toml` and keeps what the user wrote around the change.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::config::Config;
use super::paths::read;
use super::profile::{KeySource, Profile, TokenSource};
use crate::disk::{self, Draft, Lock};
use crate::domain::suggest::nearest;
use crate::domain::{Code, Diagnosis, Retry, Who};

/// A change of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Adds a profile.
    Add(String, Box<Profile>),
    /// Removes a profile.
    Remove(String),
    /// Moves the key of a profile to the keyring.
    InKeyring(String),
    /// Sets the default profile; `None` = use the environment again.
    Use(Option<String>),
}

/// Applies the change to a configuration text.
///
/// # Errors
/// If the text does not parse, the name is taken, or the profile does not exist.
pub fn changed(text: &str, change: &Change) -> Result<String, Diagnosis> {
    let config = Config::read(text, "");
    if let Some(unreadable) = config.unreadable {
        return Err(unreadable);
    }
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        Diagnosis::new(Code::ConfigMalformed, Who::You, Retry::AfterRemedy).fact("problem", error.message())
    })?;
    match change {
        Change::Add(name, profile) => {
            if config.profiles.contains_key(name) {
                return Err(refused(&format!("a profile `{name}` already exists")));
            }
            let profiles = document.entry("profiles").or_insert_with(|| {
                let mut table = Table::new();
                table.set_implicit(true);
                Item::Table(table)
            });
            let Some(profiles) = profiles.as_table_like_mut() else {
                return Err(refused("`profiles` is no table"));
            };
            profiles.insert(name, Item::Table(table(profile)));
        }
        Change::Remove(name) => {
            known(&config, name)?;
            if let Some(profiles) = document.get_mut("profiles").and_then(Item::as_table_like_mut) {
                profiles.remove(name);
            }
            if config.profile.as_deref() == Some(name) {
                document.remove("profile");
            }
        }
        Change::InKeyring(name) => {
            known(&config, name)?;
            let profile = document
                .get_mut("profiles")
                .and_then(|profiles| profiles.get_mut(name.as_str()))
                .and_then(Item::as_table_like_mut);
            let Some(profile) = profile else { return Err(refused("the profile is no table")) };
            profile.remove("key_env");
            profile.remove("key_command");
            profile.insert("key", value("keyring"));
        }
        Change::Use(None) => _ = document.remove("profile"),
        Change::Use(Some(name)) => {
            known(&config, name)?;
            match document.get_mut("profile").and_then(Item::as_value_mut) {
                Some(old) => {
                    // Assigning to the item would drop the comment after it.
                    let decor = old.decor().clone();
                    *old = name.as_str().into();
                    *old.decor_mut() = decor;
                }
                None => _ = document.insert("profile", value(name.as_str())),
            }
        }
    }
    Ok(document.to_string())
}

/// A profile as a table.
fn table(profile: &Profile) -> Table {
    let mut table = Table::new();
    let mut text = |key: &str, given: &str| _ = table.insert(key, value(given));
    if let Some(base_url) = &profile.base_url {
        text("base_url", base_url);
    }
    match &profile.key {
        KeySource::Variable(name) => text("key_env", name),
        KeySource::Command(words) => _ = table.insert("key_command", list(words)),
        KeySource::Keyring => text("key", "keyring"),
        KeySource::Prompt => text("key", "prompt"),
    }
    match &profile.user_token {
        Some(TokenSource::Variable(name)) => _ = table.insert("user_token_env", value(name.as_str())),
        Some(TokenSource::Command(words)) => _ = table.insert("user_token_command", list(words)),
        None => {}
    }
    if let Some(history) = profile.preferences.history {
        table.insert("history", value(history));
    }
    for (key, set) in [("production", profile.production), ("read_only", profile.read_only)] {
        if set {
            table.insert(key, value(true));
        }
    }
    table
}

fn list(words: &[String]) -> Item {
    value(words.iter().map(String::as_str).collect::<Array>())
}

fn known(config: &Config, name: &str) -> Result<(), Diagnosis> {
    if config.profiles.contains_key(name) {
        return Ok(());
    }
    let refused = refused(&format!("no profile `{name}`"));
    Err(match nearest(name, config.profiles.keys().map(String::as_str)) {
        Some(near) => refused.fact("did you mean", near),
        None => refused,
    })
}

fn refused(problem: &str) -> Diagnosis {
    Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy).fact("problem", problem)
}

/// Applies a change to a file, which need not exist. The file is replaced atomically, and a symlink stays a symlink.
///
/// # Errors
/// As for [`changed`]; also if the file cannot be read or written. The file is then unchanged.
pub fn change(file: &Path, change: &Change) -> Result<(), Diagnosis> {
    let failed = |error: io::Error| {
        let (code, retry) = match error.kind() {
            ErrorKind::ResourceBusy => (Code::FileBusy, Retry::Later(None)),
            _ => (Code::FileNotWritable, Retry::AfterRemedy),
        };
        Diagnosis::new(code, Who::You, retry)
            .fact("file", &file.to_string_lossy())
            .fact("problem", &error.to_string())
    };
    let lock = lock(file).map_err(failed)?;
    let text = read(file)?.map(|found| found.text).unwrap_or_default();
    let new = changed(&text, change).map_err(|refused| refused.fact("file", &file.to_string_lossy()))?;
    let new = ended_alike(new, &text);
    write(file, &new, &lock).map_err(failed)
}

/// Takes the lock that excludes other writers from reading to writing.
fn lock(file: &Path) -> io::Result<Lock> {
    if fs::symlink_metadata(file).is_err() {
        disk::make_private(disk::folder_of(file))?;
    }
    Lock::of(file)
}

fn write(file: &Path, text: &str, lock: &Lock) -> io::Result<()> {
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let mut new = Draft::new(lock)?;
    new.fill(text.as_bytes())?;
    if let Ok(facts) = fs::metadata(&file) {
        new.file().set_permissions(facts.permissions())?;
    }
    new.replace(&file)
}

/// Converts a text to the line endings of the previous one: `toml_edit` only writes LF.
fn ended_alike(new: String, before: &str) -> String {
    let is_crlf = before.split_once('\n').is_some_and(|(line, _)| line.ends_with('\r'));
    if is_crlf { new.replace("\r\n", "\n").replace('\n', "\r\n") } else { new }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "# mine\ntheme = \"dark\" # at night\n\n# the shop\n[profiles.shop] # live\nkey_env = \"SHOP\"\n\n[profiles.lab]\nkey = \"prompt\"\n";

    fn add(name: &str, profile: Profile) -> Change {
        Change::Add(name.to_owned(), Box::new(profile))
    }

    #[test]
    fn lines_keep_their_ends() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let before = "theme = \"light\"\r\n# mine\r\n[profiles.a]\r\nkey_env = \"A_KEY\"\r\n";
        fs::write(&file, before).unwrap();
        change(&file, &Change::Use(Some("a".into()))).unwrap();
        let after = fs::read_to_string(&file).unwrap();
        assert!(
            after.contains("# mine\r\n[profiles.a]\r\n") && after.contains("profile = \"a\""),
            "{after:?}"
        );
        assert_eq!(after.matches('\n').count(), after.matches("\r\n").count(), "{after:?}");
        fs::write(&file, before.replace("\r\n", "\n")).unwrap();
        change(&file, &Change::Use(Some("a".into()))).unwrap();
        assert!(!fs::read_to_string(&file).unwrap().contains('\r'));
    }

    #[test]
    fn what_the_user_wrote_stays() {
        let vault = Profile {
            key: KeySource::Command(vec!["op".into(), "read".into(), "it's \"x\"".into()]),
            base_url: Some("https://alter.acme.test".into()),
            production: true,
            ..Profile::default()
        };
        let added = changed(TEXT, &add("vault 2", vault.clone())).unwrap();
        assert!(added.starts_with(TEXT.trim_end()), "{added}");
        let config = Config::read(&added, "c");
        assert_eq!((config.mistakes.len(), &config.profiles["vault 2"]), (0, &Ok(vault)));

        let removed = changed(&added, &Change::Remove("vault 2".into())).unwrap();
        assert_eq!(removed.trim_end(), TEXT.trim_end());
        let used = changed(TEXT, &Change::Use(Some("lab".into()))).unwrap();
        assert_eq!(Config::read(&used, "c").profile.as_deref(), Some("lab"));
        assert!(used.contains("# at night") && used.contains("# live"), "{used}");
        let commented = "profile = \"shop\" # the usual one\n".to_owned() + TEXT;
        let used = changed(&commented, &Change::Use(Some("lab".into()))).unwrap();
        assert!(used.starts_with("profile = \"lab\" # the usual one\n"), "{used}");
        let stored = changed(TEXT, &Change::InKeyring("shop".into())).unwrap();
        assert_eq!(Config::read(&stored, "c").profiles["shop"].as_ref().unwrap().key, KeySource::Keyring);
        assert!(stored.contains("# live") && !stored.contains("SHOP"), "{stored}");
        let gone = changed(&used, &Change::Remove("lab".into())).unwrap();
        assert_eq!(Config::read(&gone, "c").profile, None, "nobody is used who is not there");
        assert_eq!(Config::read(&changed(&used, &Change::Use(None)).unwrap(), "c").profile, None);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let problem = |text: &str, change: &Change| {
            let refused = changed(text, change).unwrap_err();
            refused.facts.iter().map(|(_, value)| value.as_str().to_owned()).collect::<Vec<_>>().join("; ")
        };
        let taken = problem(TEXT, &add("shop", Profile::default()));
        assert!(taken.contains("already"), "{taken}");
        let unknown = problem(TEXT, &Change::Use(Some("shpo".into())));
        assert!(unknown.contains("no profile `shpo`") && unknown.ends_with("shop"), "{unknown}");
        assert!(problem(TEXT, &Change::Remove("x".into())).contains("no profile"));
        assert_eq!(changed("x = ", &Change::Use(None)).unwrap_err().code, Code::ConfigMalformed);
        assert!(problem("profiles = 1", &add("a", Profile::default())).contains("no table"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_link_and_its_mode() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.toml"), folder.path().join("config.toml"));
        fs::write(&real, TEXT).unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        change(&link, &Change::Use(Some("lab".into()))).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::read_to_string(&real).unwrap().contains("profile = \"lab\""));
        let new = folder.path().join("below/config.toml");
        change(&new, &add("a", Profile::default())).unwrap();
        assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
    }

    proptest! {
        #[test]
        fn any_name_can_be_added_and_taken_away(name in "\\PC{1,12}") {
            prop_assume!(!["shop", "lab"].contains(&name.as_str()));
            let added = changed(TEXT, &add(&name, Profile::default())).unwrap();
            let read = Config::read(&added, "c");
            prop_assert_eq!(read.profiles.get(&name), Some(&Ok(Profile::default())));
            let removed = changed(&added, &Change::Remove(name)).unwrap();
            prop_assert_eq!(removed.trim_end(), TEXT.trim_end());
        }
    }
}
