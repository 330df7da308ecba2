//! What the environment does to a client. Tests of one process share it, so each of these runs in a child with an
//! environment of its own.

use std::time::Duration;

use grantdeck::api::{Client, Settings};
use grantdeck::domain::{Code, ServerFilter, Who};

use crate::server::{Script, Server, settings};

const EMPTY: &str = r#"{"grants":[],"total":0,"limit":100,"offset":0,"has_more":false}"#;

const PROXIES: [&str; 6] =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Runs a test of this file once more in a child, with these variables set, and without any proxy or list of
/// certificates that is not among them. True in the child itself.
fn alone(test: &str, variables: &[(&str, &str)]) -> bool {
    const CHILD: &str = "GRANTDECK_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        return true;
    }
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", &format!("surroundings::{test}")]).env(CHILD, "1");
    for name in PROXIES.iter().chain(&["NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"]) {
        child.env_remove(name);
    }
    let output = child.envs(variables.iter().copied()).output().expect("the child runs");
    let reported = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && reported.contains("1 passed"), "{reported}");
    false
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Reading the platform's certificates takes longer than all the rest of the start.
#[cfg(target_os = "linux")]
#[test]
fn a_client_of_this_machine_reads_no_certificates() {
    let nowhere = [("SSL_CERT_FILE", "/nonexistent/file"), ("SSL_CERT_DIR", "/nonexistent/folder")];
    if !alone("a_client_of_this_machine_reads_no_certificates", &nowhere) {
        return;
    }
    let runtime = runtime();
    let _guard = runtime.enter();
    for local in ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9"] {
        Client::new(settings(local)).expect("a client without certificates");
    }
    // And a client that needs them does not find any here.
    let error = Client::new(settings("https://backend.invalid")).expect_err("no certificates");
    assert_eq!(error.diagnose().code, Code::TlsFailed);
}

#[test]
fn no_proxy_is_used_for_this_machine() {
    // Nobody listens on port 9; a client that asked this proxy would fail.
    let proxies = PROXIES.map(|name| (name, "http://127.0.0.1:9"));
    if !alone("no_proxy_is_used_for_this_machine", &proxies) {
        return;
    }
    runtime().block_on(async {
        let server = Server::start(vec![Script::json(200, EMPTY)]).await;
        let page = server.client().list_page(&ServerFilter::default(), 100, 0).await;
        page.expect("a page, without the proxy");
        // And the variable does what it should for a client that listens to it.
        let answer = reqwest::Client::new().get(format!("http://127.0.0.1:{}/", server.port)).send().await;
        assert!(answer.is_err(), "the proxy setting has no effect here, so this test proves nothing");
    });
}

/// Names under `invalid` belong to nobody, but some resolvers make up an address for any name, and some take their
/// time to say that they know nothing. So the resolver is asked too: the client must say what that says.
#[test]
fn a_name_without_an_address_is_named() {
    let variables = [
        // One certificate that nobody uses: a machine without any cannot even begin.
        ("SSL_CERT_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire/nobody.pem")),
        ("RES_OPTIONS", "timeout:1 attempts:1"),
    ];
    if !alone("a_name_without_an_address_is_named", &variables) {
        return;
    }
    runtime().block_on(async {
        let resolved = tokio::net::lookup_host(("nonexistent.invalid", 443)).await;
        let made_up = resolved.is_ok_and(|mut addresses| addresses.next().is_some());
        let patient = Settings { timeout: Duration::from_mins(1), ..settings("https://nonexistent.invalid") };
        let client = Client::new(patient).expect("a client");
        let answer = client.list_page(&ServerFilter::default(), 100, 0).await;
        let diagnosis = answer.expect_err("a failure").diagnose();
        assert_eq!(diagnosis.code == Code::NameNotFound, !made_up, "{diagnosis:?}");
        assert_eq!(diagnosis.who, Who::Network, "{diagnosis:?}");
        let host = diagnosis.facts.iter().find(|(label, _)| *label == "host").expect("the host");
        assert_eq!(host.1.as_str(), "nonexistent.invalid");
    });
}
