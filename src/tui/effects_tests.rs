use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::domain::smoke::SmokeSummary;
use crate::domain::{Clean, Code, Copied, CopyRoute, Retry, Who};
use crate::tui::delivery::channel;

/// A backend whose every answer is scripted.
#[derive(Default)]
pub(super) struct Fake {
    pub(super) walks: Arc<AtomicUsize>,
    pub(super) dropped: Arc<Mutex<Vec<u64>>>,
    pub(super) recorder: Option<Recorder>,
    /// What could not be kept.
    pub(super) not_kept: Option<Diagnosis>,
}

/// Notes when the work that holds it is dropped.
struct Noticed(u64, Arc<Mutex<Vec<u64>>>);

impl Drop for Noticed {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

impl Backend for Fake {
    async fn open(&self) -> Result<crate::app::msg::Session, Diagnosis> {
        Err(Diagnosis::new(Code::KeyMissing, Who::You, Retry::AfterRemedy))
    }

    fn key_notice(&self) -> Option<Diagnosis> {
        None
    }

    async fn identify(&self) -> Result<Identity, Diagnosis> {
        panic!("broken on purpose")
    }

    async fn profiles(&self) -> Result<Vec<ProfileSummary>, Diagnosis> {
        Ok(Vec::new())
    }

    async fn catalog(&self) -> Result<Arc<Catalog>, Diagnosis> {
        std::future::pending().await
    }

    fn hidden_variables(&self) -> Vec<String> {
        Vec::new()
    }

    fn recorder(&self) -> Result<Recorder, Diagnosis> {
        let none = || Diagnosis::new(Code::HistoryOff, Who::You, Retry::AfterRemedy);
        self.recorder.clone().ok_or_else(none)
    }

    async fn settled(&self) -> Option<Diagnosis> {
        self.not_kept.clone()
    }

    async fn agents(&self) -> Result<Vec<Agent>, Diagnosis> {
        Ok(Vec::new())
    }

    async fn call(&self, _: CallRequest, cancel: CancellationToken, _: mpsc::Sender<CallEvent>) {
        cancel.cancelled().await;
    }

    async fn follow(&self, _: FollowRequest, cancel: CancellationToken, _: mpsc::Sender<CallEvent>) {
        cancel.cancelled().await;
    }

    async fn operations(&self, _: GrantKind, _: Arc<str>) -> Result<Vec<OperationSummary>, Diagnosis> {
        Ok(Vec::new())
    }

    async fn operation(&self, _: &Grant, _: &str) -> Result<Operation, Diagnosis> {
        std::future::pending().await
    }

    async fn copy(&self, _: CopyText) -> Result<Outcome, Diagnosis> {
        let copied = Copied { route: CopyRoute::Shown, verified: false, clears_after: None, note: None };
        Ok(Outcome { copied, sequence: None })
    }

    async fn foresee(&self, job: SmokeJob) -> Result<SmokePlan, Diagnosis> {
        Ok(SmokePlan { grants: job.grants().len() as u32, ..SmokePlan::default() })
    }

    async fn smoke(&self, _: SmokeJob, cancel: CancellationToken, events: mpsc::Sender<SmokeEvent>) {
        cancel.cancelled().await;
        let summary = SmokeSummary { cancelled: true, ..SmokeSummary::default() };
        events.send(SmokeEvent::Done(summary)).await.unwrap();
    }

    async fn verdicts(&self, _: Vec<GrantId>) -> Result<HashMap<GrantId, Vec<Past>>, Diagnosis> {
        Ok(HashMap::new())
    }

    async fn list(&self, request: ListRequest, _events: mpsc::Sender<ListEvent>) {
        self.walks.fetch_add(1, Ordering::SeqCst);
        let _noticed = Noticed(request.offset, Arc::clone(&self.dropped));
        std::future::pending::<()>().await;
    }
}

fn start(slot: Slot, epoch: u64, job: Job) -> Effect {
    Effect::Start { ticket: Ticket { slot, epoch }, job }
}

fn walk(epoch: u64) -> Effect {
    start(Slot::Walk, epoch, Job::List(ListRequest { offset: epoch, ..ListRequest::default() }))
}

#[tokio::test]
async fn an_answer_carries_its_ticket_and_then_the_end_comes() {
    let (answers, mut deliveries) = channel();
    let mut hands = Effects::new(Fake::default(), answers, Record::default());
    hands.carry_out(start(Slot::Agents, 7, Job::Agents));
    assert!(hands.is_busy());
    let Some(Delivery::Msg(Msg::Answer { ticket, answer })) = deliveries.recv().await else { panic!() };
    assert_eq!(ticket, Ticket { slot: Slot::Agents, epoch: 7 });
    assert!(matches!(*answer, Answer::Agents(Ok(_))));
    let Some(Delivery::Ended(ended)) = deliveries.recv().await else { panic!() };
    hands.ended(ended);
    assert!(!hands.is_busy());
}

#[tokio::test]
async fn a_new_walk_ends_the_one_before_and_cancelling_ends_it_too() {
    let (answers, mut deliveries) = channel();
    let fake = Fake::default();
    let (walks, dropped) = (Arc::clone(&fake.walks), Arc::clone(&fake.dropped));
    let mut hands = Effects::new(fake, answers, Record::default());
    hands.carry_out(walk(1));
    tokio::task::yield_now().await;
    hands.carry_out(walk(2));
    let Some(Delivery::Ended(ended)) = deliveries.recv().await else { panic!() };
    assert_eq!(ended.epoch, 1);
    hands.ended(ended);
    assert!(hands.is_busy());
    assert_eq!(walks.load(Ordering::SeqCst), 2);
    assert_eq!(*dropped.lock().unwrap(), [1]);
    hands.carry_out(Effect::Cancel(Slot::Walk));
    let Some(Delivery::Ended(ended)) = deliveries.recv().await else { panic!() };
    hands.ended(ended);
    assert!(!hands.is_busy());
    assert_eq!(*dropped.lock().unwrap(), [1, 2]);
}

#[tokio::test]
async fn work_that_panics_fails_its_question_and_is_reported() {
    let (answers, mut deliveries) = channel();
    let mut hands = Effects::new(Fake::default(), answers, Record::default());
    hands.carry_out(start(Slot::Identity, 1, Job::Identify));
    let Some(Delivery::Msg(Msg::Answer { answer, .. })) = deliveries.recv().await else { panic!() };
    assert!(
        matches!(*answer, Answer::Identity { whose: Err(ref fault), .. } if fault.code == Code::TaskPanicked)
    );
    assert!(matches!(deliveries.recv().await, Some(Delivery::Msg(Msg::Fault(_)))));
    assert!(matches!(deliveries.recv().await, Some(Delivery::Ended(_))));
}

#[tokio::test(start_paused = true)]
async fn leaving_ends_everything_and_waits_for_nobody_long() {
    let (answers, _deliveries) = channel();
    let fake = Fake::default();
    let dropped = Arc::clone(&fake.dropped);
    let mut hands = Effects::new(fake, answers, Record::default());
    hands.carry_out(walk(1));
    hands.carry_out(start(Slot::Catalog, 1, Job::Catalog));
    tokio::task::yield_now().await;
    let before = tokio::time::Instant::now();
    hands.finish().await;
    assert!(before.elapsed() <= FAREWELL);
    assert_eq!(*dropped.lock().unwrap(), [1]);
}

/// The history may learn long after a call that it could not keep it.
#[tokio::test(start_paused = true)]
async fn a_call_that_was_not_kept_is_said_on_the_screen_and_when_leaving() {
    let why = Diagnosis::new(Code::HistoryOff, Who::You, Retry::AfterRemedy).fact("problem", "locked");
    let (answers, mut deliveries) = channel();
    let fake = Fake { not_kept: Some(why.clone()), ..Fake::default() };
    let mut hands = Effects::new(fake, answers, Record::default());
    let draft = crate::domain::RequestDraft::new(GrantId(uuid::Uuid::nil()), "GET", "https://a.test/");
    let request = CallRequest::for_grant(draft, None);
    hands.carry_out(start(Slot::Call, 1, Job::Call(Box::new(request))));
    tokio::task::yield_now().await;
    hands.carry_out(Effect::Cancel(Slot::Call));
    let said = loop {
        match deliveries.recv().await {
            Some(Delivery::Msg(Msg::Fault(said))) => break said,
            Some(_) => {}
            None => panic!("nothing was said"),
        }
    };
    assert_eq!(said, why);
    assert_eq!(hands.finish().await, Some(why));
}

/// The answers to a question, until it has ended.
async fn answers_to(job: Job, slot: Slot) -> Vec<Answer> {
    let (answers, mut deliveries) = channel();
    let mut hands = Effects::new(Fake::default(), answers, Record::default());
    hands.carry_out(start(slot, 1, job));
    let mut all = Vec::new();
    while let Some(delivery) = deliveries.recv().await {
        match delivery {
            Delivery::Msg(Msg::Answer { answer, .. }) => all.push(*answer),
            Delivery::Ended(_) => break,
            other => panic!("{other:?}"),
        }
    }
    all
}

fn large() -> crate::body::Document {
    let text = format!("[{}1]", "[1],".repeat(1_000_000));
    crate::body::Document::open(text.into_bytes().into(), None, &|| false).unwrap()
}

#[tokio::test]
async fn work_over_a_large_body_is_answered_once_it_is_done() {
    let document = large();
    let needle = "1".to_owned();
    let search = Job::SearchBody { document: document.clone(), needle, view: crate::body::View::Pretty };
    let found = answers_to(search, Slot::BodySearch).await;
    let (last, early) = found.split_last().unwrap();
    let total = |answer: &Answer, wanted: bool| match answer {
        Answer::Searched { found, last } if *last == wanted => found.total,
        other => panic!("{other:?}"),
    };
    assert_eq!(total(last, true), 1_000_001);
    assert!(early.iter().map(|answer| total(answer, false)).is_sorted(), "it only grows");

    let steps = vec![crate::body::FoldStep::Below(1)];
    let fold = Job::Fold { document: document.clone(), folds: crate::body::Folds::default(), steps };
    let folded = answers_to(fold, Slot::Folds).await;
    let [Answer::Folded { folds, .. }] = &*folded else { panic!("{folded:?}") };
    assert_eq!(folds.visible_len(document.tape().unwrap()), 1_000_003);

    let fit = crate::body::Fit::Wrap(80);
    assert!(!document.is_prepared(crate::body::View::Raw, fit));
    let wrap = Job::Wrap { document: document.clone(), width: 80 };
    assert!(matches!(&*answers_to(wrap, Slot::Wrap).await, [Answer::Wrapped]));
    assert!(document.is_prepared(crate::body::View::Raw, fit));
}

#[tokio::test]
async fn a_search_that_nobody_waits_for_tells_nothing_more() {
    let (answers, mut deliveries) = channel();
    let mut hands = Effects::new(Fake::default(), answers, Record::default());
    let search =
        Job::SearchBody { document: large(), needle: "1".to_owned(), view: crate::body::View::Pretty };
    hands.carry_out(start(Slot::BodySearch, 1, search));
    hands.carry_out(Effect::Cancel(Slot::BodySearch));
    while let Some(delivery) = deliveries.recv().await {
        match delivery {
            Delivery::Msg(Msg::Answer { answer, .. }) => {
                assert!(matches!(*answer, Answer::Searched { last: false, .. }), "{answer:?}");
            }
            Delivery::Ended(_) => break,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_text_without_a_clipboard_comes_back_to_be_shown() {
    let label = Clean::line("it");
    let (answers, mut deliveries) = channel();
    let mut hands = Effects::new(Fake::default(), answers, Record::default());
    let ticket = Ticket { slot: Slot::Clipboard, epoch: 1 };
    hands.carry_out(Effect::Copy { ticket, text: CopyText::plain("shown", label) });
    let Some(Delivery::Msg(Msg::Answer { answer, .. })) = deliveries.recv().await else { panic!() };
    let Answer::Copied { result: Ok(_), shown: Some(text), .. } = *answer else { panic!("{answer:?}") };
    assert_eq!(&**text.text, "shown");
}
