//! Grant ids in files.

use std::collections::HashSet;
use std::path::PathBuf;

use jiff::Timestamp;

use super::Request;
use crate::app::screens::scan;
use crate::app::{Effect, Model, Ticket};
use crate::domain::scan::{KnownIds, ScanCounts, ScanEvent};
use crate::domain::{Diagnosis, Now, RowId};
use crate::search::Snapshot;

/// Look for grant ids in files; answered many times, with what was found since the last answer.
#[derive(Debug, PartialEq)]
pub struct ScanFiles {
    /// Files and folders, as the person named them.
    pub paths: Vec<PathBuf>,
    /// The grants that are known.
    pub grants: Snapshot,
    /// Those of them that the last refresh did not find any more.
    pub gone: HashSet<RowId>,
}

impl ScanFiles {
    /// What the list says: nothing of rows that are gone.
    pub fn known(&self, now: Timestamp) -> KnownIds {
        let here = self.grants.iter().map(|(_, grant)| grant);
        KnownIds::of(here.filter(|grant| !self.gone.contains(&grant.row)), now)
    }
}

impl Request for ScanFiles {
    type Answer = Vec<ScanEvent>;

    const SEVERAL: bool = true;

    fn failed(_: Diagnosis) -> Option<Self::Answer> {
        Some(vec![ScanEvent::Done(ScanCounts::default())])
    }

    fn answered(model: &mut Model, _: Ticket, events: Self::Answer, now: Now) -> Vec<Effect> {
        scan::answer(&mut model.scan, &mut model.shared, events, now);
        Vec::new()
    }
}
