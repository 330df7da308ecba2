//! What a client tells after a call with a credential, and what follows from it.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::retrieve::{handed, token};
use crate::rig::{app_key, at, code, grant_of, now, send, value, world};

fn audit_row(id: &str) -> Value {
    json!({
        "grant_id": id, "provider_id": "google", "token_generation": null, "method": "GET",
        "url": "https://www.googleapis.com/", "request_headers": {}, "request_body": null, "response_status": 200,
        "response_headers": { "content-type": "application/json" }, "response_body": "{}", "latency_ms": 12,
        "reason": null, "context": { "tool": "t" },
    })
}

#[test]
fn audit_rows_are_checked_and_kept() {
    let mut world = world(100);
    let id = grant_of(&mut world, "google", "work@acme.example");
    let key = app_key(&world);
    let mut post = |body: &Value| {
        send(&mut world, &key, "POST", "/sdk/oauth/audit/api-call", &body.to_string(), 5).status
    };
    let good = audit_row(&id);
    assert_eq!(post(&good), 201);
    for (field, wrong) in [
        ("response_status", json!("200")),
        ("response_status", json!(99)),
        ("latency_ms", json!(-1)),
        ("latency_ms", json!(1.5)),
        ("request_headers", Value::Null),
        ("response_headers", json!({ "a": 1 })),
        ("response_body", json!({})),
        ("context", json!("t")),
        ("provider_id", Value::Null),
        ("method", Value::Null),
        ("token_generation", json!("x")),
        ("extra", json!(1)),
    ] {
        let mut bad = good.clone();
        bad[field] = wrong;
        assert_eq!(post(&bad), 422, "{field}");
    }
    for field in good.as_object().expect("an object").keys() {
        let mut bad = good.clone();
        bad.as_object_mut().expect("an object").shift_remove(field);
        assert_eq!(post(&bad), 422, "without {field}");
    }
    let mut failed = good.clone();
    failed["response_status"] = json!(0);
    failed["response_headers"] = Value::Null;
    assert_eq!(post(&failed), 201, "a call that never arrived");
    assert_eq!(post(&audit_row("00000000-0000-4000-8000-000000000000")), 404);
    let rows = world.audit();
    assert_eq!(rows.iter().map(|row| row.row.clone()).collect::<Vec<_>>(), [good, failed]);
    assert!(rows.iter().all(|row| !row.proxied && row.at == at(5)));
}

#[test]
fn a_rejected_credential_marks_its_connection_if_it_is_the_current_one() {
    let mut world = world(100);
    let id = grant_of(&mut world, "google", "work@acme.example");
    let generation = handed(&mut world, &id).0["token_generation"].clone();
    let key = app_key(&world);
    for (generation, wanted) in [(json!("00000000-0000-4000-8000-000000000000"), 200), (generation, 400)] {
        let mut row = audit_row(&id);
        row["response_status"] = json!(401);
        row["token_generation"] = generation;
        assert_eq!(
            send(&mut world, &key, "POST", "/sdk/oauth/audit/api-call", &row.to_string(), 0).status,
            201
        );
        assert_eq!(token(&mut world, &id).status, wanted);
    }
    assert_eq!(code(&token(&mut world, &id)), "credential_revoked");
}

#[test]
fn a_reported_grant_lacks_scopes_from_then_on() {
    let mut world = world(100);
    let id = grant_of(&mut world, "google", "work@acme.example");
    let report = json!({
        "provider_status_code": 403, "provider_error_code": "insufficient_scope", "missing_scopes": ["a scope"],
        "raw_www_authenticate": "Bearer error=\"insufficient_scope\"", "api_endpoint": "https://x.example/",
        "detection_source": "www_authenticate_rfc6750", "sdk_correlation_id": "AAAAAAAAAAAAAAAAAAAAAA",
    });
    let key = app_key(&world);
    let target = format!("/sdk/grants/{id}/report-scope-mismatch");
    let mut post = |body: &Value| send(&mut world, &key, "POST", &target, &body.to_string(), 0);
    for (field, wrong) in [
        ("provider_status_code", json!(401)),
        ("provider_error_code", json!("other")),
        ("detection_source", json!("guess")),
        ("missing_scopes", json!("a")),
        ("missing_scopes", json!(vec!["a"; 51])),
        ("raw_www_authenticate", json!("x".repeat(4097))),
        ("api_endpoint", json!("x".repeat(2049))),
        ("extra", json!(1)),
    ] {
        let mut bad = report.clone();
        bad[field] = wrong;
        assert_eq!(post(&bad).status, 422, "{field}");
    }
    let taken = post(&report);
    assert_eq!((taken.status, taken.body.len()), (204, 0));
    let refused = token(&mut world, &id);
    assert_eq!((refused.status, code(&refused).as_str()), (403, "scope_mismatch"));
    let missing = value(&refused)["detail"]["details"]["missing_scopes"].clone();
    assert!(missing.as_array().expect("a list").contains(&json!("a scope")));
    let item =
        world.items(now()).into_iter().find(|item| item["grant_id"] == id.as_str()).expect("the grant");
    assert_eq!(item["scope_mismatch"], true);
}
