//! The grant list: filters, pages, views, refusals of bad input.

use std::collections::HashSet;

use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::rig::{Draft, agent_key, app_key, list, now, refusal, value, walk, world};

/// Whether a filter should keep an item.
type Test = Box<dyn Fn(&Value) -> bool>;

fn ids(items: &[Value]) -> Vec<&Value> {
    items.iter().map(|item| &item["grant_id"]).collect()
}

#[test]
fn pages_of_every_size_cover_every_row_once_in_the_same_order() {
    let mut world = world(503);
    let key = app_key(&world);
    let truth = world.items(now());
    for limit in [1, 7, 100, 502, 503, 504, 1000] {
        assert_eq!(walk(&mut world, &key, &json!({}), limit), truth, "pages of {limit}");
    }
}

#[test]
fn without_a_limit_a_page_has_a_hundred_rows() {
    let mut world = world(150);
    let key = app_key(&world);
    let page = list(&mut world, &key, &json!({}));
    assert_eq!(page["grants"].as_array().map(Vec::len), Some(100));
    assert_eq!(
        page.as_object().map(|page| page.keys().cloned().collect::<Vec<_>>()),
        Some(["grants", "total", "limit", "offset", "has_more"].map(str::to_owned).to_vec())
    );
    assert_eq!(
        (&page["total"], &page["limit"], &page["offset"], &page["has_more"]),
        (&150.into(), &100.into(), &0.into(), &true.into())
    );
    let beyond = list(&mut world, &key, &json!({ "offset": 150 }));
    assert_eq!(
        (&beyond["grants"], &beyond["total"], &beyond["has_more"]),
        (&json!([]), &150.into(), &false.into())
    );
}

#[test]
fn every_filter_keeps_exactly_what_it_names() {
    let mut world = world(500);
    let key = app_key(&world);
    let truth = world.items(now());
    let is = |field: &'static str, wanted: &'static str| move |item: &Value| item[field] == wanted;
    let cases: Vec<(Value, Test)> = vec![
        (json!({ "provider_id": "google" }), Box::new(is("provider_id", "google"))),
        (
            json!({ "provider_id": "stripe-production" }),
            Box::new(is("managed_secret_slug", "stripe-production")),
        ),
        (json!({ "status": "active" }), Box::new(is("status", "active"))),
        (json!({ "status": "expired" }), Box::new(is("status", "expired"))),
        (json!({ "status": "revoked" }), Box::new(is("status", "revoked"))),
        (json!({ "status": "deprovisioned" }), Box::new(is("status", "deprovisioned"))),
        (json!({ "account": "東京オフィス" }), Box::new(is("account_identifier", "東京オフィス"))),
        (json!({ "label": "work" }), Box::new(is("label", "work"))),
        (
            json!({ "provider_id": "google", "status": "active", "label": "work" }),
            Box::new(|item| {
                item["provider_id"] == "google" && item["status"] == "active" && item["label"] == "work"
            }),
        ),
    ];
    for (filter, test) in cases {
        let wanted: Vec<Value> = truth.iter().filter(|item| test(item)).cloned().collect();
        assert!(!wanted.is_empty() && wanted.len() < truth.len(), "{filter} tells something apart");
        assert_eq!(walk(&mut world, &key, &filter, 50), wanted, "{filter}");
    }
    for nobody in
        [json!({ "provider_id": "nobody" }), json!({ "status": "asleep" }), json!({ "label": "WORK" })]
    {
        assert_eq!(walk(&mut world, &key, &nobody, 50), Vec::<Value>::new(), "{nobody}");
    }
    assert_eq!(
        walk(&mut world, &key, &json!({ "label": null, "colour": "red" }), 1000),
        truth,
        "null and unknown"
    );
}

#[test]
fn bad_input_is_refused_in_the_list_form() {
    let mut world = world(5);
    let key = app_key(&world);
    for (body, field) in [
        (r#"{"limit":0}"#, "limit"),
        (r#"{"limit":1001}"#, "limit"),
        (r#"{"limit":-1}"#, "limit"),
        (r#"{"limit":true}"#, "limit"),
        (r#"{"limit":"10"}"#, "limit"),
        (r#"{"limit":1.5}"#, "limit"),
        (r#"{"limit":null}"#, "limit"),
        (r#"{"offset":-1}"#, "offset"),
        (r#"{"provider_id":7}"#, "provider_id"),
        (r#"{"user_token":[]}"#, "user_token"),
        ("[]", "body"),
        ("{", "body"),
        ("", "body"),
    ] {
        let reply = world.handle(&Draft::new("POST", "/sdk/grants/list", body).sign(&key), now());
        assert_eq!(reply.status, 422, "{body}");
        assert_eq!(value(&reply)["detail"][0]["loc"], json!(["body", field]), "{body}");
    }
}

#[test]
fn an_agent_sees_what_it_owns_and_what_was_delegated_to_it() {
    let mut world = world(500);
    let truth = world.items(now());
    let key = agent_key(&world, "triage-bot");
    let agent = world.credentials().agent_keys[0].id.to_string();
    let seen = walk(&mut world, &key, &json!({}), 10);
    let owned: Vec<&Value> = seen.iter().filter(|item| item["access_via"] == "ownership").collect();
    let delegated: Vec<&Value> = seen.iter().filter(|item| item["access_via"] != "ownership").collect();
    assert!(!owned.is_empty() && !delegated.is_empty());
    for item in &owned {
        assert_eq!((&item["agent_id"], &item["depth"]), (&agent.as_str().into(), &0.into()));
    }
    let operator = app_key(&world);
    for item in &delegated {
        let via = if item["grant_kind"] == "oauth" { "oauth_delegation" } else { "ms_delegation" };
        assert_eq!((&item["access_via"], &item["principal_type"]), (&via.into(), &"agent".into()));
        assert!(item["delegated_at"].is_string() && item["parent_grant_id"].is_string());
        let parent =
            truth.iter().find(|parent| parent["grant_id"] == item["parent_grant_id"]).expect("a parent");
        if item["grant_kind"] == "oauth" {
            assert!(
                parent["delegated_agent_ids"].as_array().expect("a list").contains(&agent.as_str().into())
            );
            assert_eq!(item["delegated_agent_ids"], json!([]), "only the operator sees who else");
        }
    }
    // The operator sees the same rows, as its own.
    let all = walk(&mut world, &operator, &json!({}), 1000);
    for item in &seen {
        let same =
            all.iter().find(|other| other["grant_id"] == item["grant_id"]).expect("a row of the operator's");
        assert_eq!((&same["access_via"], &same["delegated_at"]), (&"ownership".into(), &Value::Null));
    }
    let only = walk(&mut world, &key, &json!({ "provider_id": "github" }), 10);
    assert!(!only.is_empty() && only.iter().all(|item| item["provider_id"] == "github"));
}

#[test]
fn a_user_token_narrows_to_one_user_and_a_bad_one_is_refused() {
    let mut world = world(500);
    let key = app_key(&world);
    let tokens = world.credentials().user_tokens.clone();
    let mut seen: HashSet<String> = HashSet::new();
    for user in tokens.iter().filter(|user| user.valid) {
        let token = user.token.expose_secret();
        let rows = walk(&mut world, &key, &json!({ "user_token": token }), 3);
        assert!(!rows.is_empty() && rows.len() < 200, "{}", user.name);
        for row in &rows {
            assert_eq!(row["principal_type"], "user");
            assert!(seen.insert(row["grant_id"].to_string()), "two users share a grant");
        }
    }
    let expired = tokens.last().expect("an expired token");
    assert!(!expired.valid);
    for token in [expired.token.expose_secret(), "eyJhbGciOiJub25lIn0.e30.", ""] {
        let body = json!({ "user_token": token }).to_string();
        let refused = refusal(&mut world, &key, "POST", "/sdk/grants/list", &body);
        assert_eq!(refused, (401, "jwt_validation_error".to_owned()), "{token}");
    }
}

#[test]
fn an_empty_account_has_an_empty_page() {
    let mut world = world(0);
    let key = app_key(&world);
    let page = list(&mut world, &key, &json!({}));
    assert_eq!(page, json!({ "grants": [], "total": 0, "limit": 100, "offset": 0, "has_more": false }));
    let items = world.items(now());
    assert!(ids(&items).is_empty());
}
