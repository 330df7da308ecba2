//! What a session may change, and what has to be confirmed.

use std::sync::Arc;

#[cfg(doc)]
use super::RequestDraft;
use super::{Code, Diagnosis, Retry, Who};

/// What its profile says about a session. Without a profile everything may be done after a confirmation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WritePolicy {
    /// The profile's name; None = there is none.
    pub profile: Option<Arc<str>>,
    /// Its grants are in real use: what may change something is confirmed by the profile's name.
    pub production: bool,
    /// Nothing that may change something is sent.
    pub read_only: bool,
}

impl WritePolicy {
    /// What has to be typed before something may change; None = a yes is enough.
    pub fn word(&self) -> Option<&str> {
        self.profile.as_deref().filter(|_| self.production)
    }

    /// Refuses a call that may change something where nothing may (safety rule 4).
    ///
    /// # Errors
    /// The profile is read-only, and `write` says [what may change something](RequestDraft::write).
    pub fn allows(&self, write: Option<&str>) -> Result<(), Diagnosis> {
        let Some(write) = write.filter(|_| self.read_only) else { return Ok(()) };
        let refused = Diagnosis::new(Code::ReadOnlyProfile, Who::You, Retry::No);
        Err(refused.fact("profile", self.profile.as_deref().unwrap_or_default()).fact("method", write))
    }
}

/// A profile of the configuration, as a list to choose from shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileSummary {
    /// Its name, and what is allowed there.
    pub write_policy: WritePolicy,
    /// Its backend; None = it has a mistake and cannot be used.
    pub backend: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_only_profile_sends_nothing_that_may_change_something() {
        let write_policy = WritePolicy { profile: Some("acme".into()), read_only: true, production: false };
        assert_eq!(write_policy.allows(None), Ok(()));
        assert_eq!(write_policy.allows(Some("POST")).unwrap_err().code, Code::ReadOnlyProfile);
        assert_eq!(WritePolicy { read_only: false, ..write_policy.clone() }.allows(Some("POST")), Ok(()));
        assert_eq!(write_policy.word(), None);
        assert_eq!(WritePolicy { production: true, ..write_policy }.word(), Some("acme"));
    }
}
