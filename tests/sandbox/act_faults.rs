//! Faults of acts and sessions: what is done all the same, what is refused, and what is seen late.

use grantdeck::sandbox::{Ending, FaultSpec, World};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::rig::{app_key, code, grant_where, now, send, value, world};
use crate::sessions::click;

fn faulty(world: &mut World, faults: &[&str]) {
    world.set_faults(faults.iter().map(|fault| fault.parse::<FaultSpec>().expect("a fault")));
}

fn plain(world: &mut World) -> String {
    grant_where(world, |item| {
        item["provider_id"] == "github"
            && item["status"] == "active"
            && item["needs_reconnect"] == false
            && item["scope_mismatch"] == false
            && item["grant_policy"].is_null()
            && item["depth"] == 0
            && item["principal_type"] == "user"
    })
}

fn row(world: &mut World, id: &str) -> Value {
    let items = world.items(now());
    items.into_iter().find(|item| item["grant_id"] == id).expect("a row")
}

#[test]
fn a_lost_answer_is_lost_after_the_act() {
    let mut world = world(500);
    let key = app_key(&world);
    let id = plain(&mut world);
    faulty(
        &mut world,
        &["answer-lost=mint,first=1", "answer-lost=revoke,first=1", "answer-lost=connect,first=1"],
    );
    let before = world.items(now()).len();
    let body = json!({ "label": "once" }).to_string();
    let lost = send(&mut world, &key, "POST", &format!("/sdk/grants/{id}/mint"), &body, 0);
    assert_eq!(lost.ending, Ending::Refuse);
    assert_eq!(world.items(now()).len(), before + 1);
    let again = send(&mut world, &key, "POST", &format!("/sdk/grants/{id}/mint"), &body, 0);
    assert_eq!((again.ending, code(&again).as_str()), (Ending::Whole, "sibling_label_conflict"));
    let lost = send(&mut world, &key, "POST", &format!("/sdk/oauth/grants/{id}/revoke"), "{}", 0);
    assert_eq!((lost.ending, row(&mut world, &id)["status"].as_str()), (Ending::Refuse, Some("revoked")));
    let lost = send(&mut world, &key, "POST", "/sdk/oauth/connect/session", "{}", 0);
    assert_eq!(lost.ending, Ending::Refuse);
    let whole = send(&mut world, &key, "POST", "/sdk/oauth/connect/session", "{}", 0);
    assert_eq!((whole.ending, whole.status), (Ending::Whole, 201));
}

#[test]
fn a_right_that_is_missing_names_itself_and_nothing_is_done() {
    let mut world = world(500);
    let key = app_key(&world);
    let id = plain(&mut world);
    faulty(
        &mut world,
        &[
            "no-right=revoke",
            "agent-key,path=/sdk/keys",
            "refused=402:grant_limit_exceeded,path=/sdk/grants/",
        ],
    );
    let refused = send(&mut world, &key, "POST", &format!("/sdk/oauth/grants/{id}/revoke"), "{}", 0);
    assert_eq!((refused.status, &value(&refused)["missing"]), (403, &json!(["grants:write"])));
    assert_eq!(row(&mut world, &id)["status"], "active");
    let limit = send(&mut world, &key, "POST", &format!("/sdk/grants/{id}/mint"), r#"{"label":"x"}"#, 0);
    assert_eq!((limit.status, code(&limit).as_str()), (402, "grant_limit_exceeded"));
    faulty(&mut world, &["agent-key"]);
    let minted = send(&mut world, &key, "POST", &format!("/sdk/grants/{id}/mint"), r#"{"label":"x"}"#, 0);
    assert_eq!((minted.status, code(&minted).as_str()), (403, "agents_cannot_mint"));
}

#[test]
fn a_refusal_on_purpose_can_have_a_reason() {
    let mut world = world(10);
    let key = app_key(&world);
    faulty(&mut world, &["refused=409:no_eligible_grants:grant_expired"]);
    let refused = send(&mut world, &key, "POST", "/sdk/managed-secrets/connect/session", "{}", 0);
    let detail = value(&refused)["detail"].clone();
    assert_eq!((refused.status, &detail["error"]), (409, &json!("no_eligible_grants")));
    assert_eq!(detail["details"], json!({ "reason": "grant_expired" }));
}

#[test]
fn what_people_read_can_be_hostile_and_ids_and_codes_stay() {
    let mut world = world(500);
    let key = app_key(&world);
    let id = plain(&mut world);
    faulty(&mut world, &["hostile-text", "session-ends=accept", "session-after=0"]);
    let minted =
        value(&send(&mut world, &key, "POST", &format!("/sdk/grants/{id}/mint"), r#"{"label":"x"}"#, 0));
    for field in ["label", "account_identifier"] {
        assert!(minted[field].as_str().expect("text").contains("\u{1b}[2J"), "{minted}");
    }
    assert_eq!((&minted["provider_id"], &minted["status"]), (&json!("github"), &json!("active")));
    let refused = send(&mut world, &key, "POST", "/sdk/oauth/grants/x/revoke", "{}", 0);
    assert_eq!(refused.status, 422);
    let body = json!({ "allowed_providers": ["github"] }).to_string();
    let session = value(&send(&mut world, &key, "POST", "/sdk/oauth/connect/session", &body, 0));
    assert!(session["connect_url"].as_str().expect("a link").is_ascii());
    let body = json!({ "session_token": session["session_token"] }).to_string();
    let polled = value(&send(&mut world, &key, "POST", "/sdk/oauth/connect/session/poll", &body, 0));
    assert_eq!(polled["status"], "completed");
    assert!(
        polled["grants"][0]["account_identifier"].as_str().expect("text").contains('\u{202e}'),
        "{polled}"
    );
}

#[test]
fn a_label_can_be_taken_on_purpose() {
    let mut world = world(500);
    let key = app_key(&world);
    let id = plain(&mut world);
    faulty(&mut world, &["label-taken,first=2"]);
    let mint = |world: &mut World| {
        send(world, &key, "POST", &format!("/sdk/grants/{id}/mint"), r#"{"label":"x"}"#, 0)
    };
    let taken = mint(&mut world);
    assert_eq!((taken.status, &value(&taken)["detail"]["label"]), (409, &json!("x")));
    let body = json!({ "allowed_providers": ["github"], "requested_grant": { "label": "y" } }).to_string();
    let taken = send(&mut world, &key, "POST", "/sdk/oauth/connect/session", &body, 0);
    assert_eq!(code(&taken), "sibling_label_conflict");
    assert_eq!(mint(&mut world).status, 201);
}

#[test]
fn revoking_can_spoil_the_siblings_on_purpose() {
    let mut world = world(500);
    let key = app_key(&world);
    let id = plain(&mut world);
    let minted = send(&mut world, &key, "POST", &format!("/sdk/grants/{id}/mint"), r#"{"label":"x"}"#, 0);
    let sibling = value(&minted)["grant_id"].as_str().expect("an id").to_owned();
    faulty(&mut world, &["siblings-die"]);
    assert_eq!(
        send(&mut world, &key, "POST", &format!("/sdk/oauth/grants/{id}/revoke"), "{}", 0).status,
        200
    );
    let after = row(&mut world, &sibling);
    assert_eq!((&after["status"], &after["needs_reconnect"]), (&json!("active"), &json!(true)));
    let call = json!({ "method": "GET", "url": "https://api.github.com/user", "grant_id": sibling });
    assert_eq!(
        code(&send(&mut world, &key, "POST", "/sdk/proxy", &call.to_string(), 0)),
        "credential_revoked"
    );
}

#[test]
fn a_list_that_lags_shows_what_was() {
    let mut world = world(500);
    let key = app_key(&world);
    let id = plain(&mut world);
    let minted =
        send(&mut world, &key, "POST", &format!("/sdk/grants/{id}/mint"), r#"{"label":"late"}"#, 100);
    let sibling = value(&minted)["grant_id"].clone();
    assert_eq!(
        send(&mut world, &key, "POST", &format!("/sdk/oauth/grants/{id}/revoke"), "{}", 102).status,
        200
    );
    faulty(&mut world, &["list-lags=5"]);
    let mut seen = |seconds: i64| {
        let list = value(&send(&mut world, &key, "POST", "/sdk/grants/list", r#"{"limit":1000}"#, seconds));
        let rows = list["grants"].as_array().expect("rows").clone();
        let there = rows.iter().any(|row| row["grant_id"] == sibling);
        let status = rows.iter().find(|row| row["grant_id"] == id).expect("the old one")["status"].clone();
        assert_eq!(list["total"], rows.len());
        (there, status)
    };
    assert_eq!(seen(104), (false, json!("active")));
    assert_eq!(seen(105), (true, json!("active")));
    assert_eq!(seen(107), (true, json!("revoked")));
}

#[test]
fn a_session_ends_by_itself_early_late_at_its_very_end_or_with_an_error() {
    for (faults, before, at, status) in [
        (&["session-ends=accept", "session-after=45"][..], 44, 45, "completed"),
        (&["session-ends=other-account", "session-after=0"], -1, 0, "completed"),
        (&["session-ends=accept", "session-at-deadline"], 599, 600, "completed"),
        (&["session-ends=accept", "session-after=700"], 599, 600, "expired"),
        (&["session-ends=decline", "session-after=3"], 2, 3, "error"),
        (&["session-error=identity_provider_inactive"], 0, 1, "error"),
    ] {
        let mut world = world(100);
        let key = app_key(&world);
        faulty(&mut world, faults);
        let body = json!({ "allowed_providers": ["github"] }).to_string();
        let session = value(&send(&mut world, &key, "POST", "/sdk/oauth/connect/session", &body, 0));
        let body = json!({ "session_token": session["session_token"] }).to_string();
        let mut polled = |seconds: i64| {
            value(&send(&mut world, &key, "POST", "/sdk/oauth/connect/session/poll", &body, seconds))
        };
        if before >= 0 {
            assert_eq!(polled(before)["status"], "pending", "{faults:?}");
        }
        let reported = polled(at);
        assert_eq!(reported["status"], status, "{faults:?}: {reported}");
        if let [fault] = faults {
            assert!(fault.ends_with(reported["error"]["error_code"].as_str().expect("a code")), "{reported}");
        }
    }
}

#[test]
fn the_token_of_a_sign_in_can_be_short_lived() {
    let mut world = world(100);
    let key = app_key(&world);
    faulty(&mut world, &["token-life=30"]);
    let session = value(&send(&mut world, &key, "POST", "/sdk/auth/session", "{}", 0));
    click(&mut world, &session["auth_url"], "accept", 1);
    let body = json!({ "session_token": session["session_token"] }).to_string();
    let reported = value(&send(&mut world, &key, "POST", "/sdk/auth/poll", &body, 2));
    let body = json!({ "user_token": reported["user_token"] }).to_string();
    assert_eq!(send(&mut world, &key, "POST", "/sdk/grants/list", &body, 30).status, 200);
    let ended = send(&mut world, &key, "POST", "/sdk/grants/list", &body, 31);
    assert_eq!((ended.status, code(&ended).as_str()), (401, "jwt_validation_error"));
}
