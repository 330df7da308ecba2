//! Held calls: every way they can end, by the world's clock.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantdeck::sandbox::{Decision, Options, Reply, World};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::rig::{agent_key, app_key, at, code, grant_of, list, proxy, send, value, world};

/// A world whose people decide nothing by themselves.
fn undecided() -> World {
    let options = Options { grants: 100, approve_after: None, rate_limit: None, ..Options::default() };
    World::grow(&options, at(0))
}

/// A customer is created with the stripe grant, which one person must approve.
fn hold(world: &mut World) -> Value {
    let id = grant_of(world, "stripe-production", "billing");
    let body = json!({
        "method": "POST", "url": "https://api.stripe.com/v1/customers", "grant_id": id,
        "body": { "name": "Ann" }, "reason": "a new customer",
    });
    let reply = proxy(world, &body);
    assert_eq!(reply.status, 202, "{}", String::from_utf8_lossy(&reply.body));
    value(&reply)
}

/// The same with two people: the `QuickBooks` grant.
fn hold_for_two(world: &mut World) -> Value {
    let id = grant_of(world, "quickbooks", "Opal Coffee");
    let url = "https://quickbooks.api.intuit.com/v3/company/1/invoice";
    let reply = proxy(world, &json!({ "method": "POST", "url": url, "grant_id": id, "body": {} }));
    assert_eq!(reply.status, 202);
    value(&reply)
}

fn ask(world: &mut World, held: &Value, end: &str, seconds: i64) -> Reply {
    let target = format!("/sdk/approvals/{}{end}", held["approval_id"].as_str().expect("an id"));
    let key = app_key(world);
    send(world, &key, "GET", &target, "", seconds)
}

fn status(world: &mut World, held: &Value, seconds: i64) -> Value {
    let reply = ask(world, held, "", seconds);
    assert_eq!(reply.status, 200);
    value(&reply)
}

fn decide(world: &mut World, id: &Value, decision: Decision, reason: Option<&str>, seconds: i64) -> bool {
    let id = id.as_str().expect("an id").parse().expect("a UUID");
    world.decide(id, decision, reason, at(seconds))
}

#[test]
fn a_held_call_reports_where_and_until_when_to_decide() {
    let mut world = undecided();
    let one = hold(&mut world);
    assert_eq!((&one["status"], &one["expires_in"]), (&"pending".into(), &3600.into()));
    assert_eq!(one["expires_at"], at(3600).to_string());
    assert_eq!(
        one["approval_url"],
        format!("http://127.0.0.1/wallet/approvals/{}", one["approval_id"].as_str().expect("an id"))
    );
    assert_eq!(one["gates"][0]["approval_id"], one["approval_id"]);
    let two = hold_for_two(&mut world);
    let gates = two["gates"].as_array().expect("gates");
    assert_eq!(gates.len(), 2);
    assert_ne!(gates[0]["approval_id"], gates[1]["approval_id"]);
    let held = world.held(at(0));
    let reported: Vec<_> =
        held.iter().map(|held| (held.method.as_str(), held.gates.len(), held.status)).collect();
    assert_eq!(reported, [("POST", 1, "pending"), ("POST", 2, "pending")]);
    assert_eq!((held[0].reason.as_deref(), world.provider_calls().len()), (Some("a new customer"), 0));
    // Reading needs nobody's approval.
    let id = grant_of(&mut world, "stripe-production", "billing");
    let read = proxy(
        &mut world,
        &json!({ "method": "GET", "url": "https://api.stripe.com/v1/balance", "grant_id": id }),
    );
    assert_eq!(read.status, 200);
}

#[test]
fn an_approved_call_is_executed_and_its_result_can_be_read() {
    let mut world = undecided();
    let held = hold(&mut world);
    assert_eq!(code(&ask(&mut world, &held, "/result", 1)), "approval_not_ready");
    assert!(decide(&mut world, &held["approval_id"], Decision::Approve, Some("fine"), 10));
    let mut seen = Vec::new();
    for seconds in [10, 11, 12] {
        let reported = status(&mut world, &held, seconds);
        seen.push((reported["status"].as_str().expect("text").to_owned(), reported["has_result"].clone()));
    }
    assert_eq!(
        seen,
        [
            ("approved".to_owned(), json!(false)),
            ("executing".to_owned(), json!(false)),
            ("executed".to_owned(), json!(true))
        ]
    );
    let reported = status(&mut world, &held, 12);
    assert_eq!(
        (&reported["decided_at"], &reported["decision_reason"]),
        (&at(10).to_string().into(), &"fine".into())
    );
    assert_eq!(
        (&reported["executed_at"], &reported["gates"][0]["status"]),
        (&at(12).to_string().into(), &"approved".into())
    );

    for _ in 0..2 {
        let result = value(&ask(&mut world, &held, "/result", 20));
        assert_eq!((&result["approval_id"], &result["status_code"]), (&held["approval_id"], &200.into()));
        let body = STANDARD.decode(result["body_b64"].as_str().expect("text")).expect("base64");
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!((&body["name"], &body["object"]), (&"Ann".into(), &"customer".into()));
    }
    assert_eq!(world.provider_calls().len(), 1, "it was made once");
    assert!(!decide(&mut world, &held["approval_id"], Decision::Deny, None, 21), "it is over");
}

#[test]
fn everybody_must_approve_and_one_denial_ends_it() {
    let mut world = undecided();
    let held = hold_for_two(&mut world);
    let (first, second) = (&held["gates"][0]["approval_id"], &held["gates"][1]["approval_id"]);
    assert!(decide(&mut world, first, Decision::Approve, None, 1));
    let reported = status(&mut world, &held, 60);
    assert_eq!(
        (&reported["status"], &reported["gates"][0]["status"]),
        (&"pending".into(), &"approved".into())
    );
    assert!(decide(&mut world, second, Decision::Deny, Some("too much"), 61));
    let reported = status(&mut world, &held, 62);
    assert_eq!((&reported["status"], &reported["decision_reason"]), (&"denied".into(), &"too much".into()));
    let refused = ask(&mut world, &held, "/result", 62);
    assert_eq!((refused.status, code(&refused).as_str()), (403, "approval_denied"));
    assert_eq!(value(&refused)["detail"]["message"], "too much");

    let held = hold_for_two(&mut world);
    assert!(decide(&mut world, &held["approval_group_id"], Decision::Approve, None, 5), "all at once");
    assert_eq!(status(&mut world, &held, 7)["status"], "executed");
    assert_eq!(world.provider_calls().len(), 1);
}

#[test]
fn who_waits_too_long_finds_it_expired() {
    let mut world = undecided();
    let held = hold(&mut world);
    assert_eq!(status(&mut world, &held, 3599)["status"], "pending");
    let reported = status(&mut world, &held, 3600);
    assert_eq!(
        (&reported["status"], &reported["gates"][0]["status"]),
        (&"expired".into(), &"expired".into())
    );
    assert!(!decide(&mut world, &held["approval_id"], Decision::Approve, None, 3601));
    let refused = ask(&mut world, &held, "/result", 3601);
    assert_eq!((refused.status, code(&refused).as_str()), (410, "approval_expired"));
}

#[test]
fn people_decide_as_the_faults_says() {
    for (specs, changes) in [
        (vec![], [(3, "pending"), (4, "approved"), (5, "executing"), (6, "executed")]),
        (vec!["approve-after=0"], [(0, "approved"), (1, "executing"), (2, "executed"), (9, "executed")]),
        (vec!["deny-after=3"], [(0, "pending"), (2, "pending"), (3, "denied"), (9, "denied")]),
        (vec!["expire-after=5"], [(0, "pending"), (4, "pending"), (5, "expired"), (9, "expired")]),
        (vec!["fail-execution"], [(3, "pending"), (4, "approved"), (5, "executing"), (6, "failed")]),
    ] {
        let mut world = world(100);
        world.set_faults(specs.iter().map(|spec| spec.parse().expect("a spell")));
        let held = hold(&mut world);
        for (seconds, wanted) in changes {
            assert_eq!(status(&mut world, &held, seconds)["status"], wanted, "{specs:?} after {seconds} s");
        }
    }
    let mut world = world(100);
    world.set_faults(["fail-execution".parse().expect("a spell")]);
    let held = hold(&mut world);
    let reported = status(&mut world, &held, 9);
    assert!(reported["execution_error"].is_string() && reported["has_result"] == false);
    let refused = ask(&mut world, &held, "/result", 9);
    assert_eq!((refused.status, code(&refused).as_str()), (502, "approval_execution_failed"));
}

#[test]
fn any_call_can_be_made_to_need_approval_and_several_people_decide_in_turn() {
    let mut world = world(100);
    world.set_faults(["needs-approval=2".parse().expect("a spell")]);
    let id = grant_of(&mut world, "github", "octo-acme");
    let held = value(&proxy(
        &mut world,
        &json!({ "method": "GET", "url": "https://api.github.com/user", "grant_id": id }),
    ));
    let reported = status(&mut world, &held, 2);
    assert_eq!(
        (&reported["gates"][0]["status"], &reported["gates"][1]["status"]),
        (&"approved".into(), &"pending".into())
    );
    assert_eq!(status(&mut world, &held, 6)["status"], "executed");
}

#[test]
fn an_agents_own_policy_holds_its_calls_and_only_it_and_the_app_may_look() {
    let mut world = undecided();
    let bot = agent_key(&world, "triage-bot");
    let page = list(&mut world, &bot, &json!({ "provider_id": "linear" }));
    let body = json!({
        "method": "POST", "url": "https://api.linear.app/graphql", "grant_id": page["grants"][0]["grant_id"],
        "body": { "query": "{ viewer { id } }" },
    });
    let reply = send(&mut world, &bot, "POST", "/sdk/proxy", &body.to_string(), 0);
    assert_eq!(reply.status, 202);
    let held = value(&reply);
    let target = format!("/sdk/approvals/{}", held["approval_id"].as_str().expect("an id"));
    assert_eq!(send(&mut world, &bot, "GET", &target, "", 1).status, 200);
    assert_eq!(status(&mut world, &held, 1)["status"], "pending");
    let other = agent_key(&world, "release-notes");
    let unknown = send(&mut world, &other, "GET", &target, "", 1);
    assert_eq!((unknown.status, code(&unknown).as_str()), (404, "approval_not_found"));
}

#[test]
fn what_became_of_the_grant_meanwhile_makes_the_call_fail() {
    let mut world = undecided();
    world.set_faults(["needs-approval=1".parse().expect("a spell")]);
    let id = grant_of(&mut world, "microsoft", "priya.sharma@kestrel.example");
    let held = value(&proxy(
        &mut world,
        &json!({ "method": "GET", "url": "https://graph.microsoft.com/v1.0/me", "grant_id": id }),
    ));
    let report = json!({
        "provider_status_code": 403, "provider_error_code": "insufficient_scope", "missing_scopes": ["Mail.Send"],
        "raw_www_authenticate": "Bearer", "api_endpoint": "https://graph.microsoft.com/v1.0/me",
        "detection_source": "www_authenticate_rfc6750", "sdk_correlation_id": "abc",
    });
    let key = app_key(&world);
    let target = format!("/sdk/grants/{id}/report-scope-mismatch");
    assert_eq!(send(&mut world, &key, "POST", &target, &report.to_string(), 1).status, 204);
    assert!(decide(&mut world, &held["approval_id"], Decision::Approve, None, 2));
    assert_eq!(status(&mut world, &held, 4)["status"], "failed");
}

#[test]
fn waiting_is_a_whole_number_up_to_25() {
    let mut world = undecided();
    let held = hold(&mut world);
    for (wait, wanted) in
        [("0", 200), ("25", 200), ("26", 422), ("-1", 422), ("1.5", 422), ("x", 422), ("", 422)]
    {
        let reply = ask(&mut world, &held, &format!("?wait={wait}"), 0);
        assert_eq!(reply.status, wanted, "{wait}");
        assert_eq!(reply.hold.is_some(), wait == "25", "{wait}");
    }
    assert!(decide(&mut world, &held["approval_id"], Decision::Deny, None, 1));
    assert!(ask(&mut world, &held, "?wait=25", 2).hold.is_none(), "nothing can change any more");
    let nobody = json!({ "approval_id": "00000000-0000-4000-8000-000000000000" });
    assert_eq!(ask(&mut world, &nobody, "", 0).status, 404);
}

#[test]
fn too_many_held_calls_are_refused() {
    let mut world = undecided();
    for _ in 0..20 {
        hold(&mut world);
    }
    let id = grant_of(&mut world, "stripe-production", "billing");
    let body = json!({ "method": "POST", "url": "https://api.stripe.com/v1/customers", "grant_id": id });
    let reply = proxy(&mut world, &body);
    assert_eq!((reply.status, code(&reply).as_str()), (429, "too_many_pending_approvals"));
}

#[test]
fn the_link_is_a_page_that_decides() {
    let mut world = undecided();
    let held = hold(&mut world);
    let mut page = |method: &str, end: &str, seconds: i64| {
        let target = format!("/wallet/approvals/{}{end}", held["approval_id"].as_str().expect("an id"));
        let request = grantdeck::sandbox::Request { method: method.to_owned(), target, ..Default::default() };
        let reply = world.handle(&request, at(seconds));
        (reply.status, String::from_utf8(reply.body.to_vec()).expect("text"))
    };
    let (status, text) = page("GET", "", 0);
    assert!(
        status == 200
            && text.contains("POST https://api.stripe.com/v1/customers")
            && text.contains("<button>Approve")
    );
    assert!(page("POST", "/approve", 1).1.contains("approved"));
    assert!(!page("GET", "", 9).1.contains("<button>"));
    assert_eq!(page("GET", "/nothing", 9).0, 404);
    assert_eq!(world.held(at(9))[0].status, "executed");
}
