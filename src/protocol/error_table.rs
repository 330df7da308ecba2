//! The table of errors: maps status and code to [`Code`] (docs/protocol/errors.md).

use super::error::Surface;
use crate::domain::{Code, Retry, Who};

/// Statuses (empty = any), the backend's codes, and our code.
type Row = (&'static [u16], &'static [&'static str], Code);

/// The main surface, first match wins.
const MAIN: &[Row] = &[
    (&[400, 502], &["caller_agent_mismatch"], Code::CallerAgentMismatch),
    (&[400, 502, 403], &["grant_revoked"], Code::GrantRevoked),
    (&[400, 502, 403], &["credential_revoked"], Code::CredentialRevoked),
    (&[400, 403], &["restricted_grant_requires_proxy"], Code::RestrictedGrantRequiresProxy),
    (
        &[400],
        &["delegated_grant_requires_proxy", "hitl_grant_requires_proxy", "user_limits_require_proxy"],
        Code::RestrictedGrantRequiresProxy,
    ),
    (&[400], &["constraint_not_narrowing"], Code::ConstraintNotNarrowing),
    (&[401], &["jwt_validation_error"], Code::JwtValidationError),
    (&[401], &["invalid_key"], Code::InvalidKey),
    (&[401], &["key_revoked"], Code::KeyRevoked),
    (&[401], &["key_expired"], Code::KeyExpired),
    (&[401], &["key_rotated_grace_expired"], Code::KeyRotatedGraceExpired),
    (&[401], &["key_not_active"], Code::KeyNotActive),
    (&[401], &["agent_inactive"], Code::AgentInactive),
    (&[401], &["agent_revoked"], Code::AgentRevoked),
    (&[402], &["grant_limit_exceeded"], Code::GrantLimitExceeded),
    (&[403], &["insufficient_scope"], Code::InsufficientScope),
    (&[403], &["grant_expired"], Code::GrantExpired),
    (&[403], &["scope_mismatch"], Code::ScopeMismatch),
    (&[403], &["grant_not_delegable"], Code::GrantNotDelegable),
    (&[403], &["step_up_required"], Code::StepUpRequired),
    (&[403], &["redact_discharge_failed"], Code::RedactDischargeFailed),
    (&[403], &[], Code::PolicyViolation),
    (&[404, 409], &["no_delegated_grant"], Code::NoDelegatedGrant),
    (&[404], &["caller_agent_unresolved"], Code::CallerAgentUnresolved),
    (&[404], &["agent_not_found"], Code::AgentNotFound),
    (&[404], &["secret_not_found"], Code::ConnectConfig),
    (&[404], &["grant_not_found"], Code::GrantNotFound),
    (&[409], &["token_refresh_in_progress"], Code::TokenRefreshInProgress),
    (&[409], &["ambiguous_grant"], Code::AmbiguousGrant),
    (&[409], &["sibling_label_conflict"], Code::SiblingLabelConflict),
    (&[409], &["credential_id_required"], Code::CredentialIdRequired),
    (&[409], &["end_user_credential_not_assignable"], Code::EndUserCredentialNotAssignable),
    (
        &[409],
        &[
            "managed_oauth_scope_approval_required",
            "idp_signin_not_configured",
            "no_eligible_grants",
            "binding_hosts_required",
            "provider_contract_repair_required",
        ],
        Code::ConnectConfig,
    ),
    (&[410], &[], Code::GrantDeleted),
    (&[422], &["blocked_destination"], Code::BlockedDestination),
    (&[422], &["secret_template_mismatch"], Code::ConnectConfig),
    (&[429], &["rate_limit_exceeded"], Code::RateLimitExceeded),
    (&[429], &["quota_exceeded"], Code::QuotaExceeded),
    (&[500, 503], &["caller_agent_resolution_error"], Code::CallerAgentResolutionError),
    (&[500, 503], &["app_not_found_for_key"], Code::AppNotFoundForKey),
];

/// `/sdk/agents*`: codes count whatever the status, except where noted.
const AGENTS: &[Row] = &[
    (&[], &["agent_not_found"], Code::AgentNotFound),
    (&[], &["caller_agent_unresolved"], Code::CallerAgentUnresolved),
    (&[], &["agent_name_exists"], Code::AgentNameExists),
    (&[409], &["agent_concurrent_update"], Code::AgentConcurrentUpdate),
    (&[], &["me_requires_agent_key"], Code::MeRequiresAgentKey),
    (&[], &["agent_cannot_mint_subagents"], Code::AgentCannotMintSubagents),
    (&[], &["agent_inactive"], Code::AgentInactive),
    (&[], &["agent_revoked"], Code::AgentRevoked),
    (&[409], &["key_revoked"], Code::KeyAlreadyRevoked),
    (&[], &["key_revoked"], Code::KeyRevoked),
    (&[], &["key_expired"], Code::KeyExpired),
    (&[], &["key_rotated_grace_expired"], Code::KeyRotatedGraceExpired),
    (&[], &["key_not_active"], Code::KeyNotActive),
    (&[], &["invalid_key"], Code::InvalidKey),
    (&[], &["app_not_found_for_key"], Code::AppNotFoundForKey),
    (&[], &["key_not_found"], Code::KeyNotFound),
    (&[], &["last_active_key"], Code::LastActiveKey),
    (&[], &["agent_key_limit_reached"], Code::AgentKeyLimitReached),
    (
        &[],
        &["idempotency_key_body_mismatch", "idempotency_key_agent_revoked", "idempotency_key_agent_inactive"],
        Code::IdempotencyKeyRefused,
    ),
    (&[], &["caller_agent_mismatch"], Code::CallerAgentMismatch),
    (&[], &["caller_agent_resolution_error"], Code::CallerAgentResolutionError),
    (&[], &["insufficient_scope"], Code::InsufficientScope),
    (&[], &["rate_limit_exceeded"], Code::RateLimitExceeded),
];

/// `/sdk/proxy` and approval results, before the main surface.
const PROXY: &[Row] = &[
    (&[], &["approval_denied"], Code::ApprovalDenied),
    (&[], &["approval_expired"], Code::ApprovalExpired),
    (&[], &["approval_execution_failed"], Code::ApprovalExecutionFailed),
];

/// Classifies an answer with status 300 or above.
pub(crate) fn classify(surface: Surface, status: u16, error: Option<&str>, is_json: bool) -> Code {
    if status == 429 && !is_json {
        return Code::ThrottledOnTheWay;
    }
    let tables: &[&[Row]] = match surface {
        Surface::Main | Surface::Approval => &[MAIN],
        Surface::Agents => &[AGENTS],
        Surface::Proxy => &[PROXY, MAIN],
    };
    let hit = |(statuses, errors, _): &&Row| {
        (statuses.is_empty() || statuses.contains(&status))
            && (errors.is_empty() || error.is_some_and(|error| errors.contains(&error)))
    };
    match tables.iter().copied().flatten().find(hit) {
        Some((_, _, code)) => *code,
        None => by_status(status),
    }
}

fn by_status(status: u16) -> Code {
    match status {
        300..400 => Code::Redirected,
        400 => Code::BadRequest,
        401 => Code::NotAccepted,
        403 => Code::Forbidden,
        404 => Code::NotFound,
        409 => Code::Conflict,
        422 => Code::Malformed,
        429 => Code::TooManyRequests,
        500 | 503 => Code::ServiceUnavailable,
        502 => Code::BadGateway,
        504 => Code::GatewayTimeout,
        _ => Code::UnexpectedStatus,
    }
}

/// Who refused.
pub(crate) fn who(code: Code) -> Who {
    match code {
        // An intermediary answered in place of Alter.
        Code::ThrottledOnTheWay | Code::Redirected => Who::Network,
        Code::ClockSkew => Who::You,
        _ => Who::Alter,
    }
}

/// Whether the same request can succeed later (docs/protocol/errors.md, column Retry).
pub(crate) fn retry(code: Code, retry_after: Option<std::time::Duration>) -> Retry {
    match code {
        // An unknown throttle is only worth retrying if it says when it ends.
        Code::TooManyRequests if retry_after.is_some() => Retry::Later(retry_after),
        // A quota without an end is not worth retrying.
        Code::QuotaExceeded if retry_after.is_none() => Retry::AfterRemedy,
        Code::RateLimitExceeded
        | Code::QuotaExceeded
        | Code::ThrottledOnTheWay
        | Code::ServiceUnavailable
        | Code::CallerAgentResolutionError
        | Code::BadGateway
        | Code::GatewayTimeout
        | Code::AppNotFoundForKey => Retry::Later(retry_after),
        Code::TokenRefreshInProgress => {
            Retry::Later(Some(retry_after.unwrap_or(std::time::Duration::from_secs(1))))
        }
        // "maybe" in the table: a rule may allow it at another time or from elsewhere.
        Code::PolicyViolation
        | Code::GrantRevoked
        | Code::CredentialRevoked
        | Code::JwtValidationError
        | Code::AgentInactive
        | Code::GrantLimitExceeded
        | Code::InsufficientScope
        | Code::GrantExpired
        | Code::ScopeMismatch
        | Code::StepUpRequired
        | Code::NoDelegatedGrant
        | Code::AmbiguousGrant
        | Code::SiblingLabelConflict
        | Code::CredentialIdRequired
        | Code::ConnectConfig
        | Code::GrantDeleted
        | Code::AgentConcurrentUpdate
        | Code::AgentNameExists
        | Code::AgentKeyLimitReached
        | Code::LastActiveKey
        | Code::ClockSkew => Retry::AfterRemedy,
        _ => Retry::No,
    }
}
