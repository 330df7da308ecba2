//! Walks over a scripted backend, with a clock that jumps.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::*;
use crate::domain::{Grant, GrantId, RowId, ServerFilter};

/// What the script sees of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Request {
    /// Counted from 0.
    number: usize,
    limit: u64,
    offset: u64,
}

type Script = dyn Fn(Request) -> Result<Page, Diagnosis> + Send + Sync;

struct Scripted {
    script: Box<Script>,
    budget: Option<Budget>,
    /// How long each request takes.
    takes: Duration,
    requests: Arc<Mutex<Vec<Request>>>,
    under_way: Arc<Mutex<(usize, usize)>>,
}

impl PageSource for Scripted {
    async fn page(&self, _: &ServerFilter, limit: u16, offset: u64) -> Result<Page, Diagnosis> {
        let request = {
            let mut requests = self.requests.lock().unwrap();
            let request = Request { number: requests.len(), limit: limit.into(), offset };
            requests.push(request);
            request
        };
        {
            let mut under_way = self.under_way.lock().unwrap();
            under_way.0 += 1;
            under_way.1 = under_way.1.max(under_way.0);
        }
        tokio::time::sleep(self.takes).await;
        self.under_way.lock().unwrap().0 -= 1;
        (self.script)(request)
    }

    fn budget(&self) -> Option<Budget> {
        self.budget
    }
}

fn scripted(script: impl Fn(Request) -> Result<Page, Diagnosis> + Send + Sync + 'static) -> Scripted {
    Scripted {
        script: Box::new(script),
        budget: Some(Budget { limit: 1000, remaining: 1000, reset: 0 }),
        takes: Duration::from_millis(10),
        requests: Arc::default(),
        under_way: Arc::default(),
    }
}

fn row(id: u64) -> Grant {
    Grant::blank(RowId::Grant(GrantId(Uuid::from_u128(id.into()))))
}

/// The page that an honest backend cuts from these rows.
fn cut(rows: &[u64], request: Request) -> Page {
    let grants: Vec<Grant> =
        rows.iter().skip(request.offset as usize).take(request.limit as usize).map(|id| row(*id)).collect();
    let end = request.offset + grants.len() as u64;
    let total = rows.len() as u64;
    Page {
        has_more: end < total,
        total,
        limit: request.limit,
        offset: request.offset,
        grants,
        oddities: vec![],
    }
}

fn honest(count: u64) -> Scripted {
    let rows: Vec<u64> = (0..count).collect();
    scripted(move |request| Ok(cut(&rows, request)))
}

async fn walk(source: &Scripted, request: ListRequest) -> Vec<ListEvent> {
    let (sender, mut receiver) = mpsc::channel(4);
    let collect = async {
        let mut events = Vec::new();
        while let Some(event) = receiver.recv().await {
            events.push(event);
        }
        events
    };
    let now = || Timestamp::UNIX_EPOCH;
    let (events, ()) = tokio::join!(collect, list(source, &now, request, CancellationToken::new(), sender));
    let ends = events.iter().filter(|e| matches!(e, ListEvent::Done(_) | ListEvent::Failed(_))).count();
    assert_eq!(ends, 1, "exactly one end");
    assert!(matches!(events.last(), Some(ListEvent::Done(_) | ListEvent::Failed(_))), "and it is last");
    events
}

fn summary(events: &[ListEvent]) -> WalkSummary {
    match events.last() {
        Some(ListEvent::Done(summary)) => *summary,
        other => panic!("{other:?}"),
    }
}

fn unique(events: &[ListEvent]) -> BTreeSet<RowId> {
    let pages = events.iter().filter_map(|event| match event {
        ListEvent::Page { grants, .. } => Some(grants),
        _ => None,
    });
    pages.flatten().map(|grant| grant.row).collect()
}

fn small() -> ListRequest {
    ListRequest { first_page: 3, page: 10, ..ListRequest::default() }
}

fn offsets(events: &[ListEvent]) -> Vec<(u64, Option<u64>)> {
    let pages = events.iter().filter_map(|event| match event {
        ListEvent::Page { offset, next, .. } => Some((*offset, *next)),
        _ => None,
    });
    pages.collect()
}

fn refusal(retry: Retry) -> Diagnosis {
    Diagnosis::new(Code::TooManyRequests, Who::Alter, retry)
}

#[tokio::test(start_paused = true)]
async fn every_row_comes_once_in_order_and_several_pages_are_under_way() {
    for count in [0, 1, 2, 3, 4, 13, 14, 100] {
        let source = honest(count);
        let events = walk(&source, small()).await;
        assert_eq!(unique(&events).len() as u64, count);
        let want =
            WalkSummary { unique: count, total: count, first_total: count, repeated: 0, complete: true };
        assert_eq!(summary(&events), want);
        let offsets = offsets(&events);
        assert!(offsets.is_sorted(), "{offsets:?}");
        assert_eq!(offsets.last().map(|(_, next)| *next), Some(None));
        // Nothing is asked for twice, nothing beyond the end.
        let requests = source.requests.lock().unwrap().len();
        assert_eq!(requests, offsets.len(), "{count}");
        let most = source.under_way.lock().unwrap().1;
        assert_eq!(most, if count == 100 { AT_ONCE } else { most.min(2) }, "{count}");
    }
}

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
        let source = Scripted { budget: Some(budget), ..honest(20) };
        let start = tokio::time::Instant::now();
        let events = walk(&source, ListRequest { spending, ..small() }).await;
        // One pause before each page but the first: this clock stands still and so does the reading.
        let want: Vec<(Code, u64)> = code.into_iter().flat_map(|code| [(code, 7000); 2]).collect();
        assert_eq!(pauses(&events), want, "{spending:?} {remaining}");
        assert_eq!(start.elapsed().as_secs(), want.len() as u64 * 7);
        assert!(summary(&events).complete);
        assert_eq!(events.iter().filter(|event| **event == ListEvent::Budget(budget)).count(), 1);
        if code.is_none() {
            let most = source.under_way.lock().unwrap().1;
            assert_eq!(most, if remaining == 25 { 2 } else { 1 }, "{spending:?} {remaining}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_ends_the_walk_without_asking_for_more() {
    for (limit, complete, requests) in
        [(1, false, 1), (3, false, 1), (5, false, 2), (40, true, 5), (99, true, 5)]
    {
        let source = honest(40);
        let events = walk(&source, ListRequest { limit: Some(limit), ..small() }).await;
        assert_eq!(unique(&events).len() as u64, limit.min(40));
        assert_eq!((summary(&events).complete, summary(&events).total), (complete, 40), "{limit}");
        assert_eq!(source.requests.lock().unwrap().len(), requests, "{limit}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_moves_is_walked_once_more() {
    // A row at the head goes between the pages, so row 3 is skipped; the second walk finds it. The count alone
    // would not tell: 29 rows were seen of 29.
    let source = scripted(|request| {
        let rows: Vec<u64> = if request.number == 0 { (0..30).collect() } else { (1..30).collect() };
        Ok(cut(&rows, request))
    });
    let events = walk(&source, small()).await;
    assert!(events.contains(&ListEvent::WalkingAgain { unique: 29, total: 29 }));
    assert!(unique(&events).contains(&row(3).row));
    let want = WalkSummary { unique: 30, total: 29, first_total: 30, repeated: 0, complete: true };
    assert_eq!(summary(&events), want);
    // Rows that come at the head repeat others and hide none.
    let source = scripted(|request| {
        let rows: Vec<u64> = if request.number == 0 { (1..30).collect() } else { (0..30).collect() };
        Ok(cut(&rows, request))
    });
    let events = walk(&source, small()).await;
    assert!(events.contains(&ListEvent::WalkingAgain { unique: 29, total: 30 }));
    assert_eq!(unique(&events).len(), 30);
    assert_eq!(
        summary(&events),
        WalkSummary { unique: 30, total: 30, first_total: 29, repeated: 1, complete: true }
    );
}

#[tokio::test(start_paused = true)]
async fn a_lying_total_is_said_and_ends() {
    for (claimed, has_more) in [(50, false), (50, true), (5, false), (5, true), (0, true)] {
        let rows: Vec<u64> = (0..20).collect();
        let source = scripted(move |request| Ok(Page { total: claimed, has_more, ..cut(&rows, request) }));
        let events = walk(&source, small()).await;
        let summary = summary(&events);
        assert!(!summary.complete, "{claimed} {has_more}");
        assert_eq!(summary.total, claimed);
        assert!(events.iter().any(|event| matches!(event, ListEvent::WalkingAgain { .. })));
        if claimed > 20 || has_more {
            assert_eq!(summary.unique, 20, "{claimed} {has_more}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn smaller_pages_than_asked_for_leave_no_gap() {
    let rows: Vec<u64> = (0..95).collect();
    let source = scripted(move |request| Ok(cut(&rows, Request { limit: request.limit.min(7), ..request })));
    let events = walk(&source, small()).await;
    assert_eq!(unique(&events).len(), 95);
    assert!(summary(&events).complete);
    let starts: Vec<u64> = offsets(&events).iter().map(|(offset, _)| *offset).collect();
    assert_eq!(starts, [0, 3, 10, 17, 24, 31, 38, 45, 52, 59, 66, 73, 80, 87, 94]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_asked_for_is_kept_and_the_walk_goes_on() {
    let rows: Vec<u64> = (0..60).collect();
    let source = scripted(move |request| match request.number {
        2 => Err(refusal(Retry::Later(Some(Duration::from_secs(20))))),
        _ => Ok(cut(&rows, request)),
    });
    let start = tokio::time::Instant::now();
    let events = walk(&source, small()).await;
    assert!(start.elapsed() >= Duration::from_secs(20));
    let waits = events.iter().filter(|event| matches!(event, ListEvent::Waiting { millis: 20_000, .. }));
    assert_eq!(waits.count(), 1);
    assert!(summary(&events).complete && offsets(&events).is_sorted());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_the_walk_and_what_came_stays() {
    for (retry, requests) in
        [(Retry::No, 2), (Retry::Later(None), 5), (Retry::Later(Some(Duration::from_hours(1))), 2)]
    {
        let rows: Vec<u64> = (0..60).collect();
        let source = Scripted {
            budget: None,
            ..scripted(
                move |request| {
                    if request.number == 0 { Ok(cut(&rows, request)) } else { Err(refusal(retry)) }
                },
            )
        };
        let events = walk(&source, small()).await;
        assert_eq!(events.last(), Some(&ListEvent::Failed(refusal(retry))));
        assert_eq!(unique(&events).len(), 3);
        assert_eq!(source.requests.lock().unwrap().len(), requests, "{retry:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_nobody_answers_at_is_reported_at_once() {
    let gone = Diagnosis::new(Code::ConnectionRefused, Who::Network, Retry::Later(None));
    let failure = gone.clone();
    let source = scripted(move |_| Err(gone.clone()));
    assert_eq!(
        walk(&source, small()).await,
        [ListEvent::Budget(source.budget.unwrap()), ListEvent::Failed(failure)]
    );
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_a_hanging_walk_at_once() {
    let source = Scripted { takes: Duration::from_hours(1), ..honest(60) };
    let cancel = CancellationToken::new();
    let (sender, mut receiver) = mpsc::channel(4);
    let start = tokio::time::Instant::now();
    let now = || Timestamp::UNIX_EPOCH;
    let stop = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        cancel.cancel();
    };
    tokio::join!(list(&source, &now, small(), cancel.clone(), sender), stop);
    assert_eq!(start.elapsed().as_secs(), 1);
    assert_eq!(receiver.recv().await, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Rows go and come between any two requests; sizes, counts and `has_more` may be off.
    #[test]
    fn any_backend_comes_to_an_end(
        count in 0u64..80,
        moves in proptest::collection::vec((0usize..80, any::<bool>()), 0..12),
        lies in proptest::collection::vec((-30i64..30, any::<bool>(), 1u64..12), 0..12),
        limit in proptest::option::of(1u64..90),
        budget: bool,
    ) {
        let script = move |request: Request| {
            let mut rows: Vec<u64> = (0..count).collect();
            for (number, (place, goes)) in moves.iter().take(request.number).enumerate() {
                if *goes && *place < rows.len() {
                    rows.remove(*place);
                } else if !*goes {
                    rows.insert((*place).min(rows.len()), 1000 + number as u64);
                }
            }
            let mut page = match lies.get(request.number) {
                Some((_, _, size)) => cut(&rows, Request { limit: request.limit.min(*size), ..request }),
                None => cut(&rows, request),
            };
            if let Some((off, has_more, _)) = lies.get(request.number) {
                page.total = page.total.saturating_add_signed(*off);
                page.has_more = *has_more;
            }
            Ok(page)
        };
        let mut source = scripted(script);
        if !budget {
            source.budget = None;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let events = runtime.block_on(walk(&source, ListRequest { limit, ..small() }));
        let summary = summary(&events);
        prop_assert_eq!(unique(&events).len() as u64, summary.unique);
        prop_assert!(limit.is_none_or(|limit| summary.unique <= 2 * limit));
        let again = events.iter().filter(|event| matches!(event, ListEvent::WalkingAgain { .. })).count();
        prop_assert!(again <= 1);
        if summary.complete {
            prop_assert!(summary.unique >= summary.total);
        }
    }
}
