//! Other programs that are started.

use std::sync::Arc;
use std::thread;

use tokio::sync::oneshot;

use super::{Asked, Run};
use crate::app::requests::{EditText, OpenLink};
use crate::domain::Diagnosis;
use crate::platform::launch;
use crate::tui::delivery::Delivery;
use crate::tui::live::LiveSession;

impl Run for OpenLink {
    async fn run(self, live: Arc<LiveSession>, _: Asked<Self>) -> Option<Result<(), Diagnosis>> {
        let secret = live.hidden_variables();
        // Not on a worker: a browser would inherit its place behind the screen.
        let (sender, launched) = oneshot::channel();
        let opens = thread::Builder::new().name("browser".to_owned()).spawn(move || {
            // Who does not listen any more does not need to know.
            let _ = sender.send(launch::open(&self.0, &secret));
        });
        Some(match (opens, launched.await) {
            (Ok(_), Ok(launched)) => launched,
            (Err(error), _) => Err(launch::failed(&error)),
            // It panicked, and the hook has said why.
            (Ok(_), Err(gone)) => std::panic::resume_unwind(Box::new(gone)),
        })
    }
}

/// The terminal is the loop's, and so is the answer.
impl Run for EditText {
    async fn run(self, _: Arc<LiveSession>, asked: Asked<Self>) -> Option<Result<String, Diagnosis>> {
        asked.answers.send(Delivery::Edit(asked.ticket, self)).await;
        None
    }
}
