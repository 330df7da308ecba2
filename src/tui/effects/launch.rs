//! Other programs that are started.

use std::thread;

use tokio::sync::oneshot;

use super::{Backend, Effects};
use crate::app::{Answer, Ticket};
use crate::platform::launch;

impl<B: Backend> Effects<B> {
    /// Opens a link in the browser.
    pub(super) fn launch(&mut self, ticket: Ticket, link: String) {
        let secret = self.backend.hidden_variables();
        // Not on a worker: a browser would inherit its place behind the screen.
        let (sender, launched) = oneshot::channel();
        let opens = thread::Builder::new().name("browser".to_owned()).spawn(move || {
            // Who does not listen any more does not need to know.
            let _ = sender.send(launch::open(&link, &secret));
        });
        self.ask(ticket, Answer::Launched, async move {
            match (opens, launched.await) {
                (Ok(_), Ok(launched)) => launched,
                (Err(error), _) => Err(launch::failed(&error)),
                // It panicked, and the hook has said why.
                (Ok(_), Err(gone)) => std::panic::resume_unwind(Box::new(gone)),
            }
        });
    }
}
