//! What a session may change, and what has to be confirmed.

use std::sync::Arc;

#[cfg(doc)]
use super::RequestDraft;
use super::{Code, Diagnosis, Retry, Who};

/// What the profile allows. Without a profile everything is allowed after a confirmation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WritePolicy {
    /// The profile's name, if there is one.
    pub profile: Option<Arc<str>>,
    /// Its grants are in production use: calls that may change data are confirmed by typing the profile's
    /// name.
    pub production: bool,
    /// Calls that may change data are not sent.
    pub read_only: bool,
}

impl WritePolicy {
    /// The word to type before data may be changed; `None` = a plain confirmation.
    pub fn word(&self) -> Option<&str> {
        self.profile.as_deref().filter(|_| self.production)
    }

    /// Rejects a call that may change data if the profile is read-only (safety rule 4).
    ///
    /// # Errors
    /// The profile is read-only, and `write` says [what may change data](RequestDraft::write).
    pub fn allows(&self, write: Option<&str>) -> Result<(), Diagnosis> {
        let Some(write) = write.filter(|_| self.read_only) else { return Ok(()) };
        let refused = Diagnosis::new(Code::ReadOnlyProfile, Who::You, Retry::No);
        Err(refused.fact("profile", self.profile.as_deref().unwrap_or_default()).fact("method", write))
    }
}

/// A profile of the configuration, as shown in the profile picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileSummary {
    /// Its name, and what it allows.
    pub write_policy: WritePolicy,
    /// Its backend; `None` = it is invalid and cannot be used.
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
