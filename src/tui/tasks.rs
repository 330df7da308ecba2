//! The tasks of one session: under each slot at most one runs, all end with the session, and none breaks unseen.

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

/// How long leaving waits for tasks to notice.
pub(super) const FAREWELL: Duration = Duration::from_millis(300);

/// How long leaving waits for a call to tell the audit log what happened.
const LAST_WORDS: Duration = Duration::from_secs(6);

/// How a task ends when nobody waits for it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// At once.
    Cut,
    /// By itself, soon after its token is cancelled.
    Itself,
    /// As by itself; and leaving waits for it some seconds, since it may still have to report what happened.
    LastWords,
}

/// The answer to a question whose work broke; None = there is none.
pub(crate) type Failed = fn(Diagnosis) -> Option<Answer>;

/// What is under way.
pub(crate) struct Tasks {
    answers: Answers,
    record: Record,
    session: CancellationToken,
    tokens: HashMap<Slot, (Ticket, CancellationToken)>,
    /// Those that leaving waits for a moment.
    others: TaskTracker,
    /// Those with last words.
    calls: TaskTracker,
    open: usize,
}

impl Tasks {
    /// Nothing runs yet.
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

    /// Begins work under a slot, in place of what ran there; its token is cancelled when the slot is wanted for
    /// something else. Its end is told, and where it panics that is an answer and a report.
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
        // In a box, so that what follows, and the task around it, is compiled once and not for each kind of work.
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

    /// Asks what runs under a slot to end.
    pub(crate) fn cancel(&mut self, slot: Slot) {
        if let Some((_, token)) = self.tokens.remove(&slot) {
            token.cancel();
        }
    }

    /// Told for each [`Delivery::Ended`].
    pub(crate) fn ended(&mut self, ticket: Ticket) {
        self.open = self.open.saturating_sub(1);
        if self.tokens.get(&ticket.slot).is_some_and(|(current, _)| *current == ticket) {
            self.tokens.remove(&ticket.slot);
        }
    }

    /// Whether anything is under way.
    pub(crate) fn is_busy(&self) -> bool {
        self.open > 0
    }

    /// Ends everything; waits a moment for those who listen. Who does not listen is left behind.
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
            // Nobody waits for it, or all was said before.
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
