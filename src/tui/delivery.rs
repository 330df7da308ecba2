//! The way of answers to the loop: one bounded channel, and in front of it pages that grow together while the
//! loop is busy.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use crate::app::requests::{EditText, Listed as _, WalkList};
use crate::app::{Answer, Msg, Ticket};
use crate::domain::ListEvent;

/// How many answers wait at most.
const CHANNEL: usize = 64;

/// How many events of one walk wait in front of the channel before the walk itself has to wait.
const WAITING: usize = 16;

/// How many rows one message carries at most, so that taking it in stays short.
const ROWS: usize = 2000;

/// What reaches the loop.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// A message for the model.
    Msg(Msg),
    /// Bytes for the terminal that are no part of the picture.
    Write(Vec<u8>),
    /// The terminal is wanted for the person's own editor.
    Edit(Ticket, EditText),
    /// Work has ended, whatever came of it.
    Ended(Ticket),
}

/// The sending end.
#[derive(Clone, Debug)]
pub(crate) struct Answers(mpsc::Sender<Delivery>);

/// The channel between the work and the loop.
pub(crate) fn channel() -> (Answers, mpsc::Receiver<Delivery>) {
    let (sender, receiver) = mpsc::channel(CHANNEL);
    (Answers(sender), receiver)
}

impl Answers {
    /// Sends an answer; waits while the loop is behind.
    pub(crate) async fn answer(&self, ticket: Ticket, answer: Answer) {
        self.send(Delivery::Msg(Msg::Answer { ticket, answer: Box::new(answer) })).await;
    }

    /// Sends anything; waits while the loop is behind. A loop that is gone needs nothing any more.
    pub(crate) async fn send(&self, delivery: Delivery) {
        let _ = self.0.send(delivery).await;
    }

    /// As [`Answers::send`], for a thread of its own. False when the loop is gone.
    pub(crate) fn send_blocking(&self, delivery: Delivery) -> bool {
        self.0.blocking_send(delivery).is_ok()
    }

    /// Hands the events of a walk on until it ends. Pages that find the channel full are joined.
    pub(crate) async fn forward(&self, ticket: Ticket, mut events: mpsc::Receiver<ListEvent>) {
        let mut waiting = VecDeque::new();
        let mut open = true;
        while open || !waiting.is_empty() {
            tokio::select! {
                biased;
                event = events.recv(), if open && waiting.len() < WAITING => match event {
                    Some(event) => join(&mut waiting, event),
                    None => open = false,
                },
                permit = self.0.reserve(), if !waiting.is_empty() => {
                    let Ok(permit) = permit else { return };
                    if let Some(event) = waiting.pop_front() {
                        let answer = Box::new(WalkList::answer(event));
                        permit.send(Delivery::Msg(Msg::Answer { ticket, answer }));
                    }
                }
            }
        }
    }
}

/// Puts an event behind those that wait: a page joins the page before it where it goes on from there, and of
/// several budgets only the last one counts.
fn join(waiting: &mut VecDeque<ListEvent>, event: ListEvent) {
    match (waiting.back_mut(), event) {
        (
            Some(ListEvent::Page { grants, total, next, .. }),
            ListEvent::Page { grants: more, offset, total: newer, next: then },
        ) if *next == Some(offset) && grants.len() + more.len() <= ROWS => {
            grants.extend(more);
            *total = newer;
            *next = then;
        }
        (Some(ListEvent::Budget(before)), ListEvent::Budget(budget)) => *before = budget,
        (_, event) => waiting.push_back(event),
    }
}

#[cfg(test)]
#[path = "delivery_tests.rs"]
mod tests;
