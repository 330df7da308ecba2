//! Refusals of the backend as typed errors (docs/protocol/errors.md).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::envelope::{Envelope, text, texts};
use super::error_table::{classify, retry, who};
use super::{rate, retry_after};
use crate::domain::{Code, Diagnosis};

/// The table of errors that an answer belongs to (docs/protocol/errors.md, Surfaces).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Surface {
    /// Everything not named below.
    #[default]
    Main,
    /// `/sdk/agents*`.
    Agents,
    /// `/sdk/proxy` and approval results.
    Proxy,
    /// Approval status. The official SDK maps nothing here; the main table gives better advice.
    Approval,
}

/// An unsuccessful answer, as received.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// Its table of errors.
    pub surface: Surface,
    /// HTTP status, 300 or above.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
    /// Header `Retry-After`.
    pub retry_after: Option<&'a str>,
    /// Header `X-Request-ID`.
    pub request_id: Option<&'a str>,
    /// Header `Date`: the backend's clock.
    pub date: Option<&'a str>,
    /// Our clock.
    pub now: Timestamp,
}

/// Clock difference, in seconds, above which it explains a refused signature.
const SKEW: i64 = 60;

/// A refusal of the backend. Its texts are untrusted: show them through a [`Diagnosis`].
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{} ({status}){}", code.name(), message.as_deref().map(|message| format!(": {message}")).unwrap_or_default())]
pub struct AlterError {
    /// The classified code.
    pub code: Code,
    /// HTTP status.
    pub status: u16,
    /// The backend's own code, known or not.
    pub error: Option<Box<str>>,
    /// The backend's message for people.
    pub message: Option<Box<str>>,
    /// The next step suggested by the backend; read on 401 and on the agents surface.
    pub hint: Option<Box<str>>,
    /// How long to wait.
    pub retry_after: Option<Duration>,
    /// All fields of the error body, with the nested ones of denials merged in.
    pub details: Map<String, Value>,
    /// `X-Request-ID`, for Alter's support.
    pub request_id: Option<Box<str>>,
    /// Our clock minus the backend's, in seconds, if that explains the refusal.
    pub skew: Option<i64>,
}

/// What a key lacks (`insufficient_scope`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeDenial {
    /// Scopes the call needs.
    pub required: Vec<String>,
    /// Scopes the key has.
    pub granted: Vec<String>,
    /// Scopes it lacks.
    pub missing: Vec<String>,
    /// Any one of the required scopes is enough.
    pub required_any_of: bool,
    /// Version of the key's scopes.
    pub scope_version: Option<i64>,
    /// Version of the catalog.
    pub current_scope_version: Option<i64>,
    /// The versions differ: rotate the key.
    pub scope_version_mismatch: bool,
    /// Link to an explanation.
    pub documentation_url: Option<String>,
}

/// A grant that would have matched (`ambiguous_grant`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub grant_id: String,
    /// Its label.
    pub label: Option<String>,
    /// Its account.
    pub account_identifier: Option<String>,
    /// Its account's display name.
    pub account_display_name: Option<String>,
}

/// A stored credential to choose from (`credential_id_required`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialChoice {
    /// Its id.
    pub credential_id: String,
    /// Its label.
    pub label: String,
}

impl AlterError {
    /// Parses a refusal.
    pub fn read(refusal: &Refusal<'_>) -> Self {
        let envelope = Envelope::read(refusal.body);
        let status = refusal.status;
        let mut code = classify(refusal.surface, status, envelope.error(), envelope.is_json);
        let skew = refusal.date.and_then(|date| clock_skew(date, refusal.now));
        let skew = skew.filter(|skew| code == Code::NotAccepted && skew.abs() > SKEW);
        if skew.is_some() {
            code = Code::ClockSkew;
        }
        let owned = |text: Option<&str>| text.map(Box::from);
        // The backend's message about a blocked destination contains internal addresses; the SDK hides it too.
        let message = envelope.message().filter(|_| code != Code::BlockedDestination);
        let hinted = refusal.surface == Surface::Agents || status == 401 || is_about_agents(code);
        Self {
            code,
            status,
            error: owned(envelope.error()),
            message: owned(message),
            hint: owned(envelope.text("hint").filter(|hint| hinted && !hint.is_empty())),
            retry_after: wait(code, status, refusal, &envelope),
            request_id: owned(refusal.request_id),
            details: merged(code, envelope.details),
            skew,
        }
    }

    /// A string field of the details.
    pub fn text(&self, name: &str) -> Option<&str> {
        text(&self.details, name)
    }

    /// What the key lacks, for [`Code::InsufficientScope`].
    pub fn scope_denial(&self) -> Option<ScopeDenial> {
        let own = |name: &str| texts(&self.details, name).into_iter().map(str::to_owned).collect();
        let number = |name: &str| self.details.get(name).and_then(Value::as_i64);
        let is_true = |name: &str| self.details.get(name) == Some(&Value::Bool(true));
        (self.code == Code::InsufficientScope).then(|| ScopeDenial {
            required: own("required"),
            granted: own("granted"),
            missing: own("missing"),
            required_any_of: is_true("required_any_of"),
            scope_version: number("scope_version"),
            current_scope_version: number("current_scope_version"),
            scope_version_mismatch: is_true("scope_version_mismatch"),
            documentation_url: self.text("documentation_url").map(str::to_owned),
        })
    }

    /// The matching grants, for [`Code::AmbiguousGrant`]; the second value says whether there are more.
    pub fn candidates(&self) -> (Vec<Candidate>, bool) {
        let items = self.details.get("candidates").and_then(Value::as_array).into_iter().flatten();
        let candidates = items.filter_map(Value::as_object).filter_map(|item| {
            let own = |name: &str| text(item, name).map(str::to_owned);
            Some(Candidate {
                grant_id: own("grant_id")?,
                label: own("label"),
                account_identifier: own("account_identifier"),
                account_display_name: own("account_display_name"),
            })
        });
        (candidates.collect(), self.details.get("candidates_truncated") == Some(&Value::Bool(true)))
    }

    /// The credentials to choose from, for [`Code::CredentialIdRequired`].
    pub fn credentials(&self) -> Vec<CredentialChoice> {
        let nested = self.details.get("details").and_then(|details| details.get("credentials"));
        let items = nested.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
        items
            .filter_map(|item| {
                let own = |name: &str| text(item, name).map(str::to_owned);
                Some(CredentialChoice { credential_id: own("id")?, label: own("label")? })
            })
            .collect()
    }

    /// The error as a diagnosis.
    pub fn diagnose(&self) -> Diagnosis {
        let mut diagnosis = Diagnosis::new(self.code, who(self.code), retry(self.code, self.retry_after));
        if let Some(message) = &self.message {
            diagnosis = diagnosis.said(message);
        }
        diagnosis = diagnosis.fact("status", &self.status.to_string());
        // Show the backend's code only if it differs from ours.
        if let Some(error) = self.error.as_deref().filter(|error| *error != self.code.name()) {
            diagnosis = diagnosis.fact("alter code", error);
        }
        if let Some(hint) = &self.hint {
            diagnosis = diagnosis.fact("hint", hint);
        }
        if let Some(skew) = self.skew {
            let direction = if skew > 0 { "ahead of" } else { "behind" };
            let text = format!("this machine is {} s {direction} Alter", skew.abs());
            diagnosis = diagnosis.fact("clock", &text);
        }
        self.facts(diagnosis)
    }

    fn facts(&self, mut diagnosis: Diagnosis) -> Diagnosis {
        let list = |name: &str| texts(&self.details, name).join(", ");
        match self.code {
            Code::InsufficientScope => {
                if let Some(denial) = self.scope_denial() {
                    let (label, scopes) = if denial.required_any_of {
                        ("any one of", denial.required)
                    } else {
                        ("missing", denial.missing)
                    };
                    diagnosis = diagnosis.fact(label, &scopes.join(", "));
                    if denial.scope_version_mismatch {
                        diagnosis = diagnosis.fact("key", "made under older scopes; rotate it");
                    }
                }
            }
            Code::ScopeMismatch => diagnosis = diagnosis.fact("missing", &list("missing_scopes")),
            Code::AmbiguousGrant => {
                let (candidates, more) = self.candidates();
                for candidate in candidates {
                    let name = candidate.account_identifier.or(candidate.label).unwrap_or_default();
                    diagnosis = diagnosis.fact("candidate", &format!("{} {name}", candidate.grant_id));
                }
                if more {
                    diagnosis = diagnosis.fact("candidate", "…and more");
                }
            }
            Code::CredentialIdRequired => {
                for choice in self.credentials() {
                    diagnosis =
                        diagnosis.fact("credential", &format!("{} {}", choice.credential_id, choice.label));
                }
            }
            Code::ConnectConfig => {
                let reason = self.details.get("details").and_then(Value::as_object);
                if let Some(reason) = reason.and_then(|details| text(details, "reason")) {
                    diagnosis = diagnosis.fact("reason", reason);
                }
            }
            Code::Malformed => {
                for item in self.details.get("detail").and_then(Value::as_array).into_iter().flatten() {
                    diagnosis = diagnosis.fact("detail", &validation(item));
                }
            }
            _ => {}
        }
        for name in
            ["grant_id", "provider_id", "agent_id", "detail_reason", "timeout_reason", "scope", "label"]
        {
            if let Some(value) = self.text(name) {
                diagnosis = diagnosis.fact(name, value);
            }
        }
        if let Some(age) = self.details.get("max_session_age_seconds").and_then(Value::as_u64) {
            diagnosis = diagnosis.fact("sign-in at most", &format!("{age} s old"));
        }
        if let Some(request_id) = &self.request_id {
            diagnosis = diagnosis.fact("request", request_id);
        }
        diagnosis.facts.retain(|(_, value)| !value.as_str().is_empty());
        diagnosis
    }
}

/// An entry of a validation answer: `body.limit: must be at most 1000`.
fn validation(item: &Value) -> String {
    let part = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let place: Vec<String> =
        item.get("loc").and_then(Value::as_array).into_iter().flatten().map(part).collect();
    let message = item.get("msg").and_then(Value::as_str).unwrap_or_default();
    format!("{}: {message}", place.join("."))
}

/// Codes whose hint is kept whatever the status.
fn is_about_agents(code: Code) -> bool {
    matches!(
        code,
        Code::CallerAgentMismatch
            | Code::CallerAgentUnresolved
            | Code::CallerAgentResolutionError
            | Code::AppNotFoundForKey
            | Code::AgentNotFound
    )
}

/// How long the answer asks to wait (docs/protocol/transport.md section 7, Retry-After).
fn wait(code: Code, status: u16, refusal: &Refusal<'_>, envelope: &Envelope) -> Option<Duration> {
    let body = envelope.details.get("retry_after");
    match (code, status) {
        (Code::QuotaExceeded, _) => retry_after::read(refusal.retry_after, body, retry_after::QUOTA_CEILING),
        (Code::RateLimitExceeded, _) => {
            retry_after::read(refusal.retry_after, body, retry_after::RATE_LIMIT_CEILING)
        }
        // Other kinds of 429 may have the header too, though the SDK leaves it to its caller.
        (_, 429 | 500 | 503) => retry_after::read(refusal.retry_after, None, retry_after::RATE_LIMIT_CEILING),
        _ => None,
    }
}

/// Merges the nested `details` of denials; outer fields take precedence. A scope mismatch keeps only the nested ones.
fn merged(code: Code, mut details: Map<String, Value>) -> Map<String, Value> {
    let nested = match details.get("details") {
        Some(Value::Object(nested)) => nested.clone(),
        _ => Map::new(),
    };
    match code {
        Code::PolicyViolation | Code::StepUpRequired | Code::RedactDischargeFailed | Code::GrantExpired => {
            for (name, value) in nested {
                details.entry(name).or_insert(value);
            }
            details
        }
        Code::ScopeMismatch => nested,
        _ => details,
    }
}

/// Our clock minus that of an HTTP date, in seconds.
fn clock_skew(date: &str, now: Timestamp) -> Option<i64> {
    Some(now.as_second() - rate::clock(date)?.as_second())
}
