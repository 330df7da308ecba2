//! Connect sessions: their pages, their ends, and what comes of them.

use grantdeck::sandbox::{Options, Reply, Request, SessionEnd, World};
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::rig::{agent_key, app_key, at, code, grant_where, now, refusal, send, value, world};

const CONNECT: &str = "/sdk/oauth/connect/session";

/// A request of a browser to a page, so many seconds on.
pub(crate) fn browse(
    world: &mut World,
    method: &str,
    link: &Value,
    rest: &str,
    body: &str,
    seconds: i64,
) -> Reply {
    let link = link.as_str().expect("a link");
    let address = link.split('#').next().expect("an address");
    let path = address.strip_prefix("http://127.0.0.1/").expect("a page of the sandbox");
    let request = Request {
        method: method.to_owned(),
        target: format!("/{path}{rest}"),
        headers: Vec::new(),
        body: body.to_owned().into(),
    };
    world.handle(&request, at(seconds))
}

/// Click a button; what the page says then.
pub(crate) fn click(world: &mut World, link: &Value, outcome: &str, seconds: i64) -> String {
    let reply = browse(world, "POST", link, &format!("/{outcome}"), "", seconds);
    assert_eq!(reply.status, 200);
    String::from_utf8(reply.body.to_vec()).expect("text")
}

pub(crate) fn token(world: &World, number: usize) -> String {
    world.credentials().user_tokens[number].token.expose_secret().to_owned()
}

pub(crate) fn begin(world: &mut World, path: &str, body: &Value) -> Value {
    let key = app_key(world);
    let reply = send(world, &key, "POST", path, &body.to_string(), 0);
    assert_eq!(reply.status, 201, "{body}: {}", String::from_utf8_lossy(&reply.body));
    value(&reply)
}

pub(crate) fn polled(world: &mut World, session: &Value, seconds: i64) -> Value {
    let key = app_key(world);
    let body = json!({ "session_token": session["session_token"] }).to_string();
    let reply = send(world, &key, "POST", &format!("{CONNECT}/poll"), &body, seconds);
    assert_eq!(reply.status, 200);
    value(&reply)
}

fn row(world: &mut World, id: &Value) -> Value {
    world.items(at(10)).into_iter().find(|item| item["grant_id"] == *id).expect("a row")
}

/// A root grant of OAuth with this owner and state.
fn root(world: &mut World, principal: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let id = grant_where(world, |item| {
        item["grant_kind"] == "oauth"
            && item["parent_grant_id"].is_null()
            && item["principal_type"] == principal
            && fits(item)
    });
    row(world, &json!(id))
}

#[test]
fn a_session_is_pending_until_its_page_is_accepted() {
    let mut world = world(500);
    let session = begin(&mut world, CONNECT, &json!({ "allowed_providers": [" GitHub "], "direct": true }));
    assert_eq!(
        (&session["expires_in"], &session["expires_at"], &session["single_provider"], &session["direct"]),
        (&json!(600), &json!("2026-01-01T00:10:00Z"), &json!(true), &json!(true))
    );
    let link = session["connect_url"].as_str().expect("a link");
    let token = session["session_token"].as_str().expect("a token");
    assert!(
        link.ends_with(&format!("#session={token}"))
            && !link.split('#').next().expect("a part").contains(token)
    );
    assert_eq!(polled(&mut world, &session, 1), json!({ "status": "pending" }));
    let page = browse(&mut world, "GET", &session["connect_url"], "", "", 2);
    let text = String::from_utf8(page.body.to_vec()).expect("text");
    assert!(page.header("Content-Type").is_some_and(|kind| kind.starts_with("text/html")));
    for button in ["accept", "other-account", "decline", "expire"] {
        assert_eq!(text.matches(&format!("/{button}\"")).count(), 1, "{text}");
    }
    assert!(text.contains("GitHub") && text.contains("repo") && text.contains("the application"), "{text}");
    let before = world.items(at(2)).len();
    assert!(click(&mut world, &session["connect_url"], "accept", 3).contains("<b>done</b>"));
    let reported = polled(&mut world, &session, 4);
    assert_eq!(reported["status"], "completed");
    let entry = &reported["grants"][0];
    let newest = row(&mut world, &entry["grant_id"]);
    assert_eq!(newest["principal_type"], "system", "without a user token it is the application's");
    for field in ["provider_id", "account_identifier", "scopes"] {
        assert_eq!(entry[field], newest[field], "{field}");
    }
    let added = world.items(at(4)).len() - before;
    assert_eq!(added, usize::from(entry["operation"] == "creation"));
    // The end is told again, and a second click changes nothing.
    click(&mut world, &session["connect_url"], "decline", 5);
    assert_eq!(polled(&mut world, &session, 6), reported);
}

#[test]
fn every_other_end_is_reported_as_the_protocol_says() {
    let mut world = world(100);
    for (outcome, wanted) in [
        (
            "decline",
            json!({ "status": "error", "error": { "error_code": "connect_denied", "error_message": "The user declined." } }),
        ),
        ("expire", json!({ "status": "expired" })),
    ] {
        let session = begin(&mut world, CONNECT, &json!({ "allowed_providers": ["github"] }));
        click(&mut world, &session["connect_url"], outcome, 1);
        assert_eq!(polled(&mut world, &session, 2), wanted);
    }
    let session = begin(&mut world, CONNECT, &json!({}));
    assert_eq!(polled(&mut world, &session, 599)["status"], "pending");
    assert_eq!(polled(&mut world, &session, 600)["status"], "expired");
    assert!(click(&mut world, &session["connect_url"], "accept", 601).contains("<b>expired</b>"));
    assert_eq!(polled(&mut world, &json!({ "session_token": "sess_nobody" }), 1)["status"], "expired");
    let page = browse(&mut world, "GET", &json!("http://127.0.0.1/wallet/connect/x"), "", "", 1);
    assert_eq!(page.status, 404);
    // Who did not begin it cannot ask for it.
    let (bot, body) = (agent_key(&world, "triage-bot"), json!({ "session_token": session["session_token"] }));
    let reply = send(&mut world, &bot, "POST", &format!("{CONNECT}/poll"), &body.to_string(), 1);
    assert_eq!(value(&reply)["status"], "expired");
}

#[test]
fn a_repair_keeps_the_id_and_heals_the_grant() {
    let mut world = world(500);
    let token = token(&world, 0);
    let user = {
        let key = app_key(&world);
        let body = json!({ "user_token": token, "limit": 1000 }).to_string();
        value(&send(&mut world, &key, "POST", "/sdk/grants/list", &body, 0))
    };
    let rows = user["grants"].as_array().expect("rows");
    let broken = rows
        .iter()
        .find(|row| row["status"] == "active" && row["needs_reconnect"] == true)
        .expect("a broken grant of this user")
        .clone();
    let body = json!({
        "allowed_providers": [broken["provider_id"]], "repair_grant_id": broken["grant_id"], "user_token": token,
    });
    for (outcome, same_account) in [("accept", true), ("other-account", false)] {
        let session = begin(&mut world, CONNECT, &body);
        click(&mut world, &session["connect_url"], outcome, 1);
        let reported = polled(&mut world, &session, 2);
        let entry = &reported["grants"][0];
        assert_eq!((&entry["grant_id"], &entry["operation"]), (&broken["grant_id"], &json!("reauth")));
        assert_eq!(entry["account_identifier"] == broken["account_identifier"], same_account);
        let after = row(&mut world, &broken["grant_id"]);
        assert_eq!((&after["needs_reconnect"], &after["scope_mismatch"]), (&json!(false), &json!(false)));
        assert_eq!(after["account_identifier"], entry["account_identifier"]);
        assert_eq!(after["created_at"], broken["created_at"]);
    }
    // Without the user's token the application sees only its own grants.
    let mut alone = body.clone();
    alone["user_token"] = Value::Null;
    let key = app_key(&world);
    assert_eq!(refusal(&mut world, &key, "POST", CONNECT, &alone.to_string()).1, "grant_not_found");
    for (field, wrong) in [
        ("agent", json!("triage-bot")),
        ("requested_grant", json!({ "label": "x" })),
        ("switch_account", json!(true)),
        ("allowed_providers", json!(["github", "slack"])),
        ("repair_grant_id", json!("x")),
    ] {
        let mut body = body.clone();
        body[field] = wrong;
        assert_eq!(refusal(&mut world, &key, "POST", CONNECT, &body.to_string()).0, 422, "{field}");
    }
}

/// A credential of a grant, as the header that a provider wants it in.
fn credential(world: &mut World, grant: &Value, seconds: i64) -> (String, String) {
    let key = app_key(world);
    let body = json!({
        "grant_id": grant, "reason": null, "request": { "method": "GET", "url": "https://api.github.com/user" },
    });
    let reply = send(world, &key, "POST", "/sdk/token", &body.to_string(), seconds);
    let reported = value(&reply);
    assert_eq!(reply.status, 200, "{reported}");
    let text = |name: &str| reported[name].as_str().expect("text").to_owned();
    (text("injection_header"), text("injection_format").replace("{token}", &text("access_token")))
}

#[test]
fn a_connection_made_again_has_another_credential() {
    let mut world = world(500);
    let token = token(&world, 0);
    let body = json!({ "allowed_providers": ["github"], "user_token": token });
    let connect = |world: &mut World, seconds: i64| {
        let session = begin(world, CONNECT, &body);
        click(world, &session["connect_url"], "accept", seconds);
        polled(world, &session, seconds)["grants"][0]["grant_id"].clone()
    };
    let provider = |world: &mut World, header: &(String, String)| {
        let request = Request {
            method: "GET".to_owned(),
            target: "/provider/https/api.github.com/user".to_owned(),
            headers: vec![header.clone()],
            ..Request::default()
        };
        world.handle(&request, at(9)).status
    };
    let grant = connect(&mut world, 1);
    let old = credential(&mut world, &grant, 2);
    assert_eq!(provider(&mut world, &old), 200);
    assert_eq!(connect(&mut world, 3), grant, "the same account, so the same id");
    let new = credential(&mut world, &grant, 4);
    assert_ne!(new, old);
    assert_eq!((provider(&mut world, &new), provider(&mut world, &old)), (200, 401));
}

#[test]
fn missing_scopes_come_with_a_plain_session_under_the_same_id() {
    let mut world = world(500);
    let (key, token) = (app_key(&world), token(&world, 0));
    let body = json!({ "user_token": token, "limit": 1000 }).to_string();
    let rows = value(&send(&mut world, &key, "POST", "/sdk/grants/list", &body, 0));
    let rows = rows["grants"].as_array().expect("rows");
    let alone = |row: &&Value| {
        let alike = rows.iter().filter(|other| other["provider_id"] == row["provider_id"]);
        row["grant_kind"] == "oauth" && row["status"] == "active" && alike.count() == 1
    };
    let own = rows.iter().find(alone).expect("a provider of which the user has one grant");
    let report = format!("/sdk/grants/{}/report-scope-mismatch", own["grant_id"].as_str().expect("an id"));
    let body = json!({
        "provider_status_code": 403, "provider_error_code": "insufficient_scope",
        "detection_source": "www_authenticate_rfc6750",
    });
    assert_eq!(send(&mut world, &key, "POST", &report, &body.to_string(), 0).status, 204);
    assert_eq!(row(&mut world, &own["grant_id"])["scope_mismatch"], true);
    let body = json!({ "allowed_providers": [own["provider_id"]], "user_token": token });
    let session = begin(&mut world, CONNECT, &body);
    click(&mut world, &session["connect_url"], "accept", 1);
    let entry = polled(&mut world, &session, 2)["grants"][0].clone();
    assert_eq!((&entry["operation"], &entry["grant_id"]), (&json!("reauth"), &own["grant_id"]));
    assert_eq!(row(&mut world, &own["grant_id"])["scope_mismatch"], false);
}

#[test]
fn an_ended_grant_comes_back_under_a_new_id_with_the_label_asked_for() {
    let mut world = world(500);
    let ended = root(&mut world, "system", |item| item["status"] != "active");
    let body = json!({
        "allowed_providers": [ended["provider_id"]],
        "requested_grant": { "label": "nightly", "restrictions": { "allowed_methods": ["GET"] } },
        "grant_policy": { "max_ttl_seconds": 7200, "default_ttl_seconds": 3600 },
    });
    let session = begin(&mut world, CONNECT, &body);
    click(&mut world, &session["connect_url"], "accept", 1);
    let entry = polled(&mut world, &session, 2)["grants"][0].clone();
    assert_eq!((&entry["operation"], entry["grant_id"] == ended["grant_id"]), (&json!("creation"), false));
    assert_eq!(entry["grant_policy"]["expires_at"], "2026-01-01T01:00:01Z");
    let newest = row(&mut world, &entry["grant_id"]);
    assert_eq!((&newest["label"], &newest["status"]), (&json!("nightly"), &json!("active")));
    assert_eq!(newest["grant_policy"]["restrictions"], json!({ "allowed_methods": ["GET"] }));
    assert_eq!(row(&mut world, &ended["grant_id"])["status"], ended["status"], "the old one stays as it was");
    // The same again, and nothing more is made.
    let session = begin(&mut world, CONNECT, &body);
    click(&mut world, &session["connect_url"], "accept", 3);
    let again = polled(&mut world, &session, 4)["grants"][0].clone();
    assert_eq!((&again["grant_id"], &again["operation"]), (&entry["grant_id"], &json!("reauth")));
}

#[test]
fn another_account_is_another_grant() {
    let mut world = world(500);
    let own = root(&mut world, "system", |item| item["status"] == "active");
    for (body, outcome) in [
        (json!({ "allowed_providers": [own["provider_id"]] }), "other-account"),
        (json!({ "allowed_providers": [own["provider_id"]], "switch_account": true }), "accept"),
    ] {
        let session = begin(&mut world, CONNECT, &body);
        click(&mut world, &session["connect_url"], outcome, 1);
        let entry = polled(&mut world, &session, 2)["grants"][0].clone();
        assert_ne!(entry["account_identifier"], own["account_identifier"]);
        assert_ne!(entry["grant_id"], own["grant_id"]);
    }
}

#[test]
fn several_providers_are_declined_left_out_or_connected_each_by_itself() {
    let mut world = world(100);
    let session = begin(&mut world, CONNECT, &json!({ "allowed_providers": ["github", "slack", "google"] }));
    click(&mut world, &session["connect_url"], "decline/slack", 1);
    let reported = polled(&mut world, &session, 2);
    assert_eq!(
        reported,
        json!({ "status": "pending", "declined_providers": [
            { "provider_id": "slack", "error_code": "connect_denied", "declined_at": "2026-01-01T00:00:01Z" },
        ]})
    );
    let reply = browse(&mut world, "POST", &session["connect_url"], "/accept", "provider=github", 3);
    assert_eq!(reply.status, 200);
    let reported = polled(&mut world, &session, 4);
    let grants = reported["grants"].as_array().expect("grants");
    assert_eq!((grants.len(), &grants[0]["provider_id"]), (1, &json!("github")));
    let failed = &reported["failed_grants"];
    assert_eq!((&failed[0]["provider_id"], &failed[0]["reason"]), (&json!("google"), &json!("not_selected")));
    // All of them declined is the whole declined.
    let session = begin(&mut world, CONNECT, &json!({ "allowed_providers": ["github", "slack"] }));
    for (provider, seconds) in [("github", 1), ("slack", 2)] {
        click(&mut world, &session["connect_url"], &format!("decline/{provider}"), seconds);
    }
    assert_eq!(polled(&mut world, &session, 3)["error"]["error_code"], "connect_denied");
}

#[test]
fn a_connect_session_is_strict() {
    let mut world = world(100);
    let (key, token) = (app_key(&world), token(&world, 0));
    let expired = world.credentials().user_tokens[3].token.expose_secret().to_owned();
    for (body, status, code) in [
        (json!([]), 422, ""),
        (json!({ "provider": "github" }), 422, ""),
        (json!({ "allowed_providers": [] }), 422, ""),
        (json!({ "allowed_providers": [" "] }), 422, ""),
        (json!({ "allowed_providers": "github" }), 422, ""),
        (json!({ "allowed_providers": ["nobody"] }), 400, "provider_not_configured"),
        (json!({ "direct": true }), 422, ""),
        (json!({ "direct": "true", "allowed_providers": ["github"] }), 422, ""),
        (json!({ "metadata": { "phone": "1" } }), 422, ""),
        (json!({ "metadata": { "ip_address": 1 } }), 422, ""),
        (json!({ "allowed_origin": "https://app.example/path" }), 400, "invalid_origin"),
        (json!({ "allowed_origin": "*" }), 400, "invalid_origin"),
        (json!({ "grant_policy": { "expires_at": "2026-02-01T00:00:00Z" } }), 422, ""),
        (json!({ "grant_policy": { "max_ttl_seconds": 1.5 } }), 422, ""),
        (json!({ "required_scopes": { "github": ["flying"] } }), 400, "scope_not_allowed"),
        (json!({ "required_scopes": { "slack": ["x"] }, "allowed_providers": ["github"] }), 422, ""),
        (json!({ "requested_grant": { "restrictions": {} } }), 422, ""),
        (json!({ "requested_grant": { "label": "" } }), 422, ""),
        (json!({ "requested_grant": { "label": "x".repeat(256) } }), 422, ""),
        (json!({ "requested_grant": { "label": "x", "restrictions": { "methods": [] } } }), 422, ""),
        (json!({ "agent": "triage-bot" }), 400, "agent_requires_user_token"),
        (json!({ "agent": "nobody", "user_token": token }), 404, "agent_not_found"),
        (json!({ "agent": "data-exporter", "user_token": token }), 404, "agent_not_found"),
        (json!({ "scope_constraint": ["repo"] }), 422, "invalid_scope_constraint"),
        (
            json!({ "scope_constraint": ["flying"], "agent": "triage-bot", "user_token": token }),
            422,
            "invalid_scope_constraint",
        ),
        (json!({ "user_token": "x" }), 401, "jwt_validation_error"),
        (json!({ "user_token": expired }), 401, "jwt_validation_error"),
        (json!({ "repair_grant_id": "x" }), 422, ""),
    ] {
        let refused = refusal(&mut world, &key, "POST", CONNECT, &body.to_string());
        assert_eq!(refused, (status, code.to_owned()), "{body}");
    }
    let warned = begin(
        &mut world,
        CONNECT,
        &json!({
            "allowed_providers": ["github", "slack"], "agent": "triage-bot", "user_token": token,
            "scope_constraint": ["repo"], "delegable": true,
        }),
    );
    assert_eq!(warned["scope_constraint_warnings"].as_array().map(Vec::len), Some(1));
    let poll = format!("{CONNECT}/poll");
    for body in ["{}", r#"{"session_token":7}"#, r#"{"session_token":"x","wait_ms":1}"#] {
        assert_eq!(refusal(&mut world, &key, "POST", &poll, body).0, 422, "{body}");
    }
    let looks = world.credentials().narrow_keys[0].key.expose_secret().to_owned();
    let reply = send(&mut world, &looks, "POST", CONNECT, "{}", 0);
    assert_eq!((reply.status, code(&reply).as_str()), (403, "insufficient_scope"));
}

#[test]
fn an_agent_named_in_a_session_gets_its_delegation() {
    let mut world = world(500);
    let token = token(&world, 0);
    let agent = world.credentials().agent_keys.iter().find(|key| key.name == "crm-sync").expect("one").id;
    let body = json!({
        "allowed_providers": ["google"], "agent": "crm-sync", "user_token": token, "delegable": true,
        "direct": true,
    });
    let session = begin(&mut world, CONNECT, &body);
    assert_eq!(session["direct"], false, "who shares onward is asked");
    click(&mut world, &session["connect_url"], "accept", 1);
    let entry = polled(&mut world, &session, 2)["grants"][0].clone();
    assert_eq!(entry["delegation"], json!({ "agent_id": agent, "delegable": true, "policy_refused": false }));
    let parent = row(&mut world, &entry["grant_id"]);
    assert!(parent["delegated_agent_ids"].as_array().is_some_and(|ids| ids.contains(&json!(agent))));
}

#[test]
fn where_every_provider_is_on_offer_one_is_taken() {
    let mut world = world(100);
    let session = begin(&mut world, CONNECT, &json!({}));
    let page = browse(&mut world, "GET", &session["connect_url"], "", "", 1);
    let text = String::from_utf8(page.body.to_vec()).expect("text");
    assert!(text.contains("name=\"provider\" value=\"github\"><button>Connect GitHub</button>"), "{text}");
    browse(&mut world, "POST", &session["connect_url"], "/accept", "provider=github", 2);
    let reported = polled(&mut world, &session, 3);
    let grants = reported["grants"].as_array().expect("grants");
    assert_eq!((grants.len(), &grants[0]["provider_id"]), (1, &json!("github")));
    assert_eq!(reported["failed_grants"], Value::Null);
}

#[test]
fn sessions_end_by_themselves_as_the_options_say() {
    for (end, status) in [
        (SessionEnd::Accept, "completed"),
        (SessionEnd::OtherAccount, "completed"),
        (SessionEnd::Decline, "error"),
        (SessionEnd::Expire, "expired"),
        (SessionEnd::Wait, "pending"),
    ] {
        let options = Options { grants: 100, sessions: end, ..Options::default() };
        let mut world = World::grow(&options, now());
        let session = begin(&mut world, CONNECT, &json!({ "allowed_providers": ["github"] }));
        assert_eq!(polled(&mut world, &session, 0)["status"], "pending", "{end}: it is seen pending first");
        assert_eq!(polled(&mut world, &session, 1)["status"], status, "{end}");
    }
}
