//! Measures test calls: what the client adds to a bare HTTP request, and many calls at once beside the official Python
//! SDK: `cargo bench --bench calls`. Prints each figure beside its bar and asserts nothing.
#![allow(missing_docs, reason = "a bench has no readers of its documentation")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a measuring program reads the clock, prints, and stops when something is wrong"
)]

#[path = "measure/print.rs"]
mod print;
#[path = "../tests/sdk/python.rs"]
mod python;
#[path = "measure/sandbox.rs"]
mod sandbox;

use std::io::Read as _;
use std::net::Ipv4Addr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use grantdeck::api::{Client, Settings, proxy};
use grantdeck::domain::{ClearedDraft, GrantId, RequestDraft};
use grantdeck::platform::clock::wall;
use grantdeck::protocol::call::proxy::ProxyReply;
use grantdeck::protocol::{ApiKey, BaseUrl};
use secrecy::SecretString;
use tokio::sync::Semaphore;

use crate::print::{milliseconds, row, spread};
use crate::sandbox::Sandbox;

const URL: &str = "https://api.github.com/user";
/// An account that every world begins with.
const OCTO: &str = "github:octo-acme";
/// Calls one by one, each way.
const SINGLE: usize = 2_000;
/// Calls in one run, and how many of them are under way.
const MANY: usize = 1_000;
const AT_ONCE: usize = 32;
const ROUNDS: usize = 5;
/// A large body, in bytes.
const LARGE: u64 = 50_000_000;
/// What `/sdk/proxy` says of a small answer.
const ANSWER: &str = r#"{"approval_id":null,"status_code":200,"headers":{"content-type":"application/json"},"body_b64":"eyJsb2dpbiI6Im9jdG8ifQ==","body_truncated":false,"duration_ms":1,"credential_hint":null}"#;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    row("what", "measured", "bar");
    let sandbox = Sandbox::start(50);
    runtime.block_on(overhead(&sandbox));
    at_once(&runtime, &sandbox);
    large();
}

fn client(base_url: &str, key: &str) -> Client {
    let key = ApiKey::new(SecretString::from(key)).unwrap();
    Client::new(Settings::new(BaseUrl::parse(base_url).unwrap(), key, wall)).unwrap()
}

fn variable<'a>(sandbox: &'a Sandbox, name: &str) -> &'a str {
    &sandbox.variables.iter().find(|(known, _)| known == name).unwrap().1
}

/// The client against a bare request for the same bytes, in turn, from a server that only says them.
async fn overhead(sandbox: &Sandbox) {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let headers = [("content-type", "application/json")];
        let answers = Router::new().route("/sdk/proxy", post(move || async move { (headers, ANSWER) }));
        axum::serve(listener, answers).await.unwrap();
    });
    let client = client(&base, variable(sandbox, "ALTER_API_KEY"));
    let plain = reqwest::Client::builder().no_proxy().build().unwrap();
    let draft = RequestDraft::new(GrantId(uuid::Uuid::nil()), "GET", URL);
    let body = grantdeck::protocol::call::proxy::request(&draft, None).unwrap().to_vec();
    let cleared = ClearedDraft::new(draft, None).unwrap();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..SINGLE {
        let began = Instant::now();
        let reply = client.proxy(&cleared, proxy::PATIENCE).await.unwrap();
        ours.push(began.elapsed());
        assert!(matches!(reply, ProxyReply::Done(_)));
        let began = Instant::now();
        let reply = plain.post(format!("{base}/sdk/proxy")).body(body.clone()).send().await.unwrap();
        assert_eq!(reply.bytes().await.unwrap().len(), ANSWER.len());
        theirs.push(began.elapsed());
    }
    row("one proxied call", &spread(&mut ours), "");
    row("  the same bytes by a bare request", &spread(&mut theirs), "");
    let added = ours[SINGLE / 2].saturating_sub(theirs[SINGLE / 2]);
    row("  what the client adds, medians", &milliseconds(added), "1 ms");
}

/// Many calls at once against the sandbox: ours, the SDK's, in turn.
fn at_once(runtime: &tokio::runtime::Runtime, sandbox: &Sandbox) {
    let reported = sandbox.ours(&["call", OCTO, "GET", URL, "--output", "json"]).output().unwrap().stdout;
    let reported: serde_json::Value = serde_json::from_slice(&reported).unwrap();
    let grant = reported["grant_id"].as_str().unwrap().to_owned();
    let draft = RequestDraft::new(GrantId(grant.parse().unwrap()), "GET", URL);
    let draft = Arc::new(ClearedDraft::new(draft, None).unwrap());
    let client = client(variable(sandbox, "ALTER_BASE_URL"), variable(sandbox, "ALTER_API_KEY"));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(runtime.block_on(many(&client, &draft)));
        let mut script = sandbox.theirs("calls.py", &[("COUNT", &MANY.to_string()), ("GRANT", &grant)]);
        let seconds = String::from_utf8(script.output().unwrap().stdout).unwrap();
        theirs.push(Duration::from_secs_f64(seconds.trim().parse().unwrap()));
    }
    row("1,000 proxied calls, 32 at once", &spread(&mut ours), "");
    row("  the same with the Python SDK 0.29.0", &spread(&mut theirs), "");
    let ratio = theirs[ROUNDS / 2].as_secs_f64() / ours[ROUNDS / 2].as_secs_f64();
    row("  times faster, medians", &format!("{ratio:.1} x"), "5 x");
}

/// A body of 50 MB, in base64 within JSON, through the program and into nothing; and what it held of it at most.
fn large() {
    // What the sandbox makes up while it sends costs the machine as much as reading it: both are in the time.
    let sandbox = Sandbox::start_with(50, &["--fault", &format!("proxy-large={LARGE}")]);
    let (mut times, mut peak) = (Vec::new(), None);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let mut child = sandbox
            .ours(&["call", OCTO, "GET", URL])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        // It prints once all is there, and waits for its output to be taken: now it has held the most.
        let mut some = [0; 1024];
        out.read_exact(&mut some).unwrap();
        times.push(began.elapsed());
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|line| line.trim().to_owned());
        peak = peak.max(line.and_then(|line| line.trim_end_matches(" kB").parse::<u64>().ok()));
        assert_eq!(std::io::copy(&mut out, &mut std::io::sink()).unwrap() + 1024, LARGE);
        assert!(child.wait().unwrap().success());
    }
    row("a proxied body of 50 MB, from start to print", &spread(&mut times), "");
    // Only Linux tells.
    let peak = peak.map_or_else(|| "unknown".to_owned(), |peak| format!("{} MiB", peak >> 10));
    row("  peak of the process that reads it", &peak, "");
}

async fn many(client: &Client, draft: &Arc<ClearedDraft>) -> Duration {
    let at_once = Arc::new(Semaphore::new(AT_ONCE));
    let began = Instant::now();
    let calls = (0..MANY).map(|_| {
        let (client, draft, at_once) = (client.clone(), Arc::clone(draft), Arc::clone(&at_once));
        tokio::spawn(async move {
            let _turn = at_once.acquire().await.unwrap();
            let ProxyReply::Done(answer) = client.proxy(&draft, proxy::PATIENCE).await.unwrap() else {
                panic!("held");
            };
            assert_eq!(answer.status, 200);
        })
    });
    let calls: Vec<_> = calls.collect();
    for call in calls {
        call.await.unwrap();
    }
    began.elapsed()
}
