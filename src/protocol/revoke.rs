//! Revokes a grant, or an agent's access to it (docs/protocol/grants.md sections 2 and 3).

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::lenient;
use super::malformed::{self, Malformed};
use super::user_token::UserToken;
use crate::domain::GrantId;

/// Method and path for a grant, of either kind.
pub const GRANT: &str = "POST /sdk/oauth/grants/{grant_id}/revoke";
/// Method and path for an agent's access.
pub const DELEGATION: &str = "DELETE /sdk/grants/{grant_id}/delegations/{agent_id}";
/// Method and path for an agent to give up its own access.
pub const OWN_DELEGATION: &str = "DELETE /sdk/grants/{grant_id}/delegations/me";

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_token: Option<&'a str>,
}

/// The target for a grant.
pub fn target(grant: GrantId) -> String {
    format!("/sdk/oauth/grants/{grant}/revoke")
}

/// The target for an agent's access; `None` = the caller's own.
pub fn delegation_target(grant: GrantId, agent: Option<GrantId>) -> String {
    match agent {
        Some(agent) => format!("/sdk/grants/{grant}/delegations/{agent}"),
        None => format!("/sdk/grants/{grant}/delegations/me"),
    }
}

/// The request body; an empty object if there is nothing to send.
pub fn body(reason: Option<&str>, user_token: Option<&UserToken>) -> Zeroizing<Vec<u8>> {
    let body = Body { reason, user_token: user_token.map(UserToken::expose) };
    // Two strings always serialise.
    Zeroizing::new(serde_json::to_vec(&body).unwrap_or_default())
}

/// The backend's answer about a revoked grant. Texts are untrusted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Revoked {
    /// Whether it is revoked.
    pub success: bool,
    /// A message for people.
    #[serde(deserialize_with = "lenient::filled")]
    pub message: String,
    /// Its id, as received.
    #[serde(deserialize_with = "lenient::filled")]
    pub grant_id: String,
    /// When, as received.
    #[serde(deserialize_with = "lenient::filled")]
    pub revoked_at: String,
}

/// Parses the answer.
///
/// # Errors
/// The first place that departs from its shape.
pub fn parse(bytes: &[u8]) -> Result<Revoked, Malformed> {
    malformed::read(GRANT, bytes)
}
