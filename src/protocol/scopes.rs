//! The catalog of key scopes (docs/protocol/grants.md section 10).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::lenient;
use super::malformed::{self, Malformed};

/// Method and path.
pub const ENDPOINT: &str = "GET /sdk/scopes";

/// The scopes that keys can have.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct KeyScopes {
    /// Version of the catalog; a key created under another one may have to be rotated.
    #[serde(deserialize_with = "lenient::whole")]
    pub scope_version: i64,
    /// By resource.
    pub resources: BTreeMap<String, Verbs>,
    /// Scopes of a single action, such as `tokens:retrieve`.
    pub action_verbs: Vec<String>,
    /// Deprecated scopes.
    #[serde(default)]
    pub deprecated: Vec<String>,
}

/// The verbs of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Verbs {
    /// `read`, `write`, `admin`.
    pub verbs: Vec<String>,
}

/// Parses the catalog.
///
/// # Errors
/// The first place that departs from its shape.
pub fn parse(bytes: &[u8]) -> Result<KeyScopes, Malformed> {
    malformed::read(ENDPOINT, bytes)
}
