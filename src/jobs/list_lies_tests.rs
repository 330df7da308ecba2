//! Backends that lie, fail and loop: every walk ends.

use proptest::prelude::*;

use super::*;

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
async fn a_backend_that_ignores_the_offset_is_left_after_some_pages() {
    let rows: Vec<u64> = (0..10).collect();
    let source = scripted(move |request| {
        let page = cut(&rows, Request { offset: 0, ..request });
        Ok(Page { total: 1_000_000_000_000_000, has_more: true, ..page })
    });
    let events = walk(&source, small()).await;
    let pages = 2 + WITHOUT_NEWS as usize;
    assert_eq!((offsets(&events).len(), unique(&events).len()), (pages, 10));
    assert!(source.requests.lock().unwrap().len() < pages + AT_ONCE);
    assert!(!summary(&events).complete);
    // Another walk would only loop again.
    assert!(!events.iter().any(|event| matches!(event, ListEvent::WalkingAgain { .. })));
    // With one page less, it is a list that changes.
    let rows: Vec<u64> = (0..200).collect();
    let source = scripted(move |request| {
        let stale = (1..WITHOUT_NEWS as usize).contains(&request.number);
        Ok(cut(&rows, Request { offset: if stale { 0 } else { request.offset }, limit: 3, ..request }))
    });
    let source = Scripted { budget: None, ..source };
    let events = walk(&source, small()).await;
    assert!(events.iter().any(|event| matches!(event, ListEvent::WalkingAgain { .. })));
    assert!(summary(&events).complete);
}

#[tokio::test(start_paused = true)]
async fn a_page_without_rows_is_no_whole_list_where_there_is_more() {
    for (total, has_more, complete) in
        [(9, false, false), (9, true, false), (0, true, false), (0, false, true)]
    {
        let source = scripted(move |request| Ok(Page { total, has_more, ..cut(&[], request) }));
        let summary = summary(&walk(&source, small()).await);
        assert_eq!((summary.unique, summary.complete), (0, complete), "{total} {has_more}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Rows come and go between any two requests; sizes, counts and `has_more` may be wrong, requests may fail, and
    /// from any request on the backend may ignore the offset under a total that is never reached.
    #[test]
    fn any_backend_comes_to_an_end(
        count in 0u64..80,
        moves in proptest::collection::vec((0usize..80, any::<bool>()), 0..12),
        lies in proptest::collection::vec((-30i64..30, any::<bool>(), 1u64..12), 0..12),
        failing in proptest::collection::vec(any::<bool>(), 0..12),
        circles in proptest::option::of(0usize..30),
        limit in proptest::option::of(1u64..90),
        budget: bool,
    ) {
        // Each page with new rows may be followed by this many without; it may be retried this often, and pages
        // requested after it are discarded; all of that twice.
        let rows = count as usize + moves.len();
        let most = 2 * (rows + 1) * (WITHOUT_NEWS as usize + 1) * AT_ONCE * Policy::default().attempts as usize;
        let script = move |request: Request| {
            if failing.get(request.number) == Some(&true) {
                return Err(refusal(Retry::Later(None)));
            }
            let circling = circles.is_some_and(|from| request.number >= from);
            let request = Request { offset: if circling { 0 } else { request.offset }, ..request };
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
            if circling {
                (page.total, page.has_more) = (1_000_000_000_000_000, true);
            }
            Ok(page)
        };
        let mut source = scripted(script);
        if !budget {
            source.budget = None;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let events = runtime.block_on(walk(&source, ListRequest { limit, ..small() }));
        prop_assert!(source.requests.lock().unwrap().len() <= most);
        if matches!(events.last(), Some(ListEvent::Failed(_))) {
            return Ok(());
        }
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
