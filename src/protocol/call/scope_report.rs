//! Reports to the backend that a provider requires more permissions (docs/protocol/calls.md section A8).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::json::{self, Style};
use super::redact::Redactor;
use crate::domain::GrantId;

/// Method and path.
pub const ENDPOINT: &str = "POST /sdk/grants/{grant_id}/report-scope-mismatch";
/// Time limit for the report; it never fails a call.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// The target.
pub fn target(grant: GrantId) -> String {
    format!("/sdk/grants/{grant}/report-scope-mismatch")
}

#[derive(Serialize)]
struct Report {
    provider_status_code: u16,
    provider_error_code: &'static str,
    missing_scopes: Option<Vec<String>>,
    raw_www_authenticate: Option<String>,
    api_endpoint: String,
    detection_source: &'static str,
    sdk_correlation_id: String,
}

/// Builds the body. `url` is that of the call, as written; `correlation` are 16 random bytes. The credential is removed
/// everywhere, and the values of secret parameters from the URL.
pub fn body(
    missing: Option<&[String]>,
    challenge: Option<&str>,
    url: &str,
    correlation: [u8; 16],
    redactor: &Redactor,
) -> Vec<u8> {
    let missing =
        missing.map(|missing| missing.iter().take(50).map(|scope| cut(&redactor.text(scope), 256)).collect());
    let report = Report {
        provider_status_code: 403,
        provider_error_code: "insufficient_scope",
        missing_scopes: missing,
        raw_www_authenticate: challenge.map(|header| cut(&redactor.text(header), 4096)),
        api_endpoint: cut(&redactor.url(url), 2048),
        detection_source: "www_authenticate_rfc6750",
        sdk_correlation_id: URL_SAFE_NO_PAD.encode(correlation),
    };
    // Strings and numbers always serialise.
    json::restyle(&serde_json::to_string(&report).unwrap_or_default(), Style::Ascii).into_bytes()
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}
