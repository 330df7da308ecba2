//! Changes to the user's files: planned, then made as shown.

use std::sync::Arc;

use super::{Run, Running, on_blocking_thread};
use crate::app::requests::{PlanChange, WriteChange};
use crate::domain::Diagnosis;
use crate::domain::change::{ChangePlan, Changed, PlanId};
use crate::tui::live::LiveSession;

impl Run for PlanChange {
    async fn run(
        self,
        live: Arc<LiveSession>,
        running: Running<Self>,
    ) -> Option<Result<ChangePlan, Diagnosis>> {
        let kept = live.planned.clone();
        Some(on_blocking_thread(move || kept.plan(PlanId(running.ticket.epoch), &self.0)).await)
    }
}

impl Run for WriteChange {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Result<Changed, Diagnosis>> {
        let kept = live.planned.clone();
        Some(on_blocking_thread(move || kept.write(self.0)).await)
    }
}
