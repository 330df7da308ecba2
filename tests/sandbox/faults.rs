//! The faults, asked of the world itself: every fault does what it says, where it says.

use std::collections::HashSet;
use std::time::Duration;

use grantdeck::sandbox::{Ending, Fault, FaultSpec, OddEnvelope, OddRow, Options, Reply, World};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::rig::{Draft, NOW, app_key, at, list, now, value, world};

/// Whether a row or page is odd as told.
type Test = fn(&Value) -> bool;

/// A world of 20 grants with these faults.
fn weathered(spec: &str) -> World {
    let mut world = world(20);
    world.set_faults([spec.parse::<FaultSpec>().expect("a spell")]);
    world
}

fn asked(world: &mut World, target: &str, body: &str) -> Reply {
    let key = app_key(world);
    let method = if body.is_empty() { "GET" } else { "POST" };
    world.handle(&Draft::new(method, target, body).sign(&key), now())
}

fn listed(world: &mut World) -> Reply {
    asked(world, "/sdk/grants/list", r#"{"limit":5}"#)
}

#[test]
fn delays_and_endings_are_passed_to_the_front() {
    let plain = listed(&mut world(20));
    assert_eq!((plain.delay, plain.ending), (Duration::ZERO, Ending::Whole));
    assert_eq!(listed(&mut weathered("latency=200ms")).delay, Duration::from_millis(200));
    for (spec, ending) in [
        ("hang", Ending::Hang),
        ("refuse", Ending::Refuse),
        ("cut-body", Ending::Cut),
        ("stall", Ending::Stall),
        ("slow=500", Ending::Slow(500)),
        ("length-off=-3", Ending::LengthOff(-3)),
        ("proxy-large=9", Ending::Whole),
    ] {
        assert_eq!(listed(&mut weathered(spec)).ending, ending, "{spec}");
    }
    let options = Options { grants: 3, page_latency: Duration::from_millis(40), ..Options::default() };
    let mut slow = World::grow(&options, now());
    assert_eq!(listed(&mut slow).delay, Duration::from_millis(40));
    assert_eq!(asked(&mut slow, "/sdk/scopes", "").delay, Duration::ZERO, "only pages are slow");
}

#[test]
fn bodies_are_broken_as_asked() {
    let broken = listed(&mut weathered("truncated-json"));
    assert_eq!(broken.status, 200);
    assert!(serde_json::from_slice::<Value>(&broken.body).is_err());
    for status in [500, 502, 503, 504] {
        let html = listed(&mut weathered(&format!("html={status}")));
        assert_eq!((html.status, html.header("Content-Type")), (status, Some("text/html; charset=utf-8")));
        assert!(html.body.starts_with(b"<!DOCTYPE html>"));
    }
    let header = listed(&mut weathered("throttle-header=7"));
    assert_eq!((header.status, header.header("Retry-After")), (429, Some("7")));
    assert_eq!(value(&header)["detail"]["retry_after"], Value::Null);
    let body = listed(&mut weathered("throttle-body=9"));
    assert_eq!((body.status, body.header("Retry-After")), (429, None));
    assert_eq!(value(&body)["detail"]["retry_after"], 9);
}

#[test]
fn one_row_of_a_page_is_odd_and_only_one() {
    let truth = world(20).items(now());
    let cases: &[(OddRow, Test)] = &[
        (OddRow::MissingKind, |row| row.get("grant_kind").is_none()),
        (OddRow::UnknownKind, |row| row["grant_kind"] == "passkey"),
        (OddRow::BadId, |row| row["grant_id"] == "not-a-uuid"),
        (OddRow::NullScopes, |row| row.get("scopes").is_some_and(Value::is_null)),
        (OddRow::UnknownEnum, |row| {
            row["principal_type"] == "household" && row["access_via"] == "inheritance"
        }),
        (OddRow::ExtraFields, |row| row["x_region"].is_object()),
        (OddRow::WrongTypes, |row| row["created_at"].is_number() && row["depth"].is_string()),
        (OddRow::NotObject, Value::is_string),
    ];
    for (odd, is_odd) in cases {
        let mut world = world(20);
        world.set_faults([Fault::OddRow(*odd).into()]);
        let key = app_key(&world);
        let page = list(&mut world, &key, &json!({ "limit": 5 }));
        let rows = page["grants"].as_array().expect("rows");
        assert!(is_odd(&rows[1]), "{odd:?}: {}", rows[1]);
        assert_eq!((rows.len(), &rows[0], &rows[2..]), (5, &truth[0], &truth[2..5]), "{odd:?}");
        assert_eq!(world.items(now()), truth, "the world itself stays sound");
    }
}

#[test]
fn envelopes_are_odd_as_asked() {
    let cases: &[(OddEnvelope, Test)] = &[
        (OddEnvelope::GrantsNull, |page| page["grants"].is_null() && page["total"] == 20),
        (OddEnvelope::TotalString, |page| page["total"] == "20"),
        (OddEnvelope::NoHasMore, |page| page.get("has_more").is_none() && page["total"] == 20),
        (OddEnvelope::Array, |page| page.as_array().is_some_and(|rows| rows.len() == 5)),
    ];
    for (odd, is_odd) in cases {
        let mut world = world(20);
        world.set_faults([Fault::OddEnvelope(*odd).into()]);
        let page = value(&listed(&mut world));
        assert!(is_odd(&page), "{odd:?}: {page}");
    }
}

#[test]
fn a_shifting_list_repeats_rows_and_skips_rows() {
    let mut world = weathered("shifting");
    let key = app_key(&world);
    let before: HashSet<Value> = world.items(now()).iter().map(|item| item["grant_id"].clone()).collect();
    let (mut seen, mut totals) = (Vec::new(), HashSet::new());
    for offset in [0, 5, 10, 15] {
        let page = list(&mut world, &key, &json!({ "limit": 5, "offset": offset }));
        totals.insert(page["total"].clone());
        seen.extend(page["grants"].as_array().expect("rows").iter().map(|row| row["grant_id"].clone()));
    }
    let unique: HashSet<Value> = seen.iter().cloned().collect();
    assert!(unique.len() < seen.len(), "a row was repeated");
    assert!(before.difference(&unique).next().is_some(), "a row was skipped");
    assert!(totals.len() > 1, "the total moved");
}

#[test]
fn totals_lie_and_drift() {
    assert_eq!(value(&listed(&mut weathered("total-off=-3")))["total"], 17);
    let mut drifting = weathered("total-drifts");
    let totals: Vec<Value> = (0..3).map(|_| value(&listed(&mut drifting))["total"].clone()).collect();
    assert_eq!(totals, [20, 21, 22]);
}

#[test]
fn a_key_is_revoked_from_a_request_on() {
    let mut world = weathered("key-revoked,after=2");
    let statuses: Vec<u16> = (0..4).map(|_| listed(&mut world).status).collect();
    assert_eq!(statuses, [200, 200, 401, 401]);
    assert_eq!(value(&listed(&mut world))["detail"]["error"], "key_revoked");
}

#[test]
fn a_skewed_clock_refuses_and_reports_its_time() {
    let mut world = weathered("clock-skew=900");
    let reply = listed(&mut world);
    assert_eq!((reply.status, &value(&reply)["detail"]["server_time"]), (401, &(NOW + 900).into()));
    assert_eq!(reply.header("Date"), Some("Thu, 01 Jan 2026 00:15:00 GMT"));
    let mut draft = Draft::new("GET", "/sdk/scopes", "");
    draft.timestamp = NOW + 900;
    assert_eq!(
        world.handle(&draft.sign(&app_key(&world)), now()).status,
        200,
        "by its own clock it is right"
    );
}

#[test]
fn headers_go_missing_and_appear() {
    let options = Options { grants: 3, ..Options::default() };
    for (spec, budget, deprecated) in
        [(None, true, false), (Some("no-budget-headers"), false, false), (Some("key-deprecated"), true, true)]
    {
        let mut world = World::grow(&options, now());
        world.set_faults(spec.map(|spec| spec.parse().expect("a spell")));
        let reply = listed(&mut world);
        for name in [
            "X-RateLimit-Limit",
            "X-RateLimit-Remaining",
            "X-RateLimit-Reset",
            "RateLimit-Policy",
            "RateLimit",
        ] {
            assert_eq!(reply.header(name).is_some(), budget, "{spec:?} {name}");
        }
        assert_eq!(reply.header("X-Alter-Key-Deprecated"), deprecated.then_some("true"), "{spec:?}");
    }
    let mut world = world(3);
    let old = secrecy::ExposeSecret::expose_secret(&world.credentials().deprecated_app_key).to_owned();
    let reply = world.handle(&Draft::new("GET", "/sdk/scopes", "").sign(&old), now());
    assert_eq!(reply.header("X-Alter-Key-Deprecated"), Some("true"), "one key is deprecated under any fault");
}

#[test]
fn specs_meet_only_their_path_and_count() {
    let mut world = weathered("html=502,path=/sdk/grants,first=2");
    assert_eq!(asked(&mut world, "/sdk/scopes", "").status, 200);
    let statuses: Vec<u16> = (0..3).map(|_| listed(&mut world).status).collect();
    assert_eq!(statuses, [502, 502, 200]);
    world.set_faults([]);
    assert_eq!(listed(&mut world).status, 200);
}

#[test]
fn the_budget_is_a_sliding_minute_reported_in_both_dialects() {
    let mut world = World::grow(&Options { grants: 3, rate_limit: Some(3), ..Options::default() }, now());
    let key = app_key(&world);
    let mut ask_at = |seconds: i64| {
        let mut draft = Draft::new("GET", "/sdk/scopes", "");
        draft.timestamp = NOW + seconds;
        world.handle(&draft.sign(&key), at(seconds))
    };
    for (seconds, remaining, reset) in [(0, "2", 60), (10, "1", 60), (20, "0", 60)] {
        let reply = ask_at(seconds);
        assert_eq!((reply.status, reply.header("X-RateLimit-Remaining")), (200, Some(remaining)));
        assert_eq!(reply.header("X-RateLimit-Limit"), Some("3"));
        assert_eq!(reply.header("X-RateLimit-Reset"), Some((NOW + reset).to_string().as_str()));
        assert_eq!(reply.header("RateLimit-Policy"), Some("\"api_key\";q=3;w=60"));
        let wait = reset - seconds;
        assert_eq!(reply.header("RateLimit"), Some(format!("\"api_key\";r={remaining};t={wait}").as_str()));
    }
    let refused = ask_at(25);
    assert_eq!((refused.status, refused.header("Retry-After")), (429, Some("35")));
    assert_eq!(refused.header("X-Alter-Rate-Limited-Scope"), Some("api_key"));
    let detail = &value(&refused)["detail"];
    assert_eq!((&detail["error"], &detail["retry_after"]), (&"rate_limit_exceeded".into(), &35.into()));
    assert_eq!(ask_at(59).status, 429, "a refused request costs nothing, but the window is still full");
    let freed: Vec<u16> = [60, 61, 70].map(|seconds| ask_at(seconds).status).to_vec();
    assert_eq!(freed, [200, 429, 200], "each place is free 60 seconds after it was taken");
}

#[test]
fn the_journal_remembers_requests_without_their_key_and_no_more_than_reported() {
    let mut world = World::grow(&Options { grants: 3, journal: 2, ..Options::default() }, now());
    let key = app_key(&world);
    asked(&mut world, "/sdk/scopes", "");
    asked(&mut world, "/sdk/provider-specs?kind=oauth", "");
    listed(&mut world);
    let journal = world.journal();
    let reported: Vec<(&str, &str, u16)> =
        journal.iter().map(|entry| (entry.method.as_str(), entry.target.as_str(), entry.status)).collect();
    assert_eq!(reported, [("GET", "/sdk/provider-specs?kind=oauth", 200), ("POST", "/sdk/grants/list", 200)]);
    assert_eq!(journal[1].body.as_ref(), br#"{"limit":5}"#);
    assert!(journal[1].header("X-Alter-Nonce").is_some());
    assert!(!format!("{journal:?}").contains(&key));
    world.clear_journal();
    assert!(world.journal().is_empty());
}
