//! The simulated providers under faults, and what only the proxy says of them.

use grantdeck::sandbox::{Ending, World};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::retrieve::{handed, provider, token};
use crate::rig::{app_key, ask, grant_of, grant_where, now, proxy, value, world};

#[test]
fn provider_faults_meet_both_modes_and_one_grant_only_where_asked() {
    let mut world = world(100);
    let (mine, other) =
        (grant_of(&mut world, "github", "octo-acme"), grant_of(&mut world, "notion", "東京オフィス"));
    let url = "https://api.github.com/user";
    let (_, headers, _) = handed(&mut world, &mine);
    let cases: [(&str, u16, Ending, &str); 6] = [
        ("provider-status=503", 503, Ending::Whole, ""),
        ("provider-html", 200, Ending::Whole, "<!DOCTYPE html>"),
        ("provider-redirect=https://evil.example/", 302, Ending::Whole, ""),
        ("provider-hang", 200, Ending::Hang, ""),
        ("provider-cut", 200, Ending::Cut, ""),
        ("provider-large=1000000", 200, Ending::Flood(1_000_000), ""),
    ];
    let proxied = |world: &mut World, id: &str, url: &str| {
        proxy(world, &json!({ "method": "GET", "url": url, "grant_id": id }))
    };
    for (fault_spec, status, ending, begins) in cases {
        world.set_faults([format!("{fault_spec},grant={}", mine.split_at(8).0).parse().expect("a spell")]);
        let reply = provider(&mut world, url, &headers);
        assert_eq!((reply.status, reply.ending), (status, ending), "{fault_spec}");
        assert!(reply.body.starts_with(begins.as_bytes()), "{fault_spec}");
        assert_eq!(reply.header("Location").is_some(), status == 302, "{fault_spec}");

        let through = proxied(&mut world, &mine, url);
        match ending {
            Ending::Hang => {
                let detail = value(&through)["detail"].clone();
                assert_eq!((through.status, &detail["timeout_reason"]), (504, &"upstream_timeout".into()));
                assert_eq!(through.delay.as_secs(), 90);
            }
            Ending::Cut => assert_eq!(through.status, 502),
            _ => assert_eq!(
                (through.status, &value(&through)["status_code"]),
                (200, &status.into()),
                "{fault_spec}"
            ),
        }
        let unharmed = proxied(&mut world, &other, "https://api.notion.com/v1/users/me");
        assert_eq!(value(&unharmed)["status_code"], 200, "{fault_spec}: another grant");
    }
}

#[test]
fn large_bodies_are_whole_until_they_are_cut_on_purpose() {
    let mut world = world(100);
    let id = grant_of(&mut world, "github", "octo-acme");
    let call = json!({ "method": "GET", "url": "https://api.github.com/user", "grant_id": id });
    let mut ask = |fault_specs: &[&str]| {
        world.set_faults(fault_specs.iter().map(|fault_spec| fault_spec.parse().expect("a spell")));
        let reported = value(&proxy(&mut world, &call));
        (reported["body_b64"].as_str().expect("text").len(), reported["body_truncated"].clone())
    };
    assert_eq!(ask(&["provider-large=3000000"]), (4_000_000, json!(false)));
    assert_eq!(ask(&["provider-large=10000000000", "truncate-result=300"]), (400, json!(true)));
    assert_eq!(ask(&["truncate-result=30"]), (40, json!(true)));
}

#[test]
fn a_hint_is_given_where_the_credential_is_not_at_fault() {
    let mut world = world(100);
    let id = grant_of(&mut world, "openai", "staging");
    let mut ask =
        |url: &str| value(&proxy(&mut world, &json!({ "method": "GET", "url": url, "grant_id": id })));
    let admin = ask("https://api.openai.com/v1/organization/users");
    assert!(
        admin["status_code"] == 401
            && admin["credential_hint"].as_str().is_some_and(|hint| hint.contains("admin key"))
    );
    let plain = ask("https://api.openai.com/v1/models");
    assert_eq!((&plain["status_code"], &plain["credential_hint"]), (&200.into(), &Value::Null));
}

#[test]
fn a_flagged_token_says_so() {
    let mut world = world(100);
    let id = grant_of(&mut world, "google", "work@acme.example");
    assert_eq!(value(&token(&mut world, &id))["scope_mismatch"], false);
    world.set_faults(["flagged-token".parse().expect("a spell")]);
    assert_eq!(value(&token(&mut world, &id))["scope_mismatch"], true);
}

/// Where the providers of the specs live; none: at the account's own host.
const ORIGINS: [(&str, &[&str]); 13] = [
    ("github", &["https://api.github.com"]),
    (
        "google",
        &["https://www.googleapis.com", "https://gmail.googleapis.com", "https://sheets.googleapis.com"],
    ),
    ("slack", &["https://slack.com"]),
    ("microsoft", &["https://graph.microsoft.com"]),
    ("notion", &["https://api.notion.com"]),
    ("hubspot", &["https://api.hubapi.com"]),
    ("stripe-production", &["https://api.stripe.com"]),
    ("anthropic", &["https://api.anthropic.com"]),
    ("openai", &["https://api.openai.com"]),
    ("linear", &["https://api.linear.app"]),
    ("gitlab", &["https://gitlab.com"]),
    ("zoom", &["https://api.zoom.us"]),
    ("asana", &["https://app.asana.com"]),
];

#[test]
fn every_operation_of_the_specs_is_answered() {
    let mut world = world(2000);
    let items: Vec<Value> = world.items(now()).into_iter().filter(is_plain).collect();
    let key = app_key(&world);
    let specs = ask(&mut world, &key, "GET", "/sdk/provider-specs", "");
    let mut called = 0;
    for spec in specs["items"].as_array().expect("specs") {
        let (kind, selector) =
            (spec["provider_kind"].as_str().expect("a kind"), spec["provider_id"].as_str().expect("an id"));
        let path = format!("/sdk/provider-specs/{kind}/{selector}/operations");
        let page = ask(&mut world, &key, "GET", &path, "");
        for operation in page["items"].as_array().expect("operations") {
            let (method, template) =
                (&operation["method"], operation["path_template"].as_str().expect("a path"));
            let filled: String = template
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let mine = items
                .iter()
                .filter(|item| item["provider_id"] == selector || item["managed_secret_slug"] == selector);
            // Not every grant has every scope: one of the first that come is enough.
            let status = mine.take(60).find_map(|item| {
                let own = item["api_base_url"].as_str();
                let known = ORIGINS.iter().find(|(id, _)| *id == selector).map_or(&[][..], |(_, origins)| origins);
                own.iter().chain(known).find_map(|origin| {
                    let call = json!({
                        "method": method, "url": format!("{origin}{filled}"), "grant_id": item["grant_id"],
                        "body": if *method == "GET" { Value::Null } else { json!({ "query": "{ viewer { id } }" }) },
                    });
                    let reported = value(&proxy(&mut world, &call));
                    reported["status_code"].as_u64().filter(|status| (200..300).contains(status))
                })
            });
            assert!(status.is_some(), "{selector}: {method} {filled}");
            called += 1;
        }
    }
    assert!(called >= 40, "{called}");
}

/// A grant that can be used, for everything its scopes allow.
fn is_plain(item: &Value) -> bool {
    item["status"] == "active"
        && item["needs_reconnect"] != true
        && item["scope_mismatch"] != true
        && item["grant_policy"].is_null()
        && item["parent_grant_id"].is_null()
}

#[test]
fn a_delegation_passes_on_no_more_than_it_was_given() {
    let mut world = world(2000);
    let calendar = "https://www.googleapis.com/auth/calendar.readonly";
    let holds = |scopes: &Value| scopes.as_array().is_some_and(|scopes| scopes.contains(&json!(calendar)));
    let child = grant_where(&mut world, |item| {
        item["provider_id"] == "google"
            && item["status"] == "active"
            && item["needs_reconnect"] == false
            && item["scope_mismatch"] == false
            && item["grant_policy"].is_null()
            && holds(&item["scopes"])
            && item["scope_constraint"].as_array().is_some_and(|scopes| {
                scopes.iter().all(|scope| !scope.as_str().is_some_and(|scope| scope.contains("calendar")))
            })
    });
    let url = "https://www.googleapis.com/calendar/v3/users/me/calendarList";
    let reported = value(&proxy(&mut world, &json!({ "method": "GET", "url": url, "grant_id": child })));
    assert_eq!(reported["status_code"], 403);
    let challenge = reported["headers"]["www-authenticate"].as_str().expect("a challenge");
    assert!(
        challenge.contains("error=\"insufficient_scope\"") && challenge.contains(calendar),
        "{challenge}"
    );
}
