//! How careful one has to be with a session.

use std::sync::Arc;

use super::draft::is_write;
use super::{Code, Diagnosis, Retry, Who};

/// What its profile says about a session. Without a profile everything may be done after a confirmation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Care {
    /// The profile's name; None = there is none.
    pub profile: Option<Arc<str>>,
    /// Its grants are in real use: what may change something is confirmed by the profile's name.
    pub production: bool,
    /// Nothing that may change something is sent.
    pub read_only: bool,
}

impl Care {
    /// What has to be typed before something may change; None = a yes is enough.
    pub fn word(&self) -> Option<&str> {
        self.profile.as_deref().filter(|_| self.production)
    }

    /// Refuses a call that may change something where nothing may (safety rule 4).
    ///
    /// # Errors
    /// The profile is read-only and the method is not one that only reads.
    pub fn allows(&self, method: &str) -> Result<(), Diagnosis> {
        if !self.read_only || !is_write(method) {
            return Ok(());
        }
        let refused = Diagnosis::new(Code::ReadOnlyProfile, Who::You, Retry::No);
        Err(refused.fact("profile", self.profile.as_deref().unwrap_or_default()).fact("method", method))
    }
}

/// A profile of the configuration, as a list to choose from shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileSummary {
    /// Its name, and what is allowed there.
    pub care: Care,
    /// Its backend; None = it has a mistake and cannot be used.
    pub backend: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_only_profile_sends_nothing_that_may_change_something() {
        let care = Care { profile: Some("acme".into()), read_only: true, production: false };
        for method in ["GET", "head", "Options"] {
            assert_eq!(care.allows(method), Ok(()), "{method}");
        }
        for method in ["POST", "delete", "PURGE", ""] {
            assert_eq!(care.allows(method).unwrap_err().code, Code::ReadOnlyProfile, "{method}");
            assert_eq!(Care { read_only: false, ..care.clone() }.allows(method), Ok(()), "{method}");
        }
        assert_eq!(care.word(), None);
        assert_eq!(Care { production: true, ..care }.word(), Some("acme"));
    }
}
