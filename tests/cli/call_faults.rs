//! `grantdeck call` against backends that lie: who refused, the exit code, and that a write may have happened.

use std::io::{Read, Write};
use std::net::TcpListener;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use grantdeck::sandbox::FaultSpec;
use serde_json::{Value, json};

use crate::rig::{Rig, Run, run};

const USER: &str = "https://api.github.com/user";
const OCTO: &str = "github:octo-acme";

fn faults(rig: &Rig, faults: &[&str]) {
    rig.backend.set_faults(faults.iter().map(|fault| fault.parse::<FaultSpec>().unwrap()));
}

fn object(ran: &Run) -> Value {
    serde_json::from_str(&ran.out).map_err(|error| format!("{error}: {} {}", ran.out, ran.err)).unwrap()
}

#[test]
fn a_throttle_of_alter_is_another_than_one_of_the_provider() {
    let rig = Rig::new(40, &[]);
    for (mode, path) in [("proxy", "/sdk/proxy"), ("retrieve", "/sdk/token")] {
        let url = if mode == "proxy" { USER.to_owned() } else { rig.backend.provider_url(USER).unwrap() };
        let call = || rig.run(&["call", OCTO, "GET", &url, "--mode", mode, "--output", "json"]);
        faults(&rig, &[&format!("throttle-header=7200,path={path}")]);
        let ran = call();
        let error = &object(&ran)["error"];
        assert_eq!(
            (ran.code, &error["who"], &error["retryable"]),
            (6, &json!("alter"), &json!(true)),
            "{mode}"
        );
        faults(&rig, &["provider-status=429"]);
        let ran = call();
        let message = object(&ran);
        assert_eq!(
            (ran.code, &message["provider_status"], &message["alter_status"]),
            (8, &json!(429), &json!(200))
        );
        assert_eq!(message["headers"]["retry-after"], "30", "{mode}: {message}");
    }
}

#[test]
fn a_refresh_is_waited_for_and_lies_about_length_are_found_out() {
    let rig = Rig::new(40, &[]);
    let mapped = rig.backend.provider_url(USER).unwrap();
    for (mode, url, path) in [("proxy", USER, "/sdk/proxy"), ("retrieve", &mapped, "/provider/")] {
        let call = || rig.run(&["call", OCTO, "GET", url, "--mode", mode]);
        faults(&rig, &["call-error=token_refresh_in_progress,first=1"]);
        let ran = call();
        assert_eq!(ran.code, 0, "{mode}: {}", ran.err);
        assert!(ran.err.contains("Trying again in 1 s."), "{mode}: {}", ran.err);
        assert!(!ran.err.contains(['\r', '\u{1b}']), "{mode}: no progress in a pipe: {}", ran.err);
        for spec in ["length-off=10", "cut-body", "refuse"] {
            faults(&rig, &[&format!("{spec},path={path}")]);
            let ran = call();
            assert_eq!((ran.code, ran.out.as_str()), (9, ""), "{mode}, {spec}: {}", ran.err);
        }
    }
    faults(&rig, &["length-off=-10,path=/sdk/proxy"]);
    let ran = rig.run(&["call", OCTO, "GET", USER]);
    assert_eq!((ran.code, ran.out.as_str()), (8, ""), "half of Alter's answer is none: {}", ran.err);
}

/// A backend that gives one answer to whatever it is asked, once.
pub(crate) fn lying(status: &str, body: &str) -> (String, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        let mut buffer = [0; 4096];
        // The head, and the body that it announces.
        loop {
            let count = stream.read(&mut buffer).unwrap();
            asked.extend_from_slice(&buffer[..count]);
            let text = String::from_utf8_lossy(&asked).to_ascii_lowercase();
            let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
                body.len() >= length.and_then(|length| length.trim().parse().ok()).unwrap_or(0)
            });
            if whole || count == 0 {
                break;
            }
        }
        stream.write_all(answer.as_bytes()).unwrap();
    });
    (url, server)
}

fn message(status: &str, body: &Value, method: &str) -> Run {
    let rig = Rig::new(0, &[]);
    let (url, server) = lying(status, &body.to_string());
    let id = "7c1f0a52-0000-4000-8000-000000009e2a";
    let mut command = rig.command(&["call", id, method, USER, "--yes", "--wait-approval", "5s"]);
    let ran = run(command.env("ALTER_BASE_URL", url));
    server.join().unwrap();
    ran
}

#[test]
fn a_held_call_that_cannot_be_read_may_have_happened() {
    let id = "7c1f0a52-0000-4000-8000-00000000aaaa";
    for body in [
        json!({}),
        json!({ "status": "pending_approval" }),
        json!({ "approval_id": id }),
        json!({ "approval_id": "no id", "expires_at": "2030-01-01T00:00:00Z", "approval_url": "https://a.example/" }),
        json!({ "approval_id": id, "expires_at": "soon", "approval_url": "https://a.example/" }),
        json!([1, 2]),
    ] {
        let ran = message("202 Accepted", &body, "POST");
        assert_eq!((ran.code, ran.out.as_str()), (8, ""), "{body}: {}", ran.err);
        assert!(ran.err.contains("the call may still have happened"), "{body}: {}", ran.err);
        assert!(ran.err.contains("/sdk/proxy"), "{body}: it names what was asked: {}", ran.err);
        let ran = message("202 Accepted", &body, "GET");
        assert!(!ran.err.contains("may have happened"), "a read changes nothing: {}", ran.err);
    }
}

#[test]
fn a_body_in_no_charset_arrives_byte_for_byte() {
    let bytes = b"\xff\xfe caf\xe9 \x80\x00 end";
    let body = json!({
        "status_code": 200, "headers": { "content-type": "application/octet-stream" },
        "body_b64": BASE64_STANDARD.encode(bytes), "body_truncated": false, "duration_ms": 3,
    });
    let rig = Rig::new(0, &[]);
    let (url, server) = lying("200 OK", &body.to_string());
    let mut command = rig.command(&["call", "7c1f0a52-0000-4000-8000-000000009e2a", "GET", USER]);
    let output = command.env("ALTER_BASE_URL", url).output().unwrap();
    server.join().unwrap();
    assert_eq!(output.stdout, bytes, "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
}
