//! The provider request of retrieve mode: the checked draft with its credential (docs/protocol/calls.md section A4).

use std::fmt;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::aws::{self, Signing};
use super::draft::DraftError;
use super::json::Style;
use super::retrieve::{Retrieval, borrowed};
use super::token::Credential;
use crate::domain::{Code, Diagnosis, DraftBody, Retry, Who};

/// A request to a provider, including the credential. Its parts are wiped on drop and never printed.
pub struct ProviderRequest {
    /// In upper case.
    pub method: String,
    /// May contain a credential.
    pub url: Zeroizing<String>,
    /// May contain a credential.
    pub headers: Vec<ProviderHeader>,
    /// `None` for no body.
    pub body: Option<Vec<u8>>,
}

/// A header line.
pub struct ProviderHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: SecretString,
    /// Whether it is included in the audit row: set by the caller or this program, not by the credential.
    pub(super) audited: bool,
}

/// Why a credential cannot be added to the request; the provider was not called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InjectError {
    /// An AWS credential without `secret_key`.
    #[error("the AWS credential has no secret key")]
    SecretKey,
    /// Neither the host nor the credential names a region.
    #[error("the host names no AWS region, and the credential has none")]
    Region,
    /// Neither the host nor the credential names a service.
    #[error("the host names no AWS service, and the credential has none")]
    Service,
    /// Control characters, which are invalid in a header.
    #[error("the credential has control characters, which no header can hold")]
    Characters,
    /// As when the credential makes the URL too long.
    #[error("{0}")]
    Draft(DraftError),
}

impl InjectError {
    /// The error as a diagnosis.
    pub fn diagnose(&self) -> Diagnosis {
        match self {
            Self::Draft(error) => error.diagnose(),
            _ => Diagnosis::new(Code::CredentialUnusable, Who::Alter, Retry::AfterRemedy)
                .fact("problem", &self.to_string()),
        }
    }
}

impl fmt::Debug for ProviderRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

impl ProviderHeader {
    fn new(name: &str, value: &str, audited: bool) -> Self {
        Self { name: name.to_owned(), value: SecretString::from(value), audited }
    }
}

impl ProviderRequest {
    /// The secret derived for this call only: a signature, or the user and password of the URL.
    pub(super) fn proof(&self) -> Option<&str> {
        let header = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case("authorization"))?;
        let value = header.value.expose_secret();
        let signature = value.split_once("Signature=").map(|(_, signature)| signature);
        let basic = || value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
        signature.or_else(|| basic().map(|(_, pair)| pair))
    }

    /// The value of a header; names are compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let known = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        known.map(|header| header.value.expose_secret())
    }
}

/// Adds the credential to a checked draft. `user_agent` is sent unless the caller set one.
///
/// Departs from the official SDK where that has bugs: header names are compared without case, so that no header of the
/// caller remains beside an injected one; an injected query parameter never drops the URL's own query; user information
/// in the URL never replaces the credential; an incomplete AWS credential is refused instead of being sent as the text
/// of its format.
///
/// # Errors
/// What the credential lacks.
pub fn request(
    retrieval: &Retrieval,
    credential: &Credential,
    user_agent: &str,
    now: Timestamp,
) -> Result<ProviderRequest, InjectError> {
    let mut request =
        if credential.is_aws() { signed(retrieval, credential, now)? } else { plain(retrieval, credential)? };
    if let Some(basic) = &retrieval.basic
        && request.header("authorization").is_none()
    {
        request.headers.push(ProviderHeader::new("Authorization", basic.expose_secret(), false));
    }
    if request.header("user-agent").is_none() {
        request.headers.push(ProviderHeader::new("User-Agent", user_agent, true));
    }
    let odd = |header: &ProviderHeader| {
        header.value.expose_secret().chars().any(|character| character.is_control() && character != '\t')
    };
    if request.headers.iter().any(odd) { Err(InjectError::Characters) } else { Ok(request) }
}

fn plain(retrieval: &Retrieval, credential: &Credential) -> Result<ProviderRequest, InjectError> {
    let mut headers = callers(retrieval, &credential.header_names());
    let mut injected = vec![ProviderHeader::new(&credential.header, &credential.header_value(), false)];
    let mut query = borrowed(&retrieval.query);
    for injection in &credential.injections {
        let Some(value) = credential.value(injection) else { continue };
        if injection.in_header {
            injected.retain(|header| !header.name.eq_ignore_ascii_case(&injection.key));
            injected.push(ProviderHeader::new(&injection.key, value, false));
        } else {
            query.retain(|(name, _)| *name != injection.key);
            query.push((&injection.key, value));
        }
    }
    headers.extend(injected);
    if matches!(retrieval.body, DraftBody::Json(_)) {
        // The official SDK's HTTP library adds it, so its audit rows do not contain it.
        content_type(&mut headers, false);
    }
    Ok(ProviderRequest {
        method: retrieval.method.clone(),
        url: retrieval.url.with_query(&query, true).map_err(InjectError::Draft)?,
        headers,
        body: retrieval.body_bytes(Style::Utf8),
    })
}

fn signed(
    retrieval: &Retrieval,
    credential: &Credential,
    now: Timestamp,
) -> Result<ProviderRequest, InjectError> {
    let secret_key = credential.additional("secret_key").ok_or(InjectError::SecretKey)?;
    // Encode a space as `%20`: AWS signs a `+` literally, while servers read it as a space.
    let url = retrieval.url.with_query(&borrowed(&retrieval.query), false).map_err(InjectError::Draft)?;
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let body = retrieval.body_bytes(Style::Aws);
    let mut headers = callers(retrieval, &aws::HEADERS);
    if matches!(retrieval.body, DraftBody::Json(_)) {
        content_type(&mut headers, true);
    }
    let port = retrieval.url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = retrieval.url.host();
    let found = aws::locate(host);
    let (service, region) = match &found {
        Some((service, region)) => (service.as_str(), region.as_str()),
        None => (
            credential.additional("service").ok_or(InjectError::Service)?,
            credential.additional("region").ok_or(InjectError::Region)?,
        ),
    };
    let signed = aws::sign(&Signing {
        method: &retrieval.method,
        host: &format!("{host}{port}"),
        path: retrieval.url.path(),
        query,
        body: body.as_deref().unwrap_or_default(),
        access_key_id: credential.token.expose_secret(),
        secret_key,
        session_token: credential.additional("session_token"),
        service,
        region,
        now,
    });
    let lines = signed.headers.iter().map(|(name, value)| ProviderHeader::new(name, value, false));
    headers.extend(lines);
    Ok(ProviderRequest { method: retrieval.method.clone(), url, headers, body })
}

/// The caller's headers, without those that the credential sets.
fn callers(retrieval: &Retrieval, injected: &[&str]) -> Vec<ProviderHeader> {
    let shadowed = |name: &str| injected.iter().any(|known| known.eq_ignore_ascii_case(name));
    let kept = retrieval.headers.iter().filter(|(name, _)| !shadowed(name));
    kept.map(|(name, value)| ProviderHeader::new(name, value, true)).collect()
}

fn content_type(headers: &mut Vec<ProviderHeader>, audited: bool) {
    if !headers.iter().any(|header| header.name.eq_ignore_ascii_case("content-type")) {
        headers.push(ProviderHeader::new("Content-Type", "application/json", audited));
    }
}
