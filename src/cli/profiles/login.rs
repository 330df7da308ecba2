//! `grantdeck profiles login` and `logout`: a key goes into the keyring once it is known to work.

use std::io::{self, IsTerminal, Read};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::changed;
use crate::cli::arguments::Arguments;
use crate::cli::report::refused;
use crate::cli::session::configuration;
use crate::domain::{Code, Diagnosis, Retry, Who};
use crate::jobs::Context;
use crate::runtime::fetch::Fetcher;
use crate::runtime::keyring;
use crate::store::Credentials;
use crate::store::edit_profiles::Change;
use crate::store::session::{Fetch, not_typed, question};

/// How long the backend is asked whether it accepts the key.
const PATIENCE: Duration = Duration::from_secs(10);

/// A longer key is none.
const LONGEST: u64 = 4 << 10;

pub(super) async fn login(
    arguments: &Arguments,
    name: &str,
    now: fn() -> Timestamp,
) -> Result<String, Diagnosis> {
    let config = configuration(arguments.source.config.as_deref())?;
    let profile = match config.profiles.get(name) {
        Some(Ok(profile)) => profile,
        Some(Err(mistake)) => return Err(mistake.clone()),
        None => {
            return Err(refused("NAME", &format!("no profile is called `{name}`; `profiles add` makes one")));
        }
    };
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
    let context = Context::open_with(credentials, now, arguments.source.entries.clone())?;
    let asked = tokio::time::timeout(PATIENCE, context.client.key_scopes()).await;
    let slow = || Diagnosis::new(Code::TimedOut, Who::Network, Retry::Later(None));
    let accepted = asked.map_err(|_elapsed| slow())?;
    accepted.map_err(|error| {
        error.diagnose().fact("backend", context.client.host()).fact("key", &context.client.masked_key())
    })?;
    keyring::set(name, key).map_err(|problem| no_keyring(name, &problem))?;
    let file = changed(arguments, &Change::InKeyring(name.to_owned()))?;
    Ok(format!(
        "{} accepts {}; it is in the keyring, and {file} says so",
        context.client.host(),
        context.client.masked_key()
    ))
}

pub(super) fn logout(name: &str) -> Result<String, Diagnosis> {
    let was_there = keyring::delete(name).map_err(|problem| no_keyring(name, &problem))?;
    let told =
        if was_there { "the keyring holds no key any more for" } else { "the keyring held no key for" };
    Ok(format!("{told} {name}"))
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
