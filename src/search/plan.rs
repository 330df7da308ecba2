//! The input and output of a search.

use std::sync::Arc;

use super::{Query, Snapshot};
use crate::domain::column::Order;
use crate::domain::{GrantKind, HealthGroup, Now, ServerFilter};

/// The input of a search over the loaded rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The rows to search.
    pub rows: Snapshot,
    /// The filters that the backend also applies.
    pub server: ServerFilter,
    /// Only this kind.
    pub kind: Option<GrantKind>,
    /// Only this health, or group of healths.
    pub health: Option<HealthGroup>,
    /// The parsed query.
    pub query: Query,
    /// The order of the result. With words in the query, [`Order::AsSent`] means best match first.
    pub order: Order,
    /// Show children below their parents, if the parent also matches.
    pub tree: bool,
    /// The current time, for health and ages.
    pub now: Now,
}

/// The result: indices into the plan's rows, in display order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The rows to show. `None` = all rows in their original order.
    pub order: Option<Arc<[u32]>>,
    /// For a tree, the depth of each row; otherwise empty.
    pub depth: Arc<[u8]>,
}

impl Found {
    /// Number of rows to show, given the number of loaded rows.
    pub fn len(&self, rows: usize) -> usize {
        self.order.as_ref().map_or(rows, |order| order.len())
    }

    /// The row at a position of the result.
    pub fn at(&self, place: usize) -> Option<u32> {
        match &self.order {
            Some(order) => order.get(place).copied(),
            None => u32::try_from(place).ok(),
        }
    }
}
