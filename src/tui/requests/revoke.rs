//! Revoking grants: the plan, and carrying it out.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::batches::{EVENTS, forward};
use super::{Run, Running, budget};
use crate::app::requests::{PlanRevoke, Request as _, RevokeAccess, RunRevoke};
use crate::domain::Diagnosis;
use crate::domain::revoke::{PlanEvent, RevokeEvent};
use crate::jobs::revoke as job;
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

impl Run for PlanRevoke {
    async fn run(self, live: Arc<LiveSession>, running: Running<Self>) -> Option<PlanEvent> {
        let context = match live.context() {
            Ok(context) => context,
            Err(diagnosis) => return Self::failed(diagnosis),
        };
        let (sender, mut events) = mpsc::unbounded_channel();
        let plan = async {
            let planned = job::plan(&context, &self.0, |event| drop(sender.send(event))).await;
            drop(sender);
            planned
        };
        let forward = async {
            while let Some(event) = events.recv().await {
                running.report(event).await;
            }
        };
        let (planned, ()) = tokio::join!(plan, forward);
        budget::report(&live, &running.answers, &mut None).await;
        Some(PlanEvent::Done(planned.map(Box::new)))
    }
}

/// Cancelled, it still reports what was sent; leaving the program waits for that, and for its records.
impl Run for RunRevoke {
    const ENDING: Ending = Ending::LastWords;

    async fn run(self, live: Arc<LiveSession>, running: Running<Self>) -> Option<Vec<RevokeEvent>> {
        let context = match live.context() {
            Ok(context) => context,
            Err(diagnosis) => return Self::failed(diagnosis),
        };
        let (sender, events) = mpsc::channel(EVENTS);
        let run = async {
            let work = job::revoke(&context, &self.0, running.cancel.clone(), sender);
            tokio::join!(work, forward::<Self, _>(&running.answers, running.ticket, events))
        };
        let mut reported = None;
        tokio::select! {
            _ = run => {}
            () = budget::count_down(&live, &running.answers, &mut reported) => {}
        }
        budget::report(&live, &running.answers, &mut reported).await;
        None
    }
}

/// Leaving the program waits for its answer and its record.
impl Run for RevokeAccess {
    const ENDING: Ending = Ending::LastWords;

    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Result<(), Diagnosis>> {
        let access = &*self.0;
        let ended = async {
            job::revoke_delegation(&live.context()?, &access.grant, access.id, Some(access.agent)).await
        };
        Some(ended.await)
    }
}
