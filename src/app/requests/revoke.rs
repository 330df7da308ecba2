//! Revoking grants, and an agent's access to one.

use std::sync::Arc;

use super::Request;
use crate::app::screens::revoke::{self, Access};
use crate::app::{Effect, Model, Ticket};
use crate::domain::revoke::{PlanEvent, PlanRequest, RevokeEvent, RevokePlan};
use crate::domain::{Diagnosis, Now, Retry};

/// Plan a revocation, from a list that is read for it; nothing is changed. Answered with its progress, at last with the
/// plan.
#[derive(Debug, PartialEq)]
pub struct PlanRevoke(pub PlanRequest);

impl Request for PlanRevoke {
    type Answer = PlanEvent;

    const SEVERAL: bool = true;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(PlanEvent::Done(Err(fault)))
    }

    fn answered(model: &mut Model, _: Ticket, event: Self::Answer, now: Now) -> Vec<Effect> {
        revoke::planned(model, event, now)
    }
}

/// Revoke what was planned and confirmed; answered with what happened since the last answer, at most 30 times in a
/// second.
#[derive(Debug, PartialEq)]
pub struct RunRevoke(pub Arc<RevokePlan>);

impl Request for RunRevoke {
    type Answer = Vec<RevokeEvent>;

    const SEVERAL: bool = true;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(vec![RevokeEvent::Done { failed: Some(fault) }])
    }

    fn answered(model: &mut Model, _: Ticket, events: Self::Answer, now: Now) -> Vec<Effect> {
        revoke::answer(model, events, now)
    }
}

/// End an agent's access to a grant, which stays.
#[derive(Debug, PartialEq)]
pub struct RevokeAccess(pub Arc<Access>);

impl Request for RevokeAccess {
    type Answer = Result<(), Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        // It may have been carried out.
        Some(Err(Diagnosis { retry: Retry::Unsafe, ..fault }))
    }

    fn answered(model: &mut Model, _: Ticket, ended: Self::Answer, now: Now) -> Vec<Effect> {
        revoke::taken_away(model, ended, now)
    }
}
