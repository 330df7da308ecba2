//! Changes of the user's files: planned, then made as they were shown.

use std::sync::Arc;

use super::{Asked, Run, elsewhere};
use crate::app::requests::{PlanChange, WriteChange};
use crate::domain::Diagnosis;
use crate::domain::change::{ChangePlan, Changed, PlanId};
use crate::tui::live::LiveSession;

impl Run for PlanChange {
    async fn run(self, live: Arc<LiveSession>, asked: Asked<Self>) -> Option<Result<ChangePlan, Diagnosis>> {
        let kept = live.planned.clone();
        Some(elsewhere(move || kept.plan(PlanId(asked.ticket.epoch), &self.0)).await)
    }
}

impl Run for WriteChange {
    async fn run(self, live: Arc<LiveSession>, _: Asked<Self>) -> Option<Result<Changed, Diagnosis>> {
        let kept = live.planned.clone();
        Some(elsewhere(move || kept.write(self.0)).await)
    }
}
