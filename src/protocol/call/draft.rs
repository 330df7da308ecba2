//! Why a draft cannot be sent, and the checks that both modes share.

use serde_json::Value;

use super::json::JsonError;
use crate::domain::{Code, Diagnosis, Retry, Who};
use crate::identity::{Context, IdentityError};

/// The longest URL as sent, in characters (docs/protocol/calls.md sections A3 and B7).
pub const LONGEST_URL: usize = 65_536;

/// Why a draft cannot be sent; nothing was sent. Names in it come from the draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// Empty, or with characters that are invalid in a method.
    #[error("the method is empty or has characters that no method has")]
    Method,
    /// An empty URL.
    #[error("the URL is empty")]
    UrlEmpty,
    /// Outer whitespace, control characters or backslashes: libraries parse them differently.
    #[error("the URL has outer blanks, control characters or backslashes")]
    UrlCharacters,
    /// Not a URL with a host.
    #[error("the URL cannot be read as https://host/path")]
    UrlUnreadable,
    /// `.` or `..` as a path segment, encoded or not: every library resolves them, so that another path would be called
    /// than the one checked by Alter.
    #[error("the URL has . or .. as a part of its path")]
    UrlDots,
    /// Neither `https` nor `http`.
    #[error("the URL must begin with https://")]
    Scheme,
    /// `http` to another machine: the credential would be sent in clear.
    #[error("the URL must begin with https:// (http:// is for localhost, 127.0.0.1 and ::1 only)")]
    PlainHttp,
    /// An invalid port.
    #[error("the URL's port is not a number from 0 to 65535")]
    Port,
    /// Longer than [`LONGEST_URL`] with its query.
    #[error("the URL has {have} characters with its query, at most 65536 are possible")]
    UrlTooLong {
        /// Its length.
        have: usize,
    },
    /// A path parameter whose name is not `[A-Za-z_][A-Za-z0-9_]*`.
    #[error("{0:?} is not the name of a path parameter")]
    ParameterName(String),
    /// A placeholder without a value.
    #[error("the URL's place {{{0}}} has no value")]
    ParameterMissing(String),
    /// A brace that is not part of a placeholder.
    #[error("the URL has a brace that belongs to no {{name}}")]
    Brace,
    /// An object, or a nested list.
    #[error("the query parameter {0:?} must be a text, a number, true, false, null or a list of those")]
    Query(String),
    /// Not a token of RFC 9110.
    #[error("{0:?} is not the name of a header")]
    HeaderName(String),
    /// With line breaks or other control characters.
    #[error("the value of the header {0} has line breaks or control characters")]
    HeaderValue(String),
    /// A header that Alter or this program sets.
    #[error("the header {0} cannot be set in this mode: it is set for the call, or would misdirect it")]
    HeaderForbidden(String),
    /// Proxy mode accepts JSON only.
    #[error("proxy mode takes JSON bodies only; other bodies need retrieve mode")]
    RawBody,
    /// The body is not JSON.
    #[error("the body is not JSON: {0}")]
    Body(JsonError),
    /// See [`IdentityError`].
    #[error("{0}")]
    Context(IdentityError),
}

impl DraftError {
    /// The error as a diagnosis.
    pub fn diagnose(&self) -> Diagnosis {
        Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy).fact("problem", &self.to_string())
    }
}

/// The method in upper case.
///
/// # Errors
/// [`DraftError::Method`]. Stricter than the official SDK, which only refuses an empty one.
pub fn method(text: &str) -> Result<String, DraftError> {
    if is_token(text) { Ok(text.to_ascii_uppercase()) } else { Err(DraftError::Method) }
}

/// Encodes the context for its header.
///
/// # Errors
/// [`DraftError::Context`].
pub fn context(pairs: &[(String, String)]) -> Result<Option<Context>, DraftError> {
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Context::new(&pairs).map_err(DraftError::Context)
}

/// Checks names and values of headers; `forbidden` are lower-case names.
///
/// # Errors
/// The first invalid header. A name with spaces around it is always refused.
pub fn headers(headers: &[(String, String)], forbidden: &[&str]) -> Result<(), DraftError> {
    for (name, value) in headers {
        let trimmed = name.trim();
        if forbidden.iter().any(|known| known.eq_ignore_ascii_case(trimmed)) {
            return Err(DraftError::HeaderForbidden(trimmed.to_owned()));
        }
        if !is_token(name) {
            return Err(DraftError::HeaderName(name.clone()));
        }
        // A tab is valid within a value (RFC 9110 section 5.5).
        if value.chars().any(|character| character.is_control() && character != '\t') {
            return Err(DraftError::HeaderValue(name.clone()));
        }
    }
    Ok(())
}

/// The query parameters as texts: a list repeats the name, null is empty.
///
/// # Errors
/// [`DraftError::Query`].
pub fn query(parameters: &[(String, Value)]) -> Result<Vec<(String, String)>, DraftError> {
    let mut out = Vec::with_capacity(parameters.len());
    for (name, value) in parameters {
        let refused = || DraftError::Query(name.clone());
        match value {
            Value::Array(items) => {
                for item in items {
                    out.push((name.clone(), scalar(item).ok_or_else(refused)?));
                }
            }
            value => out.push((name.clone(), scalar(value).ok_or_else(refused)?)),
        }
    }
    Ok(out)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(value) => Some(value.to_string()),
        Value::String(value) => Some(value.clone()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether a text is a token of RFC 9110 section 5.6.2.
pub(crate) fn is_token(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(legal)
}
