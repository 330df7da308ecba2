//! Walks against a scripted backend, with a clock that jumps.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;
use tokio::time::Instant;
use uuid::Uuid;

use super::*;
use crate::domain::{Grant, GrantId, Reading, Retry, RowId, ServerFilter, Spending};

mod list_budget_tests;
mod list_lies_tests;

/// A request as the script sees it.
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
    /// The budget in every answer, as of the first second of 1970.
    budget: Option<Budget>,
    /// Whether answers have a date.
    dated: bool,
    /// How many seconds our clock is ahead of the backend's.
    ahead: i64,
    start: Instant,
    /// When the last answer arrived. An answer from before the walk counts too.
    answered: Mutex<Option<Instant>>,
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
        *self.answered.lock().unwrap() = Some(Instant::now());
        (self.script)(request)
    }

    fn reading(&self) -> Option<Reading> {
        let ours = self.clock((*self.answered.lock().unwrap())?);
        let theirs = self.dated.then_some(Timestamp::UNIX_EPOCH);
        Some(Reading { budget: self.budget?, theirs, ours })
    }
}

impl Scripted {
    /// Our clock.
    fn clock(&self, at: Instant) -> Timestamp {
        let ahead = jiff::SignedDuration::from_secs(self.ahead);
        Timestamp::UNIX_EPOCH + ahead + at.duration_since(self.start)
    }
}

fn scripted(script: impl Fn(Request) -> Result<Page, Diagnosis> + Send + Sync + 'static) -> Scripted {
    Scripted {
        script: Box::new(script),
        budget: Some(Budget { limit: 1000, remaining: 1000, reset: 0 }),
        dated: true,
        ahead: 0,
        start: Instant::now(),
        answered: Mutex::new(Some(Instant::now())),
        takes: Duration::from_millis(10),
        requests: Arc::default(),
        under_way: Arc::default(),
    }
}

fn row(id: u64) -> Grant {
    Grant::blank(RowId::Grant(GrantId(Uuid::from_u128(id.into()))))
}

/// The page that an honest backend returns from these rows.
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
    let now = || source.clock(Instant::now());
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
        // No page is requested twice, and none beyond the end.
        let requests = source.requests.lock().unwrap().len();
        assert_eq!(requests, offsets.len(), "{count}");
        let most = source.under_way.lock().unwrap().1;
        assert_eq!(most, if count == 100 { AT_ONCE } else { most.min(2) }, "{count}");
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
    // A row at the head is deleted between the pages, so row 3 is skipped; the second walk finds it. The count alone
    // would not tell: 29 of 29 rows were seen.
    let source = scripted(|request| {
        let rows: Vec<u64> = if request.number == 0 { (0..30).collect() } else { (1..30).collect() };
        Ok(cut(&rows, request))
    });
    let events = walk(&source, small()).await;
    assert!(events.contains(&ListEvent::WalkingAgain { unique: 29, total: 29 }));
    assert!(unique(&events).contains(&row(3).row));
    let want = WalkSummary { unique: 30, total: 29, first_total: 30, repeated: 0, complete: true };
    assert_eq!(summary(&events), want);
    // Rows added at the head repeat others and hide none.
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
    let start = Instant::now();
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
    let start = Instant::now();
    let now = || Timestamp::UNIX_EPOCH;
    let stop = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        cancel.cancel();
    };
    tokio::join!(list(&source, &now, small(), cancel.clone(), sender), stop);
    assert_eq!(start.elapsed().as_secs(), 1);
    assert_eq!(receiver.recv().await, None);
}
