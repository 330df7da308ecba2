//! `grantdeck profiles login` and `logout`: a key goes into the keyring once it is known to work.

use std::io::{self, IsTerminal, Read};
use std::time::Duration;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::changed;
use crate::cli::arguments::Arguments;
use crate::cli::report::refused;
use crate::domain::{Code, Diagnosis, Retry, Who};
use crate::jobs::Context;
use crate::platform::clock::wall;
use crate::platform::keyring;
use crate::session::fetch::Fetcher;
use crate::session::{configuration, delete_key, keep_key};
use crate::store::edit_profiles::Change;
use crate::store::session::{Fetch, not_typed, question};
use crate::store::{Config, Credentials, KeySource, KeyringPlace, Profile};

/// How long the backend is asked whether it accepts the key.
const PATIENCE: Duration = Duration::from_secs(10);

/// A longer key is none.
const LONGEST: u64 = 4 << 10;

pub(super) async fn login(arguments: &Arguments, name: &str) -> Result<String, Diagnosis> {
    let config = configuration(arguments.source.config.as_deref())?;
    let profile = known(&config, name)?;
    if !matches!(profile.key, KeySource::Keyring | KeySource::Prompt) {
        let problem = format!(
            "{name} takes its key from a {}; to use the keyring, replace that line in the configuration with `key = \"keyring\"`",
            super::source(&profile.key)
        );
        return Err(refused("NAME", &problem));
    }
    let place = KeyringPlace::of(name, profile);
    keyring::status().map_err(|problem| no_keyring(name, &problem))?;
    let key = typed(name)?;
    let credentials = Credentials {
        key: key.clone(),
        key_from: "the prompt".to_owned(),
        base_url: profile.base_url.clone(),
        base_url_from: format!("profiles.{name}.base_url"),
        user_token: None,
        user_token_from: String::new(),
        caller: None,
    };
    let context = Context::open_with(credentials, wall, arguments.source.entries.clone())?;
    let asked = tokio::time::timeout(PATIENCE, context.client.key_scopes()).await;
    let slow = || Diagnosis::new(Code::TimedOut, Who::Network, Retry::Later(None));
    let accepted = asked.map_err(|_elapsed| slow())?;
    accepted.map_err(|error| {
        error.diagnose().fact("backend", context.client.host()).fact("key", &context.client.masked_key())
    })?;
    keep_key(&place, key).map_err(|problem| no_keyring(name, &problem))?;
    let file = changed(arguments, &Change::InKeyring(name.to_owned()))?;
    Ok(format!(
        "{} accepts {}; stored in the keyring and set in {file}",
        context.client.host(),
        context.client.masked_key()
    ))
}

pub(super) fn logout(arguments: &Arguments, name: &str) -> Result<String, Diagnosis> {
    let config = configuration(arguments.source.config.as_deref())?;
    let was_there = delete_key(&KeyringPlace::of(name, known(&config, name)?))
        .map_err(|problem| no_keyring(name, &problem))?;
    let message =
        if was_there { "deleted from the keyring: the key for" } else { "the keyring had no key for" };
    Ok(format!("{message} {name}"))
}

/// Where the key of a profile is in the keyring, if it is there.
pub(super) fn place(arguments: &Arguments, name: &str) -> Option<KeyringPlace> {
    let config = configuration(arguments.source.config.as_deref()).ok()?;
    let profile = config.profiles.get(name)?.as_ref().ok()?;
    (profile.key == KeySource::Keyring).then(|| KeyringPlace::of(name, profile))
}

/// Takes the key of a profile away that is gone; a few words about what became of it.
pub(super) fn forget(place: Option<&KeyringPlace>) -> &'static str {
    match place.map(delete_key) {
        None => "its stored key stays",
        Some(Ok(true)) => "its key was deleted from the keyring",
        Some(Ok(false)) => "the keyring had no key for it",
        Some(Err(_)) => "the keyring does not answer; a stored key stays there",
    }
}

fn known<'a>(config: &'a Config, name: &str) -> Result<&'a Profile, Diagnosis> {
    match config.profiles.get(name) {
        Some(Ok(profile)) => Ok(profile),
        Some(Err(mistake)) => Err(mistake.clone()),
        None => Err(refused("NAME", &format!("no profile `{name}`; add one with `profiles add`"))),
    }
}

fn no_keyring(name: &str, problem: &str) -> Diagnosis {
    Diagnosis::new(Code::NoKeyring, Who::You, Retry::AfterRemedy)
        .fact("problem", problem)
        .fact("profile", name)
}

/// The key as a person types it, or as another program writes it.
fn typed(name: &str) -> Result<SecretString, Diagnosis> {
    if io::stdin().is_terminal() {
        return Fetcher::default().prompt(&question(name)).map_err(|problem| not_typed(name, &problem));
    }
    let mut text = Zeroizing::new(String::new());
    io::stdin()
        .lock()
        .take(LONGEST)
        .read_to_string(&mut text)
        .map_err(|error| not_typed(name, &format!("standard input cannot be read: {error}")))?;
    match text.trim() {
        "" => Err(not_typed(name, "standard input is empty")),
        key => Ok(SecretString::from(key)),
    }
}
