use super::*;
use crate::app::Slot;
use crate::domain::listing::WalkSummary;
use crate::domain::{Budget, Grant};

const TICKET: Ticket = Ticket { slot: Slot::Walk, epoch: 1 };

fn page(grants: Vec<Grant>, offset: u64, next: Option<u64>) -> ListEvent {
    ListEvent::Page { grants, offset, total: 100, next }
}

#[test]
fn pages_that_follow_each_other_join_and_others_do_not() {
    let mut waiting = VecDeque::new();
    join(&mut waiting, page(Vec::new(), 0, Some(10)));
    join(&mut waiting, page(Vec::new(), 10, Some(20)));
    // Not the page announced as the next one.
    join(&mut waiting, page(Vec::new(), 30, Some(40)));
    join(&mut waiting, ListEvent::Done(WalkSummary::default()));
    join(&mut waiting, page(Vec::new(), 40, None));
    let offsets: Vec<_> = waiting
        .iter()
        .map(|event| match event {
            ListEvent::Page { offset, next, .. } => Some((*offset, *next)),
            _ => None,
        })
        .collect();
    assert_eq!(offsets, [Some((0, Some(20))), Some((30, Some(40))), None, Some((40, None))]);
}

#[test]
fn of_several_budgets_the_last_one_counts() {
    let mut waiting = VecDeque::new();
    for remaining in [5, 4, 3] {
        join(&mut waiting, ListEvent::Budget(Budget { remaining, ..budget() }));
    }
    assert_eq!(waiting, [ListEvent::Budget(Budget { remaining: 3, ..budget() })]);
}

fn budget() -> Budget {
    Budget { limit: 1000, remaining: 0, reset: 0 }
}

#[tokio::test]
async fn a_burst_is_few_messages_and_keeps_its_order() {
    let (answers, mut deliveries) = channel();
    let (sender, events) = mpsc::channel(4);
    let walk = async {
        for number in 0..500 {
            sender.send(page(Vec::new(), number * 10, Some((number + 1) * 10))).await.unwrap();
        }
        sender.send(ListEvent::Done(WalkSummary::default())).await.unwrap();
        drop(sender);
    };
    // Nothing is read until the walk is over, so the walk must be able to end.
    let forward = answers.forward(TICKET, events);
    let read = async {
        let mut expected = 0;
        let mut messages = 0;
        while let Some(Delivery::Msg(Msg::Answer { ticket, answer })) = deliveries.recv().await {
            assert_eq!(ticket, TICKET);
            messages += 1;
            match *answer {
                Answer::WalkList(ListEvent::Page { offset, next, .. }) => {
                    assert_eq!(offset, expected);
                    expected = next.unwrap();
                }
                Answer::WalkList(ListEvent::Done(_)) => break,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(expected, 5000);
        messages
    };
    let ((), (), messages) = tokio::join!(walk, forward, read);
    assert!(messages < 500, "{messages} messages: nothing was joined");
}
