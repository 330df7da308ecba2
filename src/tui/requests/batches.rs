//! Forwards the events of long work in batches: thirty updates a second are enough for a screen.

use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until};

use crate::app::Ticket;
use crate::app::requests::Listed;
use crate::tui::delivery::Answers;

/// The shortest time between two answers.
pub(super) const INTERVAL: Duration = Duration::from_millis(34);

/// The most events in one answer, so that handling it stays short.
pub(super) const BATCH: usize = 1_000;

/// Capacity of the channel for events.
pub(super) const EVENTS: usize = 256;

/// Forwards events until their sender is gone: the first one at once, later ones in batches.
pub(super) async fn forward<R, E>(answers: &Answers, ticket: Ticket, mut events: Receiver<E>)
where
    R: Listed<Answer = Vec<E>>,
{
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
        // A full batch waits for its time too, and so does the work.
        sleep_until(due).await;
        due = Instant::now() + INTERVAL;
        answers.answer(ticket, R::answer(batch)).await;
    }
}

#[cfg(test)]
#[path = "batches_tests.rs"]
mod tests;
