//! Keyring entries of a profile's key: bound to its backend and its production mark.

use super::Profile;

/// Stands for the backend of a profile that names none.
const UNNAMED: &str = "the default backend";

/// The keyring entries of a profile.
///
/// A key is stored for one backend, so that a changed configuration cannot send it to another. A key stored for
/// production is not found without the production mark, so that removing the mark does not remove the confirmations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyringPlace {
    /// The profile's name.
    pub profile: String,
    /// Its backend, as written in the configuration.
    pub backend: String,
    /// Whether it is marked as production.
    pub production: bool,
}

impl KeyringPlace {
    /// The entries of a profile.
    pub fn of(name: &str, profile: &Profile) -> Self {
        let backend = profile.base_url.as_deref().unwrap_or(UNNAMED).trim_end_matches('/');
        Self {
            profile: name.to_owned(),
            backend: backend.to_ascii_lowercase(),
            production: profile.production,
        }
    }

    /// The entry without the production mark.
    pub fn plain(&self) -> String {
        format!("{} at {}", self.profile, self.backend)
    }

    /// The entry with the production mark.
    pub fn marked(&self) -> String {
        format!("{}, production", self.plain())
    }

    /// The entry for storing a key.
    pub fn own(&self) -> String {
        if self.production { self.marked() } else { self.plain() }
    }

    /// The entries to read a key from, in order. Marking a profile as production later does not require storing its key
    /// again.
    pub fn readable(&self) -> Vec<String> {
        if self.production { vec![self.marked(), self.plain()] } else { vec![self.plain()] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(backend: Option<&str>, production: bool) -> KeyringPlace {
        let profile = Profile { base_url: backend.map(str::to_owned), production, ..Profile::default() };
        KeyringPlace::of("live", &profile)
    }

    #[test]
    fn a_key_is_found_neither_for_another_backend_nor_without_its_mark() {
        let live = place(Some("https://Live.test/"), true);
        assert_eq!(live.readable(), ["live at https://live.test, production", "live at https://live.test"]);
        for other in [
            place(Some("https://live.test"), false),
            place(Some("https://evil.test"), true),
            place(None, true),
        ] {
            assert!(!other.readable().contains(&live.own()), "{other:?}");
        }
    }
}
