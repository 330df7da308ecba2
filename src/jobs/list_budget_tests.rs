//! How much of the rate budget a walk leaves, and how long it waits for more.

use super::*;
use crate::Progress;

#[tokio::test(start_paused = true)]
async fn an_unknown_budget_means_one_request_at_a_time() {
    for (budget, most) in [
        (None, 1),
        (Some(Budget { limit: 100, remaining: 27, reset: 0 }), 2),
        (Some(Budget { limit: 100, remaining: 26, reset: 0 }), 1),
    ] {
        let source = Scripted { budget, ..honest(100) };
        assert!(summary(&walk(&source, small()).await).complete);
        assert_eq!(source.under_way.lock().unwrap().1, most, "{budget:?}");
    }
}

fn pauses(events: &[ListEvent]) -> Vec<(Code, u64)> {
    let pauses = events.iter().filter_map(|event| match event {
        ListEvent::Waiting { reason, millis } => Some((reason.code, *millis)),
        _ => None,
    });
    pauses.collect()
}

/// A walk over three pages with nothing left to spend for seven more seconds, according to every answer.
fn spent() -> Scripted {
    Scripted { budget: Some(Budget { limit: 100, remaining: 0, reset: 7 }), ..honest(20) }
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_spent_is_waited_for() {
    let quarter = Code::KeepingAQuarter;
    for (spending, remaining, code) in [
        (Spending::LeavesAQuarter, 26, None),
        (Spending::LeavesAQuarter, 25, Some(quarter)),
        (Spending::LeavesAQuarter, 0, Some(quarter)),
        (Spending::Everything, 25, None),
        (Spending::Everything, 1, None),
        (Spending::Everything, 0, Some(Code::BudgetUsedUp)),
    ] {
        let budget = Budget { limit: 100, remaining, reset: 7 };
        let source = Scripted { budget: Some(budget), ..spent() };
        let events = walk(&source, ListRequest { spending, ..small() }).await;
        // Before each page including the first: every answer repeats it.
        let want: Vec<(Code, u64)> = code.into_iter().flat_map(|code| [(code, 7000); 3]).collect();
        assert_eq!(pauses(&events), want, "{spending:?} {remaining}");
        assert_eq!(source.start.elapsed().as_secs(), want.len() as u64 * 7);
        assert!(summary(&events).complete);
        assert_eq!(events.iter().filter(|event| **event == ListEvent::Budget(budget)).count(), 1);
        if code.is_none() {
            let most = source.under_way.lock().unwrap().1;
            assert_eq!(most, if remaining == 25 { 2 } else { 1 }, "{spending:?} {remaining}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_wait_is_right_whatever_our_clock_says() {
    let hours = 3 * 3600;
    for (ahead, dated, millis) in [
        (0, true, 7000),
        (hours, true, 7000),
        (-hours, true, 7000),
        // Nothing to compare with: a whole window, and never longer.
        (hours, false, 60_000),
        (-hours, false, 60_000),
    ] {
        let source = Scripted { dated, ahead, ..spent() };
        let events = walk(&source, small()).await;
        assert_eq!(pauses(&events), [(Code::KeepingAQuarter, millis); 3], "{ahead} {dated}");
        assert_eq!(source.start.elapsed().as_secs(), 3 * millis / 1000, "{ahead} {dated}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_first_page_waits_only_for_a_window_that_is_known_and_not_over() {
    let nothing_known = Scripted { answered: Mutex::new(None), ..spent() };
    assert_eq!(pauses(&walk(&nothing_known, small()).await).len(), 2);
    let source = spent();
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(pauses(&walk(&source, small()).await)[0].1, 2000);
    let source = spent();
    tokio::time::advance(Duration::from_secs(7)).await;
    assert_eq!(pauses(&walk(&source, small()).await).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn whoever_reads_all_of_a_list_hears_of_its_pauses() {
    let source = spent();
    let mut reported = Vec::new();
    let clock = || source.clock(Instant::now());
    let all = crate::everything(&source, &clock, ServerFilter::default(), |reading| {
        reported.push(reading.clone());
    });
    let all = all.await.unwrap();
    assert_eq!((all.grants.len(), all.not_whole), (20, None));
    let waits = reported.iter().filter_map(|reading| match reading {
        Progress::Waiting { reason, millis } => Some((reason.code, *millis)),
        Progress::Rows { .. } => None,
    });
    assert!(waits.count() > 0, "{reported:?}");
    assert!(reported.contains(&Progress::Rows { here: 20, total: 20 }), "{reported:?}");
}
