//! The list of grants.

use std::sync::Arc;

use super::Request;
use crate::app::screens::grants;
use crate::app::{Effect, Model, Ticket};
use crate::domain::{Diagnosis, ListEvent, ListRequest, Now};
use crate::search::{Found, Plan};

/// Walk over the list; answered many times.
#[derive(Debug, PartialEq)]
pub struct WalkList(pub ListRequest);

impl Request for WalkList {
    type Answer = ListEvent;

    const SEVERAL: bool = true;

    fn failed(fault: Diagnosis) -> Option<ListEvent> {
        Some(ListEvent::Failed(fault))
    }

    fn answered(model: &mut Model, _: Ticket, event: ListEvent, now: Now) -> Vec<Effect> {
        grants::walked(&mut model.grants, &mut model.shared, event, now)
    }
}

/// Search the rows that are here; answered perhaps twice, early and in full. Boxed: it is large and rare.
#[derive(Debug, PartialEq)]
pub struct SearchRows(pub Box<Plan>);

/// Rows that match.
#[derive(Debug)]
pub struct RowsFound {
    /// Which.
    pub found: Found,
    /// False for the early answer, which another one follows.
    pub last: bool,
}

impl Request for SearchRows {
    type Answer = RowsFound;

    const SEVERAL: bool = true;

    fn failed(_: Diagnosis) -> Option<RowsFound> {
        // The question must not stay open, or nothing would be searched for any more.
        let found = Found { order: Some(Arc::from([])), ..Found::default() };
        Some(RowsFound { found, last: true })
    }

    fn answered(model: &mut Model, _: Ticket, RowsFound { found, last }: RowsFound, now: Now) -> Vec<Effect> {
        grants::show_found(&mut model.grants, &mut model.shared, found, last, now)
    }
}
