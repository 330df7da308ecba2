//! Every error that a call can be refused with, so that each can be met on purpose.
//!
//! Codes, statuses and fields: docs/protocol/errors.md, main surface; docs/protocol/calls.md B7. Where it names no
//! status, the one here is a choice, and marked.

use serde_json::{Value, json};

use super::state::About;
use crate::message::Reply;

/// An error code of `/sdk/token` and `/sdk/proxy`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::EnumIter,
    strum::Display,
)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each is the code of that name in errors.md")]
pub enum CallError {
    CallerAgentMismatch,
    GrantRevoked,
    CredentialRevoked,
    RestrictedGrantRequiresProxy,
    DelegatedGrantRequiresProxy,
    HitlGrantRequiresProxy,
    UserLimitsRequireProxy,
    ConstraintNotNarrowing,
    JwtValidationError,
    InsufficientScope,
    GrantExpired,
    ScopeMismatch,
    StepUpRequired,
    RedactDischargeFailed,
    IpNotAllowed,
    OutsideAllowedHours,
    GrantNotFound,
    NoDelegatedGrant,
    CallerAgentUnresolved,
    TokenRefreshInProgress,
    AmbiguousGrant,
    BindingHostsRequired,
    GrantDeleted,
    BlockedDestination,
    QueryTooLong,
    QuotaExceeded,
    BillingQuotaExceeded,
    TooManyPendingApprovals,
    InternalError,
    BadGateway,
    ServiceUnavailable,
    CallerAgentResolutionError,
    AppNotFoundForKey,
    UpstreamTimeout,
    GatewayTimeout,
    ApprovalDenied,
    ApprovalExpired,
    ApprovalExecutionFailed,
}

impl CallError {
    /// The machine code.
    pub fn code(self) -> &'static str {
        match self {
            // Timeouts carry no code but a reason (docs/protocol/calls.md B7).
            Self::UpstreamTimeout | Self::GatewayTimeout => "timeout",
            other => other.into(),
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::CallerAgentMismatch
            | Self::GrantRevoked
            | Self::CredentialRevoked
            | Self::RestrictedGrantRequiresProxy
            | Self::DelegatedGrantRequiresProxy
            | Self::HitlGrantRequiresProxy
            | Self::UserLimitsRequireProxy
            | Self::ConstraintNotNarrowing => 400,
            Self::JwtValidationError => 401,
            Self::InsufficientScope
            | Self::GrantExpired
            | Self::ScopeMismatch
            | Self::StepUpRequired
            | Self::RedactDischargeFailed
            | Self::IpNotAllowed
            // A name of our own: docs/protocol/errors.md says only that a rule about hours is a 403 with its code.
            | Self::OutsideAllowedHours
            // "Any status" says the protocol of the three approval errors; these are choices.
            | Self::ApprovalDenied => 403,
            Self::GrantNotFound | Self::NoDelegatedGrant | Self::CallerAgentUnresolved => 404,
            Self::TokenRefreshInProgress | Self::AmbiguousGrant | Self::BindingHostsRequired => 409,
            Self::GrantDeleted | Self::ApprovalExpired => 410,
            Self::BlockedDestination | Self::QueryTooLong => 422,
            Self::QuotaExceeded | Self::BillingQuotaExceeded | Self::TooManyPendingApprovals => 429,
            Self::InternalError => 500,
            Self::BadGateway | Self::ApprovalExecutionFailed => 502,
            Self::ServiceUnavailable | Self::CallerAgentResolutionError | Self::AppNotFoundForKey => 503,
            Self::UpstreamTimeout | Self::GatewayTimeout => 504,
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::CallerAgentMismatch => "The caller is not the agent that this key belongs to.",
            Self::GrantRevoked => "This grant has been revoked.",
            Self::CredentialRevoked => "The provider no longer accepts the stored credential.",
            Self::RestrictedGrantRequiresProxy => {
                "This grant is restricted to certain requests, which only the proxy can check."
            }
            Self::DelegatedGrantRequiresProxy => "A delegated grant can be used through the proxy only.",
            Self::HitlGrantRequiresProxy => "Calls with this grant need a person's approval: use the proxy.",
            Self::UserLimitsRequireProxy => "Its user has set limits for this grant: use the proxy.",
            Self::ConstraintNotNarrowing => "The restriction asks for more than the key has.",
            Self::JwtValidationError => "The user token is not valid.",
            Self::InsufficientScope => "This API key lacks a scope that the call needs.",
            Self::GrantExpired => "This grant's time is over.",
            Self::ScopeMismatch => "The connection lacks scopes that the app needs.",
            Self::StepUpRequired => "This call needs a fresher sign-in.",
            Self::RedactDischargeFailed => "A rule must remove fields from the body and could not.",
            Self::IpNotAllowed => "Calls are not allowed from this address.",
            Self::OutsideAllowedHours => "Calls are not allowed at this hour.",
            Self::GrantNotFound => "There is no such grant.",
            Self::NoDelegatedGrant => "This agent has no grant for that provider.",
            Self::CallerAgentUnresolved => "No active agent of this app has the caller's id.",
            Self::TokenRefreshInProgress => "The credential is being refreshed; try again in a moment.",
            Self::AmbiguousGrant => "Several grants match; say which one.",
            Self::BindingHostsRequired => "The managed secret names no host that it may be sent to.",
            Self::GrantDeleted => "This grant is gone.",
            Self::BlockedDestination => "Calls to this destination are not allowed.",
            Self::QueryTooLong => "The URL has more than 65536 characters.",
            Self::QuotaExceeded => "The quota of this window is used up.",
            Self::BillingQuotaExceeded => "The plan's calls of this month are used up.",
            Self::TooManyPendingApprovals => "Too many calls wait for approval.",
            Self::InternalError => "Something went wrong.",
            Self::BadGateway => "The provider could not be reached.",
            Self::ServiceUnavailable => "The service is not available.",
            Self::CallerAgentResolutionError => "The caller's agent could not be looked up.",
            Self::AppNotFoundForKey => "The key's application could not be loaded.",
            Self::UpstreamTimeout => "The provider did not answer in time.",
            Self::GatewayTimeout => "The service did not answer in time.",
            Self::ApprovalDenied => "The call was denied.",
            Self::ApprovalExpired => "Nobody decided about the call in time.",
            Self::ApprovalExecutionFailed => "The approved call could not be executed.",
        }
    }

    /// The refusal, with what is known of the grant.
    pub(crate) fn reply(self, about: &About) -> Reply {
        self.with(about, &json!({}))
    }

    /// The refusal, with further fields.
    pub(super) fn with(self, about: &About, extra: &Value) -> Reply {
        let mut detail = json!({ "error": self.code(), "message": self.message() });
        let mut add = |more: &Value| {
            if let (Some(detail), Some(more)) = (detail.as_object_mut(), more.as_object()) {
                detail.extend(more.clone());
            }
        };
        let About { grant, provider, user, agent } = about;
        add(&match self {
            Self::GrantRevoked => json!({ "grant_id": grant }),
            Self::TokenRefreshInProgress => json!({ "grant_id": grant, "retryable": true }),
            Self::CredentialRevoked => {
                json!({ "grant_id": grant, "provider_id": provider, "app_user_id": user })
            }
            Self::GrantExpired | Self::NoDelegatedGrant => {
                json!({ "provider_id": provider, "agent_id": agent, "app_user_id": user })
            }
            Self::ScopeMismatch => {
                json!({ "details": { "grant_id": grant, "provider_id": provider, "missing_scopes": [] } })
            }
            Self::StepUpRequired => json!({ "max_session_age_seconds": 900 }),
            Self::AmbiguousGrant => json!({
                "provider_id": provider, "candidates": [], "candidates_truncated": false,
                "account_identifiers": [], "app_user_ids": [], "grant_ids": [], "account_was_provided": false,
            }),
            Self::BindingHostsRequired => json!({ "details": { "reason": "no_binding_hosts" } }),
            Self::QuotaExceeded => json!({ "retry_after": 3600 }),
            Self::UpstreamTimeout => json!({ "timeout_reason": "upstream_timeout" }),
            Self::GatewayTimeout => json!({ "timeout_reason": "gateway_timeout" }),
            _ => json!({}),
        });
        add(extra);
        if self == Self::InsufficientScope {
            return crate::scopes::denial(&["proxy:execute"], false, &[]);
        }
        let reply = Reply::json(self.status(), &json!({ "detail": detail }));
        match self {
            Self::QuotaExceeded => reply.with_header("Retry-After", "3600"),
            Self::ServiceUnavailable => reply.with_header("Retry-After", "5"),
            _ => reply,
        }
    }
}
