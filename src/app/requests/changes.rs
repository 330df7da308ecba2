//! Changes of files.

use super::Request;
use crate::app::screens::changes;
use crate::app::{Effect, Model, Ticket};
use crate::domain::change::{ChangePlan, ChangeRequest, Changed, PlanId};
use crate::domain::{Diagnosis, Now};

/// Plan a change.
#[derive(Debug, PartialEq)]
pub struct PlanChange(pub ChangeRequest);

impl Request for PlanChange {
    type Answer = Result<ChangePlan, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, plan: Self::Answer, _: Now) -> Vec<Effect> {
        changes::planned(&mut model.shared, plan);
        Vec::new()
    }
}

/// Make the change that was planned.
#[derive(Debug, PartialEq)]
pub struct WriteChange(pub PlanId);

impl Request for WriteChange {
    type Answer = Result<Changed, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, changed: Self::Answer, now: Now) -> Vec<Effect> {
        changes::changed(model, changed, now)
    }
}
