//! The rate budget under clocks that differ, lists of agents without an end, and answers that go on and on.

use std::time::{Duration, Instant};

use grantdeck::api::agents::MAX_PAGES;
use grantdeck::api::grants::WITHOUT_NEWS;
use grantdeck::api::{ApiError, Client};
use grantdeck::domain::{Code, Diagnosis, ServerFilter};
use grantdeck::protocol::Page;

use crate::server::{Script, Server};

const EMPTY: &str = r#"{"grants":[],"total":0,"limit":100,"offset":0,"has_more":false}"#;

async fn list(client: &Client) -> Result<Page, ApiError> {
    client.list_page(&ServerFilter::default(), 100, 0).await
}

/// An answer that leaves nothing to spend for seven seconds, by a clock an hour ahead of ours.
fn spent(script: Script) -> Script {
    script
        .with("X-RateLimit-Limit", "60")
        .with("X-RateLimit-Remaining", "0")
        .with("X-RateLimit-Reset", "1767229207")
}

const THEIR_CLOCK: &str = "Thu, 01 Jan 2026 01:00:00 GMT";

#[tokio::test]
async fn what_is_left_of_the_window_is_counted_by_the_backends_clock() {
    let page = || Script::json(200, EMPTY);
    let standard = || page().with("RateLimit-Policy", "\"k\";q=60;w=60").with("RateLimit", "\"k\";r=0;t=7");
    for (script, seconds) in [
        (spent(page()).with("Date", THEIR_CLOCK), 7),
        (standard().with("Date", THEIR_CLOCK), 7),
        (standard(), 7),
        (spent(page()), 60),
        (spent(page()).with("Date", "yesterday"), 60),
    ] {
        let server = Server::start(vec![script.clone()]).await;
        let client = server.client();
        assert_eq!(client.reading(), None);
        list(&client).await.expect("a page");
        let now = (server.settings().now)();
        let left = client.reading().expect("a reading").window_left(now);
        assert_eq!(left, Duration::from_secs(seconds), "{script:?}");
    }
}

/// A page with one agent, of which more are said to follow.
fn agent(number: usize) -> Script {
    let id = format!("00000000-0000-4000-8000-{number:012}");
    let agent = format!(r#"{{"id":"{id}","name":"bot","display_name":null,"status":"active"}}"#);
    Script::json(200, &format!(r#"{{"items":[{agent}],"has_more":true}}"#))
}

#[tokio::test]
async fn a_list_of_agents_that_goes_in_circles_or_never_ends_is_left() {
    let unreadable = Script::json(200, r#"{"items":[{},{}],"has_more":true}"#);
    let last = Script::json(200, r#"{"items":[],"has_more":true}"#);
    let circle = WITHOUT_NEWS as usize;
    for (scripts, agents, requests) in [
        (vec![agent(1)], 1, 1 + circle),
        (vec![unreadable.clone()], 0, circle),
        (vec![unreadable, agent(1), last.clone()], 1, 3),
        ((0..MAX_PAGES + 5).map(agent).collect(), MAX_PAGES, MAX_PAGES),
    ] {
        let server = Server::start(scripts).await;
        assert_eq!(server.client().agents().await.expect("agents").len(), agents);
        let received = server.received();
        assert_eq!(received.len(), requests);
    }
    // What cannot be read counts for the offset all the same.
    let server = Server::start(vec![Script::json(200, r#"{"items":[{},{}],"has_more":true}"#), last]).await;
    server.client().agents().await.expect("agents");
    assert!(server.received()[1].target.contains("offset=2"), "{:?}", server.received()[1].target);
}

/// The clock of the client stands still, so the window never ends for it; the pauses are real.
#[tokio::test]
async fn names_of_agents_wait_for_the_budget() {
    let last = Script::json(200, r#"{"items":[],"has_more":false}"#);
    let one_second = |script: Script| {
        let script = script.with("X-RateLimit-Limit", "60").with("X-RateLimit-Remaining", "15");
        script.with("X-RateLimit-Reset", "1767229201").with("Date", THEIR_CLOCK)
    };
    let server = Server::start(vec![one_second(agent(1)), one_second(last)]).await;
    let start = Instant::now();
    assert_eq!(server.client().agents().await.expect("agents").len(), 1);
    // The first page goes at once, nothing being known; the second one waits.
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.received().len(), 2);
}

/// What the first call says to a status and then a byte a second, long before the ten seconds of silence are over.
async fn trickled(status: u16) -> Diagnosis {
    let head = format!("HTTP/1.1 {status} Scripted\r\nContent-Length: 100000\r\n\r\n");
    let server = Server::start(vec![Script::Trickle(head.into_bytes(), Duration::from_secs(1))]).await;
    let client = server.client();
    let call = tokio::spawn(async move { list(&client).await });
    let asked = async {
        while server.received().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asked).await.expect("the request arrives");
    // From here on time passes by itself.
    tokio::time::pause();
    call.await.expect("no panic").expect_err("a failure").diagnose()
}

#[tokio::test]
async fn an_answer_that_goes_on_and_on_is_given_up_and_told_apart_from_silence() {
    let diagnosis = trickled(200).await;
    assert_eq!(diagnosis.code, Code::TimedOut);
    let waited = diagnosis.facts.iter().find(|(label, _)| *label == "waited").expect("how long");
    assert_eq!(waited.1.as_str(), "40 s");
}

#[tokio::test]
async fn a_refusal_that_goes_on_and_on_is_reported_by_its_status() {
    assert_eq!(trickled(503).await.code, Code::ServiceUnavailable);
}
