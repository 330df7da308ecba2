//! Writes what is to be remembered, one thing after the other, off the screen's thread.

use tokio::sync::{mpsc, oneshot};

use super::delivery::{Answers, Delivery};
use crate::app::Msg;
use crate::domain::remembered::MemoryChange;
use crate::store::Memory;

/// What the writer is asked to do.
enum Request {
    Keep(Memory, MemoryChange),
    /// Tell when everything before is done.
    Flush(oneshot::Sender<()>),
}

/// The writer. It starts with the first request.
pub(super) struct MemoryWriter {
    answers: Answers,
    requests: Option<mpsc::UnboundedSender<Request>>,
}

impl MemoryWriter {
    /// A writer that has nothing to do; failures go to the screen.
    pub(super) fn new(answers: Answers) -> Self {
        Self { answers, requests: None }
    }

    /// Remembers something; never waits.
    pub(super) fn keep(&mut self, memory: Memory, keep: MemoryChange) {
        let requests = self.requests.get_or_insert_with(|| {
            let (sender, requests) = mpsc::unbounded_channel();
            tokio::spawn(write(requests, self.answers.clone()));
            sender
        });
        // A writer that is gone is gone with the session.
        let _ = requests.send(Request::Keep(memory, keep));
    }

    /// Ends when everything is written, or cannot be.
    pub(super) async fn flush(&self) {
        if let Some(requests) = &self.requests {
            let (done, wait) = oneshot::channel();
            let _ = requests.send(Request::Flush(done));
            let _ = wait.await;
        }
    }
}

async fn write(mut requests: mpsc::UnboundedReceiver<Request>, answers: Answers) {
    let mut reported = false;
    let mut next = None;
    while let Some(request) = take(&mut next, &mut requests).await {
        match request {
            Request::Flush(done) => drop(done),
            Request::Keep(memory, mut keep) => {
                // Of several choices in a row only the last one is written.
                while matches!(keep, MemoryChange::Choices(_)) {
                    match requests.try_recv() {
                        Ok(Request::Keep(_, newer @ MemoryChange::Choices(_))) => keep = newer,
                        Ok(other) => {
                            next = Some(other);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                let kept = tokio::task::spawn_blocking(move || memory.keep(keep)).await;
                // Once: what cannot be written now cannot be written with the next choice either.
                if let Ok(Err(why)) = kept
                    && !std::mem::replace(&mut reported, true)
                {
                    answers.send(Delivery::Msg(Msg::Fault(why))).await;
                }
            }
        }
    }
}

async fn take(
    next: &mut Option<Request>,
    requests: &mut mpsc::UnboundedReceiver<Request>,
) -> Option<Request> {
    match next.take() {
        Some(request) => Some(request),
        None => requests.recv().await,
    }
}
