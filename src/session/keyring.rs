//! The keys of profiles in the keyring of the system.

use secrecy::SecretString;

use crate::platform::keyring;
use crate::store::KeyringPlace;

/// The key of a profile.
///
/// # Errors
/// Why there is none, in words.
pub(crate) fn get(place: &KeyringPlace) -> Result<SecretString, String> {
    for entry in place.readable() {
        if let Some(key) = keyring::get(&entry)? {
            return Ok(key);
        }
    }
    let KeyringPlace { profile, backend, production } = place;
    let guarded = !production && keyring::get(&place.marked())?.is_some();
    let why = if guarded { " (only one stored for production)" } else { "" };
    Err(format!(
        "the keyring has no key for this profile at {backend}{why}; store one with `grantdeck profiles login {profile}`"
    ))
}

/// Puts the key of a profile there, in place of an older one.
///
/// # Errors
/// Why it is not there, in words.
pub(crate) fn set(place: &KeyringPlace, key: SecretString) -> Result<(), String> {
    keyring::set(&place.own(), key)?;
    if place.production {
        // Of a profile that is marked now no key is left that works without the mark.
        keyring::delete(&place.plain())?;
    }
    Ok(())
}

/// Takes the key of a profile away; false = there was none.
///
/// # Errors
/// Why it is still there, in words.
pub(crate) fn delete(place: &KeyringPlace) -> Result<bool, String> {
    let marked = keyring::delete(&place.marked())?;
    let plain = keyring::delete(&place.plain())?;
    Ok(marked || plain)
}
