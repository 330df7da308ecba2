//! Provider specs: the operations that a provider offers (docs/protocol/grants.md section 9).

use super::client::Call;
use super::{ApiError, Client};
use crate::protocol::specs::{self, OperationDetail, OperationPage, Spec, SpecKind, SpecPath};

impl Client {
    /// Reads all specs, or those of one kind.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn specs(&self, kind: Option<SpecKind>) -> Result<Vec<Spec>, ApiError> {
        let reply = self.send(Call::get(specs::LIST, specs::list_target(kind))).await?;
        self.read(specs::parse_list(&reply))
    }

    /// Reads a provider's spec.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn spec(&self, path: &SpecPath) -> Result<Spec, ApiError> {
        let reply = self.send(Call::get(specs::GET, path.as_str().to_owned())).await?;
        self.read(specs::parse_spec(&reply))
    }

    /// Reads a page of a provider's operations; `limit` is clamped to 1..=500, `search` cut to 200 characters.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn operations(
        &self,
        path: &SpecPath,
        search: Option<&str>,
        limit: u64,
        offset: u64,
    ) -> Result<OperationPage, ApiError> {
        let reply =
            self.send(Call::get(specs::OPERATIONS, path.operations_target(search, limit, offset))).await?;
        self.read(specs::parse_operations(&reply))
    }

    /// Reads an operation with its schemas.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn operation(&self, path: &SpecPath, id: &str) -> Result<OperationDetail, ApiError> {
        let target = path.operation_target(id)?;
        let reply = self.send(Call::get(specs::OPERATION, target)).await?;
        self.read(specs::parse_operation(&reply))
    }
}
