//! Wishes become tasks: under each slot at most one runs, everything ends with the session.

mod bodies;
mod budget;
mod calls;
mod files;
mod history;
mod launch;
mod smoke;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::delivery::{Answers, Delivery};
use super::files::Shelf;
use super::memory::Keeper;
use super::search_worker::SearchWorker;
use crate::app::effect::SmokeJob;
use crate::app::{Answer, Effect, Job, Launch, Msg, Slot, Ticket};
use crate::domain::copy::Copies;
use crate::domain::operation::{Operation, OperationSummary};
use crate::domain::smoke::{Past, SmokeEvent, SmokePlan};
use crate::domain::{
    Agent, Budget, CallEvent, CallRequest, Catalog, CopyText, Diagnosis, FollowRequest, Grant, GrantId,
    GrantKind, Identity, ListEvent, ListRequest, ProfileSummary,
};
use crate::jobs::Recorder;
use crate::platform::clipboard::Outcome;
use crate::platform::panic::Record;
use crate::store::Memory;

/// How long leaving waits for tasks to notice.
const FAREWELL: Duration = Duration::from_millis(300);

/// How long leaving waits for a call to tell the audit log what happened.
const LAST_WORDS: Duration = Duration::from_secs(6);

/// How many events of a walk wait between the walk and the one who hands them on.
const EVENTS: usize = 8;

/// The work behind the screen; a fake in tests.
pub(crate) trait Backend: Send + Sync + 'static {
    /// Configuration, key and client.
    fn open(&self) -> impl Future<Output = Result<crate::app::msg::Session, Diagnosis>> + Send;
    /// Whose key it is.
    fn identify(&self) -> impl Future<Output = Result<Identity, Diagnosis>> + Send;
    /// What answers so far said of the key itself.
    fn key_notice(&self) -> Option<Diagnosis>;
    /// What is left of the rate budget, as far as it was told.
    fn budget(&self) -> Option<Budget> {
        None
    }
    /// Ends when nothing is on its way to the disk any more.
    fn farewell(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
    /// Ends when the history is written, or cannot be; then also why, if nobody was told yet.
    fn settled(&self) -> impl Future<Output = Option<Diagnosis>> + Send {
        async {
            match self.recorder() {
                Ok(recorder) => recorder.settle().await,
                Err(_) => None,
            }
        }
    }
    /// How often ids were copied; None where that is not kept.
    fn copies(&self) -> impl Future<Output = Option<HashMap<GrantId, Copies>>> + Send {
        async { None }
    }
    /// Where what is chosen on the screen is kept; None where it is not.
    fn memory(&self) -> Option<Memory> {
        None
    }
    /// The profiles of the configuration.
    fn profiles(&self) -> impl Future<Output = Result<Vec<ProfileSummary>, Diagnosis>> + Send;
    /// The provider catalog.
    fn catalog(&self) -> impl Future<Output = Result<Arc<Catalog>, Diagnosis>> + Send;
    /// The history of calls.
    ///
    /// # Errors
    /// There is no place for one.
    fn recorder(&self) -> Result<Recorder, Diagnosis>;
    /// The names of agents.
    fn agents(&self) -> impl Future<Output = Result<Vec<Agent>, Diagnosis>> + Send;
    /// What can be called at a provider.
    fn operations(
        &self,
        kind: GrantKind,
        provider: Arc<str>,
    ) -> impl Future<Output = Result<Vec<OperationSummary>, Diagnosis>> + Send;
    /// One operation, whole.
    fn operation(&self, grant: &Grant, id: &str)
    -> impl Future<Output = Result<Operation, Diagnosis>> + Send;
    /// Copies a text.
    fn copy(&self, text: CopyText) -> impl Future<Output = Result<Outcome, Diagnosis>> + Send;
    /// Variables that no other program may see, beside `ALTER_*`; known once it is open.
    fn hidden_variables(&self) -> Vec<String>;
    /// A test call; it ends by itself soon after `cancel`, for it may still have to tell of what happened.
    fn call(
        &self,
        request: CallRequest,
        cancel: CancellationToken,
        events: mpsc::Sender<CallEvent>,
    ) -> impl Future<Output = ()> + Send;
    /// A held call that is asked about again; ends as [`Backend::call`].
    fn follow(
        &self,
        request: FollowRequest,
        cancel: CancellationToken,
        events: mpsc::Sender<CallEvent>,
    ) -> impl Future<Output = ()> + Send;
    /// What a smoke test would do; nothing is sent.
    fn foresee(&self, job: SmokeJob) -> impl Future<Output = Result<SmokePlan, Diagnosis>> + Send;
    /// A smoke test; it ends soon after `cancel` with what is known by then.
    fn smoke(
        &self,
        job: SmokeJob,
        cancel: CancellationToken,
        events: mpsc::Sender<SmokeEvent>,
    ) -> impl Future<Output = ()> + Send;
    /// What earlier smoke tests said of these grants, the latest first.
    fn verdicts(
        &self,
        grants: Vec<GrantId>,
    ) -> impl Future<Output = Result<HashMap<GrantId, Vec<Past>>, Diagnosis>> + Send;
    /// A walk over the list; it ends with `Done` or `Failed`, or when nobody listens any more.
    fn list(&self, request: ListRequest, events: mpsc::Sender<ListEvent>) -> impl Future<Output = ()> + Send;
}

/// Who carries wishes out.
pub(crate) trait Hands {
    /// Begins to fulfil a wish; never waits. Wishes for the loop itself are not for here.
    fn carry_out(&mut self, effect: Effect);
    /// Told for each [`Delivery::Ended`].
    fn ended(&mut self, ticket: Ticket);
    /// Whether anything is under way.
    fn is_busy(&self) -> bool;
    /// Variables that no other program may see, beside `ALTER_*`.
    fn hidden_variables(&self) -> Vec<String>;
}

/// The answer to a question whose work panicked.
type Failed = Box<dyn FnOnce(Diagnosis) -> Answer + Send>;

/// The tasks of one session.
pub(crate) struct Effects<B> {
    backend: Arc<B>,
    answers: Answers,
    record: Record,
    session: CancellationToken,
    tokens: HashMap<Slot, (Ticket, CancellationToken)>,
    tasks: TaskTracker,
    /// Those that are asked to end and not ended.
    calls: TaskTracker,
    search: SearchWorker,
    keeper: Keeper,
    /// The change of files that waits for a yes.
    shelf: Shelf,
    open: usize,
}

impl<B: Backend> Effects<B> {
    /// Nothing runs yet.
    pub(crate) fn new(backend: B, answers: Answers, record: Record) -> Self {
        Self {
            backend: Arc::new(backend),
            search: SearchWorker::new(answers.clone(), record.clone()),
            keeper: Keeper::new(answers.clone()),
            answers,
            record,
            session: CancellationToken::new(),
            tokens: HashMap::new(),
            tasks: TaskTracker::new(),
            calls: TaskTracker::new(),
            shelf: Shelf::default(),
            open: 0,
        }
    }

    /// Ends everything; waits a moment for those who listen. Answers what could not be kept, where nobody was told.
    pub(crate) async fn finish(self) -> Option<Diagnosis> {
        self.session.cancel();
        self.search.cancel();
        self.tasks.close();
        self.calls.close();
        // Who does not listen is left behind.
        let _ = tokio::join!(
            tokio::time::timeout(FAREWELL, self.tasks.wait()),
            tokio::time::timeout(LAST_WORDS, self.calls.wait()),
        );
        let last = async { tokio::join!(self.backend.farewell(), self.keeper.flush()) };
        let _ = tokio::time::timeout(FAREWELL, last).await;
        self.backend.settled().await
    }

    /// Every job has an arm of its own: one that nobody begins would leave its slot open for ever.
    #[deny(clippy::wildcard_enum_match_arm)]
    fn start(&mut self, ticket: Ticket, job: Job) {
        let backend = Arc::clone(&self.backend);
        let answers = self.answers.clone();
        match job {
            Job::OpenSession => self.ask(ticket, Answer::Session, async move { backend.open().await }),
            Job::Identify => self.spawn(ticket, Some(Box::new(nobody)), async move {
                let whose = backend.identify().await;
                answers.answer(ticket, Answer::Identity { whose, notice: backend.key_notice() }).await;
            }),
            Job::Profiles => self.ask(ticket, Answer::Profiles, async move { backend.profiles().await }),
            Job::Catalog => self.ask(ticket, Answer::Catalog, async move { backend.catalog().await }),
            Job::Agents => self.ask(ticket, Answer::Agents, async move { backend.agents().await }),
            Job::Call(request) => self.start_call(ticket, |token, events| async move {
                backend.call(*request, token, events).await;
            }),
            Job::Follow(request) => self.start_call(ticket, |token, events| async move {
                backend.follow(*request, token, events).await;
            }),
            Job::OpenBody { body, content_type } => self.open_body(ticket, body, content_type),
            Job::SearchBody { document, needle, view } => self.search_body(ticket, document, needle, view),
            Job::Fold { document, folds, steps } => self.fold(ticket, document, folds, steps),
            Job::Wrap { document, width } => self.wrap(ticket, document, width),
            Job::Filter { filter, input } => self.filter(ticket, filter, input),
            Job::Save { path, body, replace } => self.save(ticket, path, body, replace),
            Job::CopyBody { document, token, label } => self.copy_body(ticket, document, token, label),
            Job::Plan(request) => self.plan(ticket, request),
            Job::Change(plan) => self.change(ticket, plan),
            Job::Scan(job) => self.scan(ticket, job),
            Job::Operations { kind, provider } => {
                self.ask(ticket, Answer::Operations, async move { backend.operations(kind, provider).await });
            }
            Job::Operation { grant, id } => self.ask(ticket, Answer::Operation, async move {
                backend.operation(&grant, &id).await.map(Box::new)
            }),
            Job::Copies => self.spawn(ticket, Some(Box::new(|_| Answer::Copies(None))), async move {
                answers.answer(ticket, Answer::Copies(backend.copies().await)).await;
            }),
            Job::Records(query) => self.records(ticket, query),
            Job::Record(which) => self.record(ticket, which),
            Job::Compare(left, right) => self.compare(ticket, left, right),
            Job::Forget(id) => self.forget(ticket, id),
            Job::Foresee(job) => self.foresee(ticket, job),
            Job::Smoke(job) => self.smoke(ticket, job),
            Job::Verdicts(grants) => self.verdicts(ticket, grants),
            Job::List(request) => {
                let failed = |fault| Answer::List(ListEvent::Failed(fault));
                self.spawn(ticket, Some(Box::new(failed)), async move {
                    let (sender, events) = mpsc::channel(EVENTS);
                    tokio::join!(backend.list(request, sender), answers.forward(ticket, events));
                });
            }
        }
    }

    /// Asks for one answer, in place of what was asked for under the slot. Work that panics is answered with its fault.
    fn ask<T: Send + 'static>(
        &mut self,
        ticket: Ticket,
        answer: fn(Result<T, Diagnosis>) -> Answer,
        work: impl Future<Output = Result<T, Diagnosis>> + Send + 'static,
    ) {
        let answers = self.answers.clone();
        self.spawn(ticket, Some(Box::new(move |fault| answer(Err(fault)))), async move {
            answers.answer(ticket, answer(work.await)).await;
        });
    }

    /// Runs work under a slot in place of what ran there. Work that panics closes its question with `failed`
    /// and is reported.
    fn spawn(
        &mut self,
        ticket: Ticket,
        failed: Option<Failed>,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let token = self.take_slot(ticket);
        let work = async move {
            tokio::select! {
                biased;
                () = token.cancelled() => {}
                () = work => {}
            }
        };
        let work = self.watched(ticket, failed, work);
        self.tasks.spawn(work);
    }

    /// The token of a slot's new work; what ran there before is cancelled.
    fn take_slot(&mut self, ticket: Ticket) -> CancellationToken {
        let token = self.session.child_token();
        if let Some((_, before)) = self.tokens.insert(ticket.slot, (ticket, token.clone())) {
            before.cancel();
        }
        token
    }

    /// Work whose end is told, and whose panic is an answer and a report.
    fn watched(
        &mut self,
        ticket: Ticket,
        failed: Option<Failed>,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> BoxFuture<'static, ()> {
        self.open += 1;
        let answers = self.answers.clone();
        let record = self.record.clone();
        // In a box, so that what follows, and the task around it, is compiled once and not for each kind of work.
        let work = work.boxed();
        async move {
            let outcome = AssertUnwindSafe(work).catch_unwind().await;
            if outcome.is_err() {
                let fault = record.fault();
                if let Some(failed) = failed {
                    answers.answer(ticket, failed(fault.clone())).await;
                }
                answers.send(Delivery::Msg(Msg::Fault(fault))).await;
            }
            answers.send(Delivery::Ended(ticket)).await;
        }
        .boxed()
    }
}

fn nobody(fault: Diagnosis) -> Answer {
    Answer::Identity { whose: Err(fault), notice: None }
}

impl<B: Backend> Hands for Effects<B> {
    #[deny(clippy::wildcard_enum_match_arm)]
    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Start { ticket, job } => self.start(ticket, job),
            Effect::Cancel(Slot::Search) => self.search.cancel(),
            Effect::Cancel(slot) => {
                if let Some((_, token)) = self.tokens.remove(&slot) {
                    token.cancel();
                }
            }
            Effect::Search { ticket, plan } => {
                self.open += 1;
                self.search.ask(ticket, *plan);
            }
            Effect::Launch { ticket, launch: Launch::Browser(link) } => self.launch(ticket, link),
            Effect::Copy { ticket, text } => {
                let label = text.label.clone();
                self.copy(ticket, label, async move { Ok(text) });
            }
            Effect::Remember(keep) => {
                if let Some(memory) = self.backend.memory() {
                    self.keeper.keep(memory, keep);
                }
            }
            Effect::LetGo(document, folds) => {
                drop(tokio::task::spawn_blocking(move || drop((document, folds))));
            }
            Effect::LetGoFound(found) => drop(tokio::task::spawn_blocking(move || drop(found))),
            // The loop's own.
            Effect::Edit { .. } | Effect::Suspend | Effect::Repaint | Effect::Quit(_) => {}
        }
    }

    fn ended(&mut self, ticket: Ticket) {
        self.open = self.open.saturating_sub(1);
        if self.tokens.get(&ticket.slot).is_some_and(|(current, _)| *current == ticket) {
            self.tokens.remove(&ticket.slot);
        }
    }

    fn hidden_variables(&self) -> Vec<String> {
        self.backend.hidden_variables()
    }

    fn is_busy(&self) -> bool {
        self.open > 0
    }
}

#[cfg(test)]
mod every_job_tests;
#[cfg(test)]
#[path = "effects_tests.rs"]
mod tests;
