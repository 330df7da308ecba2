//! Agents and keys: made, changed, ended; identity and spans.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use grantdeck::sandbox::{Reply, World};
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::rig::{Draft, NOW, agent_key, app_key, at, code, now, refusal, send, value, world};

const DAY: i64 = 86_400;

fn ask(world: &mut World, key: &str, method: &str, target: &str, body: &Value) -> Value {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let reply = send(world, key, method, target, &body, 0);
    assert!(reply.status < 300, "{method} {target} {body}: {}", String::from_utf8_lossy(&reply.body));
    value(&reply)
}

fn made(world: &mut World, name: &str) -> Value {
    let key = app_key(world);
    ask(world, &key, "POST", "/sdk/agents", &json!({ "name": name, "scopes": { "github": ["repo"] } }))
}

fn agent_path(agent: &Value) -> String {
    format!("/sdk/agents/{}", agent["id"].as_str().expect("an id"))
}

/// What a key says when it lists grants so many seconds on.
fn works(world: &mut World, key: &str, seconds: i64) -> (u16, String) {
    let reply = send(world, key, "POST", "/sdk/grants/list", "{}", seconds);
    (reply.status, if reply.status < 400 { String::new() } else { code(&reply) })
}

#[test]
fn an_agent_is_made_with_a_key_that_works() {
    let mut world = world(50);
    let key = app_key(&world);
    let body = json!({
        "name": "new-bot", "type": "service", "display_name": "New", "metadata": { "team": "x" },
        "scopes": { "github": ["repo"], "managed_secret_slugs": ["openai"] },
        "policy": { "requires_approval": { "approvers": ["a@example.com", "b@example.com"] } },
    });
    let agent = ask(&mut world, &key, "POST", "/sdk/agents", &body);
    assert_eq!(agent["policy"], json!({ "requires_approval": { "approvers_count": 2 } }));
    assert_eq!(
        (&agent["version"], &agent["status"], &agent["metadata"]),
        (&json!(1), &json!("active"), &json!({ "team": "x" }))
    );
    let own = agent["api_key"].as_str().expect("a key").to_owned();
    assert_eq!(agent["last_used_at"], Value::Null);
    let me = ask(&mut world, &own, "GET", "/sdk/agents/me", &Value::Null);
    assert_eq!((&me["id"], &me["last_used_at"]), (&agent["id"], &json!("2026-01-01T00:00:00Z")));
    assert_eq!(works(&mut world, &own, 0).0, 200);
    assert_eq!(refusal(&mut world, &key, "POST", "/sdk/agents", &body.to_string()).1, "agent_name_exists");
    assert_eq!(
        refusal(&mut world, &own, "POST", "/sdk/agents", &body.to_string()).1,
        "agent_cannot_mint_subagents"
    );
    for body in [
        json!({ "scopes": {} }),
        json!({ "name": "x" }),
        json!({ "name": "X", "scopes": {} }),
        json!({ "name": "x", "scopes": {}, "type": "robot" }),
        json!({ "name": "x", "scopes": { "nobody": ["a"] } }),
        json!({ "name": "x", "scopes": { "github": [] } }),
        json!({ "name": "x", "scopes": { "github": [" repo"] } }),
        json!({ "name": "x", "scopes": { "managed_secret_slugs": ["nobody"] } }),
        json!({ "name": "x", "scopes": { "github": ["a".repeat(13_000)] } }),
        json!({ "name": "x", "scopes": {}, "status": "active" }),
    ] {
        assert_eq!(refusal(&mut world, &key, "POST", "/sdk/agents", &body.to_string()).0, 422, "{body}");
    }
}

#[test]
fn making_an_agent_again_with_the_same_idempotency_key_makes_none() {
    let mut world = world(50);
    let key = app_key(&world);
    let send = |world: &mut World, name: &str| -> Reply {
        let body = json!({ "name": name, "scopes": {} }).to_string();
        let mut request = Draft::new("POST", "/sdk/agents", &body).sign(&key);
        request.headers.push(("Idempotency-Key".to_owned(), "once".to_owned()));
        world.handle(&request, now())
    };
    let first = value(&send(&mut world, "one"));
    let again = value(&send(&mut world, "one"));
    assert_eq!(
        (&again["id"], &again["key_id"], &again["api_key"]),
        (&first["id"], &first["key_id"], &Value::Null)
    );
    assert_eq!(code(&send(&mut world, "two")), "idempotency_key_body_mismatch");
    let path = agent_path(&first);
    ask(&mut world, &key, "PATCH", &path, &json!({ "status": "inactive" }));
    assert_eq!(code(&send(&mut world, "one")), "idempotency_key_agent_inactive");
    ask(&mut world, &key, "DELETE", &path, &Value::Null);
    assert_eq!(code(&send(&mut world, "one")), "idempotency_key_agent_revoked");
}

#[test]
fn an_agent_is_paused_resumed_and_removed() {
    let mut world = world(50);
    let key = app_key(&world);
    let agent = made(&mut world, "brake");
    let (path, own) = (agent_path(&agent), agent["api_key"].as_str().expect("a key").to_owned());
    let paused = ask(&mut world, &key, "PATCH", &path, &json!({ "status": "inactive" }));
    assert_eq!((&paused["status"], &paused["version"]), (&json!("inactive"), &json!(2)));
    assert_eq!(works(&mut world, &own, 0), (401, "agent_inactive".to_owned()));
    assert_eq!(ask(&mut world, &own, "GET", "/sdk/agents/me", &Value::Null)["status"], "inactive");
    let span = json!({ "spans": [{ "trace_id": "t", "name": "n", "start_time": "2026-01-01T00:00:00Z" }] });
    ask(&mut world, &own, "POST", "/sdk/spans", &span);
    ask(&mut world, &key, "PATCH", &path, &json!({ "status": "active" }));
    assert_eq!(works(&mut world, &own, 0).0, 200);
    for _ in 0..2 {
        let gone = ask(&mut world, &key, "DELETE", &path, &Value::Null);
        assert_eq!((&gone["status"], &gone["version"]), (&json!("revoked"), &json!(4)));
    }
    assert_eq!(works(&mut world, &own, 0), (401, "key_revoked".to_owned()));
    let change = json!({ "display_name": "x" }).to_string();
    assert_eq!(refusal(&mut world, &key, "PATCH", &path, &change).1, "agent_revoked");
    assert_eq!(refusal(&mut world, &key, "DELETE", "/sdk/agents/x", "").1, "agent_not_found");
    // Its name is free again.
    assert_eq!(made(&mut world, "brake")["version"], 1);
}

#[test]
fn scopes_widen_at_once_and_narrow_after_a_while() {
    let mut world = world(50);
    let key = app_key(&world);
    let agent = made(&mut world, "scoped");
    let path = agent_path(&agent);
    let change = |version: i64, more: &str| format!("{path}?expected_version={version}{more}");
    let wider = json!({ "scopes": { "github": ["repo"], "slack": ["chat:write"] } });
    let after = ask(&mut world, &key, "PATCH", &change(1, ""), &wider);
    assert_eq!(
        (&after["scopes"], &after["scopes_pending"], &after["version"]),
        (&wider["scopes"], &Value::Null, &json!(2))
    );
    let narrow = json!({ "scopes": { "github": ["repo"] } });
    let after = ask(&mut world, &key, "PATCH", &change(2, ""), &narrow);
    assert_eq!(
        (&after["scopes"], &after["scopes_pending"], &after["scopes_applies_at"]),
        (&wider["scopes"], &narrow["scopes"], &json!("2026-01-02T00:00:00Z"))
    );
    let later = value(&send(&mut world, &key, "GET", &path, "", DAY));
    assert_eq!((&later["scopes"], &later["scopes_pending"]), (&narrow["scopes"], &Value::Null));
    let none = ask(&mut world, &key, "PATCH", &change(3, "&grace_seconds=0"), &json!({ "scopes": {} }));
    assert_eq!((&none["scopes"], &none["scopes_pending"]), (&json!({}), &Value::Null));
    assert_eq!(
        refusal(&mut world, &key, "PATCH", &change(3, ""), &wider.to_string()).1,
        "agent_concurrent_update"
    );
    assert_eq!(
        refusal(&mut world, &key, "PATCH", &path, &wider.to_string()).0,
        422,
        "a version must be named"
    );
    assert_eq!(
        refusal(&mut world, &key, "PATCH", &change(4, "&grace_seconds=604801"), &wider.to_string()).0,
        422
    );
    for body in [json!({ "name": "x" }), json!({ "status": "revoked" }), json!({ "metadata": [] })] {
        assert_eq!(refusal(&mut world, &key, "PATCH", &path, &body.to_string()).0, 422, "{body}");
    }
    // Nothing new is no change.
    let same = ask(&mut world, &key, "PATCH", &path, &json!({}));
    assert_eq!(same["version"], 4);
}

#[test]
fn an_agents_keys_are_minted_deprecated_and_revoked() {
    let mut world = world(50);
    let key = app_key(&world);
    let agent = made(&mut world, "keyring");
    let keys = format!("{}/keys", agent_path(&agent));
    let second = ask(&mut world, &key, "POST", &keys, &json!({}));
    let plaintext = second["api_key"].as_str().expect("a key").to_owned();
    assert!(plaintext.starts_with(second["key_prefix"].as_str().expect("a prefix")));
    let listed = ask(&mut world, &key, "GET", &keys, &Value::Null);
    let listed = listed["items"].as_array().expect("items").clone();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|key| key.get("api_key").is_none()));
    let one = format!("{keys}/{}", second["key_id"].as_str().expect("an id"));
    let marked = ask(&mut world, &key, "PATCH", &format!("{one}/deprecate"), &json!({}));
    assert_eq!(marked["deprecated_at"], "2026-01-01T00:00:00Z");
    let reply = send(&mut world, &plaintext, "POST", "/sdk/grants/list", "{}", 0);
    assert_eq!(reply.header("X-Alter-Key-Deprecated"), Some("true"));
    let unmarked = ask(&mut world, &key, "PATCH", &format!("{one}/undeprecate"), &json!({}));
    assert_eq!(unmarked["deprecated_at"], Value::Null);
    for _ in 0..2 {
        assert_eq!(ask(&mut world, &key, "DELETE", &one, &Value::Null)["revoked_at"], "2026-01-01T00:00:00Z");
    }
    assert_eq!(works(&mut world, &plaintext, 0), (401, "key_revoked".to_owned()));
    assert_eq!(
        refusal(&mut world, &key, "PATCH", &format!("{one}/deprecate"), "{}"),
        (409, "key_revoked".to_owned())
    );
    let last = format!("{keys}/{}", agent["key_id"].as_str().expect("an id"));
    assert_eq!(refusal(&mut world, &key, "DELETE", &last, ""), (409, "last_active_key".to_owned()));
    ask(&mut world, &key, "DELETE", &format!("{last}?force=true"), &Value::Null);
    assert_eq!(
        refusal(&mut world, &key, "DELETE", &format!("{keys}/x"), ""),
        (404, "key_not_found".to_owned())
    );
    for _ in 0..5 {
        ask(&mut world, &key, "POST", &keys, &json!({}));
    }
    assert_eq!(refusal(&mut world, &key, "POST", &keys, "{}"), (409, "agent_key_limit_reached".to_owned()));
    let bot = agent_key(&world, "triage-bot");
    assert_eq!(refusal(&mut world, &bot, "POST", &keys, "{}").1, "agent_cannot_mint_subagents");
    assert_eq!(refusal(&mut world, &bot, "GET", &keys, "").1, "app_key_required");
    assert_eq!(refusal(&mut world, &key, "POST", &keys, r#"{"name":"x"}"#).0, 422);
}

#[test]
fn a_derived_key_does_what_it_was_derived_for_until_it_ends() {
    let mut world = world(50);
    let key = app_key(&world);
    let body = json!({
        "scopes": ["grants:read", "keys:admin"], "expires_in": 600, "name": "ci", "cidr_allowlist": ["10.0.0.0/8"],
        "metadata": { "purpose": "ci" },
    });
    let derived = ask(&mut world, &key, "POST", "/sdk/keys/derive", &body);
    let plaintext = derived["api_key"].as_str().expect("a key").to_owned();
    assert_eq!(
        (&derived["key_type"], &derived["scopes"], &derived["expires_at"], &derived["name"]),
        (&json!("dk"), &body["scopes"], &json!("2026-01-01T00:10:00Z"), &json!("ci"))
    );
    assert!(plaintext.starts_with("alter_dk_") && derived["parent_key_id"].is_string());
    assert_eq!(works(&mut world, &plaintext, 599).0, 200);
    assert_eq!(works(&mut world, &plaintext, 600), (401, "key_expired".to_owned()));
    let reply = send(&mut world, &plaintext, "GET", "/sdk/agents", "", 0);
    assert_eq!((reply.status, &value(&reply)["missing"]), (403, &json!(["agents:read"])));
    let reply = send(&mut world, &plaintext, "POST", "/sdk/keys/derive", &body.to_string(), 0);
    assert_eq!(code(&reply), "insufficient_scope");
    for (change, status, code) in [
        (json!({ "scopes": [] }), 422, ""),
        (json!({ "scopes": ["keys:derive"] }), 400, "invalid_scope_for_derived_key"),
        (json!({ "scopes": ["grants:fly"] }), 422, ""),
        (json!({ "expires_in": 0 }), 422, ""),
        (json!({ "expires_in": true }), 422, ""),
        (json!({ "expires_in": 86_401 }), 400, "ttl_exceeds_maximum"),
        (json!({ "cidr_allowlist": ["10.0.0.0"] }), 422, ""),
        (json!({ "metadata": "x" }), 422, ""),
        (json!({ "scope": "x" }), 422, ""),
    ] {
        let mut body = body.clone();
        body.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let refused = refusal(&mut world, &key, "POST", "/sdk/keys/derive", &body.to_string());
        assert_eq!(refused, (status, code.to_owned()), "{change}");
    }
    // Of a key that may not do everything, only what it may.
    let narrow = ask(
        &mut world,
        &key,
        "POST",
        "/sdk/keys/derive",
        &json!({ "scopes": ["grants:read"], "expires_in": 60 }),
    );
    let id = narrow["id"].as_str().expect("an id").to_owned();
    let rotate = format!("/sdk/keys/{id}/rotate");
    assert_eq!(
        refusal(&mut world, &key, "POST", &rotate, "{}"),
        (400, "derived_key_not_rotatable".to_owned())
    );
}

#[test]
fn a_rotated_key_works_beside_its_successor_for_a_while() {
    let mut world = world(50);
    let key = app_key(&world);
    let derive = json!({ "scopes": ["grants:read"], "expires_in": 600 });
    let derived = ask(&mut world, &key, "POST", "/sdk/keys/derive", &derive);
    let own = derived["parent_key_id"].as_str().expect("an id").to_owned();
    let rotate = format!("/sdk/keys/{own}/rotate");
    assert_eq!(refusal(&mut world, &key, "POST", &rotate, r#"{"overlap_days":31}"#).0, 422);
    let next = ask(&mut world, &key, "POST", &rotate, &json!({ "overlap_days": 2 }));
    let successor = next["api_key"].as_str().expect("a key").to_owned();
    assert_ne!(next["id"], own);
    let reply = send(&mut world, &key, "POST", "/sdk/grants/list", "{}", DAY);
    assert_eq!((reply.status, reply.header("X-Alter-Key-Deprecated")), (200, Some("true")));
    assert_eq!(works(&mut world, &key, 2 * DAY), (401, "key_rotated_grace_expired".to_owned()));
    assert_eq!(works(&mut world, &successor, 2 * DAY).0, 200);
    assert_eq!(refusal(&mut world, &successor, "POST", "/sdk/keys/x/rotate", "{}").1, "key_not_found");
    // Revoking a key ends what was derived from it; the successor lives on.
    let plaintext = derived["api_key"].as_str().expect("a key").to_owned();
    let gone = ask(&mut world, &successor, "DELETE", &format!("/sdk/keys/{own}"), &Value::Null);
    assert_eq!(gone["revoked_at"], "2026-01-01T00:00:00Z");
    assert!(gone.get("api_key").is_none());
    assert_eq!(works(&mut world, &plaintext, 1), (401, "key_revoked".to_owned()));
    assert_eq!(works(&mut world, &key, 1), (401, "key_revoked".to_owned()));
    assert_eq!(works(&mut world, &successor, 1).0, 200);
}

#[test]
fn an_agents_key_reaches_the_agents_own_keys_only() {
    let mut world = world(50);
    let (key, bot) = (app_key(&world), agent_key(&world, "triage-bot"));
    let derive = json!({ "scopes": ["grants:read"], "expires_in": 600 });
    let of_app = ask(&mut world, &key, "POST", "/sdk/keys/derive", &derive);
    let target = format!("/sdk/keys/{}", of_app["id"].as_str().expect("an id"));
    assert_eq!(refusal(&mut world, &bot, "DELETE", &target, "").1, "key_not_found");
    let own = ask(&mut world, &bot, "POST", "/sdk/keys/derive", &derive);
    let parent = format!("/sdk/keys/{}", own["parent_key_id"].as_str().expect("an id"));
    assert_eq!(refusal(&mut world, &bot, "DELETE", &parent, ""), (409, "last_active_key".to_owned()));
    let derived = own["api_key"].as_str().expect("a key").to_owned();
    assert_eq!(works(&mut world, &derived, 0).0, 200);
    ask(&mut world, &bot, "DELETE", &format!("{parent}?force=true"), &Value::Null);
    assert_eq!(works(&mut world, &bot, 0).0, 401);
    assert_eq!(works(&mut world, &derived, 0).0, 401);
}

#[test]
fn an_assertion_says_who_it_is_about_and_for_whom() {
    let mut world = world(50);
    let key = app_key(&world);
    let token = world.credentials().user_tokens[0].token.expose_secret().to_owned();
    let path = "/sdk/identity/assert";
    let body = json!({
        "include_profile": false, "audience": "https://memory.internal", "ttl_seconds": 60, "user_token": token,
    });
    let reported = ask(&mut world, &key, "POST", path, &body);
    assert_eq!(reported["expires_at"], "2026-01-01T00:01:00Z");
    let parts: Vec<&str> = reported["token"].as_str().expect("a token").split('.').collect();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(parts[1]).expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    assert_eq!(claims["sub"], reported["identity"]["app_user_id"]);
    assert_eq!((&claims["aud"], &claims["exp"]), (&json!("https://memory.internal"), &json!(NOW + 60)));
    let alone = ask(&mut world, &key, "POST", path, &json!({ "audience": "urn:x" }));
    assert_eq!(
        (&alone["expires_at"], &alone["identity"]["app_user_id"]),
        (&json!("2026-01-01T00:02:00Z"), &Value::Null)
    );
    for (body, status, code) in [
        (json!({}), 422, ""),
        (json!({ "audience": "memory" }), 422, "invalid_audience"),
        (json!({ "audience": format!("x:{}", "y".repeat(511)) }), 422, ""),
        (json!({ "audience": "x:y", "ttl_seconds": 9 }), 422, ""),
        (json!({ "audience": "x:y", "ttl_seconds": 301 }), 422, ""),
        (json!({ "audience": "x:y", "user_token": "z" }), 401, "jwt_validation_error"),
        (json!({ "audience": "x:y", "who": "z" }), 422, ""),
    ] {
        let refused = refusal(&mut world, &key, "POST", path, &body.to_string());
        assert_eq!(refused, (status, code.to_owned()), "{body}");
    }
}

#[test]
fn the_trace_of_the_context_is_echoed_and_strangers_are_unknown_to_agents() {
    let mut world = world(500);
    let key = app_key(&world);
    let path = "/sdk/identity/resolve";
    let mut draft = Draft::new("POST", path, "{}");
    draft.identity = vec![
        ("X-Alter-Caller", "nightly".to_owned()),
        ("X-Alter-Caller-Type", "service".to_owned()),
        ("X-Alter-Context", r#"{"run_id":"r1","tool":"t"}"#.to_owned()),
    ];
    let reported = value(&world.handle(&draft.sign(&key), at(0)));
    assert_eq!(reported["trace"], json!({ "run_id": "r1", "thread_id": null }));
    assert_eq!(refusal(&mut world, &key, "POST", path, r#"{"include_profile":1}"#).0, 422);
    assert_eq!(refusal(&mut world, &key, "POST", path, r#"{"email":"x"}"#).0, 422);
    let (bot, mut met) = (agent_key(&world, "triage-bot"), [0, 0]);
    for user in world.credentials().user_tokens.clone().iter().filter(|user| user.valid) {
        let body = json!({ "user_token": user.token.expose_secret() });
        let id = ask(&mut world, &key, "POST", path, &body)["app_user_id"].clone();
        let reply = send(&mut world, &bot, "POST", path, &json!({ "app_user_id": id }).to_string(), 0);
        let holds = json!({ "user_token": user.token.expose_secret() }).to_string();
        let held = value(&send(&mut world, &bot, "POST", "/sdk/grants/list", &holds, 0))["total"] != 0;
        assert_eq!(reply.status, if held { 200 } else { 404 });
        met[usize::from(held)] += 1;
    }
    let nobody = json!({ "app_user_id": "00000000-0000-4000-8000-000000000000" }).to_string();
    assert_eq!(refusal(&mut world, &bot, "POST", path, &nobody), (404, "user_not_found".to_owned()));
    assert!(met[0] + met[1] == 3, "{met:?}");
}

#[test]
fn spans_are_counted_once() {
    let mut world = world(10);
    let key = app_key(&world);
    let span = |id: Option<&str>| json!({ "trace_id": "t", "name": "plan", "start_time": "2026-01-01T00:00:00Z", "span_id": id, "attributes": { "k": "v" } });
    let emit = |world: &mut World, spans: Value| {
        ask(world, &app_key(world), "POST", "/sdk/spans", &json!({ "spans": spans }))["accepted"].clone()
    };
    assert_eq!(emit(&mut world, json!([span(Some("a")), span(Some("b")), span(None)])), 3);
    assert_eq!(emit(&mut world, json!([span(Some("a")), span(None)])), 1);
    for spans in [
        json!([]),
        Value::from(vec![span(None); 51]),
        json!(["x"]),
        json!([{ "trace_id": "t", "name": "n" }]),
        json!([{ "trace_id": "", "name": "n", "start_time": "2026-01-01T00:00:00Z" }]),
        json!([{ "trace_id": "t", "name": "n", "start_time": "yesterday" }]),
        json!([{ "trace_id": "t", "name": "n", "start_time": "2026-01-01T00:00:00Z", "kind": "x" }]),
        json!([{ "trace_id": "t", "name": "n", "start_time": "2026-01-01T00:00:00Z", "span_id": "x".repeat(33) }]),
        json!([{ "trace_id": "t", "name": "n", "start_time": "2026-01-01T00:00:00Z", "attributes": { "k": 1 } }]),
    ] {
        let body = json!({ "spans": spans }).to_string();
        assert_eq!(refusal(&mut world, &key, "POST", "/sdk/spans", &body).0, 422, "{body}");
    }
}
