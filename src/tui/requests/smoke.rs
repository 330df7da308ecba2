//! Smoke tests: planned, carried out, and what earlier ones said.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::{Asked, Run, budget};
use crate::app::Ticket;
use crate::app::requests::{Listed as _, PlanSmoke, ReadVerdicts, Request as _, RunSmoke, SmokeTargets};
use crate::domain::provider::Table;
use crate::domain::smoke::{Past, SmokeEvent, SmokePlan};
use crate::domain::{Diagnosis, GrantId};
use crate::jobs;
use crate::jobs::smoke::{Resume, SmokeRequest, preview};
use crate::platform::blocking::blocking;
use crate::store::history::KEPT_OF_EACH;
use crate::tui::delivery::Answers;
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

/// The least time between two answers of a run: a board that changes thirty times in a second is live enough.
const EVERY: Duration = Duration::from_millis(34);

/// Events that one answer carries at most, so that taking it in stays short.
const BATCH: usize = 1_000;

/// Events that wait between a run and the one who hands them on.
const EVENTS: usize = 256;

impl Run for PlanSmoke {
    async fn run(self, live: Arc<LiveSession>, _: Asked<Self>) -> Option<Result<SmokePlan, Diagnosis>> {
        let plan = async {
            let (context, table) = (live.context()?.clone(), live.table());
            // Thousands of rows are looked at.
            blocking(move || preview(&context, &request(&self.0, table))).await
        };
        Some(plan.await)
    }
}

/// A run that is cancelled still says what it knows.
impl Run for RunSmoke {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, live: Arc<LiveSession>, asked: Asked<Self>) -> Option<Vec<SmokeEvent>> {
        let context = match live.context() {
            Ok(context) => context,
            Err(diagnosis) => return Self::failed(diagnosis),
        };
        let (sender, events) = mpsc::channel(EVENTS);
        let run = async {
            let request = request(&self.0, live.table());
            let run = jobs::smoke(context, request, asked.cancel.clone(), sender);
            tokio::join!(run, hand_on(&asked.answers, asked.ticket, events))
        };
        let mut reported = None;
        tokio::select! {
            _ = run => {}
            () = budget::count_down(&live, &asked.answers, &mut reported) => {}
        }
        budget::report(&live, &asked.answers, &mut reported).await;
        None
    }
}

impl Run for ReadVerdicts {
    async fn run(
        self,
        live: Arc<LiveSession>,
        _: Asked<Self>,
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

/// What is asked of a run.
fn request(targets: &SmokeTargets, table: Arc<Table>) -> SmokeRequest {
    let resume = targets.resume.map_or(Resume::Nothing, Resume::Run);
    SmokeRequest { table, resume, ..SmokeRequest::new(targets.grants()) }
}

/// Hands the events of a run on until it ends: the first at once, further ones together.
async fn hand_on(answers: &Answers, ticket: Ticket, mut events: mpsc::Receiver<SmokeEvent>) {
    let mut due = Instant::now();
    let mut open = true;
    while open {
        let mut batch = Vec::new();
        open = events.recv_many(&mut batch, BATCH).await > 0;
        while open && Instant::now() < due && batch.len() < BATCH {
            let room = BATCH - batch.len();
            tokio::select! {
                biased;
                () = sleep_until(due) => break,
                more = events.recv_many(&mut batch, room) => open = more > 0,
            }
        }
        if batch.is_empty() {
            return;
        }
        // A full batch waits for its time, and the run with it.
        sleep_until(due).await;
        due = Instant::now() + EVERY;
        answers.answer(ticket, RunSmoke::answer(batch)).await;
    }
}

#[cfg(test)]
#[path = "smoke_tests.rs"]
mod tests;
