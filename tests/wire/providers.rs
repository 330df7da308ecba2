//! Calls of providers from here, against scripted servers: encodings of bodies, and who it is that failed.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use grantdeck::api::arrival::Deadline;
use grantdeck::api::error::TransportError;
use grantdeck::api::provider::{self, Reach, Route};
use grantdeck::domain::describe::diagnosis::Described;
use grantdeck::domain::{ClearedDraft, Code, GrantId, ProviderAnswer, RequestDraft, Who};
use grantdeck::protocol::call::{Credential, Retrieval, inject};

use crate::server::{Script, Server};

fn grant() -> GrantId {
    GrantId::parse("2a60b3ed-2485-535b-8dd1-9f04e567f3a1").unwrap()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

async fn ask(url: &str, headers: &[(&str, &str)]) -> Result<ProviderAnswer, TransportError> {
    let mut draft = RequestDraft::new(grant(), "GET", url);
    draft.headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let stored = format!(r#"{{"access_token": "tok-1234", "grant_id": "{}"}}"#, grant());
    let credential = Credential::parse(stored.as_bytes()).unwrap();
    let retrieval = Retrieval::check(&ClearedDraft::new(draft, None).unwrap()).unwrap();
    let sent = inject::request(&retrieval, &credential, "test", jiff::Timestamp::UNIX_EPOCH).unwrap();
    let bounds = Deadline::new(Duration::from_secs(10));
    let route = Route::find(retrieval.url(), Reach::Network { loopback: true }, bounds).await?;
    provider::send(&sent, retrieval.url(), &route, bounds, 1 << 20, &|_| {}).await
}

async fn answered(encoding: &str, body: Vec<u8>) -> Result<ProviderAnswer, TransportError> {
    let script = Script::Answer {
        status: 200,
        headers: vec![("Content-Encoding".to_owned(), encoding.to_owned())],
        body,
    };
    let server = Server::start(vec![script]).await;
    let answer = ask(&format!("http://127.0.0.1:{}/x", server.port), &[]).await;
    assert_eq!(server.received()[0].header("accept-encoding"), Some("gzip"));
    answer
}

#[tokio::test]
async fn a_body_of_several_members_or_encodings_is_read_to_its_end() {
    let two = [gzip("one, "), gzip("two")].concat();
    let twice = {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&two).unwrap();
        encoder.finish().unwrap()
    };
    for (encoding, body) in [("gzip", two.clone()), ("x-gzip", two), ("gzip, gzip", twice)] {
        let answer = answered(encoding, body).await.unwrap();
        assert_eq!((&*answer.body, answer.is_whole()), (&b"one, two"[..], true), "{encoding}");
        assert_eq!((answer.header("content-encoding"), answer.header("content-length")), (None, None));
    }
    // What cannot be undone here stays as it came, and says so.
    let answer = answered("br", b"\x0b\x01\x80abc\x03".to_vec()).await.unwrap();
    assert_eq!((&*answer.body, answer.header("content-encoding")), (&b"\x0b\x01\x80abc\x03"[..], Some("br")));
}

#[tokio::test]
async fn a_body_that_cannot_be_decoded_is_the_providers_failure_and_no_shorter_answer() {
    let mut half = gzip("a body that is longer than what comes of it");
    half.truncate(half.len() - 9);
    for body in [b"plain text".to_vec(), half, [gzip("one"), b"junk".to_vec()].concat()] {
        let diagnosis = answered("gzip", body).await.unwrap_err().diagnose();
        assert_eq!(
            (diagnosis.code, diagnosis.who),
            (Code::ProviderBodyUnreadable, Who::Provider),
            "{diagnosis:?}"
        );
        let facts: Vec<&str> = diagnosis.facts.iter().map(|(label, _)| *label).collect();
        assert_eq!(facts, ["host", "status", "arrived", "detail"]);
    }
}

#[tokio::test]
async fn who_asks_for_another_encoding_gets_it() {
    let server = Server::start(vec![Script::json(200, "{}")]).await;
    let url = format!("http://127.0.0.1:{}/x", server.port);
    ask(&url, &[("Accept-Encoding", "identity")]).await.unwrap();
    assert_eq!(server.received()[0].header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_is_not_reported_as_the_backend() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let diagnosis = ask(&format!("http://127.0.0.1:{port}/x"), &[]).await.unwrap_err().diagnose();
    assert_eq!((diagnosis.code, diagnosis.who), (Code::ProviderUnreachable, Who::Network), "{diagnosis:?}");
    let said = Described::new(&diagnosis);
    for text in [said.headline, said.cause, said.remedy] {
        assert!(!text.contains("backend") && !text.contains("sandbox"), "{text}");
    }
    // An answer that is no HTTP.
    let server = Server::start(vec![Script::Bytes(b"what is this\r\n\r\n".to_vec())]).await;
    let diagnosis = ask(&format!("http://127.0.0.1:{}/x", server.port), &[]).await.unwrap_err().diagnose();
    assert!(!diagnosis.headline().contains("backend"), "{diagnosis:?}");
}
