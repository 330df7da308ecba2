//! The simulated providers in bad weather, and what only the proxy says of them.

use grantdeck::sandbox::{Ending, World};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::retrieve::{handed, provider, token};
use crate::rig::{grant_of, proxy, value, world};

#[test]
fn provider_faults_meet_both_modes_and_one_grant_only_where_told() {
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
    for (spell, status, ending, begins) in cases {
        world.set_faults([format!("{spell},grant={}", mine.split_at(8).0).parse().expect("a spell")]);
        let reply = provider(&mut world, url, &headers);
        assert_eq!((reply.status, reply.ending), (status, ending), "{spell}");
        assert!(reply.body.starts_with(begins.as_bytes()), "{spell}");
        assert_eq!(reply.header("Location").is_some(), status == 302, "{spell}");

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
                "{spell}"
            ),
        }
        let unharmed = proxied(&mut world, &other, "https://api.notion.com/v1/users/me");
        assert_eq!(value(&unharmed)["status_code"], 200, "{spell}: another grant");
    }
}

#[test]
fn large_bodies_are_whole_until_they_are_cut_on_purpose() {
    let mut world = world(100);
    let id = grant_of(&mut world, "github", "octo-acme");
    let call = json!({ "method": "GET", "url": "https://api.github.com/user", "grant_id": id });
    let mut ask = |spells: &[&str]| {
        world.set_faults(spells.iter().map(|spell| spell.parse().expect("a spell")));
        let told = value(&proxy(&mut world, &call));
        (told["body_b64"].as_str().expect("text").len(), told["body_truncated"].clone())
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
