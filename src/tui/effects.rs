//! Runs the app's effects: requests become tasks, other effects are carried out at once.

use std::sync::Arc;

use super::delivery::Answers;
use super::live::LiveSession;
use super::memory::MemoryWriter;
use super::requests;
use super::tasks::{FAREWELL, Tasks};
use crate::app::{Effect, Ticket};
use crate::domain::Diagnosis;
use crate::platform::panic::Record;

/// Runs effects.
pub(crate) trait EffectRunner {
    /// Starts an effect; never blocks. Effects that the loop handles itself are ignored.
    fn carry_out(&mut self, effect: Effect);
    /// Handles a [`super::delivery::Delivery::Ended`].
    fn ended(&mut self, ticket: Ticket);
    /// Whether any task is running.
    fn is_busy(&self) -> bool;
    /// Variables that other programs must not see, in addition to `ALTER_*`.
    fn hidden_variables(&self) -> Vec<String>;
}

/// A session and its tasks.
pub(crate) struct Effects {
    live: Arc<LiveSession>,
    answers: Answers,
    tasks: Tasks,
    memory_writer: MemoryWriter,
}

impl Effects {
    /// A runner without tasks.
    pub(crate) fn new(live: LiveSession, answers: Answers, record: Record) -> Self {
        Self {
            live: Arc::new(live),
            memory_writer: MemoryWriter::new(answers.clone()),
            tasks: Tasks::new(answers.clone(), record),
            answers,
        }
    }

    /// Ends all tasks, waiting briefly for those that can be cancelled. Returns why something was not stored, if that
    /// was not reported before.
    pub(crate) async fn finish(self) -> Option<Diagnosis> {
        self.tasks.finish().await;
        let last = async { tokio::join!(self.live.farewell(), self.memory_writer.flush()) };
        let _ = tokio::time::timeout(FAREWELL, last).await;
        self.live.settled().await
    }
}

impl EffectRunner for Effects {
    #[deny(clippy::wildcard_enum_match_arm)]
    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Start { ticket, job } => {
                requests::start(&mut self.tasks, &self.live, &self.answers, ticket, job);
            }
            Effect::Cancel(slot) => self.tasks.cancel(slot),
            Effect::Discard(discarded) => drop(tokio::task::spawn_blocking(move || drop(discarded))),
            Effect::Remember(keep) => {
                if let Some(memory) = self.live.memory() {
                    self.memory_writer.keep(memory, keep);
                }
            }
            // Handled by the loop.
            Effect::Suspend | Effect::Repaint | Effect::Quit(_) => {}
        }
    }

    fn ended(&mut self, ticket: Ticket) {
        self.tasks.ended(ticket);
    }

    fn hidden_variables(&self) -> Vec<String> {
        self.live.hidden_variables()
    }

    fn is_busy(&self) -> bool {
        self.tasks.is_busy()
    }
}
