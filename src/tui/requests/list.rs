//! The list of grants.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Run, Running};
use crate::app::requests::{RowsFound, SearchRows, WalkList};
use crate::domain::ListEvent;
use crate::jobs;
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

/// Capacity of the channel for a walk's events.
const EVENTS: usize = 8;

impl Run for WalkList {
    async fn run(self, live: Arc<LiveSession>, running: Running<Self>) -> Option<ListEvent> {
        let context = match live.context() {
            Ok(context) => context,
            Err(diagnosis) => return Some(ListEvent::Failed(diagnosis)),
        };
        let (sender, events) = mpsc::channel(EVENTS);
        // An unwanted walk is cancelled by dropping it.
        let walk = jobs::list(&context.client, &*context.now, self.0, CancellationToken::new(), sender);
        tokio::join!(walk, running.answers.forward(running.ticket, events));
        None
    }
}

/// Searches run on their own thread, which only continues with the newest query.
impl Run for SearchRows {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, live: Arc<LiveSession>, running: Running<Self>) -> Option<RowsFound> {
        let cancel = running.cancel.clone();
        let early = move |found| running.report_blocking(RowsFound { found, last: false });
        let found = live.search.ask(*self.0, cancel, Box::new(early)).await?;
        Some(RowsFound { found, last: true })
    }
}
