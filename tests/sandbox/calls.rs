//! Calls through the proxy: what is refused and with which code, and what the provider says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantdeck::sandbox::{CallError, Options, Reply, World};
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use strum::IntoEnumIterator;

use crate::rig::{Draft, NOW, app_key, code, grant_of, grant_where, now, proxy, send, value, world};

pub(crate) const USER: &str = "https://api.github.com/user";

/// What the provider said, and with which status.
pub(crate) fn said(reply: &Reply) -> (u16, Value) {
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    let result = value(reply);
    assert_eq!((&result["approval_id"], &result["body_truncated"]), (&Value::Null, &false.into()));
    assert!(result["headers"].as_object().expect("headers").values().all(Value::is_string));
    assert!(result["duration_ms"].is_u64());
    let body = STANDARD.decode(result["body_b64"].as_str().expect("text")).expect("base64");
    let status = u16::try_from(result["status_code"].as_u64().expect("a status")).expect("a status");
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

pub(crate) fn github(world: &mut World) -> String {
    grant_of(world, "github", "octo-acme")
}

#[test]
fn a_call_reaches_the_provider_and_is_noted_everywhere() {
    let mut world = world(100);
    let id = github(&mut world);
    let body = json!({ "method": "GET", "url": USER, "grant_id": id, "reason": "a look", "headers": { "Accept": "application/json" } });
    let (status, user) = said(&proxy(&mut world, &body));
    assert_eq!((status, &user["login"], &user["name"]), (200, &"octo-acme".into(), &"Octo Acme".into()));

    let listed =
        world.items(now()).into_iter().find(|item| item["grant_id"] == id.as_str()).expect("the grant");
    assert_eq!(listed["last_used_at"], now().to_string());
    let [row] = world.audit().try_into().expect("one row");
    assert!(row.proxied && row.grant.to_string() == id && row.row["reason"] == "a look");
    let [call] = world.provider_calls().try_into().expect("one call");
    assert_eq!((call.status, call.url.as_str(), call.proxied), (200, USER, true));
    assert_eq!(call.headers, [("Accept".to_owned(), "application/json".to_owned())]);
}

#[test]
fn a_provider_takes_its_time() {
    let latency = std::time::Duration::from_millis(120);
    let options = Options { grants: 40, provider_latency: latency, ..Options::default() };
    let mut world = World::grow(&options, now());
    let id = github(&mut world);
    let reply = proxy(&mut world, &json!({ "method": "GET", "url": USER, "grant_id": id }));
    assert_eq!((reply.delay, &value(&reply)["duration_ms"]), (latency, &120.into()));
    assert_eq!(world.audit()[0].row["latency_ms"], 120);
}

#[test]
fn every_state_of_a_grant_is_refused_with_its_code() {
    let mut world = world(500);
    let policy_free = |item: &Value| item["grant_policy"].is_null();
    let cases: Vec<(String, u16, &str)> = vec![
        (grant_where(&mut world, |item| item["status"] == "revoked"), 400, "grant_revoked"),
        (grant_where(&mut world, |item| item["status"] == "expired"), 403, "grant_expired"),
        (grant_where(&mut world, |item| item["status"] == "deprovisioned"), 410, "grant_deleted"),
        (
            grant_where(&mut world, |item| item["status"] == "active" && item["needs_reconnect"] == true),
            400,
            "credential_revoked",
        ),
        (
            grant_where(&mut world, |item| {
                item["status"] == "active" && item["scope_mismatch"] == true && policy_free(item)
            }),
            403,
            "scope_mismatch",
        ),
    ];
    for (id, status, wanted) in cases {
        for path in ["/sdk/proxy", "/sdk/token"] {
            let body = if path == "/sdk/proxy" {
                json!({ "method": "GET", "url": USER, "grant_id": id })
            } else {
                json!({ "grant_id": id, "reason": null, "request": { "method": "GET", "url": USER } })
            };
            let key = app_key(&world);
            let reply = send(&mut world, &key, "POST", path, &body.to_string(), 0);
            assert_eq!((reply.status, code(&reply).as_str()), (status, wanted), "{path}");
        }
    }
    let slack = grant_of(&mut world, "slack", "acme-hq");
    let reply = proxy(
        &mut world,
        &json!({ "method": "GET", "url": "https://slack.com/api/auth.test", "grant_id": slack }),
    );
    assert_eq!(value(&reply)["detail"]["details"]["missing_scopes"], json!(["chat:write"]));
}

#[test]
fn inputs_are_checked_by_the_backend_itself() {
    let mut world = world(100);
    let id = github(&mut world);
    let with = |more: Value| {
        let mut body = json!({ "method": "GET", "url": USER, "grant_id": id });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body
    };
    let long = format!("{USER}?q={}", "x".repeat(65_536));
    let list = "";
    let cases = [
        (with(json!({ "headers": { "Authorization": "x" } })), "forbidden_header"),
        (with(json!({ "headers": { " cookie ": "x" } })), "forbidden_header"),
        (with(json!({ "headers": { "X-Stripe-Account": "x" } })), "forbidden_header"),
        (with(json!({ "headers": { "a b": "x" } })), "forbidden_header"),
        (with(json!({ "headers": { "X-A": "x\r\nX-B: y" } })), "forbidden_header"),
        (with(json!({ "headers": { "X-A": 1 } })), list),
        (with(json!({ "url": long })), "query_too_long"),
        (with(json!({ "query_params": { "q": "x".repeat(65_536) } })), "query_too_long"),
        (with(json!({ "url": "/user" })), "invalid_url"),
        (with(json!({ "url": "ftp://api.github.com/" })), "invalid_url"),
        (with(json!({ "url": "https://me@api.github.com/" })), "invalid_url"),
        (with(json!({ "url": "https://api.github.com/{name}" })), "invalid_url"),
        (with(json!({ "url": "http://api.github.com/user" })), "blocked_destination"),
        (with(json!({ "url": "https://127.0.0.1/" })), "blocked_destination"),
        (with(json!({ "url": "https://[::1]/" })), "blocked_destination"),
        (with(json!({ "url": "https://[::ffff:10.0.0.1]/" })), "blocked_destination"),
        (with(json!({ "url": "https://169.254.169.254/latest/meta-data" })), "blocked_destination"),
        (with(json!({ "url": "https://localhost/" })), "blocked_destination"),
        (with(json!({ "url": "https://db.internal/" })), "blocked_destination"),
        (with(json!({ "url": "https://evil.example/" })), "blocked_destination"),
        (with(json!({ "method": "get" })), list),
        (with(json!({ "method": "BREW" })), list),
        (with(json!({ "query_params": { "q": { "a": 1 } } })), list),
        (with(json!({ "query_params": [] })), list),
        (with(json!({ "account": "octo-acme" })), list),
        (with(json!({ "provider_id": "github" })), list),
        (with(json!({ "grant_id": "12" })), list),
        (with(json!({ "grant_id": null })), list),
        (with(json!({ "json": {} })), list),
        (with(json!({ "reason": 5 })), list),
        (json!([]), list),
    ];
    for (body, wanted) in cases {
        let reply = proxy(&mut world, &body);
        let shown = body.to_string().chars().take(120).collect::<String>();
        assert_eq!((reply.status, code(&reply).as_str()), (422, wanted), "{shown}");
        assert_eq!(wanted.is_empty(), value(&reply)["detail"].is_array(), "{shown}");
        assert_eq!(wanted == "blocked_destination", reply.header("X-Request-ID").is_some(), "{shown}");
    }
    let unknown = proxy(&mut world, &with(json!({ "grant_id": "00000000-0000-4000-8000-000000000000" })));
    assert_eq!((unknown.status, code(&unknown).as_str()), (404, "grant_not_found"));
    assert!(world.provider_calls().is_empty(), "nothing of this reached a provider");
}

#[test]
fn query_parameters_are_merged_into_the_url() {
    let mut world = world(100);
    let id = github(&mut world);
    let body = json!({
        "method": "GET", "grant_id": id, "url": "https://api.github.com/user/repos?page=1&sort=name",
        "query_params": { "page": 2, "q": ["a b", true, null] },
    });
    assert_eq!(said(&proxy(&mut world, &body)).0, 200);
    let url = &world.provider_calls()[0].url;
    assert_eq!(url, "https://api.github.com/user/repos?sort=name&page=2&q=a+b&q=true&q=");
}

#[test]
fn policies_forbid_methods_and_paths() {
    let mut world = world(100);
    let aws = grant_of(&mut world, "aws-production", "read-only");
    let ci = grant_of(&mut world, "github", "mossgate-ci");
    let sts = "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15";
    for (method, url, id, wanted) in [
        ("GET", sts, &aws, (200, "")),
        ("POST", sts, &aws, (403, "method_not_allowed")),
        ("GET", USER, &ci, (200, "")),
        ("GET", "https://api.github.com/search/issues", &ci, (403, "path_not_allowed")),
    ] {
        let reply = proxy(&mut world, &json!({ "method": method, "url": url, "grant_id": id }));
        assert_eq!((reply.status, code(&reply).as_str()), wanted, "{method} {url}");
    }
}

#[test]
fn a_key_that_may_not_call_learns_what_it_lacks() {
    let mut world = world(100);
    let id = github(&mut world);
    let narrow = world.credentials().narrow_keys.clone();
    let mut ask = |name: &str, path: &str, body: Value| {
        let key = narrow.iter().find(|key| key.name == name).expect("a key").key.expose_secret().to_owned();
        let method = if body.is_null() { "GET" } else { "POST" };
        let text = if body.is_null() { String::new() } else { body.to_string() };
        send(&mut world, &key, method, path, &text, 0)
    };
    let call = json!({ "method": "GET", "url": USER, "grant_id": id });
    let token = json!({ "grant_id": id, "reason": null, "request": { "method": "GET", "url": USER } });
    for (name, path, body, missing) in [
        ("lists only", "/sdk/proxy", &call, Some(json!(["proxy:execute"]))),
        ("lists only", "/sdk/token", &token, Some(json!(["tokens:retrieve"]))),
        ("lists only", "/sdk/grants/list", &json!({}), None),
        ("retrieve mode only", "/sdk/proxy", &call, Some(json!(["proxy:execute"]))),
        ("retrieve mode only", "/sdk/token", &token, None),
        (
            "retrieve mode only",
            "/sdk/approvals/x",
            &Value::Null,
            Some(json!(["approvals:read", "proxy:execute"])),
        ),
    ] {
        let reply = ask(name, path, body.clone());
        match missing {
            None => assert_eq!(reply.status, 200, "{name} {path}"),
            Some(missing) => {
                let body = value(&reply);
                assert_eq!(
                    (reply.status, &body["error"], &body["missing"]),
                    (403, &"insufficient_scope".into(), &missing)
                );
                assert_eq!(body["required_any_of"], path.contains("approvals"));
            }
        }
    }
}

#[test]
fn a_constraint_narrows_a_key_and_must_not_widen_it() {
    let mut world = world(100);
    let id = github(&mut world);
    let body = json!({ "method": "GET", "url": USER, "grant_id": id }).to_string();
    let narrow = world.credentials().narrow_keys[0].key.expose_secret().to_owned();
    let app = app_key(&world);
    let mut ask = |key: &str, constraint: &str| {
        let draft = Draft::new("POST", "/sdk/proxy", &body).constrain(constraint);
        let reply = world.handle(&draft.sign(key), now());
        (reply.status, if reply.status == 200 { String::new() } else { code(&reply) })
    };
    assert_eq!(ask(&app, "proxy:execute"), (200, String::new()));
    assert_eq!(ask(&app, "grants:read"), (403, "insufficient_scope".to_owned()));
    assert_eq!(ask(&narrow, "proxy:execute"), (400, "constraint_not_narrowing".to_owned()));
}

#[test]
fn every_call_error_can_be_had_and_is_spelled_as_in_the_protocol() {
    let mut world = world(100);
    let id = github(&mut world);
    for error in CallError::iter() {
        let spec = format!("call-error={error}");
        world.set_faults([spec.parse().unwrap_or_else(|error| panic!("{spec}: {error}"))]);
        let reply = proxy(&mut world, &json!({ "method": "GET", "url": USER, "grant_id": id }));
        assert!(reply.status >= 400, "{spec}");
        assert_eq!(code(&reply), error.code(), "{spec}");
        let list = app_key(&world);
        assert_eq!(
            send(&mut world, &list, "POST", "/sdk/grants/list", "{}", 0).status,
            200,
            "only calls are refused"
        );
    }
    assert!(world.provider_calls().is_empty());
}

#[test]
fn calls_are_metered() {
    let mut world = World::grow(&Options { grants: 40, rate_limit: Some(1), ..Options::default() }, now());
    let id = github(&mut world);
    let call = json!({ "method": "GET", "url": USER, "grant_id": id });
    let first = proxy(&mut world, &call);
    assert_eq!((first.status, first.header("X-RateLimit-Remaining")), (200, Some("0")));
    let second = proxy(&mut world, &call);
    assert_eq!((second.status, code(&second).as_str()), (429, "rate_limit_exceeded"));
    assert_eq!(second.header("X-RateLimit-Reset"), Some((NOW + 60).to_string().as_str()));
}
