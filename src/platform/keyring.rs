//! The keyring of the system: Secret Service, macOS Keychain, Windows Credential Manager. Only with the feature
//! `keyring`; without it every request is answered with a sentence.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use secrecy::SecretString;

/// How long the keyring may take: a locked one asks its user, where there is somebody to ask.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the keyring is asked to do.
#[derive(Debug)]
enum Request {
    Get,
    #[cfg_attr(not(feature = "keyring"), expect(dead_code, reason = "nobody takes the key"))]
    Set(SecretString),
    Delete,
}

/// The key of an entry; None = there is no such entry.
///
/// # Errors
/// Why the keyring does not say, in words.
pub(crate) fn get(entry: &str) -> Result<Option<SecretString>, String> {
    ask(entry, Request::Get)
}

/// Puts a key there, in place of an older one.
///
/// # Errors
/// Why it is not there, in words.
pub(crate) fn set(entry: &str, key: SecretString) -> Result<(), String> {
    ask(entry, Request::Set(key)).map(|_| ())
}

/// Takes an entry away; false = there was none.
///
/// # Errors
/// Why it is still there, in words.
pub(crate) fn delete(entry: &str) -> Result<bool, String> {
    Ok(ask(entry, Request::Delete)?.is_some())
}

/// Whether there is a keyring at all.
///
/// # Errors
/// Why there is none, in words.
pub(crate) fn status() -> Result<(), String> {
    // A name that no profile has: an empty one cannot be written.
    ask("", Request::Get).map(|_| ())
}

/// Asks on a thread of its own: a keyring that waits for its user cannot be hurried.
fn ask(entry: &str, request: Request) -> Result<Option<SecretString>, String> {
    let (sender, answer) = mpsc::channel();
    let entry = entry.to_owned();
    let asked = thread::Builder::new().name("keyring".to_owned()).spawn(move || {
        // Nobody waits any more where the time was over.
        let _ = sender.send(system::answer(&entry, request));
    });
    asked.map_err(|error| format!("the keyring cannot be asked: {error}"))?;
    let slow = |_| format!("the keyring did not answer within {} s; is it locked?", PATIENCE.as_secs());
    answer.recv_timeout(PATIENCE).map_err(slow)?
}

#[cfg(feature = "keyring")]
mod system {
    use keyring::{Entry, Error};
    use secrecy::{ExposeSecret, SecretString};

    use super::Request;

    /// How this program's entries are called.
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
