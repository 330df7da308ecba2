//! Refusals: status and body to typed error.

use grantdeck::domain::{Code, Retry, Who};
use grantdeck::protocol::AlterError;
use grantdeck::protocol::error::{Refusal, Surface};
use jiff::Timestamp;
use pretty_assertions::assert_eq;
use serde_json::{Map, Value, json};

use crate::support::{id, rows, text};

/// A moment for tests that do not care.
pub(crate) fn some_day() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("an instant")
}

/// The body of a scripted answer, as bytes.
pub(crate) fn body_of(answer: &Value) -> Vec<u8> {
    match answer.get("body_json") {
        Some(json) => json.to_string().into_bytes(),
        None => text(answer, "body_text").unwrap_or_default().as_bytes().to_vec(),
    }
}

fn read(row: &Value, surface: Surface) -> AlterError {
    let header = |name: &str| {
        let headers = row["headers"].as_object().expect("headers");
        headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
    };
    AlterError::read(&Refusal {
        surface,
        status: u16::try_from(row["status"].as_u64().expect("status")).expect("a status"),
        body: &body_of(row),
        retry_after: header("retry-after"),
        request_id: header("x-request-id"),
        date: header("date"),
        now: some_day(),
    })
}

/// The SDK's class of an error (docs/protocol/errors.md).
pub(crate) fn class(error: &AlterError, surface: Surface) -> &'static str {
    match error.code {
        Code::CallerAgentMismatch => "CallerAgentMismatchError",
        Code::GrantRevoked => "GrantRevokedError",
        Code::CredentialRevoked => "CredentialRevokedError",
        Code::RestrictedGrantRequiresProxy => "RestrictedGrantRequiresProxyError",
        Code::JwtValidationError => "ReAuthRequiredError",
        Code::InvalidKey => "InvalidKeyError",
        Code::KeyRevoked => "KeyRevokedError",
        Code::KeyExpired => "KeyExpiredError",
        Code::KeyRotatedGraceExpired => "KeyRotationExpiredError",
        Code::KeyNotActive => "KeyInactiveError",
        Code::AgentInactive => "AgentInactiveError",
        Code::AgentRevoked => "AgentRevokedError",
        Code::InsufficientScope => "InsufficientScopeError",
        Code::GrantExpired => "GrantExpiredError",
        Code::ScopeMismatch => "ScopeReauthRequiredError",
        Code::GrantNotDelegable => "GrantNotDelegableError",
        Code::StepUpRequired => "StepUpRequiredError",
        Code::RedactDischargeFailed => "RedactDischargeFailedError",
        Code::PolicyViolation => "PolicyViolationError",
        Code::NoDelegatedGrant => "NoDelegatedGrantError",
        Code::CallerAgentUnresolved | Code::AgentNotFound => "AgentNotFoundError",
        Code::ConnectConfig => "ConnectConfigError",
        Code::GrantNotFound => "GrantNotFoundError",
        // The SDK calls everything that is not found a grant; here only a grant is called one.
        Code::NotFound if surface != Surface::Agents => "GrantNotFoundError",
        Code::TokenRefreshInProgress => "TokenRefreshInProgressError",
        Code::AmbiguousGrant => "AmbiguousGrantError",
        Code::SiblingLabelConflict => "SiblingLabelConflictError",
        Code::CredentialIdRequired => "CredentialIdRequiredError",
        Code::EndUserCredentialNotAssignable => "EndUserCredentialNotAssignableError",
        Code::GrantDeleted => "GrantDeletedError",
        Code::BlockedDestination => "BlockedDestinationError",
        Code::RateLimitExceeded | Code::ThrottledOnTheWay => "RateLimitError",
        Code::QuotaExceeded => "QuotaExceededError",
        Code::CallerAgentResolutionError => "CallerAgentResolutionError",
        Code::AppNotFoundForKey => "KeyAppNotFoundError",
        Code::AgentNameExists => "AgentNameExistsError",
        Code::AgentConcurrentUpdate => "AgentConcurrentUpdateError",
        Code::MeRequiresAgentKey => "MeRequiresAgentKeyError",
        Code::AgentCannotMintSubagents => "AgentCannotMintSubagentsError",
        Code::KeyAlreadyRevoked => "KeyAlreadyRevokedError",
        Code::KeyNotFound => "KeyNotFoundError",
        Code::LastActiveKey => "LastActiveKeyError",
        Code::AgentKeyLimitReached => "AgentKeyLimitError",
        Code::IdempotencyKeyRefused => match error.error.as_deref() {
            Some("idempotency_key_body_mismatch") => "IdempotencyKeyBodyMismatchError",
            Some("idempotency_key_agent_revoked") => "IdempotencyKeyAgentRevokedError",
            _ => "IdempotencyKeyAgentInactiveError",
        },
        Code::ApprovalDenied => "ApprovalDeniedError",
        Code::ApprovalExpired => "ApprovalExpiredError",
        Code::ApprovalExecutionFailed => "ApprovalExecutionFailedError",
        _ => "BackendError",
    }
}

/// What our error holds of a field that the SDK's exception has; None where it is kept in the details only.
fn field(error: &AlterError, name: &str) -> Option<Value> {
    let denial = error.scope_denial().unwrap_or_default();
    let list = |name: &str| {
        let items = error.details.get(name).and_then(Value::as_array).into_iter().flatten();
        json!(items.filter_map(Value::as_str).collect::<Vec<_>>())
    };
    Some(match name {
        "status_code" => json!(error.status),
        // The SDK files this one under another code; here the wire's stays.
        "code" if error.code == Code::CallerAgentUnresolved => json!("agent_not_found"),
        "code" | "policy_error" => json!(error.error),
        "hint" => json!(error.hint),
        "retry_after" => json!(error.retry_after.map(|wait| wait.as_secs())),
        "required" => json!(denial.required),
        "granted" => json!(denial.granted),
        "missing" => json!(denial.missing),
        "required_any_of" => json!(denial.required_any_of),
        "scope_version" => json!(denial.scope_version),
        "current_scope_version" => json!(denial.current_scope_version),
        "scope_version_mismatch" => json!(denial.scope_version_mismatch),
        "documentation_url" => json!(denial.documentation_url),
        "candidates_truncated" => json!(error.candidates().1),
        "candidates" => json!(
            error
                .candidates()
                .0
                .into_iter()
                .map(|candidate| json!({
                    "grant_id": candidate.grant_id,
                    "label": candidate.label,
                    "account_identifier": candidate.account_identifier,
                    "account_display_name": candidate.account_display_name,
                }))
                .collect::<Vec<_>>()
        ),
        "credentials" => json!(
            error
                .credentials()
                .into_iter()
                .map(|choice| json!({"credential_id": choice.credential_id, "label": choice.label}))
                .collect::<Vec<_>>()
        ),
        "account_identifiers" | "app_user_ids" | "grant_ids" => list(name),
        "account_was_provided" => json!(error.details.get(name) == Some(&json!(true))),
        // The SDK passes any type of `grant_id` through; only a text can name a grant.
        "grant_id" | "provider_id" | "agent_id" | "app_user_id" | "label" | "scope" => {
            json!(error.text(name))
        }
        "detail_reason" => json!(error.text(name).filter(|reason| !reason.is_empty())),
        "limit" | "window_seconds" | "max_session_age_seconds" => {
            json!(error.details.get(name).and_then(Value::as_u64))
        }
        _ => return None,
    })
}

/// The details without what the SDK puts in itself.
fn without_additions(details: &Value) -> Map<String, Value> {
    let mut details = details.as_object().expect("details").clone();
    for name in ["status_code", "request_id", "retry_after_seconds", "source"] {
        details.shift_remove(name);
    }
    if details.get("message") == Some(&json!("<client default>")) {
        details.shift_remove("message");
    }
    details
}

#[test]
fn every_answer_is_the_error_that_the_sdk_raises() {
    let mut fields = 0;
    for row in rows("errors") {
        let surface = match row["surface"].as_str().expect("surface") {
            "agents" => Surface::Agents,
            "proxy" => Surface::Proxy,
            _ => Surface::Main,
        };
        let (error, want) = (read(&row, surface), &row["error"]);
        assert_eq!(class(&error, surface), want["class"], "{}: {error:?}", id(&row));
        assert_eq!(error.message.as_deref(), want["message"].as_str(), "{}", id(&row));
        for (name, value) in want.as_object().expect("fields") {
            let Some(have) = field(&error, name) else { continue };
            // A grant is named by a text only, and an empty hint is none.
            let nothing = (name == "grant_id" && !value.is_string()) || (name == "hint" && value == "");
            let value = if nothing { &Value::Null } else { value };
            assert_eq!(&have, value, "{}: {name}", id(&row));
            fields += 1;
        }
        let details = &want["details"];
        // An approval error and an unexpected 2xx or 3xx hold nothing of the body in the SDK; here nothing is thrown away.
        if !want["class"].as_str().expect("class").starts_with("Approval") && error.status >= 400 {
            let mut have = error.details.clone();
            have.shift_remove("status_code");
            have.shift_remove("source");
            if details["message"] == "<client default>" {
                have.shift_remove("message");
            }
            assert_eq!(Value::Object(have), Value::Object(without_additions(details)), "{}", id(&row));
        }
        if let Some(seconds) = details["retry_after_seconds"].as_u64() {
            assert_eq!(error.retry_after.map(|wait| wait.as_secs()), Some(seconds), "{}", id(&row));
        }
        // The SDK tells it of a blocked destination only.
        if let Some(request) = details["request_id"].as_str() {
            assert_eq!(error.request_id.as_deref(), Some(request), "{}", id(&row));
        }
    }
    assert!(fields > 400, "{fields}");
}

#[test]
fn every_diagnosis_names_who_and_keeps_the_facts() {
    for row in rows("errors") {
        let surface = if row["surface"] == "agents" { Surface::Agents } else { Surface::Main };
        let error = read(&row, surface);
        let diagnosis = error.diagnose();
        assert!(matches!(diagnosis.who, Who::Alter | Who::Network), "{}", id(&row));
        assert_eq!(diagnosis.facts[0].0, "status");
        assert_eq!(diagnosis.facts[0].1.as_str(), row["status"].to_string());
        if let Some(wait) = error.retry_after {
            assert!(
                matches!(diagnosis.retry, Retry::Later(Some(reported)) if reported == wait)
                    || matches!(diagnosis.code, Code::TooManyRequests),
                "{}",
                id(&row)
            );
        }
        assert_eq!(diagnosis.said.is_some(), error.message.is_some(), "{}", id(&row));
    }
}

#[test]
fn a_wrong_clock_is_named_only_where_it_explains_the_refusal() {
    let refusal = |status, body: &'static str, date| {
        AlterError::read(&Refusal {
            surface: Surface::Main,
            status,
            body: body.as_bytes(),
            retry_after: None,
            request_id: None,
            date,
            now: some_day(),
        })
    };
    let signature = r#"{"detail":{"error":"invalid_signature","message":"no"}}"#;
    let five_minutes_on = Some("Thu, 01 Jan 2026 00:05:00 GMT");
    let cases = [
        (401, signature, five_minutes_on, Code::ClockSkew, Some(-300)),
        (401, signature, Some("Wed, 31 Dec 2025 23:58:59 GMT"), Code::ClockSkew, Some(61)),
        (401, signature, Some("Wed, 31 Dec 2025 23:59:00 GMT"), Code::NotAccepted, None),
        (401, signature, None, Code::NotAccepted, None),
        (401, signature, Some("yesterday"), Code::NotAccepted, None),
        (401, r#"{"error":"key_revoked"}"#, five_minutes_on, Code::KeyRevoked, None),
        (403, signature, five_minutes_on, Code::PolicyViolation, None),
    ];
    for (status, body, date, code, skew) in cases {
        let error = refusal(status, body, date);
        assert_eq!((error.code, error.skew), (code, skew), "{status} {date:?}");
    }
    let diagnosis = refusal(401, signature, five_minutes_on).diagnose();
    assert_eq!((diagnosis.who, diagnosis.retry), (Who::You, Retry::AfterRemedy));
    let clock = diagnosis.facts.iter().find(|(label, _)| *label == "clock").expect("a fact");
    assert_eq!(clock.1.as_str(), "this machine is 300 s behind Alter");
}

#[test]
fn a_validation_answer_names_the_field() {
    let error = AlterError::read(&Refusal {
        surface: Surface::Main,
        status: 422,
        body: br#"{"detail":[{"type":"x","loc":["body","limit"],"msg":"must be at most 1000"}]}"#,
        retry_after: None,
        request_id: None,
        date: None,
        now: some_day(),
    });
    let facts = error.diagnose().facts;
    assert!(facts.iter().any(|(_, value)| value.as_str() == "body.limit: must be at most 1000"), "{facts:?}");
}
