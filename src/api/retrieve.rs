//! Credentials for calls made from here, and the reports about such calls (docs/protocol/calls.md part A).

use zeroize::Zeroizing;

use super::arrival::Deadline;
use super::client::Call;
use super::{ApiError, Client};
use crate::domain::GrantId;
use crate::protocol::call::audit::{self, AuditRow};
use crate::protocol::call::{Credential, Retrieval, scope_report, token};

impl Client {
    /// Fetches the credential for one checked call. Never cached: each call fetches its own. A redirect is not an
    /// answer, though the official SDK accepts any status below 400 (section A2).
    ///
    /// # Errors
    /// See [`ApiError`]; one of them means that the backend must make this call itself.
    pub async fn credential(&self, retrieval: &Retrieval, bounds: Deadline) -> Result<Credential, ApiError> {
        let body = retrieval.token_request(self.user_token());
        let call = Call::post_bytes(token::ENDPOINT, token::TARGET, bytes::Bytes::from_owner(body))
            .with_context(retrieval.context().cloned())
            .bounded(bounds)
            .unpooled();
        let answer = Zeroizing::new(self.send(call).await?);
        self.read(Credential::parse(&answer))
    }

    /// Sends the audit row of a call made from here.
    ///
    /// # Errors
    /// See [`ApiError`]; the call itself has happened regardless.
    pub async fn audit(&self, row: &AuditRow, retrieval: &Retrieval) -> Result<(), ApiError> {
        let call = Call::post_bytes(audit::ENDPOINT, audit::TARGET, row.to_bytes().into())
            .with_context(retrieval.context().cloned());
        self.send(call).await.map(drop)
    }

    /// Reports that a provider lacked permissions.
    ///
    /// # Errors
    /// See [`ApiError`]; the call itself has happened regardless.
    pub async fn report_scopes(&self, grant: GrantId, body: Vec<u8>) -> Result<(), ApiError> {
        let call = Call::post_bytes(scope_report::ENDPOINT, &scope_report::target(grant), body.into())
            .within(scope_report::PATIENCE);
        self.send(call).await.map(drop)
    }
}
