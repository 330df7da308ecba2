//! `grantdeck revoke`.

use std::io::Write as _;
use std::process::Stdio;

use grantdeck::sandbox::SessionEnd;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::backend::{Backend, Instead, grant, id, refusal, with};
use super::connect::{object, rig};
use crate::rig::{Rig, configure, run};

const REVOKE: &str = "/revoke";

fn octo() -> Vec<Value> {
    vec![grant(0xa1, "github", "octo"), grant(0xa2, "github", "other"), grant(0xa3, "slack", "acme")]
}

/// Names and outcomes of the result.
fn outcomes(result: &Value) -> Vec<(&str, &str)> {
    let rows = result["grants"].as_array().unwrap().iter();
    rows.map(|row| (row["account"].as_str().unwrap_or("-"), row["outcome"].as_str().unwrap())).collect()
}

#[test]
fn nothing_is_sent_before_somebody_confirms_it() {
    let backend = Backend::new(octo());
    let ran = backend.run(&["revoke", "github:octo"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(ran.err.contains("github:octo") && ran.err.contains("--yes"), "the plan is shown: {}", ran.err);
    let dry = backend.run(&["revoke", "github:octo", "--dry-run", "-o", "json"]);
    let plan = object(&dry.out);
    assert_eq!(
        (dry.code, &plan["dry_run"], &plan["grants"][0]["account"]),
        (0, &json!(true), &json!("octo"))
    );
    let json = backend.run(&["revoke", "github:octo", "-o", "json"]);
    assert_eq!((json.code, &object(&json.out)["error"]["code"]), (2, &json!("argument_refused")));
    assert!(backend.asked(REVOKE).is_empty());
}

#[test]
fn a_grant_is_revoked_with_its_reason_and_the_history_has_it() {
    let backend = Backend::new(octo());
    let ran = backend.run(&["revoke", "github:octo", "--yes", "--reason", "left the team"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("revoked") && ran.out.contains(&id(0xa1)), "{}", ran.out);
    let asked = backend.asked(REVOKE);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].body, json!({"reason": "left the team"}));
    let history = backend.run(&["history", "-o", "jsonl"]);
    let write = object(&history.out);
    for (field, want) in [
        ("kind", "write"),
        ("act", "revoke"),
        ("outcome", "done"),
        ("account", "octo"),
        ("reason", "left the team"),
        ("request_id", "req-7"),
        ("profile", "environment"),
    ] {
        assert_eq!(write[field], want, "{field}: {write}");
    }
    // Done is done: the same again has nothing to do.
    let again = backend.run(&["revoke", &id(0xa1), "--yes", "-o", "json"]);
    assert_eq!((again.code, outcomes(&object(&again.out))), (0, vec![("octo", "gone")]), "{}", again.err);
    assert_eq!(backend.asked(REVOKE).len(), 1);
}

#[test]
fn what_it_reaches_is_said_before() {
    let root = with(
        grant(0xa1, "github", "octo"),
        &json!({"delegated_agent_ids": [id(0xb1)], "credential_id": "c", "last_used_at": "2020-01-01T00:00:00Z"}),
    );
    let child = with(
        grant(0xa2, "github", "octo"),
        &json!({"parent_grant_id": id(0xa1), "principal_type": "agent", "label": "child"}),
    );
    let sibling = with(grant(0xa3, "github", "octo"), &json!({"credential_id": "c", "label": "ci"}));
    let backend = Backend::new(vec![root, child, sibling]).with_agent(0xb1, "billing\u{1b}[2Jagent");
    std::fs::write(backend.home.path().join(".env"), format!("GRANT={}\n", id(0xa1))).unwrap();
    let ran = backend.run(&["revoke", &id(0xa1), "--dry-run", "--in", "."]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for want in [
        "billing�[2Jagent loses access",
        "1 delegated grant",
        "1 other grant on the same credential",
        ".env holds this id",
        "under a new id",
    ] {
        assert!(ran.out.contains(want), "{want}\n{}", ran.out);
    }
    let ran = backend.run(&["revoke", &id(0xa1), "--yes", "--no-test"]);
    assert!(ran.code == 0 && ran.err.contains(&format!("grantdeck smoke {}", id(0xa3))), "{}", ran.err);
}

#[test]
fn a_name_that_fits_several_is_refused_with_the_candidates() {
    let backend = Backend::new(octo());
    let ran = backend.run(&["revoke", "github", "--yes", "-o", "json"]);
    let error = object(&ran.out);
    assert_eq!((ran.code, error["error"]["candidates"].as_array().unwrap().len()), (5, 2), "{}", ran.err);
    let ran = backend.run(&["revoke", &id(0xff), "--yes"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(backend.asked(REVOKE).is_empty());
}

#[test]
fn five_hundred_are_revoked_and_the_third_one_fails() {
    let grants: Vec<Value> = (1..=500).map(|number| grant(number, "github", &format!("a{number}"))).collect();
    let third = format!("{}/revoke", id(3));
    let backend = Backend::new(grants).instead(&third, [refusal(403, "outside_hours")]);
    let lines: String = (1..=501).map(|number| id(number) + "\n").collect();
    std::fs::write(backend.home.path().join("ids"), format!("# all\n\n{lines}")).unwrap();
    let ran = backend.run(&["revoke", "--from", "ids", "--yes", "-o", "json"]);
    let result = object(&ran.out);
    assert_eq!(ran.code, 10, "{}", ran.err);
    assert_eq!((&result["revoked"], &result["failed"]), (&json!(499), &json!(1)));
    assert_eq!(result["gone"], 1, "what the list no longer has is done");
    assert_eq!(result["grants"][2]["error"]["code"], "policy_violation");
    assert!(ran.err.contains("499 revoked, 1 gone already, 1 failed"), "{}", ran.err);
    assert_eq!(backend.asked(REVOKE).len(), 500);
}

#[test]
fn standard_input_names_grants_too() {
    let backend = Backend::new(octo());
    let mut command = backend.command(&["revoke", "--from", "-", "--yes"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("github:octo\n{}\n", id(0xa3)).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(backend.asked(REVOKE).len(), 2);
    std::fs::write(backend.home.path().join("bad"), "github:octo\n:\n").unwrap();
    let ran = backend.run(&["revoke", "--from", "bad", "--yes"]);
    assert!(ran.code == 2 && ran.err.contains("line 2"), "{}", ran.err);
}

#[test]
fn a_lost_answer_is_decided_by_the_list() {
    let backend = Backend::new(octo()).instead(REVOKE, [Instead::Lost]);
    let ran = backend.run(&["revoke", "github:octo", "--yes", "-o", "json"]);
    assert_eq!((ran.code, outcomes(&object(&ran.out))), (0, vec![("octo", "revoked")]), "{}", ran.err);
    assert_eq!(backend.asked(REVOKE).len(), 1, "a write is never repeated blindly");
    // Where it cannot decide, that is said, and nothing invites to try again blindly.
    let backend = Backend::new(octo()).instead(REVOKE, [refusal(502, "bad_gateway")]);
    let ran = backend.run(&["revoke", "github:octo", "--yes", "-o", "json"]);
    let result = object(&ran.out);
    assert_eq!((ran.code, outcomes(&result)), (8, vec![("octo", "uncertain")]), "{}", ran.err);
    let error = &result["error"];
    assert_eq!((&error["may_have_happened"], &error["retryable"]), (&json!(true), &json!(false)));
}

#[test]
fn a_missing_right_is_named_and_a_rate_limit_is_waited_out() {
    let lacking = json!({"error": "insufficient_scope", "message": "no", "missing": ["grants:write"]});
    let backend = Backend::new(octo()).instead(REVOKE, [Instead::Answer(403, lacking)]);
    let ran = backend.run(&["revoke", "github:octo", "--yes", "-o", "json"]);
    let error = &object(&ran.out)["error"];
    assert_eq!((ran.code, &error["missing_scopes"]), (7, &json!(["grants:write"])), "{}", ran.err);
    let slow = json!({"detail": {"error": "rate_limit_exceeded", "message": "wait", "retry_after": 0}});
    let backend = Backend::new(octo()).instead(REVOKE, [Instead::Answer(429, slow)]);
    assert_eq!(backend.run(&["revoke", "github:octo", "--yes"]).code, 0);
    assert_eq!(backend.asked(REVOKE).len(), 2, "what was refused was not carried out");
}

#[test]
fn a_managed_secret_that_cannot_be_revoked_here_names_the_portal() {
    let secret = json!({
        "grant_kind": "managed_secret", "grant_id": id(0xa1), "managed_secret_id": id(0xc1),
        "managed_secret_slug": "stripe", "managed_secret_name": "Stripe", "status": "active",
        "principal_type": "system", "created_at": "2026-01-01T00:00:00Z",
    });
    let backend = Backend::new(vec![secret]).instead(REVOKE, [refusal(404, "grant_not_found")]);
    let ran = backend.run(&["revoke", "stripe", "--yes"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains(&format!("alter grants revoke {}", id(0xa1))), "{}", ran.err);
}

#[test]
fn profiles_say_what_may_be_written() {
    let backend = Backend::new(octo());
    let profile = |name: &str, setting: &str| {
        format!("[profiles.{name}]\nkey_env = \"K\"\nbase_url = \"{}\"\n{setting}\n", backend.url)
    };
    configure(&backend.home, &(profile("looks", "read_only = true") + &profile("live", "production = true")));
    let with_profile = |arguments: &[&str]| {
        run(backend.command(arguments).env("K", super::backend::KEY).env_remove("ALTER_API_KEY"))
    };
    let looks = with_profile(&["revoke", "github:octo", "--yes", "--profile", "looks", "-o", "json"]);
    assert_eq!((looks.code, &object(&looks.out)["error"]["code"]), (7, &json!("read_only_profile")));
    assert!(backend.asked("").is_empty(), "refused before the plan");
    for (confirm, code) in [(&["--yes"][..], 2), (&["--confirm", "looks"], 2), (&["--confirm", "live"], 0)] {
        let arguments = [&["revoke", "github:octo", "--profile", "live"], confirm].concat();
        let ran = with_profile(&arguments);
        assert_eq!(ran.code, code, "{confirm:?} {}", ran.err);
    }
    assert_eq!(backend.asked(REVOKE).len(), 1);
}

#[test]
fn an_interruption_stops_between_two_and_says_what_was_done() {
    let grants: Vec<Value> = (1..=50).map(|number| grant(number, "github", &format!("a{number}"))).collect();
    let backend = Backend::new(grants).instead(&format!("{}/revoke", id(3)), [Instead::Hang]);
    let lines: String = (1..=50).map(|number| id(number) + "\n").collect();
    std::fs::write(backend.home.path().join("ids"), lines).unwrap();
    let mut command = backend.command(&["revoke", "--from", "ids", "--yes", "-o", "json"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    backend.wait_for(&format!("{}/revoke", id(3)), 1);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{err}");
    let result = object(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(result["error"]["code"], "cancelled");
    for (field, want) in [("revoked", 2), ("uncertain", 1), ("not_tried", 47), ("failed", 0)] {
        assert_eq!(result[field], want, "{field} {err}");
    }
    assert!(err.contains("interrupted; 2 revoked, 1 uncertain, 47 not tried"), "{err}");
    assert_eq!(backend.asked(REVOKE).len(), 3);
    let history = backend.run(&["history", "-o", "json"]);
    let rows = object(&history.out);
    let begun = rows.as_array().unwrap().iter().filter(|row| row["outcome"] == "begun").count();
    assert_eq!(begun, 1, "it may have happened: {}", history.out);
}

#[test]
fn an_agent_loses_a_grant_that_stays() {
    let held = with(grant(0xa1, "github", "octo"), &json!({"delegated_agent_ids": [id(0xb1)]}));
    let backend =
        || Backend::new(vec![held.clone()]).with_agent(0xb1, "billing-agent").with_agent(0xb2, "idle");
    let one = backend();
    let dry = one.run(&["revoke", "github:octo", "--agent", "billing-agent", "--dry-run"]);
    assert!(dry.code == 0 && dry.out.contains("The grant stays; billing-agent loses it"), "{}", dry.out);
    let ran = one.run(&["revoke", "github:octo", "--agent", "billing-agent", "--yes", "-o", "json"]);
    assert_eq!((ran.code, &object(&ran.out)["outcome"]), (0, &json!("revoked")), "{}", ran.err);
    let asked = one.asked("DELETE");
    assert_eq!(asked.len(), 1);
    assert!(asked[0].line.ends_with(&format!("/grants/{}/delegations/{}", id(0xa1), id(0xb1))));
    assert!(one.asked(REVOKE).is_empty(), "the grant stays");
    let idle = one.run(&["revoke", "github:octo", "--agent", "idle", "--yes"]);
    assert!(idle.code == 0 && idle.err.contains("nothing to do"), "{}", idle.err);
    assert_eq!(one.run(&["revoke", "github:octo", "--agent", "nobody", "--yes"]).code, 4);
    // The kind of the key decides, before anything is sent.
    assert_eq!(one.run(&["revoke", "github:octo", "--own", "--yes"]).code, 2);
    let agents = backend().of_agent("billing-agent");
    let ran = agents.run(&["revoke", "github:octo", "--agent", "billing-agent", "--yes"]);
    assert!(ran.code == 2 && ran.err.contains("--own"), "{}", ran.err);
    assert!(agents.asked("DELETE").is_empty());
    let ran = agents.run(&["revoke", "github:octo", "--own", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(agents.asked("DELETE")[0].line.ends_with("/delegations/me"));
}

#[test]
fn a_list_that_lags_behind_is_looked_at_again() {
    for (lag, want, outcome) in [("list-lags=2", 0, "revoked"), ("list-lags=60", 9, "uncertain")] {
        let rig = Rig::new(40, &["answer-lost=revoke,first=1", lag]);
        let ran = rig.run(&["revoke", "github:octo-acme", "--yes", "-o", "json"]);
        assert_eq!(ran.code, want, "{lag} {}", ran.err);
        assert_eq!(object(&ran.out)["grants"][0]["outcome"], outcome, "{lag}");
    }
}

/// A grant of the sandbox, and its only sibling.
const ELDER: &str = "e5de991a-b536-4df4-b549-147854719713";
const YOUNGER: &str = "149565ca-4900-48c8-a7b0-513d16cccd0c";

/// Calls that went out through the backend.
fn calls(rig: &Rig) -> usize {
    rig.backend.journal().iter().filter(|entry| entry.target.starts_with("/sdk/proxy")).count()
}

#[test]
fn siblings_are_tested_afterwards_and_one_that_died_is_found() {
    for (faults, code, verdict, words) in [
        (&[][..], 0, "works", "1 revoked"),
        (&["siblings-die"], 10, "needs_reconnect", "1 sibling no longer works"),
    ] {
        let rig = Rig::new(500, faults);
        let ran = rig.run(&["revoke", ELDER, "--yes", "-o", "json"]);
        assert_eq!(ran.code, code, "{faults:?} {}", ran.err);
        let result = object(&ran.out);
        assert_eq!(result["siblings"], json!([{ "grant_id": YOUNGER, "verdict": verdict }]), "{}", ran.err);
        assert!(ran.err.contains(words), "{}", ran.err);
        assert_eq!((outcomes(&result), calls(&rig)), (vec![("jingyi-ouyang", "revoked")], 1));
    }
    let rig = Rig::new(500, &["siblings-die"]);
    let ran = rig.run(&["revoke", ELDER, "--yes"]);
    assert_eq!(ran.code, 10, "{}", ran.err);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.out);
    assert!(lines[1].contains(YOUNGER) && lines[1].contains("sibling reconnect: "), "{}", ran.out);
}

#[test]
fn siblings_are_not_tested_where_nobody_wants_it_or_nothing_was_revoked() {
    let rig = Rig::new(500, &["siblings-die"]);
    let ran = rig.run(&["revoke", ELDER, "--yes", "--no-test", "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let siblings = &object(&ran.out)["siblings"];
    assert_eq!(*siblings, json!([{ "grant_id": YOUNGER, "verdict": null }]));
    assert!(ran.err.contains(&format!("grantdeck smoke {YOUNGER}")), "{}", ran.err);
    assert_eq!(calls(&rig), 0);
    // Of what was revoked together, none is left to be tested.
    let rig = Rig::new(500, &[]);
    let ran = rig.run(&["revoke", ELDER, YOUNGER, "--yes", "-o", "json"]);
    assert_eq!((ran.code, &object(&ran.out)["siblings"]), (0, &json!([])), "{}", ran.err);
    let denied = Rig::new(500, &["no-right=revoke"]);
    let ran = denied.run(&["revoke", ELDER, "--yes", "-o", "json"]);
    assert_eq!((ran.code, &object(&ran.out)["siblings"]), (7, &json!([])), "{}", ran.err);
    assert_eq!((calls(&rig), calls(&denied)), (0, 0));
}

#[test]
fn whoever_signs_in_first_revokes_what_is_theirs() {
    let rig = rig(SessionEnd::Accept, &[]);
    let connected = rig.run(&["connect", "github", "--as-user", "--yes", "--label", "mine", "-o", "json"]);
    let id = object(&connected.out)["grant_id"].as_str().unwrap().to_owned();
    // Nobody else's grant can be meant then.
    let other = rig.run(&["revoke", "github:octo-acme", "--as-user", "--dry-run", "-o", "json"]);
    assert_eq!(other.code, 4, "{}", other.err);
    let ran = rig.run(&["revoke", "github#mine", "--as-user", "--yes", "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("signed in as"), "{}", ran.err);
    assert_eq!(object(&ran.out)["grants"][0]["grant_id"], id.as_str());
    assert_eq!(rig.run(&["id", &id]).code, 11, "it is over");
}

#[test]
fn a_grant_of_the_sandbox_is_over_afterwards() {
    let rig = Rig::new(40, &[]);
    let ran = rig.run(&["revoke", "github:octo-acme", "--yes", "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let id = object(&ran.out)["grants"][0]["grant_id"].as_str().unwrap().to_owned();
    assert_eq!(rig.run(&["id", &id]).code, 11, "it is over");
    let again = rig.run(&["revoke", &id, "--yes", "-o", "json"]);
    assert_eq!((again.code, &object(&again.out)["gone"]), (0, &json!(1)), "{}", again.err);
    let denied = Rig::new(40, &["no-right=revoke"]);
    let ran = denied.run(&["revoke", "github:octo-acme", "--yes", "-o", "json"]);
    assert_eq!((ran.code, &object(&ran.out)["error"]["missing_scopes"]), (7, &json!(["grants:write"])));
}
