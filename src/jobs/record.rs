//! Keeps calls in the history, on a thread of its own: whoever hands a call over never waits for the disk.

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

/// How long the end of something waits for the history: somewhat longer than a write waits for another program, so that
/// it is known then why it failed.
const SETTLING: Duration = Duration::from_secs(6);

/// After how many kept calls what is too old or too much is forgotten.
const PRUNE_EVERY: u32 = 32;

/// The history of a session, and what of it is kept. Cheap to clone. Nothing is opened before it is needed.
#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    place: Place,
    retention: Retention,
    profile: String,
    keep: HistoryPolicy,
    /// None where there can be no thread.
    thread: OnceLock<Option<Sender<Job>>>,
    trouble: Arc<Mutex<Trouble>>,
}

/// Whether something could not be kept, and whether somebody knows.
#[derive(Default)]
enum Trouble {
    #[default]
    None,
    New(Diagnosis),
    Reported,
}

/// A call could not be kept; [`Recorder::trouble`] says why.
pub(super) struct NotKept;

type Job = Box<dyn FnOnce(&mut HistoryWriter) + Send>;

/// Learns whether and as what a call is kept; closed where it is not to be.
pub(super) type Kept = oneshot::Receiver<Result<RecordId, NotKept>>;

/// The other end of [`Kept`].
pub(super) type KeptSender = oneshot::Sender<Result<RecordId, NotKept>>;

impl Recorder {
    /// For a session of this profile.
    pub fn new(place: Place, retention: Retention, profile: &str, keep: HistoryPolicy) -> Self {
        let profile = profile.to_owned();
        let (thread, trouble) = (OnceLock::new(), Arc::default());
        Self(Arc::new(Inner { place, retention, profile, keep, thread, trouble }))
    }

    /// Under which name calls are kept.
    pub fn profile(&self) -> &str {
        &self.0.profile
    }

    /// What is kept of new calls.
    pub fn keep(&self) -> HistoryPolicy {
        self.0.keep
    }

    /// The calls that are asked for, the latest first.
    ///
    /// # Errors
    /// There is no history, and why.
    pub async fn list(&self, query: RecordQuery) -> Result<Vec<RecordSummary>, Diagnosis> {
        self.read(move |history| history.list(&query)).await
    }

    /// One call; None where it is forgotten.
    ///
    /// # Errors
    /// See [`Recorder::list`].
    pub async fn get(&self, id: RecordId) -> Result<Option<CallRecord>, Diagnosis> {
        self.read(move |history| history.get(id)).await
    }

    /// The call that was held under this handle; None where it is forgotten.
    ///
    /// # Errors
    /// See [`Recorder::list`].
    pub async fn held(&self, id: ApprovalId) -> Result<Option<(RecordId, CallRecord)>, Diagnosis> {
        self.read_if_there(move |history| history.held(id)).await
    }

    /// The calls next to one.
    ///
    /// # Errors
    /// See [`Recorder::list`].
    pub async fn neighbours(&self, id: RecordId) -> Result<Neighbours, Diagnosis> {
        self.read(move |history| history.neighbours(id)).await
    }

    /// Forgets one call; whether there was one.
    ///
    /// # Errors
    /// See [`Recorder::list`].
    pub async fn delete(&self, id: RecordId) -> Result<bool, Diagnosis> {
        self.ask(move |history| history.delete(id)).await
    }

    /// Forgets all calls, of every profile; how many there were.
    ///
    /// # Errors
    /// See [`Recorder::list`].
    pub async fn clear(&self) -> Result<usize, Diagnosis> {
        self.ask(History::clear).await
    }

    /// Ends when everything that was handed over is kept, or cannot be. Before the program ends, with a limit.
    pub async fn flush(&self) {
        // Where nothing was handed over, nothing is begun.
        if let Some(Some(thread)) = self.0.thread.get() {
            let (done, wait) = oneshot::channel::<()>();
            let sent = thread.send(Box::new(move |_| drop(done)));
            if sent.is_ok() {
                let _ = wait.await;
            }
        }
    }

    /// Waits until everything that was handed over is kept, or cannot be, but not for ever; answers why something was
    /// not kept, where nobody was told yet.
    pub async fn settle(&self) -> Option<Diagnosis> {
        self.settle_within(SETTLING).await
    }

    async fn settle_within(&self, limit: Duration) -> Option<Diagnosis> {
        let is_late = tokio::time::timeout(limit, self.flush()).await.is_err();
        // What failed already says more.
        self.trouble().or_else(|| {
            let problem = format!(
                "its file could not be written within {} s; the last calls may be missing",
                limit.as_secs()
            );
            let late = Diagnosis::new(Code::HistoryOff, Who::Grantdeck, Retry::Later(None));
            is_late.then(|| late.fact("problem", &problem))
        })
    }

    /// Looks something up. Where nobody waits for the answer any more when its turn comes, it is left out: a search
    /// asks with every character.
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

    /// Looks something up; where nothing was ever kept, nothing is found, and no file is made.
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

    /// Has the thread do something, and waits for what comes of it.
    async fn answered<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut HistoryWriter) -> Result<T, HistoryError> + Send + 'static,
    ) -> Result<T, Diagnosis> {
        let (answer, wait) = oneshot::channel();
        self.hand_over(move |writer| {
            // Who does not listen any more does not need to know.
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
            // A thread that is gone drops the job, and whoever waits for its answer learns of it.
            let _ = thread.send(Box::new(job));
        }
    }

    /// Hands a call over. Its changes go to the entry.
    pub(super) fn begin(&self, record: CallRecord, reported: KeptSender) -> RecordHandle {
        let id = Arc::new(OnceLock::new());
        let known = Arc::clone(&id);
        self.hand_over(move |writer| {
            let kept = writer.insert(&record);
            if let Ok(id) = &kept {
                let _ = known.set(*id);
            }
            // Who does not listen any more does not need to know.
            let _ = reported.send(kept);
        });
        RecordHandle { recorder: self.clone(), id }
    }

    /// A call that is kept already.
    pub(super) fn entry(&self, id: RecordId) -> RecordHandle {
        RecordHandle { recorder: self.clone(), id: Arc::new(OnceLock::from(id)) }
    }

    /// Why a call could not be kept, or not what became of it: once, for whoever asks first.
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

/// A call that was handed over.
pub(super) struct RecordHandle {
    recorder: Recorder,
    /// Known to the thread before any change reaches it.
    id: Arc<OnceLock<RecordId>>,
}

impl RecordHandle {
    /// What became of it so far.
    pub(super) fn change(&self, record: CallRecord) {
        let id = Arc::clone(&self.id);
        self.recorder.hand_over(move |writer| match id.get() {
            Some(known) => writer.finish(*known, &record),
            // It could not be kept before; perhaps it can now.
            None => {
                if let Ok(known) = writer.insert(&record) {
                    let _ = id.set(known);
                }
            }
        });
    }

    /// Nothing was sent: it was no call.
    pub(super) fn forget(&self) {
        let id = Arc::clone(&self.id);
        self.recorder.hand_over(move |writer| {
            if let (Some(id), Ok(history)) = (id.get(), writer.history()) {
                let _ = history.delete(*id);
            }
        });
    }
}

/// What the thread holds.
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

    /// The history; where it could not be opened, it is tried again each time.
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

    /// Whoever was told of a trouble that is over is told of the next one too.
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

    /// As well as it goes: what stays too long goes the next time.
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
