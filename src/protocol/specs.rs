//! Provider specs and their operations (docs/protocol/grants.md section 9).

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::lenient;
use super::malformed::{self, Malformed};
use super::target;

/// Method and path of the list.
pub const LIST: &str = "GET /sdk/provider-specs";
/// Method and path of one spec.
pub const GET: &str = "GET /sdk/provider-specs/{kind}/{provider_id}";
/// Method and path of its operations.
pub const OPERATIONS: &str = "GET /sdk/provider-specs/{kind}/{provider_id}/operations";
/// Method and path of one operation.
pub const OPERATION: &str = "GET /sdk/provider-specs/{kind}/{provider_id}/operation";

/// The catalog that a provider is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpecKind {
    /// `oauth`.
    Oauth,
    /// `managed`.
    Managed,
}

/// Why a spec cannot be requested; nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecPathError {
    /// Neither `oauth` nor `managed`.
    #[error("the kind of a provider spec is oauth or managed")]
    Kind,
    /// Blank, dots only, or with `?`, `#` or control characters.
    #[error("this is no provider id")]
    Provider,
    /// Empty, over 512 characters, or with control characters.
    #[error("an operation id is 1 to 512 characters without control characters")]
    Operation,
}

impl SpecKind {
    /// The protocol's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oauth => "oauth",
            Self::Managed => "managed",
        }
    }
}

impl std::str::FromStr for SpecKind {
    type Err = SpecPathError;

    fn from_str(text: &str) -> Result<Self, SpecPathError> {
        match text {
            "oauth" => Ok(Self::Oauth),
            "managed" => Ok(Self::Managed),
            _ => Err(SpecPathError::Kind),
        }
    }
}

impl fmt::Display for SpecKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The checked path of a provider's spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecPath(String);

impl SpecPath {
    /// Builds the path; the provider id becomes one segment.
    ///
    /// # Errors
    /// [`SpecPathError::Provider`]. `.` and `..` are refused, though the official SDK accepts them: every URL library
    /// resolves them, encoded or not, and would request another path.
    pub fn new(kind: SpecKind, provider_id: &str) -> Result<Self, SpecPathError> {
        let illegal = |character: char| character.is_control() || matches!(character, '?' | '#');
        if provider_id.trim().is_empty() || provider_id.contains(illegal) || matches!(provider_id, "." | "..")
        {
            return Err(SpecPathError::Provider);
        }
        Ok(Self(format!("/sdk/provider-specs/{kind}/{}", target::segment(provider_id))))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Target of a page of operations; `limit` is clamped to 1..=500, `search` cut to 200 characters and left out if
    /// empty.
    pub fn operations_target(&self, search: Option<&str>, limit: u64, offset: u64) -> String {
        let mut pairs = vec![("limit", limit.clamp(1, 500).to_string()), ("offset", offset.to_string())];
        if let Some(search) = search.filter(|search| !search.is_empty()) {
            pairs.push(("search", search.chars().take(200).collect()));
        }
        format!("{}/operations{}", self.0, target::query(&pairs))
    }

    /// Target of an operation, whose id is in the query.
    ///
    /// # Errors
    /// [`SpecPathError::Operation`].
    pub fn operation_target(&self, id: &str) -> Result<String, SpecPathError> {
        if !(1..=512).contains(&id.chars().count()) || id.contains(char::is_control) {
            return Err(SpecPathError::Operation);
        }
        Ok(format!("{}/operation{}", self.0, target::query(&[("operation_id", id.to_owned())])))
    }
}

/// Target of the list of specs.
pub fn list_target(kind: Option<SpecKind>) -> String {
    let pairs = kind.map(|kind| ("kind", kind.as_str().to_owned()));
    format!("/sdk/provider-specs{}", target::query(pairs.as_slice()))
}

/// Information about a provider's API. Texts are untrusted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Spec {
    /// `oauth` or `managed`; an unknown kind is kept.
    #[serde(deserialize_with = "lenient::filled")]
    pub provider_kind: String,
    /// The provider.
    #[serde(deserialize_with = "lenient::filled")]
    pub provider_id: String,
    /// Incremented when the spec changes.
    #[serde(deserialize_with = "lenient::whole")]
    pub version: i64,
    /// Its origin, such as `openapi`.
    #[serde(deserialize_with = "lenient::filled")]
    pub provenance: String,
    /// Its source.
    #[serde(default)]
    pub source_url: Option<String>,
    /// Digest of its content.
    #[serde(deserialize_with = "lenient::filled")]
    pub content_hash: String,
    /// The number of operations.
    #[serde(deserialize_with = "lenient::whole")]
    pub operation_count: i64,
    /// When it was last fetched; as received.
    pub fetched_at: String,
    /// When it last changed; as received.
    pub changed_at: String,
    /// Its title.
    #[serde(default)]
    pub title: Option<String>,
    /// The version that it states itself.
    #[serde(default)]
    pub spec_version: Option<String>,
}

/// An operation of a provider's API. Texts are untrusted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Operation {
    /// Unique within the spec.
    #[serde(deserialize_with = "lenient::filled")]
    pub operation_id: String,
    /// HTTP method.
    #[serde(deserialize_with = "lenient::filled")]
    pub method: String,
    /// Path with `{name}` placeholders, to be joined to the provider's origin.
    #[serde(deserialize_with = "lenient::filled")]
    pub path_template: String,
    /// A one-line description.
    #[serde(default)]
    pub summary: Option<String>,
    /// The scopes that it needs, all of them. No recorded answer has this field, and the official SDK does not read it:
    /// if it is absent or of another type, nothing is known.
    #[serde(default, deserialize_with = "lenient::texts")]
    pub scopes: Vec<String>,
    /// Deprecated by the provider. As uncertain as `scopes`.
    #[serde(default, deserialize_with = "lenient::is_true")]
    pub deprecated: bool,
}

/// A page of operations.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OperationPage {
    /// The operations.
    pub items: Vec<Operation>,
    /// The total number.
    #[serde(deserialize_with = "lenient::whole")]
    pub total: i64,
    /// Page size.
    #[serde(deserialize_with = "lenient::whole")]
    pub limit: i64,
    /// The offset of the page.
    #[serde(deserialize_with = "lenient::whole")]
    pub offset: i64,
    /// Whether more follow.
    #[serde(deserialize_with = "lenient::flag")]
    pub has_more: bool,
    /// The spec that they belong to.
    pub spec: Spec,
}

/// An operation with its schemas.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct OperationDetail {
    /// The operation.
    #[serde(flatten)]
    pub operation: Operation,
    /// Its path, query and header parameters.
    #[serde(default)]
    pub params_schema: Option<Vec<Map<String, Value>>>,
    /// JSON schema of the request body.
    #[serde(default)]
    pub request_schema: Option<Map<String, Value>>,
    /// JSON schema of the answer.
    #[serde(default)]
    pub response_schema: Option<Map<String, Value>>,
    /// The spec that it belongs to.
    pub spec: Spec,
}

#[derive(Deserialize)]
struct List {
    items: Vec<Spec>,
}

/// Parses the list of specs.
///
/// # Errors
/// The first place that departs from its shape.
pub fn parse_list(bytes: &[u8]) -> Result<Vec<Spec>, Malformed> {
    malformed::read::<List>(LIST, bytes).map(|list| list.items)
}

/// Parses a spec.
///
/// # Errors
/// The first place that departs from its shape.
pub fn parse_spec(bytes: &[u8]) -> Result<Spec, Malformed> {
    malformed::read(GET, bytes)
}

/// Parses a page of operations.
///
/// # Errors
/// The first place that departs from its shape.
pub fn parse_operations(bytes: &[u8]) -> Result<OperationPage, Malformed> {
    malformed::read(OPERATIONS, bytes)
}

/// Parses an operation.
///
/// # Errors
/// The first place that departs from its shape.
pub fn parse_operation(bytes: &[u8]) -> Result<OperationDetail, Malformed> {
    malformed::read(OPERATION, bytes)
}
