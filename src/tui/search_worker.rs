//! The thread that searches: it answers the newest question and drops those before it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use super::delivery::{Answers, Delivery};
use crate::app::{Answer, Msg, Ticket};
use crate::platform::panic::Record;
use crate::search::{self, Found, Plan};

type Question = (Ticket, Plan);

/// The way to the thread, which is started by the first question and ends with this.
pub(crate) struct SearchWorker {
    answers: Answers,
    record: Record,
    /// The epoch of the newest question; 0 = none counts.
    newest: Arc<AtomicU64>,
    questions: Option<mpsc::Sender<Question>>,
}

impl SearchWorker {
    /// Starts nothing yet.
    pub(crate) fn new(answers: Answers, record: Record) -> Self {
        Self { answers, record, newest: Arc::default(), questions: None }
    }

    /// Asks; every question before it is void.
    pub(crate) fn ask(&mut self, ticket: Ticket, plan: Plan) {
        self.newest.store(ticket.epoch, Ordering::Release);
        let question = match &self.questions {
            None => (ticket, plan),
            Some(questions) => match questions.send((ticket, plan)) {
                Ok(()) => return,
                // The thread is lost; a new one takes the question.
                Err(mpsc::SendError(question)) => question,
            },
        };
        let (sender, questions) = mpsc::channel();
        let _ = sender.send(question);
        let (answers, record, newest) = (self.answers.clone(), self.record.clone(), Arc::clone(&self.newest));
        let started = thread::Builder::new()
            .name("search".into())
            .spawn(move || work(&questions, &answers, &record, &newest));
        self.questions = started.is_ok().then_some(sender);
    }

    /// Voids the question that is open.
    pub(crate) fn cancel(&self) {
        self.newest.store(0, Ordering::Release);
    }
}

fn work(questions: &mpsc::Receiver<Question>, answers: &Answers, record: &Record, newest: &AtomicU64) {
    let mut last = None;
    while let Ok(mut question) = questions.recv() {
        while let Ok(newer) = questions.try_recv() {
            if !answers.send_blocking(Delivery::Ended(question.0)) {
                return;
            }
            question = newer;
        }
        let (ticket, plan) = question;
        let is_cancelled = || newest.load(Ordering::Acquire) != ticket.epoch;
        let post = |found: Found, last: bool| {
            let answer = Box::new(Answer::Found { found, last });
            answers.send_blocking(Delivery::Msg(Msg::Answer { ticket, answer }))
        };
        let mut early = |found: Found| {
            post(found, false);
        };
        let found = catch_unwind(AssertUnwindSafe(|| answer(plan, &mut last, &is_cancelled, &mut early)));
        let alive = match found {
            Ok(Some(found)) => post(found, true),
            Ok(None) => true,
            // The question must not stay open, or nothing would be searched for any more.
            Err(_) => {
                post(Found { order: Some(Arc::from([])), ..Found::default() }, true)
                    && answers.send_blocking(Delivery::Msg(Msg::Fault(record.fault())))
            }
        };
        if !alive || !answers.send_blocking(Delivery::Ended(ticket)) {
            return;
        }
    }
}

/// The last question that was answered in full, with its rows: a word that is typed on needs to look at nothing
/// else.
struct Answered {
    plan: Plan,
    rows: Arc<[u32]>,
}

/// Answers a question, from the last answer's rows where they are enough.
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
        // A question that was given up leaves the answer before it as it was.
        (None, narrowed) => *last = narrowed,
        (Some(_), _) => {}
    }
    found
}
