//! The system's keyring: Secret Service, macOS Keychain, Windows Credential Manager. Needs the feature `keyring`;
//! without it every request is an error.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use secrecy::SecretString;

/// Time limit for the keyring: a locked one may prompt its user.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// A request to the keyring.
#[derive(Debug)]
enum Request {
    Get,
    #[cfg_attr(not(feature = "keyring"), expect(dead_code, reason = "nobody takes the key"))]
    Set(SecretString),
    Delete,
}

/// The key stored under an entry; `None` = no such entry.
///
/// # Errors
/// Why the keyring cannot be read, for people.
pub fn get(entry: &str) -> Result<Option<SecretString>, String> {
    ask(entry, Request::Get)
}

/// Stores a key, replacing an older one.
///
/// # Errors
/// Why the key was not stored, for people.
pub fn set(entry: &str, key: SecretString) -> Result<(), String> {
    ask(entry, Request::Set(key)).map(|_| ())
}

/// Deletes an entry; returns whether it existed.
///
/// # Errors
/// Why the entry was not deleted, for people.
pub fn delete(entry: &str) -> Result<bool, String> {
    Ok(ask(entry, Request::Delete)?.is_some())
}

/// Checks that a keyring is available.
///
/// # Errors
/// Why none is available, for people.
pub fn status() -> Result<(), String> {
    // No profile has an empty name.
    ask("", Request::Get).map(|_| ())
}

/// Runs the request on a separate thread: a keyring that prompts its user cannot be interrupted.
fn ask(entry: &str, request: Request) -> Result<Option<SecretString>, String> {
    let (sender, answer) = mpsc::channel();
    let entry = entry.to_owned();
    let asked = thread::Builder::new().name("keyring".to_owned()).spawn(move || {
        // The receiver is gone if the time limit has passed.
        let _ = sender.send(system::answer(&entry, request));
    });
    asked.map_err(|error| format!("the keyring cannot be asked: {error}"))?;
    let slow = |_| format!("the keyring did not answer within {} s; is it locked?", TIME_LIMIT.as_secs());
    answer.recv_timeout(TIME_LIMIT).map_err(slow)?
}

#[cfg(feature = "keyring")]
mod system {
    use keyring::{Entry, Error};
    use secrecy::{ExposeSecret, SecretString};

    use super::Request;

    /// Service name of this program's entries.
    const SERVICE: &str = "grantdeck";

    pub(crate) fn answer(entry: &str, request: Request) -> Result<Option<SecretString>, String> {
        if let Err(error) = Entry::store_status() {
            return Err(format!("there is no keyring here: {error}"));
        }
        let held = Entry::new(SERVICE, entry).and_then(|entry| match request {
            Request::Get => entry.get_password().map(SecretString::from),
            Request::Set(key) => entry.set_password(key.expose_secret()).map(|()| SecretString::default()),
            Request::Delete => entry.delete_credential().map(|()| SecretString::default()),
        });
        match held {
            Ok(held) => Ok(Some(held)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(format!("the keyring refuses: {error}")),
        }
    }
}

#[cfg(not(feature = "keyring"))]
mod system {
    use secrecy::SecretString;

    use super::Request;

    pub(crate) fn answer(_: &str, _: Request) -> Result<Option<SecretString>, String> {
        Err("this build has no keyring support: build with `--features keyring`, or use key_command"
            .to_owned())
    }
}
