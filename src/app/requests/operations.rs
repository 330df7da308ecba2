//! What can be called at a provider.

use std::sync::Arc;

use super::Request;
use crate::app::screens::composer;
use crate::app::{Effect, Model, Ticket};
use crate::domain::operation::{Operation, OperationSummary};
use crate::domain::{Diagnosis, Grant, GrantKind, Now};

/// The operations of a provider.
#[derive(Debug, PartialEq)]
pub struct ListOperations {
    /// Which of the two catalogs.
    pub kind: GrantKind,
    /// The provider.
    pub provider: Arc<str>,
}

impl Request for ListOperations {
    type Answer = Result<Vec<OperationSummary>, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, operations: Self::Answer, now: Now) -> Vec<Effect> {
        composer::operations(model, operations, now)
    }
}

/// One operation, whole.
#[derive(Debug, PartialEq)]
pub struct ReadOperation {
    /// With which grant it would be called. Boxed: it is large.
    pub grant: Box<Grant>,
    /// The operation.
    pub id: String,
}

impl Request for ReadOperation {
    type Answer = Result<Box<Operation>, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, operation: Self::Answer, now: Now) -> Vec<Effect> {
        composer::details(&mut model.call, &mut model.shared, operation.map(|operation| *operation), now)
    }
}
