//! The end of grants and of delegations (docs/protocol/grants.md sections 2 and 3).

use bytes::Bytes;

use super::client::Call;
use super::{ApiError, Client};
use crate::domain::GrantId;
use crate::protocol::revoke::{self, Revoked};

impl Client {
    /// Revokes a grant, for good. Never repeated: it may have happened even where no answer came. Also gives the name
    /// under which the backend knows the request.
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

    /// Takes an agent's access to a grant away, and whatever it passed on; None = the calling agent's own. The grant
    /// stays. Gives the name under which the backend knows the request.
    ///
    /// # Errors
    /// See [`ApiError`]. A redirect is one, though the official SDK takes it for a success.
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
