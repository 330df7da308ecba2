//! `grantdeck reconnect`.

use grantdeck::sandbox::SessionEnd;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::backend::{Backend, Instead, grant, id, refusal, with};
use super::connect::{object, rig};
use crate::rig::{Rig, Run, run};

const SESSION: &str = "connect/session";

fn session() -> Instead {
    let session = json!({
        "session_token": "s", "connect_url": "https://connect.example/#session=s", "expires_in": 600,
        "expires_at": "2030-01-01T00:00:00Z",
    });
    Instead::Answer(201, session)
}

fn done(number: u32, account: &str, operation: &str) -> Instead {
    let grant = json!({
        "grant_id": id(number), "provider_id": "github", "account_identifier": account, "scopes": ["repo"],
        "operation": operation,
    });
    Instead::Answer(200, json!({"status": "completed", "grants": [grant]}))
}

/// A backend with one grant, whose session ends so.
fn backend(grant: Value, end: Instead) -> Backend {
    Backend::new(vec![grant]).instead("session/poll", [end]).instead(SESSION, [session()])
}

fn broken() -> Value {
    with(grant(0xa1, "github", "octo"), &json!({"needs_reconnect": true, "label": "work"}))
}

fn asked_for(backend: &Backend) -> Value {
    backend.asked(SESSION).into_iter().find(|asked| !asked.line.ends_with("poll")).unwrap().body
}

#[test]
fn a_broken_grant_is_repaired_and_keeps_its_id() {
    let backend = backend(broken(), done(0xa1, "OCTO", "reauth"));
    let dry = backend.run(&["reconnect", "github:octo", "--dry-run", "-o", "json"]);
    let plan = object(&dry.out);
    assert_eq!(
        (&plan["id"], &plan["repair"], &plan["act"]),
        (&json!("kept"), &json!(true), &json!("reconnect"))
    );
    let ran = backend.run(&["reconnect", "github:octo", "--yes", "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let result = object(&ran.out);
    assert_eq!((&result["grant_id"], &result["account_check"]), (&json!(id(0xa1)), &json!("same")));
    assert_eq!(asked_for(&backend)["repair_grant_id"], id(0xa1));
    let history = object(&backend.run(&["history", "-o", "jsonl"]).out);
    assert_eq!((&history["act"], &history["outcome"]), (&json!("reconnect"), &json!("done")));
}

#[test]
fn another_account_is_a_conflict_and_replaces_nothing() {
    let backend = backend(broken(), done(0xa2, "mallory", "creation"));
    let ran = backend.run(&["reconnect", "github:octo", "--yes", "-o", "json"]);
    let result = object(&ran.out);
    assert_eq!((ran.code, &result["account_check"]), (5, &json!("another")), "{}", ran.err);
    assert_eq!(
        (&result["error"]["code"], &result["old_account"]),
        (&json!("another_account"), &json!("octo"))
    );
    assert!(ran.err.contains("--switch-account"), "{}", ran.err);
}

#[test]
fn missing_scopes_are_asked_for_by_name() {
    let narrow = with(grant(0xa1, "github", "octo"), &json!({"scope_mismatch": true, "scopes": []}));
    let backend = backend(narrow, done(0xa1, "octo", "reauth"));
    assert_eq!(backend.run(&["reconnect", "github:octo", "--yes"]).code, 0);
    let body = asked_for(&backend);
    assert_eq!((&body["required_scopes"], body.get("repair_grant_id")), (&json!({"github": ["repo"]}), None));
}

#[test]
fn what_is_over_gets_a_new_id_that_can_be_put_into_files() {
    let over = with(grant(0xa1, "github", "octo"), &json!({"status": "revoked", "label": "work"}));
    let backend = backend(over, done(0xa2, "octo", "creation"));
    let ran = backend.run(&["reconnect", "github:octo", "--yes"]);
    assert_eq!((ran.code, ran.out.trim()), (0, id(0xa2).as_str()), "{}", ran.err);
    assert_eq!(asked_for(&backend)["requested_grant"], json!({"label": "work"}));
    assert!(ran.err.contains(&format!("grantdeck scan --swap {}={}", id(0xa1), id(0xa2))), "{}", ran.err);
}

#[test]
fn what_no_session_brings_back_names_what_does() {
    let persons = with(broken(), &json!({"principal_type": "user"}));
    let secret = |kind: &str| {
        json!({
            "grant_kind": "managed_secret", "grant_id": id(0xa1), "managed_secret_id": id(0xc1),
            "managed_secret_slug": "stripe", "managed_secret_name": "Stripe", "status": "active",
            "principal_type": "system", "credential_kind": kind, "created_at": "2026-01-01T00:00:00Z",
        })
    };
    let child = with(broken(), &json!({"parent_grant_id": id(0xa0), "principal_type": "agent"}));
    for (grant, want, code, said) in [
        (persons, 2, "user_token_needed", "--as-user"),
        (secret("developer"), 5, "managed_elsewhere", "alter managed-secrets rotate"),
        (secret("end_user"), 2, "user_token_needed", "--as-user"),
        (child, 2, "argument_refused", "name the agent"),
    ] {
        let backend = backend(grant, done(0xa1, "octo", "reauth"));
        let ran = backend.run(&["reconnect", &id(0xa1), "--yes", "-o", "json"]);
        assert_eq!((ran.code, &object(&ran.out)["error"]["code"]), (want, &json!(code)), "{}", ran.err);
        assert!(ran.err.contains(said), "{}", ran.err);
        assert!(backend.asked(SESSION).is_empty(), "nothing was sent");
    }
}

#[test]
fn a_repair_that_finds_no_grant_is_explained_and_the_other_session_is_not_begun() {
    let backend = Backend::new(vec![broken()]).instead(SESSION, [refusal(404, "grant_not_found")]);
    let ran = backend.run(&["reconnect", "github:octo", "--yes"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("not active any more"), "{}", ran.err);
    assert!(ran.err.contains("grantdeck connect github --label work"), "{}", ran.err);
    assert_eq!(backend.asked(SESSION).len(), 1);
}

/// A user's token, and the first grant of theirs that is in this health.
fn of_a_user(rig: &Rig, health: &str) -> Option<(String, Value)> {
    rig.backend.credentials().user_tokens.iter().find_map(|user| {
        let token = user.token.expose_secret().to_owned();
        let list = ["list", "--all", "--health", health, "--kind", "oauth", "-o", "jsonl"];
        let ran = run(rig.command(&list).env("ALTER_USER_TOKEN", &token));
        let rows = ran.out.lines().map(object);
        let first = rows
            .into_iter()
            .find(|row| row["principal_type"] == "user" && row["parent_grant_id"].is_null())?;
        Some((token, first))
    })
}

fn as_user(rig: &Rig, token: &str, arguments: &[&str]) -> Run {
    run(rig.command(arguments).env("ALTER_USER_TOKEN", token))
}

#[test]
fn a_users_broken_grant_of_the_sandbox_works_again() {
    for (sessions, want) in [(SessionEnd::Accept, 0), (SessionEnd::OtherAccount, 5)] {
        let rig = rig(sessions, &[]);
        let (token, row) = of_a_user(&rig, "needs_reconnect").expect("a broken grant of a user with a token");
        let id = row["grant_id"].as_str().unwrap();
        let ran = as_user(&rig, &token, &["reconnect", id, "--yes", "-o", "json"]);
        assert_eq!(ran.code, want, "{sessions} {}", ran.err);
        if want == 0 {
            assert_eq!(object(&ran.out)["grant_id"], id, "the id stays");
            let shown = as_user(&rig, &token, &["show", id, "-o", "json"]);
            assert_eq!(object(&shown.out)["health"], "ok", "the row does not go on as broken");
        }
    }
}
