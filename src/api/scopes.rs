//! What keys may be allowed (protocol: grants.md section 10).

use super::client::Call;
use super::{ApiError, Client};
use crate::protocol::scopes::{self, KeyScopes};

impl Client {
    /// The catalog of key scopes. Needs no scope itself, so it also tells whether a key works.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn key_scopes(&self) -> Result<KeyScopes, ApiError> {
        let reply = self.send(Call::get(scopes::ENDPOINT, "/sdk/scopes".to_owned())).await?;
        self.read(scopes::parse(&reply))
    }
}
