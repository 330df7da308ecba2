//! Held answers and providers over HTTP: what waits, waits without asking, and is woken.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use grantdeck::sandbox::{Decision, Options, Running, World, serve};
use jiff::Timestamp;
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::rig::{Draft, grant_of, now};
use crate::wire::{client, send};

fn options(approve_after: Option<u64>) -> Options {
    Options { grants: 100, approve_after: approve_after.map(Duration::from_secs), ..Options::default() }
}

/// A sandbox whose time is tokio's, which a test can pause; and how often it was asked for.
async fn start(options: Options) -> (Running, Arc<AtomicUsize>) {
    let (begun, asked) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&asked);
    let clock = move || -> Timestamp {
        counted.fetch_add(1, Ordering::Relaxed);
        now() + begun.elapsed()
    };
    let world = World::grow(&options, now());
    (serve(world, ([127, 0, 0, 1], 0).into(), Arc::new(clock)).await.expect("a loopback port"), asked)
}

async fn ask(running: &Running, method: &str, target: &str, body: &str) -> (u16, Value) {
    let key = running.app_key().expose_secret();
    let reply =
        send(&client(), running, &Draft::new(method, target, body).sign(key)).await.expect("an answer");
    (reply.status().as_u16(), reply.json().await.expect("JSON"))
}

async fn hold(running: &Running) -> Value {
    let id = grant_of(&mut running.world(), "stripe-production", "billing");
    let body = json!({ "method": "POST", "url": "https://api.stripe.com/v1/customers", "grant_id": id });
    let (status, held) = ask(running, "POST", "/sdk/proxy", &body.to_string()).await;
    assert_eq!(status, 202);
    assert!(held["approval_url"].as_str().expect("a link").starts_with(running.base_url()));
    held
}

async fn wait(running: &Running, held: &Value, seconds: u32) -> Value {
    let id = held["approval_id"].as_str().expect("an id");
    let (status, reported) = ask(running, "GET", &format!("/sdk/approvals/{id}?wait={seconds}"), "").await;
    assert_eq!(status, 200);
    reported["status"].clone()
}

#[tokio::test]
async fn a_decision_wakes_who_waits_and_nobody_asks_in_between() {
    let (running, asked) = start(options(None)).await;
    let held = hold(&running).await;
    let before = asked.load(Ordering::Relaxed);
    let id = held["approval_id"].as_str().expect("an id").parse().expect("a UUID");
    let decided = async {
        // The request is in the journal before it is held.
        while running.journal().len() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(running.decide(id, Decision::Deny, Some("no")));
    };
    let (status, ()) = tokio::join!(wait(&running, &held, 25), decided);
    assert_eq!(status, "denied");
    // Once for the request, once for the decision, and at most at the beginning and the end of waiting.
    assert!(asked.load(Ordering::Relaxed) - before <= 4);
    assert_eq!(running.held()[0].status, "denied");
}

#[tokio::test]
async fn a_click_wakes_who_waits_for_a_sign_in() {
    let (running, asked) = start(options(None)).await;
    let (status, session) = ask(&running, "POST", "/sdk/auth/session", "{}").await;
    assert_eq!(status, 201);
    let link =
        session["auth_url"].as_str().expect("a link").split('#').next().expect("an address").to_owned();
    let body = json!({ "session_token": session["session_token"], "wait_ms": 25_000 }).to_string();
    let before = asked.load(Ordering::Relaxed);
    let clicked = async {
        while running.journal().len() < 2 {
            tokio::task::yield_now().await;
        }
        let page = client().post(format!("{link}/accept")).send().await.expect("the page");
        assert_eq!(page.status(), 200);
    };
    let ((status, reported), ()) = tokio::join!(ask(&running, "POST", "/sdk/auth/poll", &body), clicked);
    assert_eq!((status, &reported["status"]), (200, &json!("completed")));
    assert!(asked.load(Ordering::Relaxed) - before <= 5);
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_expires_is_reported_when_it_does_and_a_wait_ends_when_it_is_over() {
    let (running, _) = start(options(None)).await;
    let (_, session) = ask(&running, "POST", "/sdk/auth/session", "{}").await;
    let poll = |wait: u32| json!({ "session_token": session["session_token"], "wait_ms": wait }).to_string();
    let begun = Instant::now();
    let (_, reported) = ask(&running, "POST", "/sdk/auth/poll", &poll(20_000)).await;
    assert_eq!((reported["status"].as_str(), begun.elapsed().as_secs()), (Some("pending"), 20));
    tokio::time::advance(Duration::from_secs(570)).await;
    let mut draft = Draft::new("POST", "/sdk/auth/poll", &poll(20_000));
    draft.timestamp += 590;
    let request = draft.sign(running.app_key().expose_secret());
    let reply = send(&client(), &running, &request).await.expect("an answer");
    let reported: Value = reply.json().await.expect("JSON");
    assert_eq!(reported["status"], "expired");
    assert_eq!(begun.elapsed().as_secs(), 600);
}

#[tokio::test(start_paused = true)]
async fn what_happens_by_the_clock_is_reported_when_it_happens() {
    let (running, asked) = start(options(Some(4))).await;
    let begun = Instant::now();
    let held = hold(&running).await;
    let before = asked.load(Ordering::Relaxed);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push((wait(&running, &held, 25).await, begun.elapsed().as_secs()));
    }
    assert_eq!(seen, [(json!("approved"), 4), (json!("executing"), 5), (json!("executed"), 6)]);
    assert!(asked.load(Ordering::Relaxed) - before <= 3 * 4);
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_when_asked() {
    let (running, _) = start(options(None)).await;
    let held = hold(&running).await;
    let begun = Instant::now();
    assert_eq!(wait(&running, &held, 20).await, "pending");
    assert_eq!(begun.elapsed().as_secs(), 20);
    assert_eq!(wait(&running, &held, 0).await, "pending");
    assert_eq!(begun.elapsed().as_secs(), 20);
}

#[tokio::test]
async fn a_provider_over_http_floods_and_breaks() {
    let (running, _) = start(options(None)).await;
    let id = grant_of(&mut running.world(), "github", "octo-acme");
    let body = json!({ "grant_id": id, "reason": null, "request": { "method": "GET", "url": "https://api.github.com/user" } });
    let (_, reported) = ask(&running, "POST", "/sdk/token", &body.to_string()).await;
    let token = format!("token {}", reported["access_token"].as_str().expect("a token"));
    let url = running.provider_url("https://api.github.com/user?a=b").expect("a URL");
    assert_eq!(url, format!("{}/provider/https/api.github.com/user?a=b", running.base_url()));
    assert_eq!(running.provider_url("file:///etc/passwd"), None);
    let get = || async { client().get(&url).header("authorization", &token).send().await.expect("a head") };

    let user: Value = get().await.json().await.expect("JSON");
    assert_eq!(user["login"], "octo-acme");
    running.set_faults(["provider-large=3000000".parse().expect("a spell")]);
    let large = get().await;
    assert_eq!(large.headers()["content-length"], "3000000");
    assert_eq!(large.json::<Value>().await.expect("JSON")["items"][0]["id"], 0);
    for size in [3, 4, 300, 1_000_003] {
        running.set_faults([format!("provider-gzip={size}").parse().expect("a spell")]);
        let unpacked = get().await.bytes().await.expect("a right stream");
        assert_eq!(unpacked.len(), size);
        assert!(serde_json::from_slice::<Value>(&unpacked).expect("JSON").is_string());
    }
    running.set_faults(["provider-cut".parse().expect("a spell")]);
    assert!(get().await.bytes().await.is_err());
    running.set_faults([]);
    let page = client().get(link(&running).await).send().await.expect("a page");
    assert!(page.text().await.expect("text").contains("<button>Approve</button>"));
    assert_eq!(running.provider_calls().len(), 7);
}

#[tokio::test]
async fn a_proxied_body_is_wrapped_while_it_is_sent_and_arrives_in_any_faults() {
    let (running, _) = start(options(None)).await;
    let id = grant_of(&mut running.world(), "github", "octo-acme");
    let body = json!({ "grant_id": id, "method": "GET", "url": "https://api.github.com/user" }).to_string();
    for size in [0, 1, 2, 3, 65_536, 200_000] {
        running.set_faults([format!("proxy-large={size}").parse().expect("a spell")]);
        let (status, reported) = ask(&running, "POST", "/sdk/proxy", &body).await;
        assert_eq!(
            (status, &reported["status_code"], &reported["body_truncated"]),
            (200, &json!(200), &json!(false))
        );
        let body = BASE64_STANDARD.decode(reported["body_b64"].as_str().expect("text")).expect("base64");
        assert_eq!(body.len(), size);
    }
    running.set_faults(["answer-gzip=1000".parse().expect("a spell")]);
    let (_, reported) = ask(&running, "POST", "/sdk/proxy", &body).await;
    assert_eq!(reported.as_str().map(str::len), Some(998));
    running.set_faults(["slow=4000".parse().expect("a spell")]);
    let begun = Instant::now();
    let (_, reported) = ask(&running, "POST", "/sdk/proxy", &body).await;
    assert!(
        reported["body_b64"].is_string() && begun.elapsed().as_millis() >= 50,
        "it came in several beats"
    );
}

/// The link of an approval that waits.
async fn link(running: &Running) -> String {
    hold(running).await["approval_url"].as_str().expect("a link").to_owned()
}
