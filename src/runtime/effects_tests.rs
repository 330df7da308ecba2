use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::domain::{Code, Retry, Who};
use crate::runtime::delivery::channel;

/// A backend whose every answer is scripted.
#[derive(Default)]
pub(super) struct Fake {
    pub(super) walks: Arc<AtomicUsize>,
    pub(super) dropped: Arc<Mutex<Vec<u64>>>,
    pub(super) recorder: Option<Recorder>,
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

    async fn profiles(&self) -> Result<Vec<crate::domain::ProfileSummary>, Diagnosis> {
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

    async fn agents(&self) -> Result<Vec<Agent>, Diagnosis> {
        Ok(Vec::new())
    }

    async fn call(&self, _: CallRequest, cancel: CancellationToken, _: mpsc::Sender<CallEvent>) {
        cancel.cancelled().await;
    }

    async fn operations(&self, _: GrantKind, _: Arc<str>) -> Result<Vec<OperationSummary>, Diagnosis> {
        Ok(Vec::new())
    }

    async fn operation(&self, _: &Grant, _: &str) -> Result<Operation, Diagnosis> {
        std::future::pending().await
    }

    async fn copy(&self, _: CopyText) -> Result<Outcome, Diagnosis> {
        std::future::pending().await
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
