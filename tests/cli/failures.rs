//! Every command × every failure × every output: the exit code, the error object, and nothing on standard output that
//! looks like a whole result.

use grantdeck::sandbox::FaultSpec;
use serde_json::{Value, json};

use crate::call_faults::lying;
use crate::exits::nobody;
use crate::rig::{Rig, Run, run};

pub(crate) const OCTO: &str = "github:octo-acme";
pub(crate) const USER: &str = "https://api.github.com/user";
pub(crate) const ISSUES: &str = "https://api.github.com/repos/acme/site/issues";
pub(crate) const ID: &str = "11111111-2222-4333-8444-555555555555";

/// What a failure leaves on standard output.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Leaves {
    /// The error object alone.
    Object,
    /// Nothing: what reads it reads no JSON.
    Nothing,
}

use Leaves::{Nothing, Object};

pub(crate) type Outputs = &'static [(&'static [&'static str], Leaves)];

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

pub(crate) const CALLS: Outputs = &[
    (&[], Nothing),
    (&["-o", "json"], Object),
    (&["--jq", "."], Nothing),
    (&["--out", "answer"], Nothing),
    (&["--out", "answer", "-o", "json"], Object),
];

/// What is wanted of an error object.
pub(crate) struct Wanted {
    pub(crate) exit: i32,
    pub(crate) code: &'static str,
    pub(crate) who: &'static str,
    /// Further fields.
    pub(crate) more: Value,
}

pub(crate) fn wanted(exit: i32, code: &'static str, who: &'static str, more: Value) -> Wanted {
    Wanted { exit, code, who, more }
}

/// The error object of a run, held against what is wanted of it.
pub(crate) fn checked(ran: &Run, object: &Value, wanted: &Wanted, what: &str) {
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
    let breaks = || rig.backend.set_faults(["throttle-header=600,after=1".parse::<FaultSpec>().unwrap()]);
    let failed = wanted(6, "rate_limit_exceeded", "alter", json!({ "retry_after": 600 }));
    let list = |arguments: &[&str]| {
        breaks();
        let ran = rig.run(&[&["list", "--all"], arguments].concat());
        assert_eq!(ran.code, 6, "{arguments:?} {}", ran.err);
        assert!(
            ran.err.contains("1,000 grants printed before the failure; the list is incomplete"),
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

/// A list whose rows and count disagree is never whole, whoever reads it.
#[test]
fn a_list_that_contradicts_itself() {
    let rig = Rig::new(30, &["total-off=5"]);
    let doubted = wanted(8, "list_not_whole", "alter", json!({ "retryable": true }));
    let ran = rig.run(&["list", "--all", "-o", "json"]);
    assert!(serde_json::from_str::<Value>(&ran.out).is_err(), "an array that nobody can read to its end");
    let all: Vec<Value> = serde_json::from_str(&format!("{}]", ran.out)).unwrap();
    assert_eq!(all.len(), 31);
    let details = &all[30]["error"]["details"];
    assert_eq!((&details["found"], &details["counted"]), (&json!("30"), &json!("35")));
    checked(&ran, &all[30], &doubted, "json");
    for output in ["csv", "table"] {
        let ran = rig.run(&["list", "--all", "-o", output]);
        assert_eq!((ran.code, ran.out.lines().last()), (8, Some("(not whole: list_not_whole)")), "{output}");
    }
    // Nobody asked for all of it.
    let ran = rig.run(&["list", "--limit", "10"]);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 10), "{}", ran.err);
    let last = |ran: &Run| serde_json::from_str::<Value>(ran.out.lines().last().unwrap()).unwrap();
    let ran = rig.run(&["scan", "-o", "jsonl"]);
    checked(&ran, &last(&ran), &doubted, "scan");
    let ran = rig.run(&["smoke", "--provider", "nosuch", "--allow-empty", "-o", "jsonl"]);
    checked(&ran, &last(&ran), &doubted, "smoke");
    let ran = rig.run(&["smoke", "--provider", "nosuch", "--allow-empty", "-o", "junit"]);
    assert!(ran.code == 8 && ran.out.contains("the list of grants is incomplete"), "{}", ran.out);
    let ran = rig.run(&["id", OCTO, "slack:acme-hq"]);
    assert_eq!((ran.code, ran.out.as_str()), (8, ""), "{}", ran.err);
}

/// A page without rows says nothing where it says that there are some.
#[test]
fn an_empty_page_is_no_empty_list_where_there_is_more() {
    let rig = Rig::new(0, &["total-off=9"]);
    let doubted = wanted(8, "list_not_whole", "alter", json!({}));
    for output in ["json", "jsonl"] {
        let ran = rig.run(&["list", "--all", "-o", output]);
        assert_eq!(ran.out.lines().count(), 1, "{output}: {}", ran.out);
        checked(&ran, &serde_json::from_str(&ran.out).unwrap(), &doubted, output);
    }
    let ran = rig.run(&["list"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("incomplete: 0 grants found, the backend counts 9"), "{}", ran.err);
}

/// A run of tests that is given up prints what it has, and is not whole.
#[test]
fn a_smoke_test_that_breaks_off() {
    let rig = Rig::new(40, &[]);
    for (format, closed) in [("json", true), ("jsonl", false)] {
        rig.backend.set_faults(["key-revoked,path=/sdk/proxy,after=3".parse::<FaultSpec>().unwrap()]);
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
