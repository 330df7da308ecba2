//! Over HTTP: the front carries what the world says, and breaks what the faults break.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use grantdeck::sandbox::{Fault, FaultSpec, Options, Request, Running, World, serve};
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::rig::{Draft, now};

async fn start(options: Options) -> Running {
    let world = World::grow(&options, now());
    serve(world, ([127, 0, 0, 1], 0).into(), Arc::new(now)).await.expect("a loopback port")
}

pub(crate) fn client() -> reqwest::Client {
    // Plain HTTP all the way; the provider must be there all the same, and a second installation is refused.
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

pub(crate) async fn send(
    client: &reqwest::Client,
    running: &Running,
    request: &Request,
) -> reqwest::Result<reqwest::Response> {
    let method = reqwest::Method::from_bytes(request.method.as_bytes()).expect("a method");
    let mut builder = client.request(method, format!("{}{}", running.base_url(), request.target));
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    builder.body(request.body.clone()).send().await
}

async fn list(client: &reqwest::Client, running: &Running) -> reqwest::Result<reqwest::Response> {
    let key = running.app_key().expose_secret();
    send(client, running, &Draft::new("POST", "/sdk/grants/list", r#"{"limit":50}"#).sign(key)).await
}

#[tokio::test]
async fn a_page_arrives_as_the_world_makes_it() {
    let running = start(Options::default()).await;
    let truth = running.world().items(now());
    let response = list(&client(), &running).await.expect("an answer");
    assert_eq!(response.status(), 200);
    let header =
        |name: &str| response.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
    assert_eq!(header("content-type").as_deref(), Some("application/json"));
    assert_eq!(header("date").as_deref(), Some("Thu, 01 Jan 2026 00:00:00 GMT"));
    assert_eq!(header("x-ratelimit-remaining").as_deref(), Some("999"));
    assert_eq!(header("x-correlation-id").map(|id| id.len()), Some(36));
    let page: Value = serde_json::from_slice(&response.bytes().await.expect("a body")).expect("JSON");
    assert_eq!(page["grants"].as_array().expect("rows"), &truth[..50]);
    assert_eq!(running.journal().len(), 1);
    running.shutdown().await;
}

#[tokio::test]
async fn targets_arrive_undecoded_and_tampering_on_the_way_is_seen() {
    let running = start(Options { grants: 5, ..Options::default() }).await;
    let key = running.app_key().expose_secret();
    let client = client();
    let mut draft =
        Draft::new("GET", "/sdk/provider-specs/oauth/a%2Fb%20c/operations?search=x+y%2Fz&limit=5", "");
    draft.canonical = Some("/sdk/provider-specs/oauth/a/b c/operations?limit=5&search=x+y%2Fz".to_owned());
    let response = send(&client, &running, &draft.sign(key)).await.expect("an answer");
    assert_eq!(response.status(), 404, "verified, and there is no such provider");
    let mut request = Draft::new("POST", "/sdk/grants/list", "{}").sign(key);
    request.body = "{ }".into();
    assert_eq!(send(&client, &running, &request).await.expect("an answer").status(), 401);
    assert_eq!(running.journal()[0].target, draft.target);
}

#[tokio::test]
async fn connections_are_refused_cut_and_well_again() {
    let running = start(Options { grants: 200, ..Options::default() }).await;
    let client = client();
    running.set_faults([FaultSpec::from(Fault::Refuse)]);
    let refused = list(&client, &running).await.expect_err("no answer");
    assert!(refused.is_request() && !refused.is_timeout(), "{refused:?}");

    running.set_faults([FaultSpec::from(Fault::CutBody)]);
    let cut = list(&client, &running).await.expect("a head");
    let announced = cut.content_length().expect("a length");
    assert!(announced > 1000);
    let broken = cut.bytes().await.expect_err("half a body");
    assert!(broken.is_body() || broken.is_decode(), "{broken:?}");

    running.set_faults([FaultSpec::from(Fault::TruncatedJson)]);
    let whole = list(&client, &running).await.expect("an answer").bytes().await.expect("a whole body");
    assert!(serde_json::from_slice::<Value>(&whole).is_err());

    running.set_faults([]);
    assert_eq!(list(&client, &running).await.expect("an answer").status(), 200);
    assert_eq!(running.journal().len(), 4);
}

#[tokio::test]
async fn a_hanging_request_waits_until_the_sandbox_stops() {
    let running = start(Options { grants: 5, ..Options::default() }).await;
    running.set_faults([FaultSpec::from(Fault::Hang).on("/sdk/grants")]);
    let key = running.app_key().expose_secret().to_owned();
    let client = client();
    let impatient =
        reqwest::Client::builder().no_proxy().timeout(Duration::from_millis(80)).build().expect("a client");
    assert!(list(&impatient, &running).await.expect_err("nothing").is_timeout());
    let other = send(&client, &running, &Draft::new("GET", "/sdk/scopes", "").sign(&key)).await;
    assert_eq!(other.expect("an answer").status(), 200, "others are answered meanwhile");

    let hanging = Draft::new("POST", "/sdk/grants/list", "{}").sign(&key);
    let url = format!("{}{}", running.base_url(), hanging.target);
    let mut builder = client.post(url).body(hanging.body.clone());
    for (name, value) in &hanging.headers {
        builder = builder.header(name, value);
    }
    let task = tokio::spawn(builder.send());
    let asked = async {
        while running.journal().len() < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asked).await.expect("the request arrives");
    tokio::time::timeout(Duration::from_secs(10), running.shutdown()).await.expect("it stops");
    assert!(task.await.expect("no panic").is_err(), "let go without an answer");
}

#[tokio::test]
async fn latency_is_waited_for() {
    let latency = Duration::from_millis(60);
    let running = start(Options { grants: 5, page_latency: latency, ..Options::default() }).await;
    let client = client();
    let impatient = tokio::time::timeout(latency / 2, list(&client, &running)).await;
    assert!(impatient.is_err(), "it came too early");
    assert_eq!(list(&client, &running).await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn only_loopback_is_served() {
    let world = || World::grow(&Options { grants: 1, ..Options::default() }, now());
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let refused = serve(world(), address.parse().expect("an address"), Arc::new(now)).await;
        assert_eq!(refused.expect_err("not loopback").kind(), ErrorKind::InvalidInput, "{address}");
    }
}

#[tokio::test]
async fn stopping_frees_the_port() {
    let running = start(Options { grants: 1, ..Options::default() }).await;
    let address = running.base_url().trim_start_matches("http://").to_owned();
    running.shutdown().await;
    let again = tokio::net::TcpListener::bind(&address).await;
    assert!(again.is_ok(), "{again:?}");
}
