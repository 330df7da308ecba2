//! Sign-in of an end user: its page, its ends, and the token that comes of it.

use grantdeck::sandbox::World;
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::rig::{agent_key, app_key, now, refusal, send, value, world};
use crate::sessions::{begin, browse, click, token};

const SIGN_IN: &str = "/sdk/auth/session";

#[test]
fn signing_in_gives_a_token_that_narrows_the_list() {
    let mut world = world(500);
    let key = app_key(&world);
    let session = begin(&mut world, SIGN_IN, &json!({}));
    let poll = |world: &mut World, seconds: i64| {
        let key = app_key(world);
        let body = json!({ "session_token": session["session_token"], "wait_ms": 1000 }).to_string();
        send(world, &key, "POST", "/sdk/auth/poll", &body, seconds)
    };
    let held = poll(&mut world, 1);
    assert_eq!((value(&held), held.hold.is_some()), (json!({ "status": "pending" }), true));
    click(&mut world, &session["auth_url"], "accept", 2);
    let reported = poll(&mut world, 3);
    assert!(reported.hold.is_none());
    let reported = value(&reported);
    let first = world.credentials().user_tokens[0].clone();
    assert_eq!(
        (&reported["status"], &reported["user_info"]["email"]),
        (&json!("completed"), &json!(first.email))
    );
    let token = reported["user_token"].clone();
    let count = |world: &mut World, token: &Value, seconds: i64| {
        let body = json!({ "user_token": token }).to_string();
        let reply = send(world, &key, "POST", "/sdk/grants/list", &body, seconds);
        (reply.status, value(&reply)["total"].clone())
    };
    let narrowed = count(&mut world, &token, 4);
    assert_eq!(narrowed, count(&mut world, &json!(first.token.expose_secret()), 4));
    let verify = json!({ "token": token }).to_string();
    assert_eq!(
        value(&send(&mut world, &key, "POST", "/sdk/auth/verify-token", &verify, 4))["sub"],
        reported["user_info"]["sub"]
    );
    // An hour later it has ended.
    assert_eq!(count(&mut world, &token, 3603).0, 401);
}

#[test]
fn the_owner_of_broken_grants_signs_in_and_repairs_them() {
    let mut world = world(500);
    let key = app_key(&world);
    let session = begin(&mut world, SIGN_IN, &json!({}));
    click(&mut world, &session["auth_url"], "as/3", 1);
    let body = json!({ "session_token": session["session_token"] }).to_string();
    let reported = value(&send(&mut world, &key, "POST", "/sdk/auth/poll", &body, 2));
    assert_eq!(reported["status"], "completed");
    assert_ne!(reported["user_info"]["email"], world.credentials().user_tokens[0].email);
    let page = browse(&mut world, "POST", &session["auth_url"], "/as/8", "", 3);
    assert_eq!(page.status, 404);
    // The broken grants at the top of the list are the application's or the first user's.
    let token = token(&world, 0);
    let body = json!({ "user_token": token, "limit": 1000 }).to_string();
    let own = value(&send(&mut world, &key, "POST", "/sdk/grants/list", &body, 0));
    let own: Vec<Value> =
        own["grants"].as_array().expect("rows").iter().map(|row| row["grant_id"].clone()).collect();
    let newest = world.items(now());
    let broken: Vec<&Value> = newest[..40]
        .iter()
        .filter(|item| item["needs_reconnect"] == true || item["scope_mismatch"] == true)
        .collect();
    assert!(broken.len() >= 4, "{broken:?}");
    for item in &broken {
        assert!(item["principal_type"] == "system" || own.contains(&item["grant_id"]), "{item}");
    }
}

#[test]
fn the_other_ends_of_a_sign_in_and_its_strictness() {
    let mut world = world(100);
    let (key, bot) = (app_key(&world), agent_key(&world, "triage-bot"));
    for (outcome, status) in [("decline", "error"), ("expire", "expired"), ("other-account", "completed")] {
        let session = begin(&mut world, SIGN_IN, &json!({}));
        click(&mut world, &session["auth_url"], outcome, 1);
        let body = json!({ "session_token": session["session_token"] }).to_string();
        let reported = value(&send(&mut world, &key, "POST", "/sdk/auth/poll", &body, 2));
        assert_eq!(reported["status"], status);
        match outcome {
            "decline" => assert_eq!(reported["error_code"], "access_denied"),
            "other-account" => {
                assert_eq!(reported["user_info"]["email"], world.credentials().user_tokens[1].email);
            }
            _ => {}
        }
    }
    assert_eq!(refusal(&mut world, &bot, "POST", SIGN_IN, "{}"), (403, "app_key_required".to_owned()));
    assert_eq!(refusal(&mut world, &key, "POST", SIGN_IN, r#"{"user":"x"}"#).0, 422);
    for (body, status) in [
        (json!({ "session_token": "x" }), 404),
        (json!({}), 422),
        (json!({ "session_token": "x", "wait_ms": 30_001 }), 422),
        (json!({ "session_token": "x", "wait_ms": "1" }), 422),
    ] {
        assert_eq!(
            refusal(&mut world, &key, "POST", "/sdk/auth/poll", &body.to_string()).0,
            status,
            "{body}"
        );
    }
    for (body, status) in
        [(json!({ "token": "x" }), 401), (json!({}), 422), (json!({ "token": "x", "a": 1 }), 422)]
    {
        assert_eq!(refusal(&mut world, &key, "POST", "/sdk/auth/verify-token", &body.to_string()).0, status);
    }
}
