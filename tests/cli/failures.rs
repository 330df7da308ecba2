//! Every command × every failure × every output: the exit code, the error object, and nothing on standard output that
//! looks like a whole result.

use std::path::Path;

use grantdeck::sandbox::Spell;
use serde_json::{Value, json};

use crate::call_weather::lying;
use crate::exits::nobody;
use crate::rig::{Rig, Run, run};

const OCTO: &str = "github:octo-acme";
const USER: &str = "https://api.github.com/user";
const ISSUES: &str = "https://api.github.com/repos/acme/site/issues";
const ID: &str = "11111111-2222-4333-8444-555555555555";

/// What a failure leaves on standard output.
#[derive(Clone, Copy, PartialEq)]
enum Leaves {
    /// The error object alone.
    Object,
    /// Nothing: what reads it reads no JSON.
    Nothing,
}

use Leaves::{Nothing, Object};

type Outputs = &'static [(&'static [&'static str], Leaves)];

const ROWS: Outputs = &[
    (&[], Object),
    (&["-o", "json"], Object),
    (&["-o", "jsonl"], Object),
    (&["-o", "csv"], Nothing),
    (&["-o", "table"], Nothing),
];

/// Every command that asks the backend, with every way to print its result.
const COMMANDS: &[(&[&str], Outputs)] = &[
    (&["list", "--all"], ROWS),
    (&["list", "--sort", "used"], ROWS),
    (&["scan"], ROWS),
    (&["show", OCTO], &[(&[], Object), (&["-o", "json"], Object), (&["-o", "table"], Nothing)]),
    (
        &["id", OCTO],
        &[(&[], Nothing), (&["--as", "json"], Nothing), (&["--write", "new.env", "--yes"], Nothing)],
    ),
    (&["id", ID, OCTO], &[(&[], Nothing)]),
    (&["smoke", OCTO], ROWS),
    (&["smoke"], &[(&["-o", "junit"], Nothing), (&["-o", "markdown"], Nothing)]),
    (
        &["ops", "github"],
        &[(&[], Object), (&["-o", "json"], Object), (&["-o", "jsonl"], Object), (&["-o", "table"], Nothing)],
    ),
    (&["call", OCTO, "GET", "/user"], CALLS),
    (&["call", ID, "GET", USER], CALLS),
    (&["approvals", ID], &[(&[], Nothing), (&["-o", "json"], Object), (&["--jq", "."], Nothing)]),
];

const CALLS: Outputs = &[
    (&[], Nothing),
    (&["-o", "json"], Object),
    (&["--jq", "."], Nothing),
    (&["--out", "answer"], Nothing),
    (&["--out", "answer", "-o", "json"], Object),
];

/// What is wanted of an error object.
struct Wanted {
    exit: i32,
    code: &'static str,
    who: &'static str,
    /// Further fields.
    more: Value,
}

fn wanted(exit: i32, code: &'static str, who: &'static str, more: Value) -> Wanted {
    Wanted { exit, code, who, more }
}

/// The error object of a run, held against what is wanted of it.
fn checked(ran: &Run, object: &Value, wanted: &Wanted, what: &str) {
    let error = &object["error"];
    assert_eq!(
        (ran.code, &error["code"]),
        (wanted.exit, &json!(wanted.code)),
        "{what}: {} {}",
        ran.out,
        ran.err
    );
    assert_eq!(
        (&error["who"], &error["exit_code"]),
        (&json!(wanted.who), &json!(ran.code)),
        "{what}: {error}"
    );
    for name in ["message", "remedy"] {
        assert!(error[name].as_str().is_some_and(|text| !text.is_empty()), "{what}: {name} {error}");
    }
    let names = ["http_status", "retryable", "may_have_happened", "retry_after", "request_id", "details"];
    for name in names {
        assert!(error.get(name).is_some(), "{what}: {name} {error}");
    }
    assert!(error["retryable"] != true || error["may_have_happened"] == false, "{what}: {error}");
    for (name, value) in wanted.more.as_object().unwrap() {
        assert_eq!(&error[name], value, "{what}: {name} {error}");
    }
}

fn is_there(rig: &Rig, name: &str) -> bool {
    rig.home.path().join(name).exists()
}

/// Runs every command in every output, and wants the same failure of all of them.
fn every_command(rig: &Rig, environment: &[(&str, &str)], before: &[&str], wanted: &Wanted) {
    // That an id is unknown is said by a status, however its body comes.
    let has_a_body = |command: &[&str]| {
        wanted.code != "malformed_answer" || !matches!(command, ["call" | "approvals", ID, ..])
    };
    for (command, outputs) in COMMANDS.iter().filter(|(command, _)| has_a_body(command)) {
        for (output, leaves) in *outputs {
            let arguments = [before, command, output].concat();
            let what = format!("{arguments:?} {environment:?}");
            let ran = run(rig.command(&arguments).envs(environment.iter().copied()));
            assert_eq!(ran.code, wanted.exit, "{what}: {} {}", ran.out, ran.err);
            assert!(ran.err.contains("grantdeck: "), "{what}: {}", ran.err);
            assert!(ran.err.contains(&format!("  code      {}\n", wanted.code)), "{what}: {}", ran.err);
            match leaves {
                Nothing => assert_eq!(ran.out, "", "{what}"),
                Object => {
                    assert_eq!(ran.out.lines().count(), 1, "{what}: {}", ran.out);
                    checked(&ran, &serde_json::from_str(&ran.out).unwrap(), wanted, &what);
                }
            }
            assert!(!is_there(rig, "answer") && !is_there(rig, "new.env"), "{what}: a file is left");
        }
    }
}

#[test]
fn a_key_that_is_not_accepted() {
    let rig = Rig::new(40, &[]);
    every_command(&rig, &[("ALTER_API_KEY", "")], &[], &wanted(3, "key_missing", "you", json!({})));
    let broken = wanted(3, "key_malformed", "you", json!({ "http_status": null, "retryable": false }));
    every_command(&rig, &[("ALTER_API_KEY", "alter_rk_broken")], &[], &broken);
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
}

#[test]
fn a_key_that_alter_refuses() {
    let rig = Rig::new(40, &["key-revoked"]);
    every_command(&rig, &[], &[], &wanted(3, "key_revoked", "alter", json!({ "http_status": 401 })));
}

#[test]
fn arguments_and_a_configuration_that_cannot_be_meant() {
    let rig = Rig::new(40, &[]);
    let wrong = wanted(2, "base_url_malformed", "you", json!({}));
    every_command(&rig, &[("ALTER_BASE_URL", "ftp://x")], &[], &wrong);
    every_command(&rig, &[], &["--profile", "nobody"], &wanted(2, "argument_refused", "you", json!({})));
    for (command, _) in COMMANDS {
        for (output, said) in
            [(&["-o", "json"][..], true), (&["-o", "jsonl"], true), (&["--output=json"], true), (&[], false)]
        {
            let ran = rig.run(&[command, &["--no-such-option"][..], output].concat());
            assert_eq!((ran.code, ran.out.is_empty()), (2, !said), "{command:?} {output:?} {}", ran.err);
            if said {
                let usage = wanted(2, "argument_refused", "you", json!({ "retryable": false }));
                checked(&ran, &serde_json::from_str(&ran.out).unwrap(), &usage, &format!("{command:?}"));
            }
        }
    }
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
}

#[test]
fn a_rate_limit_says_when_to_come_again() {
    let rig = Rig::new(40, &["throttle-header=600"]);
    let limit = json!({ "http_status": 429, "retryable": true, "retry_after": 600 });
    every_command(&rig, &[], &[], &wanted(6, "rate_limit_exceeded", "alter", limit));
}

#[test]
fn an_answer_that_cannot_be_read() {
    let rig = Rig::new(40, &["truncated-json"]);
    every_command(&rig, &[], &[], &wanted(8, "malformed_answer", "alter", json!({ "retryable": false })));
}

#[test]
fn a_backend_that_is_not_there() {
    let rig = Rig::new(40, &[]);
    let refused =
        wanted(9, "connection_refused", "network", json!({ "http_status": null, "retryable": true }));
    every_command(&rig, &[("ALTER_BASE_URL", &nobody())], &[], &refused);
}

/// A list that breaks off after its first page is never whole, whoever reads it.
#[test]
fn a_list_that_breaks_off() {
    let rig = Rig::new(1_100, &["no-budget-headers"]);
    let breaks = || rig.backend.set_faults(["throttle-header=600,after=1".parse::<Spell>().unwrap()]);
    let failed = wanted(6, "rate_limit_exceeded", "alter", json!({ "retry_after": 600 }));
    let list = |arguments: &[&str]| {
        breaks();
        let ran = rig.run(&[&["list", "--all"], arguments].concat());
        assert_eq!(ran.code, 6, "{arguments:?} {}", ran.err);
        assert!(
            ran.err.contains("1,000 grants were printed before it; the list is not whole"),
            "{}",
            ran.err
        );
        ran
    };
    for (arguments, rows) in [(&["-o", "json"][..], 1_001), (&["-o", "json", "--sort", "used"], 1_001)] {
        let ran = list(arguments);
        assert!(serde_json::from_str::<Value>(&ran.out).is_err(), "an array that nobody can read to its end");
        let all: Vec<Value> = serde_json::from_str(&format!("{}]", ran.out)).unwrap();
        assert_eq!(all.len(), rows, "{arguments:?}");
        checked(&ran, &all[1_000], &failed, "json");
    }
    for arguments in [&[][..], &["-o", "jsonl"], &["--fields", "grant_id"]] {
        let ran = list(arguments);
        assert_eq!(ran.out.lines().count(), 1_001, "{arguments:?}");
        checked(&ran, &serde_json::from_str(ran.out.lines().last().unwrap()).unwrap(), &failed, "jsonl");
    }
    for (arguments, last) in [
        (&["-o", "csv"][..], "(not whole: rate_limit_exceeded)"),
        (&["-o", "csv", "--fields", "grant_id"], "(not whole: rate_limit_exceeded),"),
        (&["-o", "table"], "(not whole: rate_limit_exceeded)"),
    ] {
        let ran = list(arguments);
        // A cell may have several lines.
        assert!(ran.out.lines().count() >= 1_002, "{arguments:?}");
        assert_eq!(ran.out.lines().last(), Some(last), "{arguments:?}");
    }
    // What needs the whole list does nothing with half of it.
    for arguments in [&["scan"][..], &["smoke"], &["id", OCTO, "slack:acme-hq"], &["smoke", "-o", "json"]] {
        breaks();
        let ran = rig.run(arguments);
        assert_eq!((ran.code, ran.rows()), (6, ""), "{arguments:?} {}", ran.err);
    }
    assert!(rig.backend.provider_calls().is_empty(), "nothing was tested");
}

/// A run of tests that is given up prints what it has, and is not whole.
#[test]
fn a_smoke_test_that_breaks_off() {
    let rig = Rig::new(40, &[]);
    for (format, closed) in [("json", true), ("jsonl", false)] {
        rig.backend.set_faults(["key-revoked,path=/sdk/proxy,after=3".parse::<Spell>().unwrap()]);
        let report = format!("report.{format}");
        let ran = rig.run(&["smoke", "-o", format, "--report", &report, "--concurrency", "1"]);
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert!(ran.out.lines().count() > 3, "{}", ran.out);
        let saved = std::fs::read_to_string(rig.home.path().join(&report)).unwrap();
        for text in [&ran.out, &saved] {
            assert!(!closed || serde_json::from_str::<Value>(text).is_err(), "{text}");
            let last = serde_json::from_str(text.lines().last().unwrap()).unwrap();
            checked(&ran, &last, &wanted(3, "key_revoked", "alter", json!({ "http_status": 401 })), format);
        }
    }
}

/// What only some backends say: ids of requests, scopes that are missing, pauses of throttles without a name.
#[test]
fn what_a_refusal_names_is_in_the_object() {
    let rig = Rig::new(0, &[]);
    let scopes = json!({ "error": "insufficient_scope", "message": "no", "missing": ["grants:read", "x"], "required_any_of": false });
    let busy = json!({ "error": "too_many_pending_approvals", "message": "later" });
    let rule = json!({ "error": "outside_allowed_hours", "message": "not now" });
    let cases = [
        (
            "403 Forbidden\r\nX-Request-Id: req-42",
            scopes,
            wanted(
                7,
                "insufficient_scope",
                "alter",
                json!({
                    "http_status": 403, "missing_scopes": ["grants:read", "x"], "request_id": "req-42", "message": "no",
                }),
            ),
        ),
        (
            "429 Too Many Requests\r\nRetry-After: 600",
            busy,
            wanted(
                6,
                "too_many_requests",
                "alter",
                json!({
                    "retryable": true, "retry_after": 600, "alter_code": "too_many_pending_approvals",
                }),
            ),
        ),
        (
            "403 Forbidden",
            rule,
            wanted(
                7,
                "policy_violation",
                "alter",
                json!({ "alter_code": "outside_allowed_hours", "request_id": null }),
            ),
        ),
    ];
    let commands: [&[&str]; 6] = [
        &["list", "-o", "json"],
        &["show", OCTO],
        &["scan", "-o", "jsonl"],
        &["smoke", OCTO, "-o", "json"],
        &["ops", "github"],
        &["call", ID, "POST", USER, "--yes", "-o", "json"],
    ];
    for (status, body, wanted) in &cases {
        for command in commands {
            let (url, server) = lying(status, &body.to_string());
            let ran = run(rig.command(command).env("ALTER_BASE_URL", url));
            server.join().unwrap();
            let object = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
            checked(&ran, &object, wanted, &format!("{command:?} {status}"));
            assert_eq!(ran.err.matches("\n  code ").count(), 1, "one code: {}", ran.err);
        }
    }
}

/// A call that did not go well: what of the provider's answer is there.
#[derive(Clone, Copy, PartialEq)]
enum Came {
    /// All of it, with a status that is an error.
    Whole,
    /// Its beginning.
    Cut,
    /// Nothing.
    None,
}

/// Faults, how the call ends, and whether a write may have happened then.
fn calls() -> Vec<(&'static [&'static str], Wanted, Came, bool)> {
    let alter = |exit, code| wanted(exit, code, "alter", json!({}));
    let refused = |fault: &'static [&'static str], exit, code| (fault, alter(exit, code), Came::None, false);
    let provider = |code, more| wanted(8, code, "provider", more);
    let network = |code| wanted(9, code, "network", json!({}));
    vec![
        refused(&["call-error=grant_revoked"], 11, "grant_revoked"),
        refused(&["call-error=credential_revoked"], 11, "credential_revoked"),
        refused(&["call-error=grant_expired"], 11, "grant_expired"),
        refused(&["call-error=grant_deleted"], 11, "grant_deleted"),
        refused(&["call-error=scope_mismatch"], 11, "scope_mismatch"),
        refused(&["call-error=insufficient_scope"], 7, "insufficient_scope"),
        refused(&["call-error=step_up_required"], 7, "step_up_required"),
        refused(&["call-error=ip_not_allowed"], 7, "policy_violation"),
        refused(&["call-error=blocked_destination"], 7, "blocked_destination"),
        refused(&["call-error=grant_not_found"], 4, "grant_not_found"),
        refused(&["call-error=ambiguous_grant"], 5, "ambiguous_grant"),
        refused(&["call-error=quota_exceeded"], 6, "quota_exceeded"),
        refused(&["call-error=approval_denied"], 7, "approval_denied"),
        refused(&["call-error=approval_expired"], 12, "approval_expired"),
        (&["call-error=bad_gateway"], alter(8, "bad_gateway"), Came::None, true),
        (&["call-error=service_unavailable"], alter(8, "service_unavailable"), Came::None, true),
        (&["call-error=upstream_timeout"], alter(8, "gateway_timeout"), Came::None, true),
        (&["html=502,path=/sdk/proxy"], alter(8, "bad_gateway"), Came::None, true),
        (&["refuse,path=/sdk/proxy"], network("connection_lost"), Came::None, true),
        (&["cut-body,path=/sdk/proxy"], network("connection_lost"), Came::None, true),
        (&["provider-hang"], network("timed_out"), Came::None, true),
        (&["needs-approval=1"], alter(12, "approval_still_open"), Came::None, false),
        (
            &["provider-status=404"],
            provider("provider_refused", json!({ "http_status": 404 })),
            Came::Whole,
            false,
        ),
        (&["provider-status=401"], provider("provider_unauthorized", json!({})), Came::Whole, false),
        (
            &["provider-status=429"],
            provider("provider_refused", json!({ "retryable": true, "retry_after": 30 })),
            Came::Whole,
            false,
        ),
        (
            &["provider-status=503"],
            provider("provider_failed", json!({ "http_status": 503 })),
            Came::Whole,
            true,
        ),
        (&["truncate-result=10"], wanted(8, "answer_cut", "alter", json!({})), Came::Cut, false),
    ]
}

fn call_in_every_output(post: bool) {
    let rig = Rig::new(40, &[]);
    let id = rig.run(&["id", OCTO]).out.trim().to_owned();
    let answer = rig.home.path().join("answer");
    for (faults, wanted, came, may_have_happened) in calls() {
        rig.backend.set_faults(faults.iter().map(|fault| fault.parse::<Spell>().unwrap()));
        for (output, leaves) in CALLS {
            let call = if post { &["POST", ISSUES, "--yes", "-d", "{}"][..] } else { &["GET", USER] };
            let arguments = [&["call", &id], call, &["--timeout", "700ms"], output].concat();
            let what = format!("{arguments:?} {faults:?}");
            let ran = rig.run(&arguments);
            assert_eq!(ran.code, wanted.exit, "{what}: {} {}", ran.out, ran.err);
            let saved = std::fs::read(&answer).ok();
            let _ = std::fs::remove_file(&answer);
            // Into a file goes what the provider answered, and nothing else.
            let is_saved = output.contains(&"--out") && came != Came::None;
            assert_eq!(saved.is_some(), is_saved, "{what}");
            let text = saved.map_or(ran.out.clone(), |saved| String::from_utf8(saved).unwrap());
            assert!(!is_saved || ran.out.is_empty(), "{what}: {}", ran.out);
            if *leaves == Object {
                let object: Value = serde_json::from_str(&text).unwrap();
                checked(&ran, &object, &wanted, &what);
                let error = &object["error"];
                assert_eq!(error["may_have_happened"], post && may_have_happened, "{what}: {error}");
                assert_eq!(object.get("provider_status").is_some(), came != Came::None, "{what}: {object}");
                assert_eq!(object["truncated"] == true, came == Came::Cut, "{what}: {object}");
            } else {
                // Half of a document is nothing that a filter could read.
                let is_printed = came == Came::Whole || came == Came::Cut && !output.contains(&"--jq");
                assert_eq!(text.is_empty(), !is_printed, "{what}: {text} {}", ran.err);
            }
        }
    }
}

#[test]
fn every_end_of_a_call_that_reads() {
    call_in_every_output(false);
}

#[test]
fn every_end_of_a_call_that_writes() {
    call_in_every_output(true);
}

/// What the call needs on this side is looked at before it is sent.
#[test]
fn a_file_that_cannot_be_written_is_told_before_the_call() {
    let rig = Rig::new(40, &[]);
    let at = |name: &str| rig.home.path().join(name);
    std::fs::write(at("there"), "kept").unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    let post =
        |more: &[&str]| rig.run(&[&["call", OCTO, "POST", ISSUES, "-d", "{}", "--yes"], more].concat());
    for (path, force, code) in [
        ("there", false, "file_not_writable"),
        ("no/such/answer", false, "folder_missing"),
        ("there/answer", false, "folder_missing"),
        ("folder", true, "file_not_writable"),
        ("/dev/full", false, "file_not_writable"),
    ] {
        let force: &[&str] = if force { &["--force"] } else { &[] };
        let plain = post(&[&["--out", path], force].concat());
        assert_eq!((plain.code, plain.out.as_str()), (1, ""), "{path}: {}", plain.err);
        let told = post(&[&["--out", path, "-o", "json"], force].concat());
        let object = serde_json::from_str(&told.out).unwrap();
        checked(&told, &object, &wanted(1, code, "you", json!({})), path);
    }
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
    assert_eq!(std::fs::read(at("there")).unwrap(), b"kept");
    assert_eq!(std::fs::read_dir(rig.home.path()).unwrap().count(), 2, "nothing is left over");
}

/// An answer that cannot be saved all the same is not lost.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_saved_is_printed_or_rescued() {
    let rig = Rig::new(40, &[]);
    let post = ["call", OCTO, "POST", ISSUES, "-d", "{}", "--yes"];
    let full = ["--out", "/dev/full", "--force"];
    let usual = rig.run(&post);
    assert_eq!(usual.code, 0, "{}", usual.err);
    let ran = rig.run(&[&post[..], &full].concat());
    assert_eq!((ran.code, ran.out.is_empty()), (1, false), "{}", ran.err);
    assert!(ran.err.contains("disk_full") && ran.err.contains("standard output instead"), "{}", ran.err);
    let ran = rig.run(&[&post[..], &full, &["-o", "json"]].concat());
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    checked(&ran, &object, &wanted(1, "disk_full", "you", json!({})), "full");
    assert!(object["body"].is_object() && object["provider_status"].is_number(), "{object}");

    let mut command = rig.command(&post);
    let device = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = command.env("TMPDIR", rig.home.path()).stdout(device).output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{told}");
    let (_, kept) = told.trim_end().split_once("kept in ").unwrap_or_else(|| panic!("{told}"));
    let kept = std::fs::read_to_string(Path::new(kept)).unwrap();
    assert_eq!(kept.lines().count(), usual.out.lines().count(), "{kept}");
    assert!(serde_json::from_str::<Value>(&kept).unwrap().is_object(), "{kept}");
    assert_eq!(rig.backend.provider_calls().len(), 4, "each was sent once");
}

/// A credential that was fetched for a call that writes does not make its loss harmless.
#[test]
fn a_lost_write_of_our_own_is_never_to_be_repeated() {
    let rig = Rig::new(40, &[]);
    let url = rig.backend.provider_url(ISSUES).unwrap();
    for (fault, wanted, may_have_happened) in [
        ("refuse,path=/provider/", wanted(9, "connection_lost", "network", json!({})), true),
        ("cut-body,path=/provider/", wanted(9, "connection_lost", "network", json!({})), true),
        ("stall,path=/provider/", wanted(9, "timed_out", "network", json!({})), true),
        ("call-error=grant_revoked", wanted(11, "grant_revoked", "alter", json!({})), false),
        ("provider-status=502", wanted(8, "provider_failed", "provider", json!({})), true),
    ] {
        rig.backend.set_faults([fault.parse::<Spell>().unwrap()]);
        for (method, is_write) in [("POST", true), ("GET", false)] {
            let call = [
                "call",
                OCTO,
                method,
                &url,
                "--mode",
                "retrieve",
                "--yes",
                "--timeout",
                "700ms",
                "-o",
                "json",
            ];
            let ran = rig.run(&call);
            let object: Value = serde_json::from_str(&ran.out).unwrap();
            checked(&ran, &object, &wanted, fault);
            let told = &object["error"]["may_have_happened"];
            assert_eq!(told, is_write && may_have_happened, "{method} {fault}: {object}");
        }
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_write_may_have_happened() {
    use std::process::Stdio;

    use rustix::process::{Pid, Signal, kill_process};
    for (method, may_have_happened) in [("POST", true), ("GET", false)] {
        let rig = Rig::new(3, &["latency=60s,path=/sdk/proxy"]);
        let call = ["call", ID, method, ISSUES, "--yes", "-o", "json", "--out", "answer"];
        let child = rig.command(&call).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        rig.wait_for_request();
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        let ended = child.wait_with_output().unwrap();
        let object: Value = serde_json::from_slice(&ended.stdout).unwrap();
        let error = &object["error"];
        assert_eq!((ended.status.code(), &error["code"]), (Some(130), &json!("cancelled")), "{object}");
        assert_eq!(error["may_have_happened"], may_have_happened, "{object}");
        assert_eq!(
            std::fs::read_dir(rig.home.path())
                .unwrap()
                .flatten()
                .filter(|entry| entry.path().is_file())
                .count(),
            0
        );
    }
}
