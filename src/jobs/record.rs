//! Records calls in the history on a separate thread: recording never waits for the disk.

mod copies;
mod verdicts;
mod writes;

pub use writes::WriteHandle;

use std::fmt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::domain::{
    ApprovalId, CallRecord, Code, Diagnosis, RecordId, RecordQuery, RecordSummary, Retry, Who,
};
use crate::store::history::Neighbours;
use crate::store::{History, HistoryError, HistoryPolicy, Place, Retention};

/// How long to wait for the history at the end: somewhat longer than a write waits for another program's lock, so that
/// the reason for a failure is known.
const SETTLE_LIMIT: Duration = Duration::from_secs(6);

/// Number of recorded calls after which old ones are pruned.
const PRUNE_EVERY: u32 = 32;

/// The history of a session, and how much of it is kept. Cheap to clone. Opens nothing before it is needed.
#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    place: Place,
    retention: Retention,
    profile: String,
    keep: HistoryPolicy,
    /// `None` if the thread could not be started.
    thread: OnceLock<Option<Sender<Job>>>,
    trouble: Arc<Mutex<Trouble>>,
}

/// Whether something could not be recorded, and whether that was reported.
#[derive(Default)]
enum Trouble {
    #[default]
    None,
    New(Diagnosis),
    Reported,
}

/// A call could not be recorded; [`Recorder::trouble`] says why.
pub(super) struct NotKept;

type Job = Box<dyn FnOnce(&mut HistoryWriter) + Send>;

/// Resolves to the id of a recorded call, or an error; closed if the call is not recorded.
pub(super) type Kept = oneshot::Receiver<Result<RecordId, NotKept>>;

/// The sending end of [`Kept`].
pub(super) type KeptSender = oneshot::Sender<Result<RecordId, NotKept>>;

impl Recorder {
    /// A recorder for a session of this profile.
    pub fn new(place: Place, retention: Retention, profile: &str, keep: HistoryPolicy) -> Self {
        let profile = profile.to_owned();
        let (thread, trouble) = (OnceLock::new(), Arc::default());
        Self(Arc::new(Inner { place, retention, profile, keep, thread, trouble }))
    }

    /// The name under which calls are recorded.
    pub fn profile(&self) -> &str {
        &self.0.profile
    }

    /// How much of new calls is kept.
    pub fn keep(&self) -> HistoryPolicy {
        self.0.keep
    }

    /// The calls that match a query, latest first.
    ///
    /// # Errors
    /// Why there is no history.
    pub async fn list(&self, query: RecordQuery) -> Result<Vec<RecordSummary>, Diagnosis> {
        self.read(move |history| history.list(&query)).await
    }

    /// A call; `None` if it was deleted.
    ///
    /// # Errors
    /// As for [`Recorder::list`].
    pub async fn get(&self, id: RecordId) -> Result<Option<CallRecord>, Diagnosis> {
        self.read(move |history| history.get(id)).await
    }

    /// The call that was held under this approval id; `None` if it was deleted.
    ///
    /// # Errors
    /// As for [`Recorder::list`].
    pub async fn held(&self, id: ApprovalId) -> Result<Option<(RecordId, CallRecord)>, Diagnosis> {
        self.read_if_there(move |history| history.held(id)).await
    }

    /// The calls next to a call.
    ///
    /// # Errors
    /// As for [`Recorder::list`].
    pub async fn neighbours(&self, id: RecordId) -> Result<Neighbours, Diagnosis> {
        self.read(move |history| history.neighbours(id)).await
    }

    /// Deletes a call; returns whether it existed.
    ///
    /// # Errors
    /// As for [`Recorder::list`].
    pub async fn delete(&self, id: RecordId) -> Result<bool, Diagnosis> {
        self.ask(move |history| history.delete(id)).await
    }

    /// Deletes all calls, of every profile; returns their number.
    ///
    /// # Errors
    /// As for [`Recorder::list`].
    pub async fn clear(&self) -> Result<usize, Diagnosis> {
        self.ask(History::clear).await
    }

    /// Waits until all pending writes are done or have failed. Use it with a limit before the program ends.
    pub async fn flush(&self) {
        // Do not start the thread for this.
        if let Some(Some(thread)) = self.0.thread.get() {
            let (done, wait) = oneshot::channel::<()>();
            let sent = thread.send(Box::new(move |_| drop(done)));
            if sent.is_ok() {
                let _ = wait.await;
            }
        }
    }

    /// Waits until all pending writes are done or have failed, with a limit; returns why something was not recorded, if
    /// that was not reported before.
    pub async fn settle(&self) -> Option<Diagnosis> {
        self.settle_within(SETTLE_LIMIT).await
    }

    async fn settle_within(&self, limit: Duration) -> Option<Diagnosis> {
        let is_late = tokio::time::timeout(limit, self.flush()).await.is_err();
        // An earlier failure says more.
        self.trouble().or_else(|| {
            let problem = format!(
                "its file could not be written within {} s; the last calls may be missing",
                limit.as_secs()
            );
            let late = Diagnosis::new(Code::HistoryOff, Who::Grantdeck, Retry::Later(None));
            is_late.then(|| late.fact("problem", &problem))
        })
    }

    /// Runs a query. It is skipped if its answer is no longer wanted when its turn comes: a search sends one per
    /// character.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut History) -> Result<T, HistoryError> + Send + 'static,
    ) -> Result<T, Diagnosis> {
        let (answer, wait) = oneshot::channel();
        self.hand_over(move |writer| {
            if !answer.is_closed() {
                // As below.
                let _ = answer.send(writer.history().and_then(work));
            }
        });
        received(wait.await)
    }

    /// Runs a query; if nothing was ever recorded, the result is empty and no file is created.
    async fn read_if_there<T: Default + Send + 'static>(
        &self,
        work: impl FnOnce(&mut History) -> Result<T, HistoryError> + Send + 'static,
    ) -> Result<T, Diagnosis> {
        self.answered(move |writer| {
            let there = writer.history.is_some() || writer.place.is_there();
            if there { writer.history().and_then(work) } else { Ok(T::default()) }
        })
        .await
    }

    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut History) -> Result<T, HistoryError> + Send + 'static,
    ) -> Result<T, Diagnosis> {
        self.answered(move |writer| writer.history().and_then(work)).await
    }

    /// Runs work on the thread and waits for its result.
    async fn answered<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut HistoryWriter) -> Result<T, HistoryError> + Send + 'static,
    ) -> Result<T, Diagnosis> {
        let (answer, wait) = oneshot::channel();
        self.hand_over(move |writer| {
            // The receiver may be gone.
            let _ = answer.send(work(writer));
        });
        received(wait.await)
    }

    fn hand_over(&self, job: impl FnOnce(&mut HistoryWriter) + Send + 'static) {
        let inner = &*self.0;
        let thread = inner.thread.get_or_init(|| {
            let (sender, jobs) = channel();
            let writer = HistoryWriter {
                place: inner.place.clone(),
                retention: inner.retention,
                history: None,
                since_pruned: PRUNE_EVERY,
                trouble: Arc::clone(&inner.trouble),
            };
            let started = thread::Builder::new().name("history".to_owned()).spawn(move || writer.work(&jobs));
            started.is_ok().then_some(sender)
        });
        if let Some(thread) = thread {
            // If the thread is gone, the job is dropped, which the receiver of its answer notices.
            let _ = thread.send(Box::new(job));
        }
    }

    /// Records a call. The returned handle updates it.
    pub(super) fn begin(&self, record: CallRecord, reported: KeptSender) -> RecordHandle {
        let id = Arc::new(OnceLock::new());
        let known = Arc::clone(&id);
        self.hand_over(move |writer| {
            let kept = writer.insert(&record);
            if let Ok(id) = &kept {
                let _ = known.set(*id);
            }
            // The receiver may be gone.
            let _ = reported.send(kept);
        });
        RecordHandle { recorder: self.clone(), id }
    }

    /// A handle to a call that is already recorded.
    pub(super) fn entry(&self, id: RecordId) -> RecordHandle {
        RecordHandle { recorder: self.clone(), id: Arc::new(OnceLock::from(id)) }
    }

    /// Why a call, or its outcome, could not be recorded; returned only once.
    pub fn trouble(&self) -> Option<Diagnosis> {
        let mut trouble = self.0.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::take(&mut *trouble) {
            Trouble::None => None,
            Trouble::New(why) => {
                *trouble = Trouble::Reported;
                Some(why)
            }
            Trouble::Reported => {
                *trouble = Trouble::Reported;
                None
            }
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { place, retention, profile, keep, .. } = &*self.0;
        f.debug_struct("Recorder")
            .field("place", place)
            .field("retention", retention)
            .field("profile", profile)
            .field("keep", keep)
            .finish_non_exhaustive()
    }
}

fn received<T>(answer: Result<Result<T, HistoryError>, oneshot::error::RecvError>) -> Result<T, Diagnosis> {
    match answer {
        Ok(answer) => answer.map_err(|error| error.diagnose()),
        Err(_) => Err(no_thread()),
    }
}

fn no_thread() -> Diagnosis {
    Diagnosis::new(Code::HistoryOff, Who::Grantdeck, Retry::Later(None))
        .fact("problem", "the history thread stopped or could not start")
}

/// A handle to a recorded call.
pub(super) struct RecordHandle {
    recorder: Recorder,
    /// Set by the thread before any update reaches it.
    id: Arc<OnceLock<RecordId>>,
}

impl RecordHandle {
    /// Updates the call.
    pub(super) fn change(&self, record: CallRecord) {
        let id = Arc::clone(&self.id);
        self.recorder.hand_over(move |writer| match id.get() {
            Some(known) => writer.finish(*known, &record),
            // It could not be recorded before; it may work now.
            None => {
                if let Ok(known) = writer.insert(&record) {
                    let _ = id.set(known);
                }
            }
        });
    }

    /// Deletes the call: nothing was sent.
    pub(super) fn forget(&self) {
        let id = Arc::clone(&self.id);
        self.recorder.hand_over(move |writer| {
            if let (Some(id), Ok(history)) = (id.get(), writer.history()) {
                let _ = history.delete(*id);
            }
        });
    }
}

/// The state of the thread.
struct HistoryWriter {
    place: Place,
    retention: Retention,
    history: Option<History>,
    since_pruned: u32,
    trouble: Arc<Mutex<Trouble>>,
}

impl HistoryWriter {
    fn work(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            job(&mut self);
        }
    }

    /// The history; if it could not be opened, that is retried each time.
    fn history(&mut self) -> Result<&mut History, HistoryError> {
        let open = match self.history.take() {
            Some(open) => open,
            None => History::at(&self.place, self.retention)?,
        };
        Ok(self.history.insert(open))
    }

    fn insert(&mut self, record: &CallRecord) -> Result<RecordId, NotKept> {
        let kept = self.history().and_then(|history| history.insert(record));
        self.prune(record.at);
        if kept.is_ok() {
            self.works_again();
        }
        kept.map_err(|error| self.note(&error))
    }

    fn finish(&mut self, id: RecordId, record: &CallRecord) {
        match self.history().and_then(|history| history.finish(id, record)) {
            Ok(()) => self.works_again(),
            Err(error) => _ = self.note(&error),
        }
    }

    /// Once writing works again, the next failure is reported too.
    fn works_again(&self) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*trouble, Trouble::Reported) {
            *trouble = Trouble::None;
        }
    }

    fn note(&self, error: &HistoryError) -> NotKept {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*trouble, Trouble::None) {
            *trouble = Trouble::New(error.diagnose());
        }
        NotKept
    }

    /// Best effort: what remains is pruned the next time.
    fn prune(&mut self, now: Timestamp) {
        self.since_pruned += 1;
        if self.since_pruned >= PRUNE_EVERY
            && let Some(history) = &mut self.history
            && history.prune(now).is_ok()
        {
            self.since_pruned = 0;
        }
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
pub(super) mod tests;
