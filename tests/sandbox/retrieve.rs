//! Credentials handed out, and the providers that take them.

use grantdeck::sandbox::{Reply, Request, World};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::rig::{app_key, at, code, grant_of, grant_where, now, send, value, world};

pub(crate) fn token(world: &mut World, id: &str) -> Reply {
    let body = json!({ "grant_id": id, "reason": null, "request": { "method": "GET", "url": "https://api.example.com/" } });
    let key = app_key(world);
    send(world, &key, "POST", "/sdk/token", &body.to_string(), 0)
}

/// Names and values.
type Pairs = Vec<(String, String)>;

/// The credential of the grant, and the headers and query that it is put into a request with.
pub(crate) fn handed(world: &mut World, id: &str) -> (Value, Pairs, Pairs) {
    let reply = token(world, id);
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    let reported = value(&reply);
    let text = |field: &str| reported[field].as_str().expect("text").to_owned();
    let mut headers =
        vec![(text("injection_header"), text("injection_format").replace("{token}", &text("access_token")))];
    let mut query = Vec::new();
    for injection in reported["additional_injections"].as_array().into_iter().flatten() {
        let source = injection["value_source"].as_str().expect("text");
        let secret = match source.strip_prefix("additional_credentials.") {
            Some(name) => reported["additional_credentials"][name].as_str().expect("text").to_owned(),
            None => text("access_token"),
        };
        let key = injection["key"].as_str().expect("text").to_owned();
        if injection["target"] == "header" { headers.push((key, secret)) } else { query.push((key, secret)) }
    }
    (reported, headers, query)
}

pub(crate) fn provider(world: &mut World, url: &str, headers: &[(String, String)]) -> Reply {
    let target = format!("/provider/{}", url.replacen("://", "/", 1));
    let request =
        Request { method: "GET".to_owned(), target, headers: headers.to_vec(), ..Request::default() };
    world.handle(&request, now())
}

/// A usable grant of a provider or slug that retrieve mode takes.
fn usable(world: &mut World, selector: &str) -> String {
    grant_where(world, |item| {
        (item["provider_id"] == selector || item["managed_secret_slug"] == selector)
            && item["status"] == "active"
            && item["needs_reconnect"] != true
            && item["scope_mismatch"] != true
            && item["grant_policy"].is_null()
            && item["parent_grant_id"].is_null()
            && item["account_identifier"] != "Quarry & Sons"
    })
}

#[test]
fn each_kind_of_injection_opens_its_provider_and_only_it() {
    let mut world = world(2000);
    for (selector, url, header, format) in [
        ("google", "https://www.googleapis.com/oauth2/v2/userinfo", "Authorization", "Bearer {token}"),
        ("github", "https://api.github.com/user", "Authorization", "token {token}"),
        ("anthropic", "https://api.anthropic.com/v1/models", "x-api-key", "{token}"),
        ("twilio", "https://api.twilio.com/2010-04-01/Accounts.json", "Authorization", "Basic {token}"),
        ("datadog", "https://api.datadoghq.com/api/v1/monitor", "DD-API-KEY", "{token}"),
        ("warehouse-readonly", "https://warehouse.acme.example/v1/tables", "X-Warehouse-Token", "{token}"),
    ] {
        let id = usable(&mut world, selector);
        let (reported, headers, query) = handed(&mut world, &id);
        assert_eq!(
            (&reported["injection_header"], &reported["injection_format"]),
            (&header.into(), &format.into())
        );
        assert_eq!(
            (&reported["grant_id"], &reported["provider_id"]),
            (&id.as_str().into(), &selector.into())
        );
        assert_eq!(
            reported["token_generation"].is_string(),
            !reported["scopes"].as_array().expect("a list").is_empty()
        );
        let pairs: Vec<String> = query.iter().map(|(name, secret)| format!("{name}={secret}")).collect();
        let whole = if pairs.is_empty() { url.to_owned() } else { format!("{url}?{}", pairs.join("&")) };
        let right = provider(&mut world, &whole, &headers);
        assert_eq!(right.status, 200, "{selector}: {}", String::from_utf8_lossy(&right.body));
        assert!(value(&right).is_object() || value(&right).is_array());

        let calls = world.provider_calls();
        let call = calls.last().expect("a call");
        assert_eq!((call.url.as_str(), call.grant.map(|id| id.to_string())), (url, Some(id.clone())));
        let secrets = headers.iter().chain(&query).map(|(_, secret)| secret.as_str());
        let shown = format!("{call:?}");
        assert!(secrets.clone().all(|secret| !shown.contains(secret)), "{selector}");

        assert_eq!(provider(&mut world, &whole, &[]).status, 401, "{selector}: without");
        for left_out in 0..headers.len() {
            let mut some = headers.clone();
            some.remove(left_out);
            assert_eq!(provider(&mut world, &whole, &some).status, 401, "{selector}: not all");
            let mut wrong = headers.clone();
            wrong[left_out].1.push('x');
            assert_eq!(provider(&mut world, &whole, &wrong).status, 401, "{selector}: not exactly");
        }
        if !query.is_empty() {
            assert_eq!(provider(&mut world, url, &headers).status, 401, "{selector}: not in the query");
        }
        let twice = [headers.clone(), headers.clone()].concat();
        assert_eq!(provider(&mut world, &whole, &twice).status, 401, "{selector}: twice");
        let elsewhere = if selector == "github" {
            "https://api.notion.com/v1/users/me"
        } else {
            "https://api.github.com/user"
        };
        assert_eq!(provider(&mut world, elsewhere, &headers).status, 401, "{selector}: elsewhere");
    }
}

#[test]
fn a_credential_that_nobody_fetched_opens_nothing_and_refusals_are_challenges() {
    let mut world = world(100);
    let id = grant_of(&mut world, "google", "work@acme.example");
    let (_, headers, _) = handed(&mut world, &id);
    let mut other = crate::rig::world(100);
    let refused = provider(&mut other, "https://www.googleapis.com/oauth2/v2/userinfo", &headers);
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("WWW-Authenticate"), Some("Bearer realm=\"google\", error=\"invalid_token\""));
    assert_eq!(value(&refused)["error"]["status"], "UNAUTHENTICATED");
    assert_eq!(provider(&mut other, "https://nobody.example/", &headers).status, 502);
}

#[test]
fn an_accounts_own_host_is_the_only_one_that_takes_its_credential() {
    let mut world = world(500);
    let id = usable(&mut world, "salesforce");
    let items = world.items(now());
    let base =
        items.iter().find(|item| item["grant_id"] == id.as_str()).expect("the grant")["api_base_url"].clone();
    let (_, headers, _) = handed(&mut world, &id);
    let base = base.as_str().expect("an origin");
    assert_eq!(provider(&mut world, &format!("{base}/services/data"), &headers).status, 200);
    assert_eq!(provider(&mut world, "https://other.my.salesforce.com/services/data", &headers).status, 401);
}

#[test]
fn a_missing_scope_is_a_challenge_that_names_it() {
    let mut world = world(2000);
    let lacking = grant_where(&mut world, |item| {
        item["provider_id"] == "google"
            && item["status"] == "active"
            && item["needs_reconnect"] == false
            && item["scope_mismatch"] == false
            && item["grant_policy"].is_null()
            && item["parent_grant_id"].is_null()
            && !item["scopes"]
                .as_array()
                .expect("scopes")
                .iter()
                .any(|scope| scope.as_str().is_some_and(|scope| scope.contains("gmail")))
    });
    let (_, headers, _) = handed(&mut world, &lacking);
    let reply = provider(&mut world, "https://gmail.googleapis.com/gmail/v1/users/me/messages", &headers);
    assert_eq!(reply.status, 403);
    let challenge = reply.header("WWW-Authenticate").expect("a challenge");
    assert!(
        challenge.contains("error=\"insufficient_scope\"") && challenge.contains("gmail.readonly"),
        "{challenge}"
    );
    let unknown = provider(&mut world, "https://gmail.googleapis.com/gmail/v9/nothing", &headers);
    assert_eq!((unknown.status, &value(&unknown)["error"]["code"]), (404, &404.into()));
}

#[test]
fn what_only_the_proxy_can_check_is_refused_with_the_reason() {
    let mut world = world(500);
    let cases = [
        (grant_of(&mut world, "aws-production", "read-only"), "restricted_grant_requires_proxy"),
        (grant_of(&mut world, "stripe-production", "billing"), "hitl_grant_requires_proxy"),
        (grant_of(&mut world, "xero", "Quarry & Sons"), "user_limits_require_proxy"),
        (
            grant_where(&mut world, |item| {
                item["parent_grant_id"].is_string()
                    && item["status"] == "active"
                    && item["grant_policy"].is_null()
                    && item["scope_mismatch"] != true
                    && item["needs_reconnect"] != true
            }),
            "delegated_grant_requires_proxy",
        ),
    ];
    for (id, wanted) in cases {
        let reply = token(&mut world, &id);
        assert_eq!((reply.status, code(&reply).as_str()), (400, wanted));
    }
}

#[test]
fn the_request_for_a_credential_is_checked() {
    let mut world = world(100);
    let id = grant_of(&mut world, "google", "work@acme.example");
    let key = app_key(&world);
    let good = json!({ "method": "GET", "url": "https://www.googleapis.com/" });
    for body in [
        json!({ "grant_id": id, "request": good }),
        json!({ "grant_id": id, "reason": null }),
        json!({ "grant_id": id, "reason": null, "request": { "method": "get", "url": "https://x.example/" } }),
        json!({ "grant_id": id, "reason": null, "request": { "method": "GET", "url": "nowhere" } }),
        json!({ "grant_id": id, "reason": null, "request": { "method": "GET", "url": "https://x.example/", "body": 1 } }),
        json!({ "grant_id": id, "reason": null, "request": good, "url": "https://x.example/" }),
        json!({ "reason": null, "request": good }),
    ] {
        assert_eq!(send(&mut world, &key, "POST", "/sdk/token", &body.to_string(), 0).status, 422, "{body}");
    }
}

#[test]
fn tokens_refresh_and_end_with_the_permission() {
    let mut world = world(100);
    let id = grant_of(&mut world, "google", "work@acme.example");
    let key = app_key(&world);
    let body =
        json!({ "grant_id": id, "reason": "x", "request": { "method": "GET", "url": "https://x.example/" } })
            .to_string();
    let mut ask = |seconds: i64| value(&send(&mut world, &key, "POST", "/sdk/token", &body, seconds));
    let day = 86_400;
    let reported = ask(3 * day);
    assert_eq!(
        (&reported["expires_in"], &reported["expires_at"]),
        (&3600.into(), &at(3 * day + 3600).to_string().into())
    );
    let last = ask(12 * day - 60);
    assert_eq!(last["expires_in"], 60, "the permission ends before the token");
    assert_eq!(ask(12 * day)["detail"]["error"], "grant_expired");
}
