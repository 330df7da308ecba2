//! How each request is run.

mod batches;
mod bodies;
mod budget;
mod calls;
mod changes;
mod connect;
mod copying;
mod history;
mod list;
mod names;
mod operations;
mod programs;
mod revoke;
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

/// How a request is run.
pub(crate) trait Run: Listed {
    /// How it ends when its answer is no longer wanted.
    const ENDING: Ending = Ending::Cut;

    /// Runs the request and returns its last answer; `None` if everything was reported before, or the answer is not
    /// wanted.
    fn run(
        self,
        live: Arc<LiveSession>,
        running: Running<Self>,
    ) -> impl Future<Output = Option<Self::Answer>> + Send + 'static;
}

/// A running request.
pub(crate) struct Running<R> {
    pub(super) ticket: Ticket,
    pub(super) answers: Answers,
    /// Cancelled when the answer is no longer wanted.
    pub(super) cancel: CancellationToken,
    request: PhantomData<fn() -> R>,
}

impl<R: Run> Running<R> {
    /// Sends an answer that further ones follow. Waits while the channel is full.
    pub(super) async fn report(&self, answer: R::Answer) {
        self.answers.answer(self.ticket, R::answer(answer)).await;
    }

    /// Like [`Running::report`], for a blocking thread.
    pub(super) fn report_blocking(&self, answer: R::Answer) {
        let answer = Box::new(R::answer(answer));
        // Fails if the loop is gone; nothing is needed then.
        self.answers.send_blocking(Delivery::Msg(Msg::Answer { ticket: self.ticket, answer }));
    }
}

/// Starts a request.
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
        let running = Running { ticket, answers, cancel, request: PhantomData };
        request.run(live, running).await.map(R::answer)
    });
}

/// Runs work that blocks or takes long on a blocking thread; propagates its panics.
pub(super) async fn on_blocking_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

#[cfg(test)]
mod every_request_tests;
