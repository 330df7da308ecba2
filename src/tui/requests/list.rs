//! The list of grants.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Asked, Run};
use crate::app::requests::{RowsFound, SearchRows, WalkList};
use crate::domain::ListEvent;
use crate::jobs;
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

/// How many events of a walk wait between the walk and the one who hands them on.
const EVENTS: usize = 8;

impl Run for WalkList {
    async fn run(self, live: Arc<LiveSession>, asked: Asked<Self>) -> Option<ListEvent> {
        let context = match live.context() {
            Ok(context) => context,
            Err(diagnosis) => return Some(ListEvent::Failed(diagnosis)),
        };
        let (sender, events) = mpsc::channel(EVENTS);
        // A walk that nobody waits for any more is dropped.
        let walk = jobs::list(&context.client, &*context.now, self.0, CancellationToken::new(), sender);
        tokio::join!(walk, asked.answers.forward(asked.ticket, events));
        None
    }
}

/// Searching has a thread of its own, which goes on with the newest question only.
impl Run for SearchRows {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, live: Arc<LiveSession>, asked: Asked<Self>) -> Option<RowsFound> {
        let cancel = asked.cancel.clone();
        let early = move |found| asked.report_blocking(RowsFound { found, last: false });
        let found = live.search.ask(*self.0, cancel, Box::new(early)).await?;
        Some(RowsFound { found, last: true })
    }
}
