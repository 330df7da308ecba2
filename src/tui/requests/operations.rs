//! Operations that a provider offers.

use std::sync::Arc;

use super::{Run, Running};
use crate::app::requests::{ListOperations, ReadOperation};
use crate::domain::Diagnosis;
use crate::domain::operation::{Operation, OperationSummary};
use crate::jobs::operation;
use crate::tui::live::LiveSession;

impl Run for ListOperations {
    async fn run(
        self,
        live: Arc<LiveSession>,
        _: Running<Self>,
    ) -> Option<Result<Vec<OperationSummary>, Diagnosis>> {
        let Self { kind, provider } = self;
        let operations =
            async { operation::operations(&live.context()?.client, &kind, &provider, None).await };
        Some(operations.await)
    }
}

impl Run for ReadOperation {
    async fn run(
        self,
        live: Arc<LiveSession>,
        _: Running<Self>,
    ) -> Option<Result<Box<Operation>, Diagnosis>> {
        let operation = async { operation::details(&live.context()?.client, &self.grant, &self.id).await };
        Some(operation.await.map(Box::new))
    }
}
