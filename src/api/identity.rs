//! The identity behind a key and a user token (docs/protocol/grants.md section 12).

use serde::Serialize;

use super::client::Call;
use super::{ApiError, Client};
use crate::protocol::UserToken;
use crate::protocol::resolve::{self, Resolved};

#[derive(Serialize)]
struct Body<'a> {
    include_profile: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_token: Option<&'a str>,
}

impl Client {
    /// The identity behind this client: the user of the settings' user token, else the app alone.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn resolve_identity(&self, include_profile: bool) -> Result<Resolved, ApiError> {
        let body = Body { include_profile, user_token: self.user_token().map(UserToken::expose) };
        let reply = self.send(Call::post(resolve::ENDPOINT, "/sdk/identity/resolve", &body)).await?;
        self.read(resolve::parse(&reply))
    }
}
