//! The data: determined by its seed, believable, and made to meet every case.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use grantdeck::sandbox::{Options, World};
use jiff::{SignedDuration, Timestamp};
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::rig::{NOW, app_key, ask, at, now, world};

fn grown(grants: u32, seed: u64, at: Timestamp) -> World {
    World::grow(&Options { grants, seed, ..Options::default() }, at)
}

#[test]
fn the_same_seed_and_instant_give_the_same_world() {
    let (mut one, mut two) = (grown(300, 7, now()), grown(300, 7, now()));
    assert_eq!(one.items(now()), two.items(now()));
    assert_eq!(app_key(&one), app_key(&two));
    let tokens = |world: &World| -> Vec<String> {
        world.credentials().user_tokens.iter().map(|user| user.token.expose_secret().to_owned()).collect()
    };
    assert_eq!(tokens(&one), tokens(&two));

    let mut other = grown(300, 8, now());
    assert_ne!(one.items(now()), other.items(now()));
    assert_ne!(app_key(&one), app_key(&other));
}

#[test]
fn ids_do_not_depend_on_the_instant_and_instants_do() {
    let (mut early, mut late) = (grown(200, 1, now()), grown(200, 1, at(86_400)));
    let ids = |world: &mut World, now| -> Vec<Value> {
        world.items(now).iter().map(|item| item["grant_id"].clone()).collect()
    };
    assert_eq!(ids(&mut early, now()), ids(&mut late, at(86_400)));
    assert_ne!(early.items(now())[0]["created_at"], late.items(at(86_400))[0]["created_at"]);
}

#[test]
fn keys_do_not_depend_on_the_size_and_every_size_is_exact() {
    for grants in [0, 1, 2, 31, 33, 40, 70, 500, 2000] {
        let mut world = grown(grants, 1, now());
        assert_eq!(world.items(now()).len(), grants as usize);
        assert_eq!(app_key(&world), app_key(&grown(1, 1, now())));
    }
}

fn seconds(item: &Value, field: &str) -> Option<i64> {
    item[field].as_str().map(|text| text.parse::<Timestamp>().expect("an instant").as_second())
}

/// The product's health rule, in short, for counting.
fn health(item: &Value, missing: bool) -> &'static str {
    match item["status"].as_str().expect("a status") {
        "revoked" => "revoked",
        "expired" => "expired",
        "active" if item["needs_reconnect"] == true => "needs_reconnect",
        "active" if item["scope_mismatch"] == true => {
            assert!(missing, "a mismatch names scopes that are really missing: {item}");
            "missing_scopes"
        }
        "active" if seconds(item, "grant_expires_at").is_some_and(|end| end < NOW + 7 * 86_400) => "expiring",
        "active" => "ok",
        _ => "unknown",
    }
}

#[test]
fn about_seventy_of_a_hundred_are_healthy_and_every_state_occurs() {
    let mut world = world(500);
    let key = app_key(&world);
    let catalog = ask(&mut world, &key, "GET", "/sdk/oauth/provider-catalog", "");
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for item in world.items(now()) {
        let held = item["scopes"].as_array().cloned().unwrap_or_default();
        let provider = item["provider_id"].as_str().unwrap_or_default();
        let required =
            catalog["providers"][provider]["required_scopes"].as_array().cloned().unwrap_or_default();
        let missing = required.iter().any(|scope| !held.contains(scope));
        if item["grant_kind"] == "oauth" {
            assert_eq!(missing, item["scope_mismatch"] == true, "{item}");
        }
        *counts.entry(health(&item, missing)).or_default() += 1;
    }
    let healthy = counts["ok"];
    assert!((320..=400).contains(&healthy), "{counts:?}");
    for state in ["revoked", "expired", "needs_reconnect", "missing_scopes", "expiring", "unknown"] {
        assert!(counts.get(state).is_some_and(|count| *count >= 3), "{state}: {counts:?}");
    }
}

#[test]
fn the_list_has_everything_that_a_screen_must_show() {
    let items = world(500).items(now());
    let any = |what: &str, test: &dyn Fn(&Value) -> bool| assert!(items.iter().any(test), "none has {what}");
    let selectors: HashSet<&str> = items
        .iter()
        .filter_map(|item| item["provider_id"].as_str().or(item["managed_secret_slug"].as_str()))
        .collect();
    assert!(selectors.len() >= 25, "{selectors:?}");
    for principal in ["user", "group", "system", "agent"] {
        any(principal, &|item| item["principal_type"] == principal);
    }
    any("40 scopes", &|item| item["scopes"].as_array().is_some_and(|scopes| scopes.len() >= 40));
    any("a base URL", &|item| item["api_base_url"].is_string());
    any("restrictions", &|item| item["grant_policy"]["restrictions"].is_object());
    any("an approval rule", &|item| item["grant_policy"]["requires_approval"].is_object());
    any("a narrowed scope", &|item| item["scope_constraint"].is_array());
    any("no use", &|item| item["last_used_at"].is_null());
    any("an end user's key", &|item| item["credential_kind"] == "end_user");
    any("an end within hours", &|item| {
        seconds(item, "grant_expires_at").is_some_and(|end| (NOW..NOW + 86_400).contains(&end))
    });
    any("no end", &|item| item["grant_expires_at"].is_null());
    any("a stale token", &|item| {
        item["status"] == "active" && seconds(item, "expires_at").is_some_and(|end| end < NOW)
    });
    any("a fresh token", &|item| seconds(item, "expires_at").is_some_and(|end| end > NOW));
    for (script, letters) in [
        ("cyrillic", 'а'..='я'),
        ("chinese or japanese", '一'..='鿿'),
        ("hiragana", 'ぁ'..='ん'),
        ("korean", '가'..='힣'),
        ("arabic", 'ا'..='ي'),
        ("hebrew", 'א'..='ת'),
        ("devanagari", 'अ'..='ह'),
        ("emoji", '🌀'..='🫶'),
    ] {
        any(script, &|item| {
            ["account_display_name", "account_identifier"].iter().any(|field| {
                item[*field].as_str().is_some_and(|text| text.chars().any(|letter| letters.contains(&letter)))
            })
        });
    }
    for (edge_case, letter) in [
        ("an escape", '\u{1b}'),
        ("a bell", '\u{7}'),
        ("bidi", '\u{202e}'),
        ("zero width", '\u{200b}'),
        ("a line", '\n'),
    ] {
        any(edge_case, &|item| {
            ["account_display_name", "account_identifier"]
                .iter()
                .any(|field| item[*field].as_str().is_some_and(|text| text.contains(letter)))
        });
    }
    any("a very long name", &|item| {
        item["account_identifier"].as_str().is_some_and(|text| text.chars().count() >= 200)
    });
}

#[test]
fn children_fit_their_parents_and_siblings_their_credential() {
    let items = world(500).items(now());
    let by_id: HashMap<&Value, &Value> = items.iter().map(|item| (&item["grant_id"], item)).collect();
    assert_eq!(by_id.len(), items.len(), "ids are unique");
    let (mut deepest, mut children) = (0, 0);
    for item in &items {
        let Some(parent) = by_id.get(&item["parent_grant_id"]) else {
            assert_eq!((&item["parent_grant_id"], &item["depth"]), (&Value::Null, &0.into()), "{item}");
            continue;
        };
        children += 1;
        let depth = item["depth"].as_u64().expect("a number");
        deepest = deepest.max(depth);
        assert_eq!(parent["depth"].as_u64().expect("a number") + 1, depth);
        assert_eq!(item["credential_id"], parent["credential_id"]);
        assert_eq!((&item["principal_type"], &parent["delegable"]), (&"agent".into(), &true.into()));
        assert!(seconds(item, "created_at") >= seconds(parent, "created_at"));
        if item["grant_kind"] == "oauth" {
            assert_eq!(parent["delegated_agent_ids"].as_array().map(Vec::len), Some(1));
            let all = parent["scope_constraint"].as_array().or(parent["scopes"].as_array()).expect("scopes");
            for scope in item["scope_constraint"].as_array().unwrap_or(&Vec::new()) {
                assert!(all.contains(scope), "{scope} is wider than the parent's");
            }
        }
    }
    assert!(children >= 15, "{children}");
    assert_eq!(deepest, 3);

    let mut labels: HashMap<&Value, HashSet<&Value>> = HashMap::new();
    for item in items.iter().filter(|item| item["grant_kind"] == "oauth" && item["depth"] == 0) {
        labels.entry(&item["credential_id"]).or_default().insert(&item["label"]);
    }
    assert!(labels.values().filter(|labels| labels.len() > 1).count() >= 5, "siblings differ in their label");
}

#[test]
fn the_first_screen_is_varied_and_harmless() {
    let items = world(500).items(now());
    let first = &items[..40];
    let selectors: HashSet<String> =
        first.iter().map(|item| format!("{}{}", item["provider_id"], item["managed_secret_slug"])).collect();
    assert!(selectors.len() >= 20, "{}", selectors.len());
    assert_eq!(items[0]["account_identifier"], "work@acme.example");
    assert_eq!(seconds(&items[0], "last_used_at"), Some(NOW - 120));
    assert_eq!(seconds(&items[0], "grant_expires_at"), Some(NOW + 12 * 86_400));
    for item in first {
        assert!(
            !item.to_string().contains("evil.example") && !item.to_string().contains("\\u001b"),
            "{item}"
        );
    }
    let created: Vec<Option<i64>> = items.iter().map(|item| seconds(item, "created_at")).collect();
    assert!(created.is_sorted_by(|newer, older| newer >= older), "newest first");
}

#[test]
fn an_active_grant_reads_expired_as_soon_as_its_permission_ends() {
    let mut world = world(500);
    let before = world.items(now());
    let later = now().saturating_add(SignedDuration::from_hours(24 * 6)).expect("an instant");
    let after = world.items(later);
    let mut changed = 0;
    for (before, after) in before.iter().zip(&after) {
        let ended = seconds(before, "grant_expires_at").is_some_and(|end| end <= later.as_second());
        let wanted = if before["status"] == "active" && ended {
            "expired"
        } else {
            before["status"].as_str().expect("text")
        };
        assert_eq!(after["status"], wanted);
        changed += usize::from(before["status"] != after["status"]);
    }
    assert!(changed > 0);
}

#[test]
fn a_hundred_thousand_grants_grow_and_page() {
    // What it costs is for the benches; here it must only work, and not by a trick of small sizes.
    let options =
        Options { grants: 100_000, rate_limit: None, page_latency: Duration::ZERO, ..Options::default() };
    let mut world = World::grow(&options, now());
    let key = app_key(&world);
    let page = crate::rig::list(&mut world, &key, &serde_json::json!({ "limit": 1000, "offset": 99_500 }));
    assert_eq!((page["grants"].as_array().map(Vec::len), &page["has_more"]), (Some(500), &false.into()));
    assert_eq!(page["total"], 100_000);
}
