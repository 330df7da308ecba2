//! Work on the user's files: planned changes, changes that were confirmed, scans.

use super::{Backend, Effects};
use crate::app::effect::ScanJob;
use crate::app::{Answer, Ticket};
use crate::domain::change::{ChangeRequest, PlanId};
use crate::domain::scan::{ScanCounts, ScanEvent};
use crate::tui::{clock, files};

impl<B: Backend> Effects<B> {
    pub(super) fn plan(&mut self, ticket: Ticket, request: ChangeRequest) {
        let kept = self.shelf.clone();
        self.ask(ticket, Answer::Planned, on_disk(move || kept.plan(PlanId(ticket.epoch), &request)));
    }

    pub(super) fn change(&mut self, ticket: Ticket, plan: PlanId) {
        let kept = self.shelf.clone();
        self.ask(ticket, Answer::Changed, on_disk(move || kept.write(plan)));
    }

    pub(super) fn scan(&mut self, ticket: Ticket, job: ScanJob) {
        let token = self.take_slot(ticket);
        let work = files::scan(ticket, job, clock::wall(), self.answers.clone(), token);
        let failed = |_| Answer::Scan(vec![ScanEvent::Done(ScanCounts::default())]);
        let work = self.watched(ticket, Some(Box::new(failed)), work);
        self.tasks.spawn(work);
    }
}

/// Work that waits for the disk.
async fn on_disk<Out: Send + 'static>(work: impl FnOnce() -> Out + Send + 'static) -> Out {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
