//! What is asked of a search, and what it finds.

use std::sync::Arc;

use super::{Query, Snapshot};
use crate::domain::column::Order;
use crate::domain::{GrantKind, HealthGroup, Now, ServerFilter};

/// One question over the rows that are here.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The rows.
    pub rows: Snapshot,
    /// The part that the backend filters by too.
    pub server: ServerFilter,
    /// Only this kind.
    pub kind: Option<GrantKind>,
    /// Only this health, or group of healths.
    pub health: Option<HealthGroup>,
    /// What was typed.
    pub query: Query,
    /// How the answer is ordered. With words in the query and [`Order::AsSent`], best match first.
    pub order: Order,
    /// Children below their parents, where the parent is in the answer too.
    pub tree: bool,
    /// For health and ages.
    pub now: Now,
}

/// The answer: indices into the plan's rows, in display order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The rows to show. None = all rows as they came.
    pub order: Option<Arc<[u32]>>,
    /// In a tree, how deep each of them stands; empty otherwise.
    pub depth: Arc<[u8]>,
}

impl Found {
    /// How many rows are shown, of `rows` that are here.
    pub fn len(&self, rows: usize) -> usize {
        self.order.as_ref().map_or(rows, |order| order.len())
    }

    /// The row at a place of the shown list.
    pub fn at(&self, place: usize) -> Option<u32> {
        match &self.order {
            Some(order) => order.get(place).copied(),
            None => u32::try_from(place).ok(),
        }
    }
}
