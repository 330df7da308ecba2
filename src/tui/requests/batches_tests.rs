use tokio::sync::mpsc;

use super::*;
use crate::app::requests::RunSmoke;
use crate::app::{Answer, Msg, Slot};
use crate::domain::GrantId;
use crate::domain::smoke::{SmokeEvent, SmokeSummary};
use crate::tui::delivery::{Delivery, channel};
use uuid::Uuid;

#[tokio::test(start_paused = true)]
async fn a_run_is_reported_of_thirty_times_in_a_second_and_whole() {
    const MANY: u128 = 10_000;
    let (answers, mut deliveries) = channel();
    let (sender, events) = mpsc::channel(EVENTS);
    let ticket = Ticket { slot: Slot::Smoke, epoch: 1 };
    let run = async move {
        for number in 0..MANY {
            tokio::time::sleep(Duration::from_micros(500)).await;
            sender.send(SmokeEvent::Started(GrantId(Uuid::from_u128(number)))).await.unwrap();
        }
        sender.send(SmokeEvent::Done(SmokeSummary::default())).await.unwrap();
    };
    let began = Instant::now();
    let read = async move {
        let (mut heard, mut times) = (Vec::new(), Vec::new());
        while let Some(Delivery::Msg(Msg::Answer { answer, .. })) = deliveries.recv().await {
            let Answer::RunSmoke(batch) = *answer else { panic!("{answer:?}") };
            assert!(batch.len() <= BATCH);
            heard.extend(batch);
            times.push(began.elapsed());
            if matches!(heard.last(), Some(SmokeEvent::Done(_))) {
                break;
            }
        }
        (heard, times)
    };
    let forward = forward::<RunSmoke, _>(&answers, ticket, events);
    let ((), (heard, times), ()) = tokio::join!(run, read, forward);
    assert_eq!(heard.len() as u128, MANY + 1);
    let in_order = heard
        .iter()
        .enumerate()
        .take(10_000)
        .all(|(place, event)| *event == SmokeEvent::Started(GrantId(Uuid::from_u128(place as u128))));
    assert!(in_order, "each once, in order");
    assert!(times[0] < Duration::from_millis(5), "the first at once: {:?}", times[0]);
    let closest = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).min().unwrap();
    assert!(closest >= INTERVAL, "{closest:?}");
    assert!(times.len() > 60, "and no seldomer: {}", times.len());
}

#[tokio::test(start_paused = true)]
async fn a_flood_waits_for_the_screen() {
    let (answers, mut deliveries) = channel();
    let (sender, events) = mpsc::channel(EVENTS);
    let ticket = Ticket { slot: Slot::Smoke, epoch: 1 };
    let run = async move {
        for number in 0..5_000 {
            sender.send(SmokeEvent::Started(GrantId(Uuid::from_u128(number)))).await.unwrap();
        }
    };
    let began = Instant::now();
    tokio::join!(run, forward::<RunSmoke, _>(&answers, ticket, events));
    drop(answers);
    let (mut heard, mut count) = (0, 0);
    while let Some(Delivery::Msg(Msg::Answer { answer, .. })) = deliveries.recv().await {
        let Answer::RunSmoke(batch) = *answer else { panic!("{answer:?}") };
        heard += batch.len();
        count += 1;
    }
    assert_eq!(heard, 5_000);
    assert!(began.elapsed() >= INTERVAL * (count - 1), "{count} answers in {:?}", began.elapsed());
}
