//! Delivers answers to the loop: a bounded channel, with a queue in front of it that merges pages while the loop is
//! busy.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use crate::app::requests::{EditText, Listed as _, WalkList};
use crate::app::{Answer, Msg, Ticket};
use crate::domain::ListEvent;

/// Capacity of the channel, in deliveries.
const CHANNEL_CAPACITY: usize = 64;

/// How many events of a list walk may be queued in front of the channel before the walk has to wait.
const QUEUE_CAPACITY: usize = 16;

/// The most rows in one message, so that handling it stays short.
const MAX_ROWS: usize = 2000;

/// A delivery to the loop.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// A message for the model.
    Msg(Msg),
    /// Bytes for the terminal that are not part of a frame.
    Write(Vec<u8>),
    /// A request for the terminal, to run the user's editor.
    Edit(Ticket, EditText),
    /// A task has ended, with or without an answer.
    Ended(Ticket),
}

/// The sending end.
#[derive(Clone, Debug)]
pub(crate) struct Answers(mpsc::Sender<Delivery>);

/// The channel between tasks and the loop.
pub(crate) fn channel() -> (Answers, mpsc::Receiver<Delivery>) {
    let (sender, receiver) = mpsc::channel(CHANNEL_CAPACITY);
    (Answers(sender), receiver)
}

impl Answers {
    /// Sends an answer; waits while the channel is full.
    pub(crate) async fn answer(&self, ticket: Ticket, answer: Answer) {
        self.send(Delivery::Msg(Msg::Answer { ticket, answer: Box::new(answer) })).await;
    }

    /// Sends a delivery; waits while the channel is full. Does nothing if the loop is gone.
    pub(crate) async fn send(&self, delivery: Delivery) {
        let _ = self.0.send(delivery).await;
    }

    /// Like [`Answers::send`], for a blocking thread. Returns false if the loop is gone.
    pub(crate) fn send_blocking(&self, delivery: Delivery) -> bool {
        self.0.blocking_send(delivery).is_ok()
    }

    /// Forwards the events of a list walk until it ends. Pages are merged while the channel is full.
    pub(crate) async fn forward(&self, ticket: Ticket, mut events: mpsc::Receiver<ListEvent>) {
        let mut waiting = VecDeque::new();
        let mut open = true;
        while open || !waiting.is_empty() {
            tokio::select! {
                biased;
                event = events.recv(), if open && waiting.len() < QUEUE_CAPACITY => match event {
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

/// Queues an event: a page is merged into the page before it if it continues there, and a budget replaces the budget
/// before it.
fn join(waiting: &mut VecDeque<ListEvent>, event: ListEvent) {
    match (waiting.back_mut(), event) {
        (
            Some(ListEvent::Page { grants, total, next, .. }),
            ListEvent::Page { grants: more, offset, total: newer, next: then },
        ) if *next == Some(offset) && grants.len() + more.len() <= MAX_ROWS => {
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
