//! The provider catalog (protocol: grants.md section 8).

use super::client::Call;
use super::{ApiError, Client};
use crate::domain::Catalog;
use crate::protocol::catalog;

impl Client {
    /// The OAuth providers that can be connected, and what their scopes mean.
    ///
    /// # Errors
    /// See [`ApiError`]. An entry that cannot be read is left out.
    pub async fn catalog(&self) -> Result<Catalog, ApiError> {
        let reply = self.send(Call::get(catalog::ENDPOINT, "/sdk/oauth/provider-catalog".to_owned())).await?;
        self.read(catalog::parse(&reply))
    }
}
