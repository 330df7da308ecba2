//! How each request is carried out.

mod bodies;
mod budget;
mod calls;
mod changes;
mod copying;
mod history;
mod list;
mod names;
mod operations;
mod programs;
mod scan;
mod session;
mod smoke;

use std::marker::PhantomData;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::delivery::{Answers, Delivery};
use super::live::LiveSession;
use super::tasks::{Ending, Tasks};
use crate::app::requests::{Listed, each_request};
use crate::app::{Job, Msg, Ticket};

/// How a request is carried out.
pub(crate) trait Run: Listed {
    /// How it ends when nobody waits for it any more.
    const ENDING: Ending = Ending::Cut;

    /// Carries it out and answers it, for the last time; None where all was said before, or nobody waits.
    fn run(
        self,
        live: Arc<LiveSession>,
        asked: Asked<Self>,
    ) -> impl Future<Output = Option<Self::Answer>> + Send + 'static;
}

/// A question that is under way.
pub(crate) struct Asked<R> {
    pub(super) ticket: Ticket,
    pub(super) answers: Answers,
    /// Cancelled when nobody waits for an answer any more.
    pub(super) cancel: CancellationToken,
    request: PhantomData<fn() -> R>,
}

impl<R: Run> Asked<R> {
    /// Answers, and further answers follow. Waits while the loop is behind.
    pub(super) async fn report(&self, answer: R::Answer) {
        self.answers.answer(self.ticket, R::answer(answer)).await;
    }

    /// As [`Asked::report`], for a thread of its own.
    pub(super) fn report_blocking(&self, answer: R::Answer) {
        let answer = Box::new(R::answer(answer));
        // A loop that is gone needs nothing any more.
        self.answers.send_blocking(Delivery::Msg(Msg::Answer { ticket: self.ticket, answer }));
    }
}

/// Begins a request.
pub(super) fn start(tasks: &mut Tasks, live: &Arc<LiveSession>, answers: &Answers, ticket: Ticket, job: Job) {
    macro_rules! started {
        ($($(#[$about:meta])* $slot:ident: $($request:ident),+;)+) => {
            match job {
                $($(Job::$request(request) => begin(tasks, live, answers, ticket, request),)+)+
            }
        };
    }
    each_request!(started);
}

fn begin<R: Run>(tasks: &mut Tasks, live: &Arc<LiveSession>, answers: &Answers, ticket: Ticket, request: R) {
    let (live, answers) = (Arc::clone(live), answers.clone());
    let failed = |fault| R::failed(fault).map(R::answer);
    tasks.start(ticket, R::ENDING, failed, |cancel| async move {
        #[cfg(test)]
        live.may_break();
        let asked = Asked { ticket, answers, cancel, request: PhantomData };
        request.run(live, asked).await.map(R::answer)
    });
}

/// Work that waits for the disk or takes long, on a thread of its own; where it panics, so does this.
pub(super) async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

#[cfg(test)]
mod every_request_tests;
