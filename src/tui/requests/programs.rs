//! Starts other programs.

use std::sync::Arc;
use std::thread;

use tokio::sync::oneshot;

use super::{Run, Running};
use crate::app::requests::{EditText, OpenLink};
use crate::domain::{Clean, Diagnosis};
use crate::platform::launch;
use crate::tui::delivery::Delivery;
use crate::tui::live::LiveSession;

impl Run for OpenLink {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Result<(), Diagnosis>> {
        let secret = live.hidden_variables();
        // Not on a worker: the browser would inherit its low priority.
        let (sender, launched) = oneshot::channel();
        let opens = thread::Builder::new().name("browser".to_owned()).spawn(move || {
            // The receiver may be gone.
            let opened = match self {
                Self::Page(link) => {
                    launch::open(&link, &secret).map_err(|why| why.fact("link", Clean::line(&link).as_str()))
                }
                Self::Session(link) => launch::open(link.reveal(), &secret),
            };
            let _ = sender.send(opened);
        });
        Some(match (opens, launched.await) {
            (Ok(_), Ok(launched)) => launched,
            (Err(error), _) => Err(launch::failed(&error)),
            // The thread panicked; the hook has reported where.
            (Ok(_), Err(gone)) => std::panic::resume_unwind(Box::new(gone)),
        })
    }
}

/// The loop owns the terminal, and sends the answer.
impl Run for EditText {
    async fn run(self, _: Arc<LiveSession>, running: Running<Self>) -> Option<Result<String, Diagnosis>> {
        running.answers.send(Delivery::Edit(running.ticket, self)).await;
        None
    }
}
