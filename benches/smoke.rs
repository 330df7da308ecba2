//! Measures a smoke test of 1,000 grants beside the same calls with the official Python SDK, and what it holds of large
//! answers: `cargo bench --bench smoke`. Prints each figure beside its bar and asserts nothing of speed.
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

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use grantdeck::domain::smoke::preflight::{Preflight, preflight};
use grantdeck::domain::smoke::{SmokeEvent, Verdict};
use grantdeck::domain::{DraftBody, Grant, ListEvent, ListRequest, Mode, Spending, provider};
use grantdeck::jobs::smoke::{Limits, SmokeRequest};
use grantdeck::jobs::{Context, Recorder};
use grantdeck::platform::clock::wall;
use grantdeck::store::{Credentials, HistoryPolicy, Place, Retention};
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::print::{row, spread};
use crate::sandbox::Sandbox;

/// Probes in one run, and how many of them are under way.
const MANY: usize = 1_000;
const AT_ONCE: usize = 32;
const ROUNDS: usize = 5;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    row("what", "measured", "bar");
    let sandbox = Sandbox::start(1_500);
    against_sdk(&runtime, &sandbox);
    large();
}

/// A session with a history on the disk, as a user has one.
fn context(sandbox: &Sandbox, home: &tempfile::TempDir) -> Context {
    let variable = |name: &str| {
        sandbox.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap()
    };
    let credentials = Credentials {
        key: SecretString::from(variable("ALTER_API_KEY")),
        key_from: String::new(),
        base_url: Some(variable("ALTER_BASE_URL")),
        base_url_from: String::new(),
        user_token: None,
        user_token_from: String::new(),
        caller: None,
    };
    let place = Place::File(home.path().join("grantdeck/history.db"));
    let recorder = Recorder::new(place, Retention::default(), "environment", HistoryPolicy::Everything);
    Context { recorder: Some(recorder), ..Context::open(credentials, wall).unwrap() }
}

async fn listed(context: &Context) -> Vec<Grant> {
    let (sender, mut events) = mpsc::channel(100);
    let request = ListRequest { spending: Spending::Everything, ..ListRequest::default() };
    grantdeck::jobs::list(&context.client, &wall, request, CancellationToken::new(), sender).await;
    let mut grants = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let ListEvent::Page { grants: page, .. } = event {
            grants.extend(page);
        }
    }
    grants
}

/// One run over the same grants: ours, the SDK's, in turn.
fn against_sdk(runtime: &tokio::runtime::Runtime, sandbox: &Sandbox) {
    let home = tempfile::tempdir().unwrap();
    let context = context(sandbox, &home);
    let (mut grants, mut probes) = (Vec::new(), Vec::new());
    for grant in runtime.block_on(listed(&context)) {
        if let Preflight::Ask { draft, .. } = preflight(&grant, provider::table(), Mode::Proxy, wall()) {
            let body = match &draft.body {
                DraftBody::Json(text) => serde_json::from_str(text).unwrap(),
                _ => Value::Null,
            };
            let headers: Map<String, Value> =
                draft.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            let query: Map<String, Value> = draft.query.iter().cloned().collect();
            let places: Map<String, Value> =
                draft.path_parameters.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            probes.push(json!({
                "grant": draft.grant.to_string(), "method": draft.method, "url": draft.url, "query": query,
                "places": places,
                "headers": headers, "body": body, "reason": draft.reason,
            }));
            grants.push(grant);
        }
    }
    grants.truncate(MANY);
    probes.truncate(MANY);
    assert_eq!(grants.len(), MANY);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(Value::Array(probes).to_string().as_bytes()).unwrap();
    let file = file.path().to_str().unwrap();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (took, works) = runtime.block_on(run(&context, grants.clone()));
        ours.push(took);
        let output = sandbox.theirs("smoke.py", &[("PROBES", file)]).output().unwrap().stdout;
        let said = String::from_utf8(output).unwrap();
        let (seconds, good) = said.trim().split_once(' ').unwrap();
        // Both must have done the same work.
        assert!(good.parse::<usize>().unwrap() >= works && works > MANY / 2, "{good} {works}");
        theirs.push(Duration::from_secs_f64(seconds.parse().unwrap()));
    }
    row("1,000 grants smoke-tested, 32 at once", &spread(&mut ours), "");
    row("  the same calls with the Python SDK 0.29.0", &spread(&mut theirs), "");
    let ratio = theirs[ROUNDS / 2].as_secs_f64() / ours[ROUNDS / 2].as_secs_f64();
    row("  times faster, medians", &format!("{ratio:.1} x"), "5 x");
}

/// Verdicts kept and judged, and how long that took.
async fn run(context: &Context, grants: Vec<Grant>) -> (Duration, usize) {
    let limits = Limits { concurrency: AT_ONCE, ..Limits::default() };
    let request = SmokeRequest { limits, ..SmokeRequest::new(grants) };
    let (sender, mut events) = mpsc::channel(64);
    let began = Instant::now();
    let work = grantdeck::jobs::smoke(context, request, CancellationToken::new(), sender);
    let listen = async {
        let mut works = 0;
        while let Some(event) = events.recv().await {
            if let SmokeEvent::Verdict(result) = &event {
                works += usize::from(matches!(result.verdict, Verdict::Works | Verdict::WorksBut));
            }
        }
        works
    };
    let ((), works) = tokio::join!(work, listen);
    context.recorder.as_ref().unwrap().flush().await;
    (began.elapsed(), works)
}

/// What the process that tests holds at most where each answer has 4 kB, and where each has 50 MB.
fn large() {
    for (what, fault) in [("small answers", None), ("answers of 50 MB", Some("proxy-large=50000000"))] {
        let faults: Vec<&str> = fault.iter().flat_map(|fault| ["--fault", fault]).collect();
        let sandbox = Sandbox::start_with(60, &faults);
        let home = tempfile::tempdir().unwrap();
        let mut child = sandbox
            .ours(&["smoke", "--concurrency", "32", "--output", "jsonl"])
            .env("XDG_STATE_HOME", home.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut peak = None;
        // Only Linux tells.
        while child.try_wait().unwrap().is_none() {
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(str::to_owned);
            let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
            peak = peak.max(kilobytes);
            std::thread::sleep(Duration::from_millis(2));
        }
        let peak = peak.map_or_else(|| "unknown".to_owned(), |peak| format!("{} MiB", peak >> 10));
        row(&format!("peak of a run over 60 grants, {what}"), &peak, "");
    }
}
