//! A single time limit covers all of a call, however the time is spent.

use super::tests::{Stage, failure};
use super::*;
use crate::domain::{ApprovalId, FollowRequest, PendingApproval, Who};

const LIMIT: Duration = Duration::from_millis(600);

/// What may be slow in a call, and the mode in which that happens.
const SLOW: [(&[&str], Mode); 9] = [
    (&["hang,path=/sdk/token"], Mode::Retrieve),
    (&["stall,path=/sdk/token"], Mode::Retrieve),
    (&["slow=20,path=/sdk/token"], Mode::Retrieve),
    (&["hang,path=/provider/"], Mode::Retrieve),
    (&["provider-large=100000", "stall,path=/provider/"], Mode::Retrieve),
    (&["provider-large=100000", "slow=1000,path=/provider/"], Mode::Retrieve),
    (&["hang,path=/sdk/proxy"], Mode::Proxy),
    (&["provider-large=100000", "slow=1000,path=/sdk/proxy"], Mode::Proxy),
    // The backend asks for a pause of a second, longer than the limit.
    (&["call-error=token_refresh_in_progress"], Mode::Proxy),
];

#[tokio::test]
async fn a_call_takes_no_longer_than_it_was_given() {
    let stage = Stage::open().await;
    for (faults, mode) in SLOW {
        stage.faults(faults);
        let began = Instant::now();
        let events = stage.call("GET", mode, LIMIT).await;
        let took = began.elapsed();
        // The audit row is sent afterwards, with its own limit; here the backend answers at once.
        assert!(took < LIMIT + Duration::from_millis(400), "{faults:?}: {took:?}");
        let refused = failure(&events);
        let refresh = faults[0].contains("refresh");
        let code = if refresh { Code::TokenRefreshInProgress } else { Code::TimedOut };
        assert_eq!(refused.code, code, "{faults:?}: {refused:?}");
        let waited =
            refused.facts.iter().find(|(name, _)| *name == "waited").map(|(_, value)| value.as_str());
        assert_eq!(waited, (!refresh).then_some("0.6 s"), "{faults:?}");
    }
}

#[tokio::test]
async fn what_one_request_leaves_is_all_that_the_next_one_has() {
    let stage = Stage::open().await;
    // Either of the two alone would be fast enough.
    stage.faults(&["latency=400ms"]);
    let began = Instant::now();
    let events = stage.call("GET", Mode::Retrieve, LIMIT).await;
    assert!(began.elapsed() < LIMIT * 3, "{:?}", began.elapsed());
    assert_eq!(failure(&events).code, Code::TimedOut);
}

#[tokio::test]
async fn a_question_about_a_held_call_takes_no_longer_than_was_waited_for() {
    let stage = Stage::open().await;
    stage.faults(&["hang"]);
    let id = ApprovalId(uuid::Uuid::from_u128(7));
    let held = PendingApproval::remembered(id, (stage.context.now)());
    let (sender, mut events) = tokio::sync::mpsc::channel(100);
    let began = Instant::now();
    let request = FollowRequest { held, wait: LIMIT };
    follow(&stage.context, request, CancellationToken::new(), sender).await;
    let took = began.elapsed();
    assert!(took < LIMIT + Duration::from_secs(2), "{took:?}");
    let events: Vec<CallEvent> = std::iter::from_fn(|| events.try_recv().ok()).collect();
    assert_eq!((failure(&events).code, failure(&events).who), (Code::TimedOut, Who::Network));
}
