//! Connect sessions (docs/protocol/connect.md sections 1 and 3): request bodies and responses.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::lenient;
use super::malformed::{self, Malformed};
use super::user_token::UserToken;
use crate::domain::connect::{
    ConnectMetadata, ConnectRequest, GrantPolicy, RequestedGrant, SecretPath, SecretRequest, SessionLink,
    SessionToken,
};

/// Method and path of an OAuth session.
pub const ENDPOINT: &str = "POST /sdk/oauth/connect/session";
/// Path of [`ENDPOINT`].
pub const TARGET: &str = "/sdk/oauth/connect/session";
/// Method and path of a managed secret's session.
pub const SECRET_ENDPOINT: &str = "POST /sdk/managed-secrets/connect/session";
/// Path of [`SECRET_ENDPOINT`].
pub const SECRET_TARGET: &str = "/sdk/managed-secrets/connect/session";

/// Feature that an older backend lacks: a managed-secret session that names the provider.
const BY_PROVIDER: &str = "managed_secret_connect_provider";
/// Feature: a managed-secret session for an agent that may delegate the grant further.
const DELEGABLE: &str = "managed_secret_connect_delegable";
/// Feature: a managed-secret session opened with an agent's own key.
const BY_AGENT: &str = "agent_managed_secret_connect_session";

#[derive(Serialize)]
struct Body<'a> {
    allowed_providers: Option<&'a [Arc<str>]>,
    return_url: Option<&'a str>,
    allowed_origin: Option<&'a str>,
    metadata: Option<&'a ConnectMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    direct: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    switch_account: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_user_policy_rules: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_policy: Option<&'a GrantPolicy>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    required_scopes: &'a BTreeMap<Arc<str>, Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_grant: Option<&'a RequestedGrant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repair_grant_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope_constraint: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_token: Option<&'a str>,
}

#[derive(Serialize)]
struct SecretBody<'a> {
    provider: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a str>,
    user_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_ttl_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_origin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_user_policy_rules: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_grant: Option<Label<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_policy: Option<&'a GrantPolicy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    direct: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repair_grant_id: Option<String>,
}

#[derive(Serialize)]
struct Label<'a> {
    label: &'a str,
}

/// Returns `value` if `requested`, so that only the non-default value is sent.
fn send_if(value: bool, requested: bool) -> Option<bool> {
    requested.then_some(value)
}

/// Builds the request body of an OAuth session.
pub fn body(request: &ConnectRequest, user_token: Option<&UserToken>) -> Zeroizing<Vec<u8>> {
    encode(&Body {
        allowed_providers: Some(request.providers.as_slice()).filter(|providers| !providers.is_empty()),
        return_url: request.return_url.as_deref(),
        allowed_origin: request.allowed_origin.as_deref(),
        metadata: request.metadata.as_ref(),
        direct: send_if(true, request.direct),
        switch_account: send_if(true, request.switch_account),
        allow_user_policy_rules: send_if(false, request.forbid_user_rules),
        grant_policy: Some(&request.policy).filter(|policy| !policy.is_empty()),
        required_scopes: &request.required_scopes,
        requested_grant: request.requested_grant.as_ref(),
        repair_grant_id: request.repair.map(|id| id.to_string()),
        agent: request.agent.as_deref(),
        delegable: request.delegable,
        scope_constraint: request.scope_constraint.as_deref(),
        user_token: user_token.map(UserToken::expose),
    })
}

/// Builds the request body of a managed-secret session. The two deprecated wire names (`template_slug`,
/// `delegated_agent_id`) are never sent.
pub fn secret_body(request: &SecretRequest, user_token: &UserToken) -> Zeroizing<Vec<u8>> {
    encode(&SecretBody {
        provider: &request.provider,
        agent: request.agent.as_deref(),
        user_token: user_token.expose(),
        requested_ttl_seconds: request.ttl_seconds,
        allowed_origin: request.allowed_origin.as_deref(),
        return_url: request.return_url.as_deref(),
        allow_user_policy_rules: send_if(false, request.forbid_user_rules),
        delegable: send_if(true, request.delegable),
        requested_grant: request.label.as_deref().map(|label| Label { label }),
        grant_policy: Some(&request.policy).filter(|policy| !policy.is_empty()),
        direct: send_if(true, request.direct),
        repair_grant_id: request.repair.map(|id| id.to_string()),
    })
}

fn encode(body: &impl Serialize) -> Zeroizing<Vec<u8>> {
    // A plain struct of strings and numbers always serialises.
    Zeroizing::new(serde_json::to_vec(body).unwrap_or_default())
}

/// An OAuth session that the backend has opened.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ConnectSession {
    /// Token for polling the session.
    #[serde(deserialize_with = "token")]
    pub session_token: SessionToken,
    /// URL for the user to open.
    #[serde(deserialize_with = "link")]
    pub connect_url: SessionLink,
    /// Lifetime in seconds.
    pub expires_in: u64,
    /// Expiry time, as received.
    #[serde(deserialize_with = "lenient::filled")]
    pub expires_at: String,
    /// Scopes of the constraint that have no effect. Untrusted text.
    #[serde(default, deserialize_with = "lenient::texts")]
    pub scope_constraint_warnings: Vec<String>,
    /// Whether there is only one provider to choose.
    #[serde(default, deserialize_with = "lenient::is_true")]
    pub single_provider: bool,
    /// Whether the user's confirmation is skipped.
    #[serde(default, deserialize_with = "lenient::is_true")]
    pub direct: bool,
}

/// A managed-secret session that the backend has opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretSession {
    /// Identifies the session; it is not polled.
    pub session_token: SessionToken,
    /// URL for the user to open.
    pub connect_url: SessionLink,
    /// Lifetime in seconds.
    pub expires_in: u64,
    /// Expiry time, as received.
    pub expires_at: String,
    /// Whether the backend understood that the agent may delegate the grant further.
    pub delegable_requested: bool,
    /// What the user has to do, if known.
    pub path: Option<SecretPath>,
    /// The grant being approved or repaired.
    pub existing_grant_id: Option<String>,
    /// Whether the step that sets the limits is skipped.
    pub direct: bool,
    /// Slug of the managed secret.
    pub secret_slug: Option<String>,
    /// Slug of its template.
    pub template_slug: Option<String>,
    /// The agent that receives the grant.
    pub agent_id: Option<String>,
    /// Whether the response has a `path` at all: older backends do not send one.
    says_path: bool,
}

/// Why a managed-secret session is not the one requested.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretMismatch {
    /// The backend is too old for a requested feature.
    #[error("the backend does not support {0}")]
    Unsupported(&'static str),
    /// The response contradicts the request.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

fn token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SessionToken, D::Error> {
    lenient::filled(deserializer).map(SessionToken::new)
}

fn link<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SessionLink, D::Error> {
    lenient::filled(deserializer).map(SessionLink::new)
}

/// Parses the response to [`body`].
///
/// # Errors
/// Fails at the first place that does not have the expected shape.
pub fn parse(bytes: &[u8]) -> Result<ConnectSession, Malformed> {
    malformed::read(ENDPOINT, bytes).map_err(Malformed::unquoted)
}

/// Parses the response to [`secret_body`] without checking it against the request: see [`SecretSession::check`].
///
/// # Errors
/// Fails at the first place that does not have the expected shape.
pub fn parse_secret(bytes: &[u8]) -> Result<SecretSession, Malformed> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(deserialize_with = "token")]
        session_token: SessionToken,
        #[serde(deserialize_with = "link")]
        connect_url: SessionLink,
        expires_in: u64,
        #[serde(deserialize_with = "lenient::filled")]
        expires_at: String,
        #[serde(default)]
        delegable_requested: bool,
        #[serde(default, deserialize_with = "present")]
        path: Option<Value>,
        #[serde(default)]
        existing_grant_id: Option<String>,
        #[serde(default)]
        direct: bool,
        #[serde(default)]
        secret_slug: Option<String>,
        #[serde(default)]
        template_slug: Option<String>,
        #[serde(default)]
        agent_id: Option<String>,
    }
    let answer: Answer = malformed::read(SECRET_ENDPOINT, bytes).map_err(Malformed::unquoted)?;
    let path = match answer.path.as_ref().and_then(Value::as_str) {
        Some("key_entry") => Some(SecretPath::KeyEntry),
        Some("fast_path") => Some(SecretPath::FastPath),
        Some("repair") => Some(SecretPath::Repair),
        _ => None,
    };
    Ok(SecretSession {
        session_token: answer.session_token,
        connect_url: answer.connect_url,
        expires_in: answer.expires_in,
        expires_at: answer.expires_at,
        delegable_requested: answer.delegable_requested,
        path,
        existing_grant_id: answer.existing_grant_id,
        direct: answer.direct,
        secret_slug: answer.secret_slug,
        template_slug: answer.template_slug,
        agent_id: answer.agent_id,
        says_path: answer.path.is_some(),
    })
}

/// Deserialises a value that is present, even if it is `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl SecretSession {
    /// Checks that this is the requested session, in the order of docs/protocol/connect.md section 3.
    ///
    /// # Errors
    /// Fails if the backend did not understand the request or contradicts it.
    pub fn check(self, request: &SecretRequest) -> Result<Self, SecretMismatch> {
        let contradicts = |field: &str| {
            SecretMismatch::Malformed(Malformed {
                endpoint: SECRET_ENDPOINT,
                position: field.to_owned(),
                problem: "not what was asked for".to_owned(),
            })
        };
        match (request.delegable, self.delegable_requested) {
            (true, false) => return Err(SecretMismatch::Unsupported(DELEGABLE)),
            (false, true) => return Err(contradicts("delegable_requested")),
            (true, true) | (false, false) => {}
        }
        if !self.says_path {
            return Err(SecretMismatch::Unsupported(BY_PROVIDER));
        }
        match &self.secret_slug {
            Some(slug) if *slug != request.provider => Err(contradicts("secret_slug")),
            _ => Ok(self),
        }
    }
}

/// Returns the feature that the backend is too old for, as shown by its refusal of a managed-secret session; None for
/// any other refusal.
pub fn unsupported(status: u16, error: Option<&str>, detail: Option<&Value>) -> Option<&'static str> {
    if status != 422 {
        return None;
    }
    if error == Some("delegated_agent_id_required") {
        return Some(BY_PROVIDER);
    }
    let items = detail.and_then(Value::as_array)?;
    items.iter().find_map(|item| {
        let place = item.get("loc").and_then(Value::as_array)?;
        let [area, field] = place.as_slice() else { return None };
        if area.as_str() != Some("body") {
            return None;
        }
        match (item.get("type").and_then(Value::as_str)?, field.as_str()?) {
            ("missing", "delegated_agent_id") => Some(BY_AGENT),
            ("extra_forbidden", "delegable") => Some(DELEGABLE),
            ("missing", "template_slug") | ("extra_forbidden", _) => Some(BY_PROVIDER),
            _ => None,
        }
    })
}
