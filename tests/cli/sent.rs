//! What a call sends and what it makes of answers in other charsets: braces of a query, bodies that are no JSON.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Stdio;
use std::thread;

use serde_json::{Value, json};

use crate::rig::{Rig, Run, run};

const OCTO: &str = "github:octo-acme";
const ISSUES: &str = "https://api.github.com/repos/acme/site/issues";
const REPOSITORIES: &str = "https://api.github.com/user/repos";

fn call(rig: &Rig, arguments: &[&str]) -> Run {
    rig.run(&[&["call", OCTO], arguments].concat())
}

/// A provider on this machine that answers one call, and then says what it was sent.
fn provider(content_type: &str, body: Vec<u8>) -> (String, thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/x", listener.local_addr().unwrap());
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut sent = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let count = stream.read(&mut buffer).unwrap();
            sent.extend_from_slice(&buffer[..count]);
            let text = String::from_utf8_lossy(&sent).to_lowercase();
            let Some(end) = text.find("\r\n\r\n") else { continue };
            let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            if sent.len() >= end + 4 + length {
                break;
            }
        }
        stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        sent
    });
    (url, served)
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn braces_of_a_query_are_sent_as_they_stand_unless_they_are_given() {
    let rig = Rig::new(40, &[]);
    let reached = |url: &str, more: &[&str]| {
        let ran = call(&rig, &[&["GET", url], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        (rig.backend.provider_calls().last().unwrap().url.clone(), ran.err)
    };
    let url = "https://api.github.com/user?fields=posts{message}";
    let (sent, message) = reached(url, &[]);
    assert_eq!(sent, "https://api.github.com/user?fields=posts%7Bmessage%7D");
    assert!(
        message.contains("{message} in the query is sent unchanged; fill it in with --param message="),
        "{message}"
    );
    let (sent, message) = reached(url, &["--param", "message=a b"]);
    assert_eq!(sent, "https://api.github.com/user?fields=postsa%20b");
    assert!(!message.contains("as it stands"), "{message}");
    let path = call(&rig, &["GET", "https://api.github.com/{who}?a={b}"]);
    assert_eq!(path.code, 2, "{}", path.err);
    assert!(path.err.contains("{who} has no value"), "{}", path.err);
}

#[test]
fn a_mark_of_the_byte_order_is_not_sent() {
    let rig = Rig::new(40, &[]);
    let file = rig.home.path().join("body.json");
    std::fs::write(&file, wide("\u{feff}{\"name\": \"é\"}")).unwrap();
    let (url, served) = provider("application/json", b"{}".to_vec());
    let given = format!("@{}", file.display());
    let ran = call(&rig, &["POST", &url, "--mode", "retrieve", "--yes", "-d", &given]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let sent = String::from_utf8(served.join().unwrap()).unwrap();
    assert!(sent.ends_with("\r\n\r\n{\"name\":\"é\"}"), "{sent}");

    let mut command = rig.command(&["call", OCTO, "POST", ISSUES, "--yes", "-d", "-"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"\xef\xbb\xbf{\"title\":\"x\"}").unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn json_lines_go_as_they_stand_and_proxy_mode_says_why_not() {
    let rig = Rig::new(40, &[]);
    let lines = "{\"a\": 1}\n{\"a\": 2}\n";
    let typed = ["-H", "Content-Type: application/x-ndjson", "--yes", "-d", lines];
    let (url, served) = provider("text/plain", b"ok".to_vec());
    let ran = call(&rig, &[&["POST", &url, "--mode", "retrieve"][..], &typed].concat());
    assert_eq!((ran.code, ran.out.as_str()), (0, "ok"), "{}", ran.err);
    let sent = String::from_utf8(served.join().unwrap()).unwrap();
    assert!(sent.ends_with(&format!("\r\n\r\n{lines}")), "{sent}");
    assert_eq!(sent.to_lowercase().matches("content-type: application/x-ndjson\r\n").count(), 1, "{sent}");

    let before = rig.backend.journal().len();
    let refused = call(&rig, &[&["POST", REPOSITORIES][..], &typed].concat());
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("proxy mode takes JSON only; --mode retrieve"), "{}", refused.err);
    assert_eq!(rig.backend.journal().len(), before, "nothing was asked");
}

#[test]
fn filters_read_other_charsets() {
    let rig = Rig::new(40, &[]);
    for (content_type, body) in [
        ("application/json", wide("\u{feff}{\"name\":\"Zoë\"}")),
        ("application/json; charset=utf-16le", wide("{\"name\":\"Zoë\"}")),
        ("application/json", wide("{\"name\":\"Zoë\"}")),
        ("application/json; charset=ISO-8859-1", b"{\"name\":\"Zo\xeb\"}".to_vec()),
    ] {
        let (url, served) = provider(content_type, body.clone());
        let ran = call(&rig, &["GET", &url, "--mode", "retrieve", "--jq", ".name", "-r"]);
        assert_eq!((ran.code, ran.out.as_str()), (0, "Zoë\n"), "{content_type}: {}", ran.err);
        served.join().unwrap();
        let (url, served) = provider(content_type, body);
        let ran = call(&rig, &["GET", &url, "--mode", "retrieve", "--output", "json"]);
        let object: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(object["body"], json!({ "name": "Zoë" }), "{content_type}: {}", ran.out);
        served.join().unwrap();
    }
}

#[test]
fn text_in_another_charset_is_text() {
    let rig = Rig::new(40, &[]);
    let (url, served) = provider("text/html; charset=ISO-8859-1", b"<p>Zo\xeb".to_vec());
    let ran = run(&mut rig.command(&["call", OCTO, "GET", &url, "--mode", "retrieve", "-o", "json"]));
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&object["body_text"], &object["body_charset"]), (&json!("<p>Zoë"), &json!("windows-1252")));
    assert_eq!(object.get("body_base64"), None);
    served.join().unwrap();
}
