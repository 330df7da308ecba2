//! What comes of a session (docs/protocol/connect.md section 2). Texts are the backend's, untrusted.

use std::time::Duration;

use crate::{Code, Diagnosis, GrantId, Origin, Retry, Who};

/// How a Connect session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectState {
    /// Nobody has finished it.
    Pending {
        /// Providers that its user declined so far.
        declined: Vec<DeclinedProvider>,
    },
    /// It is done.
    Completed {
        /// What it made or renewed.
        grants: Vec<ConnectedGrant>,
        /// What it did not.
        failed: Vec<FailedGrant>,
    },
    /// It ended without a grant.
    Failed(SessionFailure),
    /// Its time is over.
    Expired,
    /// A state that this version does not know.
    Other(String),
}

/// A provider that the user declined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclinedProvider {
    /// The provider.
    pub provider: String,
    /// The backend's code for it.
    pub error_code: String,
}

/// Whether a session made a grant or renewed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A new grant, with a new id.
    Creation,
    /// An existing grant: its id is kept.
    Reauth,
}

impl Operation {
    /// The wire's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Creation => "creation",
            Self::Reauth => "reauth",
        }
    }
}

/// A grant that a session made or renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectedGrant {
    /// Its id.
    pub id: GrantId,
    /// Its provider.
    pub provider: String,
    /// The account.
    pub account: Option<String>,
    /// Scopes that it holds.
    pub scopes: Vec<String>,
    /// Where to call, for providers whose host depends on the account.
    pub api_base_url: Option<Origin>,
    /// New or renewed.
    pub operation: Operation,
    /// The agent that may use it, where one was named.
    pub delegation: Option<GrantedDelegation>,
}

/// What an agent was given with a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedDelegation {
    /// The agent's id.
    pub agent: GrantId,
    /// It may pass the grant on.
    pub delegable: bool,
    /// The limits that were asked for were refused.
    pub policy_refused: bool,
}

/// A provider of which no grant came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedGrant {
    /// The provider.
    pub provider: String,
    /// `not_selected`, `activation_failed`, or another word.
    pub reason: String,
    /// The backend's sentence.
    pub message: String,
}

impl FailedGrant {
    /// Whether the connection itself was not made; else the limits that the user chose could not be kept.
    fn is_about_the_connection(&self) -> bool {
        matches!(self.reason.as_str(), "not_selected" | "activation_failed")
    }
}

/// What the user of a managed secret's session has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretPath {
    /// Enter a key.
    KeyEntry,
    /// Approve the grant that they hold.
    FastPath,
    /// Replace the key of a grant.
    Repair,
}

/// Why a session ended without what it was for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFailure {
    /// What sort of failure.
    pub kind: SessionFailureKind,
    /// The backend's code, where it sent one.
    pub error_code: String,
    /// The backend's sentence; may be empty.
    pub message: String,
    /// How long to wait.
    pub retry_after: Option<Duration>,
}

/// What sort of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionFailureKind {
    /// The user said no.
    Denied,
    /// The application is not set up for it.
    Config,
    /// Alter is not able to for a moment.
    Unavailable,
    /// An operator has to fix the identity provider.
    Operator,
    /// Anything else.
    Other,
}

impl SessionFailureKind {
    /// The kind of an `error_code` of a poll.
    pub fn of(error_code: &str) -> Self {
        match error_code {
            "connect_denied" => Self::Denied,
            "connect_config_error"
            | "invalid_redirect_uri"
            | "invalid_client"
            | "unauthorized_client"
            | "provider_configuration_unavailable"
            | "shared_dev_credential_unavailable"
            | "managed_oauth_scope_approval_required" => Self::Config,
            "service_unavailable" => Self::Unavailable,
            "identity_provider_inactive" | "identity_group_name_ambiguous" => Self::Operator,
            _ => Self::Other,
        }
    }
}

impl SessionFailure {
    /// A failure of a Connect session.
    pub fn new(error_code: &str, message: &str, retry_after: Option<Duration>) -> Self {
        let kind = SessionFailureKind::of(error_code);
        Self { kind, error_code: error_code.to_owned(), message: message.to_owned(), retry_after }
    }

    /// A session that was finished without any grant; None where it simply was for nothing.
    pub fn nothing_kept(failed: &[FailedGrant]) -> Option<Self> {
        let first = failed.first()?;
        let code = if failed.iter().all(FailedGrant::is_about_the_connection) {
            "grant_activation_failed"
        } else {
            "grant_policy_application_failed"
        };
        Some(Self::new(code, &first.message, None))
    }

    /// What went wrong, in the shape that all faces share.
    pub fn diagnose(&self) -> Diagnosis {
        let (code, retry) = match self.kind {
            SessionFailureKind::Denied => (Code::ConnectDenied, Retry::AfterRemedy),
            SessionFailureKind::Config => (Code::ConnectConfig, Retry::AfterRemedy),
            SessionFailureKind::Unavailable => (Code::ServiceUnavailable, Retry::Later(self.retry_after)),
            SessionFailureKind::Operator => (Code::Conflict, Retry::AfterRemedy),
            SessionFailureKind::Other => (Code::SessionFailed, Retry::AfterRemedy),
        };
        let diagnosis = Diagnosis::new(code, Who::Alter, retry).said(&self.message);
        if self.error_code.is_empty() { diagnosis } else { diagnosis.fact("alter code", &self.error_code) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_without_any_grant_says_whether_it_was_the_connection_or_the_limits() {
        let failed = |reason: &str| FailedGrant {
            provider: "google".to_owned(),
            reason: reason.to_owned(),
            message: "said".to_owned(),
        };
        let code = |failed: &[FailedGrant]| SessionFailure::nothing_kept(failed).map(|why| why.error_code);
        assert_eq!(code(&[]), None);
        assert_eq!(code(&[failed("not_selected")]).as_deref(), Some("grant_activation_failed"));
        let mixed = [failed("not_selected"), failed("policy_failed")];
        assert_eq!(code(&mixed).as_deref(), Some("grant_policy_application_failed"));
    }
}
