//! The tasks of a session: at most one per slot; all end with the session, and a panic is always reported.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::delivery::{Answers, Delivery};
use crate::app::{Answer, Msg, Slot, Ticket};
use crate::domain::Diagnosis;
use crate::platform::panic::Record;

/// How long leaving waits for tasks to end.
pub(super) const FAREWELL: Duration = Duration::from_millis(300);

/// How long leaving waits for a call to send its audit row.
const LAST_WORDS: Duration = Duration::from_secs(6);

/// How a task ends when its answer is no longer wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It is dropped at once.
    Cut,
    /// It ends by itself, soon after its token is cancelled.
    Itself,
    /// Like `Itself`; leaving waits for it some seconds, as it may still have to send an audit row.
    LastWords,
}

/// The answer for a task that panicked; `None` = there is none.
pub(crate) type Failed = fn(Diagnosis) -> Option<Answer>;

/// The running tasks.
pub(crate) struct Tasks {
    answers: Answers,
    record: Record,
    session: CancellationToken,
    tokens: HashMap<Slot, (Ticket, CancellationToken)>,
    /// Tasks that leaving waits for briefly.
    others: TaskTracker,
    /// Tasks with [`Ending::LastWords`].
    calls: TaskTracker,
    open: usize,
}

impl Tasks {
    /// No tasks yet.
    pub(crate) fn new(answers: Answers, record: Record) -> Self {
        Self {
            answers,
            record,
            session: CancellationToken::new(),
            tokens: HashMap::new(),
            others: TaskTracker::new(),
            calls: TaskTracker::new(),
            open: 0,
        }
    }

    /// Starts work in a slot, replacing what runs there; its token is cancelled when the slot is reused. The end of the
    /// work is always delivered; a panic becomes an answer and a report.
    pub(crate) fn start<W>(
        &mut self,
        ticket: Ticket,
        ending: Ending,
        failed: Failed,
        work: impl FnOnce(CancellationToken) -> W,
    ) where
        W: Future<Output = Option<Answer>> + Send + 'static,
    {
        let token = self.session.child_token();
        if let Some((_, before)) = self.tokens.insert(ticket.slot, (ticket, token.clone())) {
            before.cancel();
        }
        self.open += 1;
        // Boxed, so that the task around it is compiled once and not per kind of work.
        let work = work(token.clone()).boxed();
        let work = match ending {
            Ending::Cut => cut_off(token, work).boxed(),
            Ending::Itself | Ending::LastWords => work,
        };
        let watched = watched(ticket, failed, work, self.answers.clone(), self.record.clone());
        match ending {
            Ending::Cut | Ending::Itself => drop(self.others.spawn(watched)),
            Ending::LastWords => drop(self.calls.spawn(watched)),
        }
    }

    /// Cancels the task in a slot.
    pub(crate) fn cancel(&mut self, slot: Slot) {
        if let Some((_, token)) = self.tokens.remove(&slot) {
            token.cancel();
        }
    }

    /// Handles a [`Delivery::Ended`].
    pub(crate) fn ended(&mut self, ticket: Ticket) {
        self.open = self.open.saturating_sub(1);
        if self.tokens.get(&ticket.slot).is_some_and(|(current, _)| *current == ticket) {
            self.tokens.remove(&ticket.slot);
        }
    }

    /// Whether any task is running.
    pub(crate) fn is_busy(&self) -> bool {
        self.open > 0
    }

    /// Ends all tasks, waiting briefly for those that end by themselves; others are left behind.
    pub(crate) async fn finish(self) {
        self.session.cancel();
        self.others.close();
        self.calls.close();
        let _ = tokio::join!(
            tokio::time::timeout(FAREWELL, self.others.wait()),
            tokio::time::timeout(LAST_WORDS, self.calls.wait()),
        );
    }
}

async fn cut_off(token: CancellationToken, work: BoxFuture<'static, Option<Answer>>) -> Option<Answer> {
    tokio::select! {
        biased;
        () = token.cancelled() => None,
        answer = work => answer,
    }
}

fn watched(
    ticket: Ticket,
    failed: Failed,
    work: BoxFuture<'static, Option<Answer>>,
    answers: Answers,
    record: Record,
) -> BoxFuture<'static, ()> {
    async move {
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(Some(answer)) => answers.answer(ticket, answer).await,
            // The answer is not wanted, or everything was reported before.
            Ok(None) => {}
            Err(_) => {
                let fault = record.fault();
                if let Some(answer) = failed(fault.clone()) {
                    answers.answer(ticket, answer).await;
                }
                answers.send(Delivery::Msg(Msg::Fault(fault))).await;
            }
        }
        answers.send(Delivery::Ended(ticket)).await;
    }
    .boxed()
}

#[cfg(test)]
#[path = "tasks_tests.rs"]
mod tests;
