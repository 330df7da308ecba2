//! Drafts copied as Python, run by the official SDK against the sandbox.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use grantdeck::domain::code::{About, Language, export};
use grantdeck::domain::{DraftBody, GrantId, Mode, RequestDraft};
use grantdeck::sandbox::{Options, start};
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{now, python};

/// The code, for a grant whose names would like to be code too.
fn written(draft: &RequestDraft) -> String {
    let about = About { provider: "x\nimport this".to_owned(), account: "\"\"\"\r#\u{2028}y".to_owned() };
    export(draft, &about, Language::Python)
}

async fn run(name: &str, code: String, base_url: String, key: String) -> String {
    let file =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("copied-{name}-{}.py", std::process::id()));
    fs::write(&file, code).expect("the build directory can be written");
    let ran = file.clone();
    let output = tokio::task::spawn_blocking(move || {
        let mut command = python::script(&ran);
        command.env("ALTER_BASE_URL", base_url).env("ALTER_API_KEY", key);
        python::run(&mut command, "Copied Python did not run:")
    })
    .await
    .expect("no panic");
    fs::remove_file(file).expect("the file is still there");
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copied_python_calls_as_the_draft_says() {
    let options = Options { grants: 500, ..Options::default() };
    let running = start(&options, ([127, 0, 0, 1], 0).into(), Arc::new(now)).await.expect("a loopback port");
    let items = running.world().items(now());
    let usable = |item: &&Value| {
        item["provider_id"] == "github"
            && item["status"] == "active"
            && item["needs_reconnect"] != true
            && item["scope_mismatch"] != true
            && item["grant_policy"].is_null()
            && item["parent_grant_id"].is_null()
            && item["scopes"].as_array().is_some_and(|scopes| scopes.contains(&json!("repo")))
    };
    let item = items.iter().find(usable).expect("such a grant");
    let grant = GrantId::parse(item["grant_id"].as_str().expect("an id")).expect("an id");
    let base_url = running.base_url().to_owned();
    let key = running.app_key().expose_secret().to_owned();
    let body = "{\"title\": \"it's\\n\\\"\u{202e}\\ud83d\\ude00\", \"labels\": [true, null, 1.5, {}], \"big\": 123456789012345678901}";
    let write = RequestDraft {
        path_parameters: vec![("owner".to_owned(), "a/b".to_owned()), ("repo".to_owned(), "r".to_owned())],
        query: vec![("q".to_owned(), json!(["a", "b"])), ("n".to_owned(), json!(1))],
        headers: vec![("X-One".to_owned(), "1".to_owned()), ("x-one".to_owned(), "2".to_owned())],
        body: DraftBody::Json(body.to_owned()),
        reason: Some("a \"test\"".to_owned()),
        context: vec![("tool".to_owned(), "copied".to_owned())],
        ..RequestDraft::new(grant, "post", "https://api.github.com/repos/{owner}/{repo}/issues")
    };
    let reported = run("proxied", written(&write), base_url.clone(), key.clone()).await;
    assert!(reported.starts_with("201 "), "{reported}");
    let journal = running.journal();
    let sent = journal.iter().rfind(|entry| entry.target.starts_with("/sdk/proxy")).expect("the call");
    let sent: Value = serde_json::from_slice(&sent.body).expect("JSON");
    assert_eq!(sent["url"], "https://api.github.com/repos/a%2Fb/r/issues");
    assert_eq!((&sent["method"], &sent["reason"]), (&json!("POST"), &json!("a \"test\"")));
    assert_eq!(sent["query_params"], json!({ "q": ["a", "b"], "n": "1" }));
    assert_eq!(sent["body"], serde_json::from_str::<Value>(body).expect("JSON"));

    let mapped = format!("{base_url}/provider/https/api.github.com/user?per_page=1");
    let read = RequestDraft {
        mode: Mode::Retrieve,
        query: vec![("page".to_owned(), json!("2"))],
        ..RequestDraft::new(grant, "GET", &mapped)
    };
    let reported = run("retrieved", written(&read), base_url, key).await;
    assert!(reported.starts_with("200 {"), "{reported}");
}
