//! OAuth providers that can be connected, and scopes of keys (docs/protocol/grants.md sections 8 and 10).

use super::client::Call;
use super::{ApiError, Client};
use crate::domain::Catalog;
use crate::protocol::catalog;
use crate::protocol::scopes::{self, KeyScopes};

impl Client {
    /// The OAuth providers that can be connected, and descriptions of their scopes.
    ///
    /// # Errors
    /// See [`ApiError`]. Unreadable entries are left out.
    pub async fn catalog(&self) -> Result<Catalog, ApiError> {
        let reply = self.send(Call::get(catalog::ENDPOINT, "/sdk/oauth/provider-catalog".to_owned())).await?;
        self.read(catalog::parse(&reply))
    }

    /// The catalog of key scopes. Needs no scope itself, so it also tests whether a key works.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn key_scopes(&self) -> Result<KeyScopes, ApiError> {
        let reply = self.send(Call::get(scopes::ENDPOINT, "/sdk/scopes".to_owned())).await?;
        self.read(scopes::parse(&reply))
    }
}
