//! The audit row of a call in retrieve mode (docs/protocol/calls.md section A7).
//!
//! In the official SDK's format, but redacted: values of secret names, and the credential in every form, are removed
//! from URL, headers and bodies. The backend does not need them.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::inject::ProviderRequest;
use super::json::{self, Style};
use super::redact::Redactor;
use super::retrieve::Retrieval;
use super::token::Credential;
use crate::domain::{DraftBody, ProviderAnswer};
use secrecy::ExposeSecret as _;

/// Method and path.
pub const ENDPOINT: &str = "POST /sdk/oauth/audit/api-call";
/// The path.
pub const TARGET: &str = "/sdk/oauth/audit/api-call";

/// The longest body to include, in bytes.
const MAX_BODY: usize = 10_000;

/// Headers that are never included, in any case.
const NEVER_AUDITED: [&str; 8] = [
    "authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
    "x-auth-token",
    "x-amz-date",
    "x-amz-content-sha256",
    "x-amz-security-token",
];

/// An audit row, in the protocol's order of fields.
#[derive(Debug, Serialize)]
pub struct AuditRow {
    /// The grant.
    pub grant_id: String,
    /// The provider; empty if none was named.
    pub provider_id: String,
    /// Which generation of the grant's credential was used.
    pub token_generation: Option<String>,
    /// In upper case.
    pub method: String,
    /// Redacted; without what the credential added.
    pub url: String,
    /// Names and values.
    pub request_headers: Option<Map<String, Value>>,
    /// JSON; a raw body is a JSON string.
    pub request_body: Option<Box<RawValue>>,
    /// 0 if there was no answer.
    pub response_status: u16,
    /// Names in lower case.
    pub response_headers: Option<Map<String, Value>>,
    /// As text, or a placeholder.
    pub response_body: Option<String>,
    /// Duration of the call.
    pub latency_ms: u64,
    /// The reason given for the call.
    pub reason: Option<String>,
    /// Further attribution.
    pub context: Option<Map<String, Value>>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub enum ExchangeOutcome<'a> {
    /// With an answer, whatever its status. It must be redacted already: the row contains what was shown.
    Answered(&'a ProviderAnswer),
    /// After this many milliseconds without an answer.
    TimedOut(u64),
    /// It was cancelled here, and may have reached the provider.
    Cancelled,
    /// The connection failed or broke.
    Unreachable,
}

/// Builds the row of a call.
pub fn row(
    retrieval: &Retrieval,
    credential: &Credential,
    sent: &ProviderRequest,
    outcome: ExchangeOutcome<'_>,
    latency_ms: u64,
) -> AuditRow {
    let redactor = Redactor::for_call(credential, sent);
    let reported = sent.headers.iter().filter(|header| header.audited);
    let pairs: Vec<(String, String)> = reported
        .map(|header| (header.name.clone(), redactor.header(&header.name, header.value.expose_secret())))
        .collect();
    let pairs = without_injected(pairs, credential);
    let (response_status, response_headers, response_body) = match outcome {
        ExchangeOutcome::Answered(answer) => {
            let headers = answer.headers.iter().map(|(name, value)| {
                let name = name.to_ascii_lowercase();
                let value = redactor.header(&name, value);
                (name, value)
            });
            (answer.status, Some(header_map(headers)), redactor.body(&response_text(&answer.body)))
        }
        ExchangeOutcome::TimedOut(after) => (0, None, format!("<transport error: timeout after {after}ms>")),
        ExchangeOutcome::Cancelled => (0, None, "<transport error: cancelled>".to_owned()),
        ExchangeOutcome::Unreachable => (0, None, "<transport error: network>".to_owned()),
    };
    let context: Map<String, Value> =
        retrieval.context.iter().map(|(name, value)| (name.clone(), redactor.text(value).into())).collect();
    AuditRow {
        grant_id: credential.grant.to_string(),
        provider_id: credential.provider.clone(),
        token_generation: credential.generation.clone(),
        method: sent.method.clone(),
        url: redactor.url(retrieval.url.as_str()),
        request_headers: Some(header_map(pairs.into_iter())),
        request_body: match &retrieval.body {
            DraftBody::Empty => None,
            DraftBody::Json(text) => RawValue::from_string(redactor.json(text)).ok(),
            DraftBody::Raw(bytes) => text_value(&redactor.body(&request_text(bytes))),
        },
        response_status,
        response_headers,
        response_body: Some(response_body),
        latency_ms,
        reason: retrieval.reason.as_deref().map(|reason| redactor.text(reason)),
        context: (!context.is_empty()).then_some(context),
    }
}

impl AuditRow {
    /// The request body. Also removes the headers that are never included, whoever built the row.
    pub fn to_bytes(&self) -> Vec<u8> {
        let without = |headers: &Option<Map<String, Value>>| {
            let headers = headers.clone()?;
            let kept = headers.into_iter().filter(|(name, _)| !is_never_audited(name));
            Some(kept.collect::<Map<String, Value>>())
        };
        let row = Self {
            grant_id: self.grant_id.clone(),
            provider_id: self.provider_id.clone(),
            token_generation: self.token_generation.clone(),
            method: self.method.clone(),
            url: self.url.clone(),
            request_headers: without(&self.request_headers),
            request_body: self.request_body.clone(),
            response_status: self.response_status,
            response_headers: without(&self.response_headers),
            response_body: self.response_body.clone(),
            latency_ms: self.latency_ms,
            reason: self.reason.clone(),
            context: self.context.clone(),
        };
        // Strings and numbers always serialise.
        json::restyle(&serde_json::to_string(&row).unwrap_or_default(), Style::Ascii).into_bytes()
    }
}

fn is_never_audited(name: &str) -> bool {
    NEVER_AUDITED.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Headers as an object; lines with the same name are joined.
fn header_map(headers: impl Iterator<Item = (String, String)>) -> Map<String, Value> {
    let mut map: Map<String, Value> = Map::new();
    for (name, value) in headers.filter(|(name, _)| !is_never_audited(name)) {
        if let Some(Value::String(joined)) = map.get_mut(&name) {
            joined.push_str(", ");
            joined.push_str(&value);
        } else {
            map.insert(name, Value::String(value));
        }
    }
    map
}

/// The headers that the credential does not set.
pub fn without_injected(headers: Vec<(String, String)>, credential: &Credential) -> Vec<(String, String)> {
    let injected = credential.header_names();
    let is_injected = |name: &str| injected.iter().any(|known| known.eq_ignore_ascii_case(name));
    headers.into_iter().filter(|(name, _)| !is_injected(name)).collect()
}

/// A raw request body as included in the row.
pub fn request_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.len() <= MAX_BODY => text.to_owned(),
        _ => format!("<binary body: {} bytes>", bytes.len()),
    }
}

/// A provider's body as included in the row.
pub fn response_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        _ if bytes.len() > MAX_BODY => format!("<response too large: {} bytes>", bytes.len()),
        Ok(text) => text.to_owned(),
        Err(_) => format!("<binary response: {} bytes>", bytes.len()),
    }
}

fn text_value(text: &str) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(text).ok()
}
