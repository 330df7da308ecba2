//! `grantdeck connect`.

use std::fs;
use std::process::Stdio;

use grantdeck::sandbox::{FaultSpec, Options, SessionEnd};
use rustix::process::{Pid, Signal, kill_process};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::backend::{Backend, Instead, KEY, grant, id, with};
use crate::rig::{Rig, Run, configure, run};

const SESSION: &str = "/sdk/oauth/connect/session";
const POLL: &str = "/sdk/oauth/connect/session/poll";

/// A sandbox whose sessions end so by themselves.
pub(super) fn rig(sessions: SessionEnd, faults: &[&str]) -> Rig {
    let faults = faults.iter().map(|fault| fault.parse::<FaultSpec>().unwrap()).collect();
    Rig::with(&Options { grants: 60, sessions, faults, ..Options::default() })
}

/// What was printed, as JSON; as a text where it is none, so that a failed comparison shows it.
pub(super) fn object(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// How often something was asked for.
fn asked(rig: &Rig, path: &str) -> usize {
    rig.backend.journal().iter().filter(|entry| entry.target == path).count()
}

fn code(ran: &Run) -> String {
    object(&ran.out)["error"]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn an_account_is_connected_and_the_link_stays_out_of_every_file() {
    let rig = rig(SessionEnd::Accept, &[]);
    let ran =
        rig.run(&["connect", "github", "--yes", "-o", "json", "--label", "ci", "--log", "log.txt", "--qr"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let result = object(&ran.out);
    assert_eq!((&result["operation"], &result["provider"]), (&json!("creation"), &json!("github")));
    assert_eq!((&result["label"], &result["health"]), (&json!("ci"), &json!("ok")));
    assert!(ran.err.contains("your application, not a person"), "said before: {}", ran.err);
    assert!(ran.err.contains('█'), "the code: {}", ran.err);
    let link = ran.err.lines().find_map(|line| line.trim().strip_prefix("http")).unwrap();
    let (_, token) = link.split_once('#').unwrap();
    let mut kept = fs::read(rig.home.path().join("log.txt")).unwrap();
    for file in fs::read_dir(rig.home.path().join(".local/state/grantdeck")).unwrap() {
        kept.extend(fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |text: &str| memchr::memmem::find(&kept, text.as_bytes()).is_some();
    assert!(holds("connect/session") && !holds(link) && !holds(token), "neither link nor token is kept");
    let history = object(&rig.run(&["history", "--writes", "-o", "jsonl"]).out);
    assert_eq!((&history["act"], &history["outcome"]), (&json!("connect"), &json!("done")));
    assert_eq!(history["new_grant_id"], result["grant_id"]);
    // The id is that of a grant of the list, and the label is taken now.
    assert_eq!(rig.run(&["id", result["grant_id"].as_str().unwrap()]).code, 0);
    let again = rig.run(&["connect", "github", "--yes", "-o", "json", "--label", "ci"]);
    assert_eq!((again.code, code(&again).as_str()), (5, "sibling_label_conflict"));
}

#[test]
fn the_bare_id_is_printed_or_written_to_a_file() {
    let rig = rig(SessionEnd::Accept, &[]);
    let arguments = ["connect", "slack", "--yes", "--write", ".env", "--name", "SLACK_GRANT"];
    let ran = rig.run(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let written = fs::read_to_string(rig.home.path().join(".env")).unwrap();
    assert!(written.contains(&format!("SLACK_GRANT={}", ran.out.trim())), "{written}");
    // A file that does not take it is found out before anything is sent.
    fs::write(rig.home.path().join("broken.json"), "{").unwrap();
    let sessions = asked(&rig, SESSION);
    let refused = rig.run(&["connect", "slack", "--yes", "--write", "broken.json", "--name", "x"]);
    assert_ne!(refused.code, 0);
    assert_eq!(asked(&rig, SESSION), sessions, "{}", refused.err);
}

#[test]
fn nothing_is_sent_before_somebody_confirms_it() {
    let rig = rig(SessionEnd::Accept, &[]);
    let profile = |name: &str, setting: &str| {
        format!("[profiles.{name}]\nkey_env = \"K\"\nbase_url = \"{}\"\n{setting}\n", rig.backend.base_url())
    };
    configure(&rig.home, &(profile("looks", "read_only = true") + &profile("live", "production = true")));
    for (arguments, want) in [
        (&["connect", "github"][..], 2),
        (&["connect", "github", "--dry-run", "-o", "json"], 0),
        (&["connect", "github", "--yes", "--profile", "looks"], 7),
        (&["connect", "github", "--yes", "--profile", "live"], 2),
        (&["connect", "github", "--agent", "bot", "--yes"], 2),
        (&["connect", "github", "slack", "--scope", "x", "--yes"], 2),
        (&["connect", "github", "--ttl", "soon", "--yes"], 2),
    ] {
        let ran = run(rig.command(arguments).env("K", rig.key()));
        assert_eq!(ran.code, want, "{arguments:?} {}", ran.err);
    }
    assert_eq!(asked(&rig, SESSION), 0);
    let plan = object(&rig.run(&["connect", "github", "--dry-run", "-o", "json"]).out);
    assert_eq!((&plan["owner"], &plan["id"]), (&json!("application"), &json!("new")));
}

#[test]
fn the_link_alone_is_handed_over() {
    let rig = rig(SessionEnd::Wait, &[]);
    let ran = rig.run(&["connect", "github", "--yes", "--no-wait", "-o", "json"]);
    let result = object(&ran.out);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(result["connect_url"].as_str().unwrap().starts_with("http"), "{result}");
    assert!(result["expires_at"].as_str().unwrap().starts_with("20"), "{result}");
    assert_eq!(asked(&rig, POLL), 0);
    let plain = rig.run(&["connect", "github", "--yes", "--no-wait"]);
    assert!(plain.out.starts_with("http") && !plain.err.contains("http"), "{}", plain.err);
}

#[test]
fn each_end_of_a_session_has_its_own_code() {
    for (sessions, arguments, want, name) in [
        (SessionEnd::Decline, &[][..], 7, "connect_denied"),
        (SessionEnd::Expire, &[], 9, "session_timed_out"),
        (SessionEnd::Wait, &["--timeout", "1s"], 9, "session_timed_out"),
    ] {
        let rig = rig(sessions, &[]);
        let ran = rig.run(&[&["connect", "github", "--yes", "-o", "json"], arguments].concat());
        assert_eq!((ran.code, code(&ran).as_str()), (want, name), "{sessions} {}", ran.err);
        assert!(asked(&rig, POLL) >= 2, "one more poll follows the end of the time");
    }
}

#[test]
fn what_goes_wrong_on_the_way_is_named() {
    let poll = "path=/sdk/oauth/connect/session/poll";
    for (fault, want, name) in [
        (format!("throttle-header=1,first=1,{poll}"), 0, ""),
        (format!("html=502,first=1,{poll}"), 8, "bad_gateway"),
        (format!("truncated-json,first=1,{poll}"), 8, "malformed_answer"),
        ("no-right=connect".to_owned(), 7, "insufficient_scope"),
        ("clock-skew=-900".to_owned(), 3, "clock_skew"),
        ("answer-lost=connect,first=1".to_owned(), 9, "connection_lost"),
        ("label-taken,first=1,path=/sdk/oauth/connect/session".to_owned(), 5, "sibling_label_conflict"),
    ] {
        let rig = rig(SessionEnd::Accept, &[&fault]);
        let ran = rig.run(&["connect", "github", "--yes", "--label", "ci", "-o", "json"]);
        assert_eq!((ran.code, code(&ran).as_str()), (want, name), "{fault} {}", ran.err);
    }
    let rig = rig(SessionEnd::Accept, &["no-right=connect"]);
    let lacking = rig.run(&["connect", "github", "--yes", "-o", "json"]);
    assert_eq!(object(&lacking.out)["error"]["missing_scopes"], json!(["connect:initiate"]));
}

#[test]
fn somebody_who_stops_waiting_leaves_the_link_alive() {
    for (signal, want) in [(Signal::INT, 130), (Signal::HUP, 129)] {
        let rig = rig(SessionEnd::Wait, &[]);
        let mut command = rig.command(&["connect", "github", "--yes", "-o", "json"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let polled = async {
            while asked(&rig, POLL) == 0 {
                // The journal announces nothing; this is only how often it is looked at.
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        rig.block_on(async {
            tokio::time::timeout(std::time::Duration::from_mins(1), polled).await.unwrap();
        });
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(want), "{err}");
        assert!(err.contains("stopped waiting; the link goes on living"), "{err}");
        assert_eq!(object(&String::from_utf8(output.stdout).unwrap())["error"]["code"], "cancelled");
        let history = object(&rig.run(&["history", "-o", "jsonl"]).out);
        assert_eq!(history["outcome"], "begun", "it may still be finished");
    }
}

#[test]
fn a_managed_secret_is_connected_by_its_user_and_the_list_tells_when() {
    let rig = rig(SessionEnd::Accept, &[]);
    let anonymous = rig.run(&["connect", "stripe-production", "--yes", "-o", "json"]);
    assert_eq!((anonymous.code, code(&anonymous).as_str()), (2, "user_token_needed"));
    let token = rig.backend.credentials().user_tokens[0].token.expose_secret().to_owned();
    let mut command = rig.command(&["connect", "stripe-production", "--yes", "-o", "json"]);
    let ran = run(command.env("ALTER_USER_TOKEN", token));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(object(&ran.out)["provider"], "stripe-production");
    assert!(ran.err.contains("the user who is signed in"), "{}", ran.err);
}

#[test]
fn hostile_text_of_a_session_reaches_no_terminal() {
    let evil = "a\u{1b}[2J\u{202e}\nb";
    let session = json!({
        "session_token": "s", "connect_url": format!("https://x/{evil}"), "expires_in": 600, "expires_at": evil,
        "scope_constraint_warnings": [evil],
    });
    let pending =
        json!({"status": "pending", "declined_providers": [{"provider_id": evil, "error_code": evil}]});
    let done = json!({
        "status": "completed",
        "grants": [{"grant_id": id(1), "provider_id": evil, "account_identifier": evil, "scopes": [evil]}],
        "failed_grants": [{"provider_id": evil, "reason": evil, "message": evil}],
    });
    let failed = json!({"status": "error", "error": {"error_code": evil, "error_message": evil}});
    for (polls, want) in [(vec![pending, done], 10), (vec![failed], 8)] {
        let answers = polls.into_iter().map(|poll| Instead::Answer(200, poll));
        let backend = Backend::new(vec![with(grant(1, "github", "x"), &json!({"account_identifier": evil}))])
            .instead("session/poll", answers)
            .instead("connect/session", [Instead::Answer(201, session.clone())]);
        let ran = backend.run(&["connect", "github", "--yes"]);
        assert_eq!(ran.code, want, "{}", ran.err);
        let is_safe =
            |text: &str| text.chars().all(|one| one == '\n' || !(one.is_control() || one == '\u{202e}'));
        assert!(is_safe(&ran.err) && is_safe(&ran.out), "{:?}", ran.err);
        assert!(!ran.err.contains(KEY));
    }
}

#[test]
fn a_browser_that_does_not_start_leaves_the_link_to_its_reader() {
    for (variable, said) in [(None, "could not be opened"), (Some("SSH_TTY"), "SSH session")] {
        let rig = rig(SessionEnd::Accept, &[]);
        let mut command = rig.command(&["connect", "github", "--yes", "--open"]);
        command.env("PATH", "").envs(variable.map(|name| (name, "/dev/pts/1")));
        let ran = run(&mut command);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}

#[test]
fn an_account_that_is_connected_twice_keeps_its_id() {
    let rig = rig(SessionEnd::Accept, &[]);
    let [first, second] =
        [(); 2].map(|()| object(&rig.run(&["connect", "notion", "--yes", "-o", "json"]).out));
    assert_eq!((&first["operation"], &second["operation"]), (&json!("creation"), &json!("reauth")));
    assert_eq!(first["grant_id"], second["grant_id"]);
}

#[test]
fn a_user_token_that_ends_during_the_wait_is_named() {
    let secret = json!({
        "grant_kind": "managed_secret", "grant_id": id(1), "managed_secret_id": id(2),
        "managed_secret_slug": "stripe", "managed_secret_name": "Stripe", "status": "active",
        "principal_type": "user", "created_at": "2026-01-01T00:00:00Z",
    });
    let session = json!({
        "session_token": "s", "connect_url": "https://connect.example/#session=s", "expires_in": 600,
        "expires_at": "2030-01-01T00:00:00Z", "path": "key_entry", "secret_slug": "stripe",
    });
    let list = json!({"grants": [secret], "total": 1, "limit": 1000, "offset": 0, "has_more": false});
    let backend = Backend::new(Vec::new())
        .instead("managed-secrets/connect/session", [Instead::Answer(201, session)])
        .instead(
            "grants/list",
            [Instead::Answer(200, list), super::backend::refusal(401, "jwt_validation_error")],
        );
    let mut command = backend.command(&["connect", "stripe", "--yes", "-o", "json"]);
    let ran = run(command.env("ALTER_USER_TOKEN", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyLTEifQ."));
    assert_eq!((ran.code, code(&ran).as_str()), (3, "jwt_validation_error"), "{}", ran.err);
    let history = object(&backend.run(&["history", "-o", "jsonl"]).out);
    assert_eq!((&history["outcome"], &history["code"]), (&json!("failed"), &json!("jwt_validation_error")));
}
