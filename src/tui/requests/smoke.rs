//! Smoke tests: planning, running, and earlier verdicts.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::batches::{EVENTS, forward};
use super::{Run, Running, budget};
use crate::app::requests::{PlanSmoke, ReadVerdicts, Request as _, RunSmoke, SmokeTargets};
use crate::domain::provider::Table;
use crate::domain::smoke::{Past, SmokeEvent, SmokePlan};
use crate::domain::{Diagnosis, GrantId};
use crate::jobs;
use crate::jobs::smoke::{Resume, SmokeRequest, preview};
use crate::platform::blocking::blocking;
use crate::store::history::KEPT_OF_EACH;
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

impl Run for PlanSmoke {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Result<SmokePlan, Diagnosis>> {
        let plan = async {
            let (context, table) = (live.context()?, live.table());
            // This examines thousands of rows.
            blocking(move || preview(&context, &request(&self.0, table))).await
        };
        Some(plan.await)
    }
}

/// A cancelled run still reports its results.
impl Run for RunSmoke {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, live: Arc<LiveSession>, running: Running<Self>) -> Option<Vec<SmokeEvent>> {
        let context = match live.context() {
            Ok(context) => context,
            Err(diagnosis) => return Self::failed(diagnosis),
        };
        let (sender, events) = mpsc::channel(EVENTS);
        let run = async {
            let request = request(&self.0, live.table());
            let run = jobs::smoke(&context, request, running.cancel.clone(), sender);
            tokio::join!(run, forward::<Self, _>(&running.answers, running.ticket, events))
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

impl Run for ReadVerdicts {
    async fn run(
        self,
        live: Arc<LiveSession>,
        _: Running<Self>,
    ) -> Option<Result<HashMap<GrantId, Vec<Past>>, Diagnosis>> {
        let verdicts = async {
            let context = live.context()?;
            match context.recorder.as_ref().filter(|recorder| recorder.keeps_verdicts()) {
                Some(recorder) => {
                    recorder.known_verdicts(recorder.whose(&context.backend()), self.0, KEPT_OF_EACH).await
                }
                None => Ok(HashMap::new()),
            }
        };
        Some(verdicts.await)
    }
}

/// The request for a run.
fn request(targets: &SmokeTargets, table: Arc<Table>) -> SmokeRequest {
    let resume = targets.resume.map_or(Resume::Nothing, Resume::Run);
    SmokeRequest { table, resume, ..SmokeRequest::new(targets.grants()) }
}
