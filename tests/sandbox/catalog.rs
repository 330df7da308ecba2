//! Catalog, specs, scopes, and what is not there.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::rig::{app_key, ask, now, refusal, world};

#[test]
fn the_catalog_describes_every_scope_that_a_grant_holds() {
    let mut world = world(500);
    let key = app_key(&world);
    let catalog = ask(&mut world, &key, "GET", "/sdk/oauth/provider-catalog", "");
    let providers = catalog["providers"].as_object().expect("providers");
    for (id, provider) in providers {
        assert_eq!((&provider["id"], &provider["status"]), (&id.as_str().into(), &"active".into()));
        let scopes = provider["available_scopes"].as_object().expect("scopes");
        let flagged = |flag: &str| -> Value {
            scopes.iter().filter(|(_, scope)| scope[flag] == true).map(|(name, _)| json!(name)).collect()
        };
        assert_eq!(
            (flagged("required"), flagged("is_default")),
            (provider["required_scopes"].clone(), provider["default_scopes"].clone())
        );
        for (name, scope) in scopes {
            assert!(scope["description"].as_str().is_some_and(|text| text.len() > 8), "{id} {name}");
        }
    }
    for item in world.items(now()).iter().filter(|item| item["grant_kind"] == "oauth") {
        let provider = &providers[item["provider_id"].as_str().expect("a provider")];
        for scope in item["scopes"].as_array().expect("scopes") {
            assert!(provider["available_scopes"].get(scope.as_str().expect("text")).is_some(), "{scope}");
        }
    }
}

#[test]
fn specs_are_listed_searched_paged_and_detailed() {
    let mut world = world(5);
    let key = app_key(&world);
    let all = ask(&mut world, &key, "GET", "/sdk/provider-specs", "");
    assert!(all["total"].as_u64().is_some_and(|total| total >= 8));
    let managed = ask(&mut world, &key, "GET", "/sdk/provider-specs?kind=managed", "");
    assert!(
        managed["items"].as_array().expect("items").iter().all(|spec| spec["provider_kind"] == "managed")
    );
    for spec in all["items"].as_array().expect("items") {
        let base = format!(
            "/sdk/provider-specs/{}/{}",
            spec["provider_kind"].as_str().expect("text"),
            spec["provider_id"].as_str().expect("text")
        );
        assert_eq!(&ask(&mut world, &key, "GET", &base, ""), spec);
        let page = ask(&mut world, &key, "GET", &format!("{base}/operations?limit=3&offset=1"), "");
        assert_eq!((&page["total"], &page["spec"]), (&spec["operation_count"], spec));
        assert_eq!(page["items"].as_array().map(Vec::len), Some(3));
    }
    let found = ask(
        &mut world,
        &key,
        "GET",
        "/sdk/provider-specs/oauth/github/operations?limit=100&offset=0&search=create+an+issue",
        "",
    );
    let found: Vec<&Value> =
        found["items"].as_array().expect("items").iter().map(|row| &row["operation_id"]).collect();
    assert_eq!(found, ["issues/create", "issues/create-comment"]);
    let one = "/sdk/provider-specs/oauth/github/operation?operation_id=issues%2Fcreate";
    let one = ask(&mut world, &key, "GET", one, "");
    assert_eq!(
        (&one["method"], &one["path_template"]),
        (&"POST".into(), &"/repos/{owner}/{repo}/issues".into())
    );
    assert_eq!(
        one["params_schema"][1],
        json!({ "name": "repo", "in": "path", "required": true, "schema": { "type": "string" } })
    );
    assert_eq!(one["request_schema"]["required"], json!(["title"]));
    assert_eq!(one["response_schema"]["properties"]["number"], json!({ "type": "integer" }));
    for (target, code) in [
        ("/sdk/provider-specs/oauth/nobody", "provider_spec_not_found"),
        ("/sdk/provider-specs/managed/github", "provider_spec_not_found"),
        ("/sdk/provider-specs/oauth/github/operation?operation_id=nothing", "operation_not_found"),
    ] {
        assert_eq!(refusal(&mut world, &key, "GET", target, ""), (404, code.to_owned()), "{target}");
    }
    for bad in ["?kind=other", "/oauth/github/operations?limit=501", "/oauth/github/operation"] {
        assert_eq!(
            refusal(&mut world, &key, "GET", &format!("/sdk/provider-specs{bad}"), "").0,
            422,
            "{bad}"
        );
    }
}

#[test]
fn scopes_are_there_and_unknown_paths_are_not() {
    let mut world = world(5);
    let key = app_key(&world);
    let scopes = ask(&mut world, &key, "GET", "/sdk/scopes", "");
    assert_eq!(scopes["resources"]["grants"]["verbs"], json!(["read", "write", "admin"]));
    for (method, target, status, code) in [
        ("GET", "/", 404, "not_found"),
        ("GET", "/sdk/nothing", 404, "not_found"),
        ("GET", "/sdk/scopes/", 404, "not_found"),
        ("GET", "/sdk/grants/list", 405, "method_not_allowed"),
        ("DELETE", "/sdk/scopes", 405, "method_not_allowed"),
    ] {
        assert_eq!(
            refusal(&mut world, &key, method, target, ""),
            (status, code.to_owned()),
            "{method} {target}"
        );
    }
}
