//! Acts on grants: what they change, what they refuse.

use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use grantdeck::sandbox::World;

use crate::rig::{agent_key, app_key, code, grant_where, list, now, refusal, send, value, world};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn is_plain(item: &Value) -> bool {
    item["status"] == "active"
        && item["needs_reconnect"] == false
        && item["scope_mismatch"] == false
        && item["grant_policy"].is_null()
        && item["parent_grant_id"].is_null()
}

/// A grant of GitHub that an agent holds a delegation of, which itself nobody holds.
fn delegated(world: &mut World) -> (String, Value) {
    let items = world.items(now());
    let child = items
        .iter()
        .find(|item| item["depth"] == 1 && item["status"] == "active" && item["grant_kind"] == "oauth")
        .expect("a delegation");
    (child["parent_grant_id"].as_str().expect("an id").to_owned(), child.clone())
}

fn row(world: &mut World, id: &str) -> Value {
    let items = world.items(now());
    items.into_iter().find(|item| item["grant_id"] == id).expect("a row")
}

fn token(world: &World, number: usize) -> String {
    world.credentials().user_tokens[number].token.expose_secret().to_owned()
}

/// Ask, expect this status, return the body.
fn asked(world: &mut World, key: &str, method: &str, target: &str, body: &Value, status: u16) -> Value {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let reply = send(world, key, method, target, &body, 0);
    assert_eq!(reply.status, status, "{method} {target} {body}: {}", String::from_utf8_lossy(&reply.body));
    if reply.body.is_empty() { Value::Null } else { value(&reply) }
}

#[test]
fn a_revoked_grant_shows_as_revoked_refuses_calls_and_takes_its_delegations_along() {
    let mut world = world(500);
    let key = app_key(&world);
    let (id, child) = delegated(&mut world);
    let target = format!("/sdk/oauth/grants/{id}/revoke");
    let reported = asked(&mut world, &key, "POST", &target, &json!({ "reason": "left the team" }), 200);
    let wanted = json!({
        "success": true, "message": "Grant revoked", "grant_id": id, "revoked_at": "2026-01-01T00:00:00Z",
    });
    assert_eq!(reported, wanted);
    let after = row(&mut world, &id);
    assert_eq!((&after["status"], &after["delegated_agent_ids"]), (&json!("revoked"), &json!([])));
    assert_eq!(row(&mut world, child["grant_id"].as_str().expect("an id"))["status"], "revoked");
    let call = json!({ "method": "GET", "url": "https://api.github.com/user", "grant_id": id });
    let reply = send(&mut world, &key, "POST", "/sdk/proxy", &call.to_string(), 0);
    assert_eq!((reply.status, code(&reply).as_str()), (400, "grant_revoked"));
    // Again, an ended one, nobody's, and what is no id.
    let ended = grant_where(&mut world, |item| item["status"] == "expired");
    for id in [&id, &ended, NOBODY] {
        let target = format!("/sdk/oauth/grants/{id}/revoke");
        assert_eq!(refusal(&mut world, &key, "POST", &target, "{}"), (404, "grant_not_found".to_owned()));
    }
    assert_eq!(refusal(&mut world, &key, "POST", "/sdk/oauth/grants/x/revoke", "{}").0, 422);
}

#[test]
fn siblings_outlive_a_revoked_grant() {
    let mut world = world(500);
    let key = app_key(&world);
    let id = grant_where(&mut world, |item| item["provider_id"] == "github" && is_plain(item));
    let mint = format!("/sdk/grants/{id}/mint");
    let sibling = asked(&mut world, &key, "POST", &mint, &json!({ "label": "spare" }), 201);
    asked(&mut world, &key, "POST", &format!("/sdk/oauth/grants/{id}/revoke"), &json!({}), 200);
    let left = row(&mut world, sibling["grant_id"].as_str().expect("an id"));
    assert_eq!((&left["status"], &left["needs_reconnect"]), (&json!("active"), &json!(false)));
}

#[test]
fn who_may_revoke_what() {
    let mut world = world(500);
    let (key, token) = (app_key(&world), token(&world, 0));
    let mine = list(&mut world, &key, &json!({ "user_token": token, "status": "active" }));
    let mine = mine["grants"][0]["grant_id"].as_str().expect("an id").to_owned();
    let other = grant_where(&mut world, |item| item["principal_type"] == "system" && is_plain(item));
    let target = |id: &str| format!("/sdk/oauth/grants/{id}/revoke");
    let body = json!({ "user_token": token });
    assert_eq!(refusal(&mut world, &key, "POST", &target(&other), &body.to_string()).0, 404);
    let bad = json!({ "user_token": "x" }).to_string();
    assert_eq!(refusal(&mut world, &key, "POST", &target(&mine), &bad).1, "jwt_validation_error");
    asked(&mut world, &key, "POST", &target(&mine), &body, 200);
    let bot = agent_key(&world, "release-notes");
    assert_eq!(refusal(&mut world, &bot, "POST", &target(&other), "{}").0, 404);
    let own = list(&mut world, &bot, &json!({ "status": "active" }));
    let own = own["grants"][0]["grant_id"].as_str().expect("an id").to_owned();
    asked(&mut world, &bot, "POST", &target(&own), &json!({}), 200);
    for body in [json!({ "why": "x" }), json!({ "reason": 7 }), json!([])] {
        assert_eq!(refusal(&mut world, &key, "POST", &target(&other), &body.to_string()).0, 422, "{body}");
    }
    let looks = world.credentials().narrow_keys[0].key.expose_secret().to_owned();
    let reply = send(&mut world, &looks, "POST", &target(&other), "{}", 0);
    assert_eq!((reply.status, &value(&reply)["missing"]), (403, &json!(["grants:write"])));
}

#[test]
fn a_removed_delegation_leaves_the_grant_and_ends_what_is_below() {
    let mut world = world(500);
    let key = app_key(&world);
    let (id, child) = delegated(&mut world);
    let child_id = child["grant_id"].as_str().expect("an id");
    let agent = row(&mut world, &id)["delegated_agent_ids"][0].as_str().expect("an agent").to_owned();
    let target = format!("/sdk/grants/{id}/delegations/{agent}");
    let bot = agent_key(&world, "triage-bot");
    assert_eq!(refusal(&mut world, &bot, "DELETE", &target, ""), (403, "use_self_revoke_path".to_owned()));
    for _ in 0..2 {
        asked(&mut world, &key, "DELETE", &target, &Value::Null, 204);
    }
    assert_eq!(row(&mut world, child_id)["status"], "revoked");
    let left = row(&mut world, &id);
    assert_eq!((&left["status"], &left["delegated_agent_ids"]), (&json!("active"), &json!([])));
    let nobody = format!("/sdk/grants/{id}/delegations/{NOBODY}");
    asked(&mut world, &key, "DELETE", &nobody, &Value::Null, 204);
    let missing = format!("/sdk/grants/{NOBODY}/delegations/{agent}");
    assert_eq!(refusal(&mut world, &key, "DELETE", &missing, "").0, 404);
    assert_eq!(refusal(&mut world, &key, "DELETE", &format!("/sdk/grants/{id}/delegations/x"), "").0, 422);
    let own = format!("/sdk/grants/{id}/delegations/me");
    assert_eq!(refusal(&mut world, &key, "DELETE", &own, ""), (403, "agent_key_required".to_owned()));
}

#[test]
fn an_agent_gives_up_its_own_access() {
    let mut world = world(500);
    let bot = agent_key(&world, "release-notes");
    let held = list(&mut world, &bot, &json!({ "status": "active" }));
    let is_delegation = |item: &&Value| item["access_via"] == "oauth_delegation";
    let child = held["grants"].as_array().expect("rows").iter().find(is_delegation).expect("one").clone();
    let parent = child["parent_grant_id"].as_str().expect("an id");
    asked(&mut world, &bot, "DELETE", &format!("/sdk/grants/{parent}/delegations/me"), &Value::Null, 204);
    assert_eq!(row(&mut world, child["grant_id"].as_str().expect("an id"))["status"], "revoked");
}

#[test]
fn a_minted_sibling_is_the_newest_row_on_the_same_credential() {
    let mut world = world(500);
    let key = app_key(&world);
    let id = grant_where(&mut world, |item| item["provider_id"] == "github" && is_plain(item));
    let source = row(&mut world, &id);
    let target = format!("/sdk/grants/{id}/mint");
    let body = json!({
        "label": "read only", "grant_tags": ["ci"],
        "grant_policy": { "expires_at": "2026-01-03T00:00:00Z", "restrictions": { "allowed_methods": ["GET"] } },
    });
    let reported = asked(&mut world, &key, "POST", &target, &body, 201);
    let newest = world.items(now())[0].clone();
    assert_eq!(newest["grant_id"], reported["grant_id"]);
    for field in ["provider_id", "account_identifier", "principal_type", "credential_id", "scopes"] {
        assert_eq!((&newest[field], &reported[field]), (&source[field], &source[field]), "{field}");
    }
    assert_eq!(newest["label"], "read only");
    assert_eq!(newest["grant_expires_at"], "2026-01-03T00:00:00Z");
    assert_eq!((&newest["delegated_agent_ids"], &newest["depth"]), (&json!([]), &json!(0)));
    // Its limits are real.
    let post = json!({
        "method": "POST", "url": "https://api.github.com/repos/acme/shop/issues",
        "grant_id": reported["grant_id"], "body": { "title": "x" },
    });
    let reply = send(&mut world, &key, "POST", "/sdk/proxy", &post.to_string(), 0);
    assert_eq!((reply.status, code(&reply).as_str()), (403, "method_not_allowed"));

    let again = asked(&mut world, &key, "POST", &target, &json!({ "label": "read only" }), 409);
    assert_eq!(again["detail"]["error"], "sibling_label_conflict");
    assert_eq!(again["detail"]["label"], "read only");
    // From the narrow one nothing wider is minted.
    let narrow = format!("/sdk/grants/{}/mint", reported["grant_id"].as_str().expect("an id"));
    for policy in [
        json!({ "expires_at": "2026-01-04T00:00:00Z" }),
        json!({ "expires_at": "2025-12-31T00:00:00Z" }),
        json!({ "restrictions": { "allowed_methods": ["GET", "POST"] } }),
        json!({ "default_ttl_seconds": 60 }),
    ] {
        let body = json!({ "label": "wider", "grant_policy": policy }).to_string();
        let refused = refusal(&mut world, &key, "POST", &narrow, &body);
        assert_eq!(refused, (422, "invalid_grant_policy".to_owned()), "{body}");
    }
}

#[test]
fn minting_is_for_application_keys_and_plain_sources() {
    let mut world = world(500);
    let (key, bot) = (app_key(&world), agent_key(&world, "triage-bot"));
    let id = grant_where(&mut world, |item| item["provider_id"] == "github" && is_plain(item));
    let target = format!("/sdk/grants/{id}/mint");
    let body = json!({ "label": "x" }).to_string();
    assert_eq!(refusal(&mut world, &bot, "POST", &target, &body), (403, "agents_cannot_mint".to_owned()));
    for body in [
        json!({}),
        json!({ "label": " " }),
        json!({ "label": null }),
        json!({ "label": "x", "scopes": [] }),
        json!({ "label": "x", "grant_tags": [""] }),
        json!({ "label": "x", "grant_policy": { "restrictions": { "methods": ["GET"] } } }),
        json!({ "label": "x", "grant_policy": { "max_ttl_seconds": 0 } }),
        json!({ "label": "x", "grant_policy": { "max_ttl_seconds": true } }),
        json!({ "label": "x", "grant_policy": { "expires_at": "tomorrow" } }),
    ] {
        assert_eq!(refusal(&mut world, &key, "POST", &target, &body.to_string()).0, 422, "{body}");
    }
    let (_, child) = delegated(&mut world);
    let secret = grant_where(&mut world, |item| item["grant_kind"] == "managed_secret" && is_active(item));
    let revoked = grant_where(&mut world, |item| item["status"] == "revoked");
    for id in [child["grant_id"].as_str().expect("an id"), &secret, &revoked, NOBODY, "x"] {
        let target = format!("/sdk/grants/{id}/mint");
        assert_eq!(refusal(&mut world, &key, "POST", &target, &body).1, "grant_not_found", "{id}");
    }
}

fn is_active(item: &Value) -> bool {
    item["status"] == "active"
}

/// Connects GitHub for the first user and delegates it; the child's id.
fn consent(world: &mut World, agent: &str, delegable: bool) -> String {
    let (key, token) = (app_key(world), token(world, 0));
    let body = json!({
        "allowed_providers": ["github"], "user_token": token, "agent": agent, "delegable": delegable,
    });
    let session = asked(world, &key, "POST", "/sdk/oauth/connect/session", &body, 201);
    crate::sessions::click(world, &session["connect_url"], "accept", 1);
    let poll = json!({ "session_token": session["session_token"] });
    let reply = send(world, &key, "POST", "/sdk/oauth/connect/session/poll", &poll.to_string(), 2);
    let parent = value(&reply)["grants"][0]["grant_id"].clone();
    let bot = agent_key(world, agent);
    let held = list(world, &bot, &json!({ "provider_id": "github", "limit": 1000 }));
    let rows = held["grants"].as_array().expect("rows");
    let child = rows.iter().find(|row| row["parent_grant_id"] == parent).expect("the delegation");
    child["grant_id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_delegation_gives_the_other_agent_its_row() {
    let mut world = world(500);
    let held = consent(&mut world, "release-notes", true);
    let (giver, taker) = (agent_key(&world, "release-notes"), agent_key(&world, "on-call-helper"));
    let to = world.credentials().agent_keys.iter().find(|key| key.name == "on-call-helper").expect("one").id;
    let target = format!("/sdk/grants/{held}/delegate");
    let body = json!({
        "to_agent_id": to, "delegable": true, "scope_constraint": ["read:user"], "ttl_seconds": 3600,
    });
    let reported = asked(&mut world, &giver, "POST", &target, &body, 201);
    assert_eq!(
        (&reported["grant_kind"], &reported["parent_grant_id"], &reported["depth"], &reported["expires_at"]),
        (&json!("oauth"), &json!(held), &json!(2), &json!("2026-01-01T01:00:00Z"))
    );
    let rows = list(&mut world, &taker, &json!({ "limit": 1000 }));
    let rows = rows["grants"].as_array().expect("rows");
    let child = rows.iter().find(|row| row["grant_id"] == reported["grant_id"]).expect("the taker's row");
    assert_eq!(
        (&child["access_via"], &child["scope_constraint"], &child["delegable"]),
        (&json!("oauth_delegation"), &json!(["read:user"]), &json!(true))
    );
    // Again: the same one, with another setting.
    let again =
        asked(&mut world, &giver, "POST", &target, &json!({ "to_agent_id": to, "delegable": false }), 200);
    assert_eq!((&again["grant_id"], &again["delegable"]), (&reported["grant_id"], &json!(false)));
    let onward = format!("/sdk/grants/{}/delegate", reported["grant_id"].as_str().expect("an id"));
    let triage = world.credentials().agent_keys[0].id;
    let refused = asked(&mut world, &taker, "POST", &onward, &json!({ "to_agent_id": triage }), 403);
    assert_eq!(refused["detail"]["detail_reason"], "holder_not_delegable");
}

#[test]
fn what_a_delegation_is_refused_for() {
    let mut world = world(500);
    let held = consent(&mut world, "release-notes", true);
    let (app, giver) = (app_key(&world), agent_key(&world, "release-notes"));
    let keys = world.credentials().agent_keys.clone();
    let id = |name: &str| keys.iter().find(|key| key.name == name).expect("an agent").id.to_string();
    let target = format!("/sdk/grants/{held}/delegate");
    let to = id("on-call-helper");
    let plain = json!({ "to_agent_id": to }).to_string();
    assert_eq!(refusal(&mut world, &app, "POST", &target, &plain).1, "agent_key_required");
    for (body, status, code) in [
        (json!({ "to_agent_id": NOBODY }), 404, "agent_not_found"),
        (json!({ "to_agent_id": id("data-exporter") }), 404, "agent_not_found"),
        (json!({ "to_agent_id": to, "scope_constraint": ["gist"] }), 422, "invalid_scope_constraint"),
        (json!({ "to_agent_id": to, "scope_constraint": ["*"] }), 422, "invalid_scope_constraint"),
        (json!({ "to_agent_id": to, "scope_constraint": ["a b"] }), 422, "invalid_scope_constraint"),
        (json!({ "to_agent_id": to, "scope_constraint": [] }), 422, "invalid_scope_constraint"),
        (json!({ "to_agent_id": to, "ttl_seconds": 0 }), 422, ""),
        (json!({ "to_agent_id": to, "delegable": "yes" }), 422, ""),
        (json!({ "to_agent_id": to, "agent": "x" }), 422, ""),
        (json!({ "to_agent_id": id("release-notes") }), 422, ""),
        (json!({}), 422, ""),
    ] {
        let refused = refusal(&mut world, &giver, "POST", &target, &body.to_string());
        assert_eq!(refused, (status, code.to_owned()), "{body}");
    }
    let unknown = grant_where(&mut world, is_plain);
    let target = format!("/sdk/grants/{unknown}/delegate");
    assert_eq!(refusal(&mut world, &giver, "POST", &target, &plain).1, "grant_not_found");
    // An agent's own grant has nobody behind it who could consent.
    let own = grant_where(&mut world, |item| {
        item["agent_id"] == id("triage-bot")
            && item["status"] == "active"
            && item["parent_grant_id"].is_null()
    });
    let bot = agent_key(&world, "triage-bot");
    let refused = asked(
        &mut world,
        &bot,
        "POST",
        &format!("/sdk/grants/{own}/delegate"),
        &json!({ "to_agent_id": to }),
        403,
    );
    assert_eq!(refused["detail"]["detail_reason"], "no_consenting_user");
}

fn secret_id(world: &mut World, slug: &str) -> String {
    let items = world.items(now());
    let found = items.iter().find(|item| item["managed_secret_slug"] == slug).expect("a grant of it");
    found["managed_secret_id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_grant_of_a_managed_secret_is_issued_to_each_kind_of_principal() {
    let mut world = world(500);
    let (key, token) = (app_key(&world), token(&world, 0));
    let target = format!("/sdk/managed-secrets/{}/grants", secret_id(&mut world, "datadog"));
    let who = json!({ "include_profile": false, "user_token": token });
    let who = asked(&mut world, &key, "POST", "/sdk/identity/resolve", &who, 200);
    for (principal, kind, label) in [
        (json!({ "type": "system", "label": "cron" }), "system", json!("cron")),
        (json!({ "type": "system", "label": null }), "system", Value::Null),
        (json!({ "type": "user", "user_token": token, "label": "mine" }), "user", json!("mine")),
        (
            json!({ "type": "group", "external_group_id": "00g1", "idp_id": who["idp_id"], "label": "eng" }),
            "group",
            json!("eng"),
        ),
    ] {
        let body = json!({ "principal": principal, "grant_policy": { "max_ttl_seconds": 60 } });
        let reported = asked(&mut world, &key, "POST", &target, &body, 201);
        assert_eq!((&reported["principal_type"], &reported["label"]), (&json!(kind), &label));
        let newest = world.items(now())[0].clone();
        assert_eq!(newest["grant_id"], reported["grant_id"]);
        assert_eq!(newest["credential_id"], reported["credential_id"]);
        assert_eq!(
            (&newest["managed_secret_slug"], &newest["principal_type"]),
            (&json!("datadog"), &json!(kind))
        );
        assert_eq!(newest["grant_expires_at"], "2026-01-01T00:01:00Z");
    }
    let body = json!({ "principal": { "type": "system", "label": "cron" }, "grant_policy": {} });
    let again = asked(&mut world, &key, "POST", &target, &body, 409);
    assert_eq!(again["detail"]["error"], "sibling_label_conflict");
}

#[test]
fn several_credentials_have_to_be_chosen_from() {
    let mut world = world(500);
    let key = app_key(&world);
    let target = format!("/sdk/managed-secrets/{}/grants", secret_id(&mut world, "openai"));
    let body = |credential: &Value| json!({ "principal": { "type": "system" }, "grant_policy": {}, "credential_id": credential });
    let asked_for = asked(&mut world, &key, "POST", &target, &body(&Value::Null), 409);
    assert_eq!(asked_for["detail"]["error"], "credential_id_required");
    let choices = asked_for["detail"]["details"]["credentials"].as_array().expect("a list").clone();
    assert_eq!(choices.len(), 2);
    for choice in &choices {
        let reported = asked(&mut world, &key, "POST", &target, &body(&choice["id"]), 201);
        assert_eq!(reported["credential_id"], choice["id"]);
    }
    let items = world.items(now());
    let own = items.iter().find(|item| item["credential_kind"] == "end_user").expect("a user's key");
    let refused = asked(&mut world, &key, "POST", &target, &body(&own["credential_id"]), 409);
    assert_eq!(refused["detail"]["error"], "end_user_credential_not_assignable");
    assert_eq!(
        asked(&mut world, &key, "POST", &target, &body(&json!(NOBODY)), 404)["detail"]["error"],
        "credential_not_found"
    );
}

#[test]
fn issuing_is_strict() {
    let mut world = world(500);
    let (key, bot) = (app_key(&world), agent_key(&world, "triage-bot"));
    let target = format!("/sdk/managed-secrets/{}/grants", secret_id(&mut world, "datadog"));
    let plain = json!({ "principal": { "type": "system" }, "grant_policy": {} }).to_string();
    assert_eq!(refusal(&mut world, &bot, "POST", &target, &plain).1, "app_key_required");
    let nobody = format!("/sdk/managed-secrets/{NOBODY}/grants");
    assert_eq!(refusal(&mut world, &key, "POST", &nobody, &plain).1, "managed_secret_not_found");
    for body in [
        json!({ "principal": { "type": "system" } }),
        json!({ "grant_policy": {} }),
        json!({ "principal": { "type": "agent", "agent_id": NOBODY }, "grant_policy": {} }),
        json!({ "principal": { "type": "agent" }, "grant_policy": {} }),
        json!({ "principal": { "type": "household" }, "grant_policy": {} }),
        json!({ "principal": { "type": "system", "user_token": "x" }, "grant_policy": {} }),
        json!({ "principal": { "type": "user", "label": "x" }, "grant_policy": {} }),
        json!({ "principal": { "type": "group", "external_group_id": "x", "label": "x" }, "grant_policy": {} }),
        json!({ "principal": { "type": "system", "label": "x".repeat(256) }, "grant_policy": {} }),
        json!({ "principal": { "type": "system" }, "grant_policy": { "restrictions": {} } }),
        json!({ "principal": { "type": "system" }, "grant_policy": {}, "credential_id": "x" }),
        json!({ "principal": { "type": "system" }, "grant_policy": {}, "label": "x" }),
    ] {
        assert_eq!(refusal(&mut world, &key, "POST", &target, &body.to_string()).0, 422, "{body}");
    }
    assert_eq!(send(&mut world, &key, "GET", &target, "", 0).status, 405);
}
