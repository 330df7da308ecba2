//! The search thread: answers the newest query and drops earlier ones.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::search::{self, Found, Plan};

/// Receives rows that are found early.
pub(crate) type Early = Box<dyn FnMut(Found) + Send>;

struct Question {
    plan: Plan,
    cancel: CancellationToken,
    early: Early,
    answer: oneshot::Sender<thread::Result<Option<Found>>>,
}

/// A handle to the thread, which starts with the first query and ends when this is dropped.
#[derive(Default)]
pub(crate) struct SearchWorker(Mutex<Option<mpsc::Sender<Question>>>);

impl SearchWorker {
    /// Searches; returns `None` if a newer query or a cancellation came first. Propagates a panic of the search.
    pub(crate) async fn ask(&self, plan: Plan, cancel: CancellationToken, early: Early) -> Option<Found> {
        let (answer, found) = oneshot::channel();
        self.send(Question { plan, cancel, early, answer });
        match found.await {
            Ok(Ok(found)) => found,
            Ok(Err(panic)) => resume_unwind(panic),
            // A newer query replaced it before its turn.
            Err(_) => None,
        }
    }

    fn send(&self, question: Question) {
        let mut questions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let question = match &*questions {
            None => question,
            Some(questions) => match questions.send(question) {
                Ok(()) => return,
                // The thread is gone; start another one for the query.
                Err(mpsc::SendError(question)) => question,
            },
        };
        let (sender, receiver) = mpsc::channel();
        let _ = sender.send(question);
        let started = thread::Builder::new().name("search".into()).spawn(move || work(&receiver));
        *questions = started.is_ok().then_some(sender);
    }
}

fn work(questions: &mpsc::Receiver<Question>) {
    let mut last = None;
    while let Ok(mut question) = questions.recv() {
        // At most one of the queued queries is still wanted; they may arrive in any order.
        while let Ok(next) = questions.try_recv() {
            if question.cancel.is_cancelled() {
                question = next;
            }
        }
        let Question { plan, cancel, mut early, answer: answered } = question;
        let is_cancelled = || cancel.is_cancelled();
        let found = catch_unwind(AssertUnwindSafe(|| answer(plan, &mut last, &is_cancelled, &mut early)));
        // The receiver may be gone.
        let _ = answered.send(found);
    }
}

/// The last query that was answered in full, with its rows: when a word is typed further, only those need to be
/// searched.
struct Answered {
    plan: Plan,
    rows: Arc<[u32]>,
}

/// Answers a query, searching only the last answer's rows if they suffice.
fn answer(
    plan: Plan,
    last: &mut Option<Answered>,
    is_cancelled: &dyn Fn() -> bool,
    early: &mut dyn FnMut(Found),
) -> Option<Found> {
    let narrowed = last.take().filter(|last| {
        last.plan.rows == plan.rows
            && last.plan.server == plan.server
            && last.plan.kind == plan.kind
            && last.plan.health == plan.health
            && plan.query.narrows(&last.plan.query)
    });
    let found = match &narrowed {
        Some(last) => search::run_within(&plan, &last.rows, is_cancelled, early),
        None => search::run(&plan, is_cancelled, early),
    };
    match (&found, narrowed) {
        (Some(Found { order: Some(rows), .. }), _) => *last = Some(Answered { rows: Arc::clone(rows), plan }),
        // A cancelled query leaves the previous answer in place.
        (None, narrowed) => *last = narrowed,
        (Some(_), _) => {}
    }
    found
}
