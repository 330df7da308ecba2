//! Writes remembered choices one after the other, off the screen's thread.

use tokio::sync::{mpsc, oneshot};

use super::delivery::{Answers, Delivery};
use crate::app::Msg;
use crate::domain::remembered::MemoryChange;
use crate::store::Memory;

/// A request to the writer.
enum Request {
    Keep(Memory, MemoryChange),
    /// Signals when all earlier requests are done.
    Flush(oneshot::Sender<()>),
}

/// The writer. Started by the first request.
pub(super) struct MemoryWriter {
    answers: Answers,
    requests: Option<mpsc::UnboundedSender<Request>>,
}

impl MemoryWriter {
    /// A writer without requests; failures are sent to the screen.
    pub(super) fn new(answers: Answers) -> Self {
        Self { answers, requests: None }
    }

    /// Remembers a change; never blocks.
    pub(super) fn keep(&mut self, memory: Memory, keep: MemoryChange) {
        let requests = self.requests.get_or_insert_with(|| {
            let (sender, requests) = mpsc::unbounded_channel();
            tokio::spawn(write(requests, self.answers.clone()));
            sender
        });
        // The writer only ends with the session.
        let _ = requests.send(Request::Keep(memory, keep));
    }

    /// Waits until everything is written, or has failed.
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
    while let Some(request) = next_request(&mut next, &mut requests).await {
        match request {
            Request::Flush(done) => drop(done),
            Request::Keep(memory, mut keep) => {
                // Write only the last of consecutive choices.
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
                // Report once: the next write will most likely fail too.
                if let Ok(Err(why)) = kept
                    && !std::mem::replace(&mut reported, true)
                {
                    answers.send(Delivery::Msg(Msg::Fault(why))).await;
                }
            }
        }
    }
}

async fn next_request(
    next: &mut Option<Request>,
    requests: &mut mpsc::UnboundedReceiver<Request>,
) -> Option<Request> {
    match next.take() {
        Some(request) => Some(request),
        None => requests.recv().await,
    }
}
