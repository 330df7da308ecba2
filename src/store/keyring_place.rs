//! Where in the keyring of the system the key of a profile is: bound to its backend and to its mark.

use super::Profile;

/// The backend of a profile that names none.
const UNNAMED: &str = "the default backend";

/// The entries of a profile.
///
/// A key is put there for one backend, so that no configuration sends it to another; and one that was put there for
/// production is not found without that mark, so that no other configuration takes the questions away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyringPlace {
    /// The profile's name.
    pub profile: String,
    /// Its backend, as the configuration writes it.
    pub backend: String,
    /// It is marked as production.
    pub production: bool,
}

impl KeyringPlace {
    /// That of a profile.
    pub fn of(name: &str, profile: &Profile) -> Self {
        let backend = profile.base_url.as_deref().unwrap_or(UNNAMED).trim_end_matches('/');
        Self {
            profile: name.to_owned(),
            backend: backend.to_ascii_lowercase(),
            production: profile.production,
        }
    }

    /// The entry without the mark.
    pub fn plain(&self) -> String {
        format!("{} at {}", self.profile, self.backend)
    }

    /// The entry with it.
    pub fn marked(&self) -> String {
        format!("{}, production", self.plain())
    }

    /// The entry that a new key goes to.
    pub fn own(&self) -> String {
        if self.production { self.marked() } else { self.plain() }
    }

    /// Those that its key may be read from, the first that there is. Who marks a profile as production later need not
    /// type its key again.
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
