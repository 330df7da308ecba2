//! The keys of profiles in the system's keyring.

use secrecy::SecretString;

use crate::platform::keyring;
use crate::store::KeyringPlace;

/// The key of a profile.
///
/// # Errors
/// Why there is none, for people.
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

/// Stores the key of a profile, replacing an older one.
///
/// # Errors
/// Why it was not stored, for people.
pub fn set(place: &KeyringPlace, key: SecretString) -> Result<(), String> {
    keyring::set(&place.own(), key)?;
    if place.production {
        // Once a profile is marked as production, no key that works without the mark may remain.
        keyring::delete(&place.plain())?;
    }
    Ok(())
}

/// Deletes the key of a profile; returns whether there was one.
///
/// # Errors
/// Why it was not deleted, for people.
pub fn delete(place: &KeyringPlace) -> Result<bool, String> {
    let marked = keyring::delete(&place.marked())?;
    let plain = keyring::delete(&place.plain())?;
    Ok(marked || plain)
}
