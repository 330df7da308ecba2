//! Credentials for calls of our own, and what the backend is told of them afterwards (docs/protocol/calls.md part A).

use zeroize::Zeroizing;

use super::arrival::Patience;
use super::client::Call;
use super::{ApiError, Client};
use crate::domain::GrantId;
use crate::protocol::call::audit::{self, AuditRow};
use crate::protocol::call::{Credential, Retrieval, scope_report, token};

impl Client {
    /// The credential for one checked call. Never kept: each call asks for its own. A redirect is no answer, though
    /// the official SDK reads any status below 400 as one (section A2).
    ///
    /// # Errors
    /// See [`ApiError`]; among them that the backend wants to make this call itself.
    pub async fn credential(&self, retrieval: &Retrieval, bounds: Patience) -> Result<Credential, ApiError> {
        let body = retrieval.token_request(self.user_token());
        let call = Call::post_bytes(token::ENDPOINT, token::TARGET, bytes::Bytes::from_owner(body))
            .with_context(retrieval.context().cloned())
            .bounded(bounds)
            .alone();
        let answer = Zeroizing::new(self.send(call).await?);
        self.read(Credential::parse(&answer))
    }

    /// Tells the backend of a call of our own.
    ///
    /// # Errors
    /// See [`ApiError`]; the call itself is not undone by one.
    pub async fn audit(&self, row: &AuditRow, retrieval: &Retrieval) -> Result<(), ApiError> {
        let call = Call::post_bytes(audit::ENDPOINT, audit::TARGET, row.to_bytes().into())
            .with_context(retrieval.context().cloned());
        self.send(call).await.map(drop)
    }

    /// Tells the backend that a provider missed permissions.
    ///
    /// # Errors
    /// See [`ApiError`]; the call itself is not undone by one.
    pub async fn report_scopes(&self, grant: GrantId, body: Vec<u8>) -> Result<(), ApiError> {
        let call = Call::post_bytes(scope_report::ENDPOINT, &scope_report::target(grant), body.into())
            .within(scope_report::PATIENCE);
        self.send(call).await.map(drop)
    }
}
