//! Connect sessions (docs/protocol/connect.md sections 1 to 3).

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use super::client::Call;
use super::{ApiError, Client};
use crate::domain::connect::{ConnectRequest, ConnectState, RequestRefused, SecretRequest, SessionToken};
use crate::protocol::connect::{self, ConnectSession, SecretMismatch, SecretSession};
use crate::protocol::connect_poll;

#[derive(Serialize)]
struct PollBody<'a> {
    session_token: &'a str,
}

impl Client {
    /// Begins a session in which a user connects accounts. Its grants belong to the user of the client's user token,
    /// else to the application. Never repeated; a session that is never opened changes nothing.
    ///
    /// # Errors
    /// See [`ApiError`]; [`ApiError::Session`] before anything is sent.
    pub async fn begin_connect(&self, request: &ConnectRequest) -> Result<ConnectSession, ApiError> {
        request.check(self.is_narrowed())?;
        let body = Bytes::from_owner(connect::body(request, self.user_token()));
        let answer = self.send(Call::post_bytes(connect::ENDPOINT, connect::TARGET, body)).await?;
        self.read(connect::parse(&answer))
    }

    /// Polls the state of a session. Safe to repeat.
    ///
    /// # Errors
    /// See [`ApiError`]. A declined or expired session is an answer, not an error.
    pub async fn poll_connect(
        &self,
        token: &SessionToken,
        patience: Duration,
    ) -> Result<ConnectState, ApiError> {
        let body = PollBody { session_token: token.reveal() };
        let call = Call::post(connect_poll::ENDPOINT, connect_poll::TARGET, &body)
            .hiding(token.reveal())
            .within(patience);
        self.read(connect_poll::parse(&self.send(call).await?))
    }

    /// Begins a session in which a user enters, approves or replaces a key of a managed secret. Needs a user token.
    ///
    /// # Errors
    /// See [`ApiError`]; [`ApiError::Session`] before anything is sent, [`ApiError::Unsupported`] if the backend is too
    /// old for the request.
    pub async fn begin_secret(&self, request: &SecretRequest) -> Result<SecretSession, ApiError> {
        request.check(self.is_narrowed())?;
        let user = self.user_token().ok_or(RequestRefused::SecretNeedsUser)?;
        let body = Bytes::from_owner(connect::secret_body(request, user));
        let call = Call::post_bytes(connect::SECRET_ENDPOINT, connect::SECRET_TARGET, body);
        let answer = self.send(call).await.map_err(|error| {
            let ApiError::Alter(refusal) = &error else { return error };
            let detail = refusal.details.get("detail");
            let feature = connect::unsupported(refusal.status, refusal.error.as_deref(), detail);
            match feature {
                Some(feature) => ApiError::Unsupported { feature, status: refusal.status },
                None => error,
            }
        })?;
        let session = self.read(connect::parse_secret(&answer))?;
        session.check(request).map_err(|mismatch| match mismatch {
            SecretMismatch::Unsupported(feature) => ApiError::Unsupported { feature, status: 201 },
            SecretMismatch::Malformed(malformed) => ApiError::Malformed(malformed),
        })
    }
}
