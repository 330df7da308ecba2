//! Smoke tests: foreseen, carried out, and what earlier ones said.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::{Backend, Effects, budget};
use crate::app::effect::SmokeJob;
use crate::app::{Answer, Ticket};
use crate::domain::smoke::{SmokeEvent, SmokeSummary};
use crate::domain::{Diagnosis, GrantId};
use crate::tui::delivery::Answers;

/// The least time between two answers of a run: a board that changes thirty times in a second is live enough.
const EVERY: Duration = Duration::from_millis(34);

/// Events that one answer carries at most, so that taking it in stays short.
const BATCH: usize = 1_000;

/// Events that wait between a run and the one who hands them on.
const EVENTS: usize = 256;

impl<B: Backend> Effects<B> {
    pub(super) fn foresee(&mut self, ticket: Ticket, job: SmokeJob) {
        let backend = Arc::clone(&self.backend);
        self.ask(ticket, Answer::Foreseen, async move { backend.foresee(job).await });
    }

    /// A run that is cancelled still says what it knows.
    pub(super) fn smoke(&mut self, ticket: Ticket, job: SmokeJob) {
        let (answers, backend) = (self.answers.clone(), Arc::clone(&self.backend));
        let token = self.take_slot(ticket);
        let work = async move {
            let (sender, events) = mpsc::channel(EVENTS);
            let run =
                async { tokio::join!(backend.smoke(job, token, sender), hand_on(&answers, ticket, events)) };
            let mut told = None;
            tokio::select! {
                _ = run => {}
                () = budget::count_down(&*backend, &answers, &mut told) => {}
            }
            budget::tell(&*backend, &answers, &mut told).await;
        };
        let work = self.watched(ticket, Some(Box::new(given_up)), work);
        self.tasks.spawn(work);
    }

    pub(super) fn verdicts(&mut self, ticket: Ticket, grants: Vec<GrantId>) {
        let backend = Arc::clone(&self.backend);
        self.ask(ticket, Answer::Verdicts, async move { backend.verdicts(grants).await });
    }
}

/// A run that broke.
fn given_up(fault: Diagnosis) -> Answer {
    let summary = SmokeSummary { stopped: Some(fault), ..SmokeSummary::default() };
    Answer::Smoke(vec![SmokeEvent::Done(summary)])
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
        answers.answer(ticket, Answer::Smoke(batch)).await;
    }
}

#[cfg(test)]
#[path = "smoke_tests.rs"]
mod tests;
