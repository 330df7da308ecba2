//! Revokes grants and delegations (docs/protocol/grants.md sections 2 and 3).

use bytes::Bytes;

use super::client::Call;
use super::{ApiError, Client};
use crate::domain::GrantId;
use crate::protocol::revoke::{self, Revoked};

impl Client {
    /// Revokes a grant, permanently. Never repeated: it may have happened even if no answer arrived. Also returns the
    /// request's id.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn revoke_grant(
        &self,
        grant: GrantId,
        reason: Option<&str>,
    ) -> Result<(Revoked, Option<Box<str>>), ApiError> {
        let body = Bytes::from_owner(revoke::body(reason, self.user_token()));
        let call = Call::post_bytes(revoke::GRANT, &revoke::target(grant), body);
        let (answer, request_id) = self.send_named(call).await?;
        self.read(revoke::parse(&answer)).map(|revoked| (revoked, request_id))
    }

    /// Revokes an agent's access to a grant, and everything that it delegated further; `None` = the calling agent's
    /// own. The grant itself stays. Returns the request's id.
    ///
    /// # Errors
    /// See [`ApiError`]. A redirect is an error, though the official SDK takes it for a success.
    pub async fn revoke_delegation(
        &self,
        grant: GrantId,
        agent: Option<GrantId>,
    ) -> Result<Option<Box<str>>, ApiError> {
        let endpoint = if agent.is_some() { revoke::DELEGATION } else { revoke::OWN_DELEGATION };
        let call = Call::delete(endpoint, revoke::delegation_target(grant, agent));
        self.send_named(call).await.map(|(_, request_id)| request_id)
    }
}
