//! The result of a session (docs/protocol/connect.md section 2). Texts come from the backend and are
//! untrusted.

use std::time::Duration;

use crate::{Code, Diagnosis, GrantId, Origin, Retry, Who};

/// The state of a Connect session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectState {
    /// Not finished yet.
    Pending {
        /// Providers that the user has declined so far.
        declined: Vec<DeclinedProvider>,
    },
    /// Finished.
    Completed {
        /// The grants that were created or renewed.
        grants: Vec<ConnectedGrant>,
        /// The grants that were not.
        failed: Vec<FailedGrant>,
    },
    /// Ended without a grant.
    Failed(SessionFailure),
    /// Timed out.
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

/// Whether a session created or renewed a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A new grant, with a new id.
    Creation,
    /// An existing grant, which keeps its id.
    Reauth,
}

impl Operation {
    /// The value on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Creation => "creation",
            Self::Reauth => "reauth",
        }
    }
}

/// A grant that a session created or renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectedGrant {
    /// Its id.
    pub id: GrantId,
    /// Its provider.
    pub provider: String,
    /// The account.
    pub account: Option<String>,
    /// The scopes it holds.
    pub scopes: Vec<String>,
    /// The API's origin, for providers whose host depends on the account.
    pub api_base_url: Option<Origin>,
    /// Whether it is new or renewed.
    pub operation: Operation,
    /// The agent that it was delegated to, if one was named.
    pub delegation: Option<GrantedDelegation>,
}

/// A delegation of the new grant to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedDelegation {
    /// The agent's id.
    pub agent: GrantId,
    /// Whether the agent may delegate it onward.
    pub delegable: bool,
    /// The requested limits were refused.
    pub policy_refused: bool,
}

/// A provider for which no grant was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedGrant {
    /// The provider.
    pub provider: String,
    /// `not_selected`, `activation_failed`, or another value.
    pub reason: String,
    /// The backend's message.
    pub message: String,
}

impl FailedGrant {
    /// Whether the connection itself failed; otherwise the limits that the user chose could not be applied.
    fn is_about_the_connection(&self) -> bool {
        matches!(self.reason.as_str(), "not_selected" | "activation_failed")
    }
}

/// A finished session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// The grants that it made or renewed.
    pub grants: Vec<ConnectedGrant>,
    /// The ones that it could not make.
    pub failed: Vec<FailedGrant>,
    /// The providers that the user declined.
    pub declined: Vec<DeclinedProvider>,
}

/// What the user of a managed secret's session has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretPath {
    /// Enter a key.
    KeyEntry,
    /// Approve the grant that they have.
    FastPath,
    /// Replace the key of a grant.
    Repair,
}

/// Why a session failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFailure {
    /// The kind of failure.
    pub kind: SessionFailureKind,
    /// The backend's code, if it sent one.
    pub error_code: String,
    /// The backend's message; may be empty.
    pub message: String,
    /// How long to wait before a retry.
    pub retry_after: Option<Duration>,
}

/// The kind of a session's failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionFailureKind {
    /// The user declined.
    Denied,
    /// The application is not configured for it.
    Config,
    /// Alter is temporarily unable to do it.
    Unavailable,
    /// An operator has to fix the identity provider.
    Operator,
    /// Anything else.
    Other,
}

impl SessionFailureKind {
    /// The kind of an `error_code` in a poll's answer.
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
    /// Creates a failure of a Connect session.
    pub fn new(error_code: &str, message: &str, retry_after: Option<Duration>) -> Self {
        let kind = SessionFailureKind::of(error_code);
        Self { kind, error_code: error_code.to_owned(), message: message.to_owned(), retry_after }
    }

    /// The failure of a session that finished without any grant; `None` if it was not meant to create one.
    pub fn nothing_kept(failed: &[FailedGrant]) -> Option<Self> {
        let first = failed.first()?;
        let code = if failed.iter().all(FailedGrant::is_about_the_connection) {
            "grant_activation_failed"
        } else {
            "grant_policy_application_failed"
        };
        Some(Self::new(code, &first.message, None))
    }

    /// The failure as a diagnosis.
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
