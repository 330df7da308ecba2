//! Smoke tests.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Request;
use crate::app::screens::smoke;
use crate::app::{Effect, Model, Ticket};
use crate::domain::smoke::{Past, RunId, SmokeEvent, SmokePlan, SmokeSummary};
use crate::domain::{Diagnosis, Grant, GrantId, Now};
use crate::search::Snapshot;

/// What is tested. Cheap to clone: the grants themselves are gathered where the work is done.
#[derive(Clone, Debug, PartialEq)]
pub struct SmokeTargets {
    /// The rows of the list.
    pub rows: Snapshot,
    /// Which of them, in this order; None = all.
    pub places: Option<Arc<[u32]>>,
    /// Of them those that an earlier part of the same run has decided: they are not asked again.
    pub decided: Arc<HashSet<GrantId>>,
    /// The run that it goes on with, where the history keeps one.
    pub resume: Option<RunId>,
}

impl SmokeTargets {
    /// All of these rows, from the beginning.
    pub fn all(rows: Snapshot) -> Self {
        Self { rows, places: None, decided: Arc::default(), resume: None }
    }

    /// The grants that are to be asked. Costs a copy of each row, so never ask on the thread of the screen.
    pub fn grants(&self) -> Vec<Grant> {
        let is_left = |grant: &&Grant| !grant.row.grant().is_some_and(|id| self.decided.contains(&id));
        match &self.places {
            None => self.rows.iter().map(|(_, grant)| grant).filter(is_left).cloned().collect(),
            Some(places) => {
                let rows = places.iter().filter_map(|place| self.rows.get(*place));
                rows.filter(is_left).cloned().collect()
            }
        }
    }
}

/// What a smoke test would do and how long it would take; nothing is sent.
#[derive(Debug, PartialEq)]
pub struct PlanSmoke(pub SmokeTargets);

impl Request for PlanSmoke {
    type Answer = Result<SmokePlan, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, plan: Self::Answer, now: Now) -> Vec<Effect> {
        smoke::previewed(model, plan, now)
    }
}

/// A smoke test; answered with what it reported since the last answer, at most 30 times in a second.
#[derive(Debug, PartialEq)]
pub struct RunSmoke(pub SmokeTargets);

impl Request for RunSmoke {
    type Answer = Vec<SmokeEvent>;

    const SEVERAL: bool = true;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        let summary = SmokeSummary { stopped: Some(fault), ..SmokeSummary::default() };
        Some(vec![SmokeEvent::Done(summary)])
    }

    fn answered(model: &mut Model, _: Ticket, events: Self::Answer, now: Now) -> Vec<Effect> {
        smoke::answer(&mut model.smoke, &mut model.shared, &events, now)
    }
}

/// What earlier smoke tests said of these grants, the latest first.
#[derive(Debug, PartialEq)]
pub struct ReadVerdicts(pub Vec<GrantId>);

impl Request for ReadVerdicts {
    type Answer = Result<HashMap<GrantId, Vec<Past>>, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, verdicts: Self::Answer, _: Now) -> Vec<Effect> {
        smoke::verdicts(&mut model.smoke, verdicts);
        Vec::new()
    }
}
