//! Writes what is to be remembered, one thing after the other, off the screen's thread.

use tokio::sync::{mpsc, oneshot};

use super::delivery::{Answers, Delivery};
use crate::app::Msg;
use crate::domain::remembered::Keep;
use crate::store::Memory;

/// What the writer is asked to do.
enum Wish {
    Keep(Memory, Keep),
    /// Tell when everything before is done.
    Flush(oneshot::Sender<()>),
}

/// The writer. It begins with the first wish.
pub(super) struct Keeper {
    answers: Answers,
    wishes: Option<mpsc::UnboundedSender<Wish>>,
}

impl Keeper {
    /// A writer that has nothing to do; failures go to the screen.
    pub(super) fn new(answers: Answers) -> Self {
        Self { answers, wishes: None }
    }

    /// Remembers something; never waits.
    pub(super) fn keep(&mut self, memory: Memory, keep: Keep) {
        let wishes = self.wishes.get_or_insert_with(|| {
            let (sender, wishes) = mpsc::unbounded_channel();
            tokio::spawn(write(wishes, self.answers.clone()));
            sender
        });
        // A writer that is gone is gone with the session.
        let _ = wishes.send(Wish::Keep(memory, keep));
    }

    /// Ends when everything is written, or cannot be.
    pub(super) async fn flush(&self) {
        if let Some(wishes) = &self.wishes {
            let (done, wait) = oneshot::channel();
            let _ = wishes.send(Wish::Flush(done));
            let _ = wait.await;
        }
    }
}

async fn write(mut wishes: mpsc::UnboundedReceiver<Wish>, answers: Answers) {
    let mut told = false;
    let mut next = None;
    while let Some(wish) = take(&mut next, &mut wishes).await {
        match wish {
            Wish::Flush(done) => drop(done),
            Wish::Keep(memory, mut keep) => {
                // Of several choices in a row only the last one is written.
                while matches!(keep, Keep::Choices(_)) {
                    match wishes.try_recv() {
                        Ok(Wish::Keep(_, newer @ Keep::Choices(_))) => keep = newer,
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
                    && !std::mem::replace(&mut told, true)
                {
                    answers.send(Delivery::Msg(Msg::Fault(why))).await;
                }
            }
        }
    }
}

async fn take(next: &mut Option<Wish>, wishes: &mut mpsc::UnboundedReceiver<Wish>) -> Option<Wish> {
    match next.take() {
        Some(wish) => Some(wish),
        None => wishes.recv().await,
    }
}
