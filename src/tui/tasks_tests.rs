use std::sync::{Arc, Mutex};

use super::*;
use crate::app::Answer;
use crate::domain::Code;
use crate::tui::delivery::channel;

/// Records when the work that holds it is dropped.
struct Noticed(u64, Arc<Mutex<Vec<u64>>>);

impl Drop for Noticed {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as requests have it")]
fn agents(fault: Diagnosis) -> Option<Answer> {
    Some(Answer::ReadAgents(Err(fault)))
}

fn ticket(epoch: u64) -> Ticket {
    Ticket { slot: Slot::Agents, epoch }
}

/// Starts work that never ends by itself.
fn endless(tasks: &mut Tasks, epoch: u64, dropped: &Arc<Mutex<Vec<u64>>>) {
    let noticed = Noticed(epoch, Arc::clone(dropped));
    tasks.start(ticket(epoch), Ending::Cut, agents, |_| async move {
        let _noticed = noticed;
        std::future::pending().await
    });
}

#[tokio::test]
async fn an_answer_carries_its_ticket_and_then_the_end_comes() {
    let (answers, mut deliveries) = channel();
    let mut tasks = Tasks::new(answers, Record::default());
    tasks.start(ticket(7), Ending::Cut, agents, |_| async { Some(Answer::ReadAgents(Ok(Vec::new()))) });
    assert!(tasks.is_busy());
    let Some(Delivery::Msg(Msg::Answer { ticket: answered, answer })) = deliveries.recv().await else {
        panic!()
    };
    assert_eq!(answered, ticket(7));
    assert!(matches!(*answer, Answer::ReadAgents(Ok(_))));
    let Some(Delivery::Ended(ended)) = deliveries.recv().await else { panic!() };
    tasks.ended(ended);
    assert!(!tasks.is_busy());
}

#[tokio::test]
async fn new_work_ends_what_was_in_its_slot_and_cancelling_ends_it_too() {
    let (answers, mut deliveries) = channel();
    let mut tasks = Tasks::new(answers, Record::default());
    let dropped = Arc::default();
    endless(&mut tasks, 1, &dropped);
    tokio::task::yield_now().await;
    endless(&mut tasks, 2, &dropped);
    let Some(Delivery::Ended(ended)) = deliveries.recv().await else { panic!() };
    assert_eq!(ended.epoch, 1);
    tasks.ended(ended);
    assert!(tasks.is_busy());
    assert_eq!(*dropped.lock().unwrap(), [1]);
    tasks.cancel(Slot::Agents);
    let Some(Delivery::Ended(ended)) = deliveries.recv().await else { panic!() };
    tasks.ended(ended);
    assert!(!tasks.is_busy());
    assert_eq!(*dropped.lock().unwrap(), [1, 2]);
}

#[tokio::test]
async fn work_that_ends_by_itself_is_asked_to_and_may_still_answer() {
    for ending in [Ending::Itself, Ending::LastWords] {
        let (answers, mut deliveries) = channel();
        let mut tasks = Tasks::new(answers, Record::default());
        tasks.start(ticket(1), ending, agents, |token| async move {
            token.cancelled().await;
            Some(Answer::ReadAgents(Ok(Vec::new())))
        });
        tasks.cancel(Slot::Agents);
        let last = deliveries.recv().await;
        assert!(matches!(last, Some(Delivery::Msg(Msg::Answer { .. }))), "{ending:?}: {last:?}");
        assert!(matches!(deliveries.recv().await, Some(Delivery::Ended(_))));
    }
}

#[tokio::test]
async fn work_that_panics_fails_its_question_and_is_reported() {
    let (answers, mut deliveries) = channel();
    let mut tasks = Tasks::new(answers, Record::default());
    tasks.start(ticket(1), Ending::Cut, agents, |_| async { panic!("broken on purpose") });
    let Some(Delivery::Msg(Msg::Answer { answer, .. })) = deliveries.recv().await else { panic!() };
    assert!(matches!(*answer, Answer::ReadAgents(Err(ref fault)) if fault.code == Code::TaskPanicked));
    assert!(matches!(deliveries.recv().await, Some(Delivery::Msg(Msg::Fault(_)))));
    assert!(matches!(deliveries.recv().await, Some(Delivery::Ended(_))));
}

#[tokio::test(start_paused = true)]
async fn leaving_ends_everything_and_waits_for_nobody_long() {
    let (answers, _deliveries) = channel();
    let mut tasks = Tasks::new(answers, Record::default());
    let dropped = Arc::default();
    endless(&mut tasks, 1, &dropped);
    let catalog = Ticket { slot: Slot::Catalog, epoch: 1 };
    tasks.start(catalog, Ending::Itself, agents, |_| std::future::pending());
    tokio::task::yield_now().await;
    let before = tokio::time::Instant::now();
    tasks.finish().await;
    assert!(before.elapsed() <= FAREWELL);
    assert_eq!(*dropped.lock().unwrap(), [1]);
}

#[tokio::test(start_paused = true)]
async fn leaving_waits_for_last_words() {
    let (answers, mut deliveries) = channel();
    let mut tasks = Tasks::new(answers, Record::default());
    let said = Arc::new(Mutex::new(false));
    let says = Arc::clone(&said);
    tasks.start(ticket(1), Ending::LastWords, agents, |token| async move {
        token.cancelled().await;
        tokio::time::sleep(LAST_WORDS / 2).await;
        *says.lock().unwrap() = true;
        None
    });
    tasks.finish().await;
    assert!(*said.lock().unwrap());
    assert!(matches!(deliveries.recv().await, Some(Delivery::Ended(_))));
}
