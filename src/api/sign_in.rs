//! Sign-in of end users (docs/protocol/connect.md section 4).

use std::time::Duration;

use serde::Serialize;
use serde_json::json;

use super::client::Call;
use super::{ApiError, Client};
use crate::domain::connect::SessionToken;
use crate::protocol::UserToken;
use crate::protocol::sign_in::{self, SignInSession, SignInState};

#[derive(Serialize)]
struct VerifyBody<'a> {
    token: &'a str,
}

impl Client {
    /// Begins a sign-in. Needs an app key.
    ///
    /// # Errors
    /// See [`ApiError`]. Only 201 is a success.
    pub async fn begin_sign_in(&self) -> Result<SignInSession, ApiError> {
        let call = Call::post(sign_in::SESSION, "/sdk/auth/session", &json!({}));
        let answer = self.send(call.accepting(|status| status == 201)).await?;
        self.read(sign_in::parse_session(&answer))
    }

    /// Polls the state of a sign-in; the backend may delay the answer for `wait`, in whole seconds.
    ///
    /// # Errors
    /// See [`ApiError`]. Only 200 is a success.
    pub async fn poll_sign_in(&self, token: &SessionToken, wait: Duration) -> Result<SignInState, ApiError> {
        let body = sign_in::poll_body(token, wait);
        let call = Call::post_bytes(sign_in::POLL, "/sdk/auth/poll", body.into())
            .hiding(token.reveal())
            .within(sign_in::patience(wait))
            .accepting(|status| status == 200)
            .unpooled();
        self.read(sign_in::parse_poll(&self.send(call).await?))
    }

    /// Verifies a user token and returns its subject; `None` if the backend rejects the token.
    ///
    /// # Errors
    /// See [`ApiError`]; a rejected token is an answer, not an error.
    pub async fn verify_user_token(&self, token: &UserToken) -> Result<Option<String>, ApiError> {
        let body = VerifyBody { token: token.expose() };
        let call = Call::post(sign_in::VERIFY, "/sdk/auth/verify-token", &body)
            .hiding(token.expose())
            .accepting(|status| status == 200);
        match self.send(call).await {
            Ok(answer) => self.read(sign_in::parse_subject(&answer)),
            Err(ApiError::Alter(refusal)) if refusal.status == 401 => Ok(None),
            Err(error) => Err(error),
        }
    }
}
