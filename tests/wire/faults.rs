//! The client under faults.

use std::io::Write as _;
use std::time::Duration;

use grantdeck::api::{ApiError, Client};
use grantdeck::domain::{Code, Diagnosis, Retry, ServerFilter, Who};
use grantdeck::protocol::Page;

use crate::server::{Script, Server, settings};
use crate::support::file;

const EMPTY: &str = r#"{"grants":[],"total":0,"limit":100,"offset":0,"has_more":false}"#;

async fn list(client: &Client) -> Result<Page, ApiError> {
    client.list_page(&ServerFilter::default(), 100, 0).await
}

/// What the first call says to this script.
async fn said(script: Script) -> Diagnosis {
    let server = Server::start(vec![script]).await;
    list(&server.client()).await.expect_err("a failure").diagnose()
}

fn fact<'a>(diagnosis: &'a Diagnosis, label: &str) -> &'a str {
    let found = diagnosis.facts.iter().find(|(name, _)| *name == label);
    found.unwrap_or_else(|| panic!("{label} not in {diagnosis:?}")).1.as_str()
}

#[tokio::test]
async fn an_answer_cut_off_inside_json_says_so() {
    let diagnosis = said(Script::json(200, &EMPTY[..30])).await;
    assert_eq!((diagnosis.code, diagnosis.who), (Code::MalformedAnswer, Who::Alter));
    assert!(fact(&diagnosis, "problem").contains("cut off"), "{diagnosis:?}");
    assert_eq!(fact(&diagnosis, "place"), "line 1 column 30");
}

#[tokio::test]
async fn pages_of_intermediaries_are_not_shown() {
    for (status, code, retry) in [
        (500, Code::ServiceUnavailable, Retry::Later(Some(Duration::from_secs(2)))),
        (502, Code::BadGateway, Retry::Later(None)),
        (503, Code::ServiceUnavailable, Retry::Later(Some(Duration::from_secs(2)))),
        (504, Code::GatewayTimeout, Retry::Later(None)),
        (524, Code::UnexpectedStatus, Retry::No),
        (429, Code::ThrottledOnTheWay, Retry::Later(Some(Duration::from_secs(2)))),
    ] {
        let html = Script::json(status, "<html><body>Bad gateway</body></html>").with("Retry-After", "2");
        let diagnosis = said(html).await;
        assert_eq!((diagnosis.code, diagnosis.retry), (code, retry), "{status}");
        assert_eq!(diagnosis.said, None, "{status}");
        assert_eq!(fact(&diagnosis, "status"), status.to_string());
    }
}

#[tokio::test]
async fn a_rate_limit_reports_how_long_by_header_or_by_body() {
    let body = r#"{"detail":{"error":"rate_limit_exceeded","message":"slow down","scope":"api_key","retry_after":7}}"#;
    for (script, seconds) in
        [(Script::json(429, body), 7), (Script::json(429, body).with("Retry-After", "3"), 3)]
    {
        let diagnosis = said(script).await;
        assert_eq!(diagnosis.retry, Retry::Later(Some(Duration::from_secs(seconds))));
        assert_eq!(diagnosis.said.as_ref().map(grantdeck::domain::Clean::as_str), Some("slow down"));
        assert_eq!(fact(&diagnosis, "scope"), "api_key");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::start(vec![
        Script::json(307, "").with("Location", "/sdk/elsewhere"),
        Script::json(200, EMPTY),
    ])
    .await;
    let diagnosis = list(&server.client()).await.expect_err("a failure").diagnose();
    assert_eq!(diagnosis.code, Code::Redirected);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn silence_ends_with_a_timeout_before_and_inside_an_answer() {
    for bytes in ["", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"grants\":"] {
        let server = Server::start(vec![Script::Hang(bytes.as_bytes().to_vec())]).await;
        let mut settings = server.settings();
        settings.timeout = Duration::from_millis(80);
        let diagnosis = list(&Client::new(settings).unwrap()).await.expect_err("a failure").diagnose();
        assert_eq!((diagnosis.code, diagnosis.who), (Code::TimedOut, Who::Network), "{bytes:?}");
        assert_eq!(fact(&diagnosis, "waited"), "0.08 s");
    }
}

#[tokio::test]
async fn a_call_can_be_dropped_while_the_backend_hangs() {
    let server = Server::start(vec![Script::Hang(Vec::new())]).await;
    let client = server.client();
    let call = tokio::spawn(async move { list(&client).await.is_ok() });
    let asked = async {
        while server.received().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asked).await.expect("the request arrives");
    call.abort();
    assert!(call.await.expect_err("cancelled").is_cancelled());
}

#[tokio::test]
async fn broken_connections_are_told_apart_from_refused_ones() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"grants\":".to_vec();
    for script in [
        Script::Bytes(head.clone()),
        Script::Reset(head),
        Script::Bytes(Vec::new()),
        Script::Reset(Vec::new()),
    ] {
        let diagnosis = said(script.clone()).await;
        assert_eq!((diagnosis.code, diagnosis.who), (Code::ConnectionLost, Who::Network), "{script:?}");
        assert_eq!(diagnosis.retry, Retry::Later(None));
    }
}

#[tokio::test]
async fn an_encrypted_call_to_a_plain_port_is_a_tls_failure() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            use tokio::io::AsyncWriteExt as _;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let diagnosis = match Client::new(settings(&format!("https://127.0.0.1:{port}"))) {
        Ok(client) => list(&client).await.expect_err("a failure").diagnose(),
        Err(error) => error.diagnose(),
    };
    assert_eq!(diagnosis.code, Code::TlsFailed, "{diagnosis:?}");
}

#[tokio::test]
async fn compressed_answers_are_read_and_stay_bounded() {
    // gzip of EMPTY would need a compressor; stored blocks are legal gzip as well.
    let stored = |bytes: &[u8]| {
        let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        let length = u16::try_from(bytes.len()).unwrap();
        out.push(1);
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.write_all(bytes).unwrap();
        out.extend(crc32fast::hash(bytes).to_le_bytes());
        out.extend(u32::from(length).to_le_bytes());
        out
    };
    let answer = Script::Answer {
        status: 200,
        headers: vec![("Content-Encoding".to_owned(), "gzip".to_owned())],
        body: stored(EMPTY.as_bytes()),
    };
    let server = Server::start(vec![answer]).await;
    assert_eq!(list(&server.client()).await.expect("a page").limit, 100);
    assert!(server.received()[0].header("accept-encoding").is_some_and(|value| value.contains("gzip")));
}

#[tokio::test]
async fn an_answer_beyond_any_size_is_not_read() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n".to_vec();
    assert_eq!(said(Script::Hang(head)).await.code, Code::AnswerTooLarge);
}

#[tokio::test]
async fn a_wrong_clock_is_named_with_its_error() {
    let refusal = r#"{"detail":{"error":"invalid_signature","message":"no"}}"#;
    let diagnosis = said(Script::json(401, refusal).with("Date", "Thu, 01 Jan 2026 01:00:00 GMT")).await;
    assert_eq!(diagnosis.code, Code::ClockSkew);
    assert_eq!(fact(&diagnosis, "clock"), "this machine is 3600 s behind Alter");
}

#[tokio::test]
async fn one_odd_row_never_loses_the_page() {
    let page = &file("grant_pages.json")["vectors"];
    let bad = page.as_array().unwrap().iter().find(|row| row["id"] == "page-one-bad-item").unwrap();
    let server = Server::start(vec![Script::json(200, &bad["data"].to_string())]).await;
    let page = list(&server.client()).await.expect("a page");
    assert_eq!(page.grants.len(), bad["data"]["grants"].as_array().unwrap().len());
    assert!(page.grants.iter().any(|grant| !grant.oddities().is_empty()));
}

#[tokio::test]
async fn nothing_secret_is_in_any_failure() {
    let key = crate::server::KEY;
    let refusals = [
        Script::json(401, r#"{"error":"invalid_key","message":"no"}"#),
        Script::Bytes(Vec::new()),
        Script::json(200, "nonsense"),
    ];
    for script in refusals {
        let server = Server::start(vec![script]).await;
        let mut settings = server.settings();
        settings.user_token = Some("tok-en-of-a-user".parse().unwrap());
        let client = Client::new(settings).unwrap();
        let error = list(&client).await.expect_err("a failure");
        let all = format!("{error} {error:?} {:?} {client:?}", error.diagnose());
        assert!(!all.contains(key) && !all.contains("tok-en-of-a-user"), "{all}");
    }
}
