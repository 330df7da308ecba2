//! The identity behind a key and a user token (docs/protocol/grants.md section 12).

use serde::Deserialize;

use super::malformed::{self, Malformed};

/// Method and path.
pub const ENDPOINT: &str = "POST /sdk/identity/resolve";

/// The identity of a request. Texts are untrusted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Resolved {
    /// The application.
    pub app_id: String,
    /// The end user, if there is a user token.
    #[serde(default)]
    pub app_user_id: Option<String>,
    /// The user at the identity provider.
    #[serde(default)]
    pub external_subject_id: Option<String>,
    /// The identity provider.
    #[serde(default)]
    pub idp_id: Option<String>,
    /// State of the user.
    #[serde(default)]
    pub user_status: Option<String>,
    /// The user's groups.
    #[serde(default)]
    pub group_ids: Vec<String>,
    /// The agent, if the key is an agent's.
    #[serde(default)]
    pub agent_id: Option<String>,
    /// The caller's id in the backend's log.
    #[serde(default)]
    pub actor_id: Option<String>,
    /// With `include_profile`.
    #[serde(default)]
    pub email: Option<String>,
    /// With `include_profile`.
    #[serde(default)]
    pub display_name: Option<String>,
}

/// Parses the identity.
///
/// # Errors
/// The first place that departs from its shape.
pub fn parse(bytes: &[u8]) -> Result<Resolved, Malformed> {
    malformed::read(ENDPOINT, bytes)
}
