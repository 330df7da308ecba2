//! The probes of the catalog against the simulated providers: in a demonstration every healthy grant works.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantdeck::domain::provider::{self, Finding, Judgement, KnownProvider};
use grantdeck::domain::{GrantId, Origin};
use grantdeck::protocol::call::proxy as wire;
use grantdeck::sandbox::World;
use serde_json::Value;

use crate::rig::{app_key, now, send, value, world};

/// Providers of the demonstration that no catalog knows: a customer's own service.
const UNKNOWN: [&str; 1] = ["warehouse-readonly"];

fn selector(item: &Value) -> &str {
    item["provider_id"]
        .as_str()
        .or_else(|| item["managed_secret_slug"].as_str())
        .expect("a provider or a slug")
}

/// A root grant that nothing is wrong with, as far as the list tells.
fn is_healthy(item: &Value) -> bool {
    item["status"] == "active"
        && item["parent_grant_id"].is_null()
        && item["scope_mismatch"] != true
        && item["needs_reconnect"] != true
}

/// What the provider answers to its probe over the proxy; None where Alter itself refused or held the call.
fn answer(world: &mut World, known: &KnownProvider, item: &Value) -> Option<(u16, Vec<u8>)> {
    let probe = known.probe.as_ref().expect("a probe");
    let origin = item["api_base_url"].as_str().and_then(Origin::parse);
    let base = known.base_url(origin.as_ref()).expect("a base");
    let grant = GrantId(item["grant_id"].as_str().expect("an id").parse().expect("a UUID"));
    let draft = probe.request().draft(known, &base, grant);
    let body = wire::request(&draft, None).expect("a call that the proxy takes");
    let key = app_key(world);
    let reply = send(world, &key, "POST", "/sdk/proxy", std::str::from_utf8(&body).expect("text"), 0);
    let said = value(&reply);
    let status = said["status_code"].as_u64().filter(|_| reply.status == 200)?;
    let body = STANDARD.decode(said["body_b64"].as_str().expect("a body")).expect("base64");
    Some((u16::try_from(status).expect("a status"), body))
}

/// What that means. Whatever else may be wrong with a grant, the provider says so by its status.
fn judged(world: &mut World, known: &KnownProvider, item: &Value) -> Option<Judgement> {
    let (status, body) = answer(world, known, item)?;
    let judged = known.probe.as_ref().expect("a probe").judge(status, &body);
    let why = || format!("{}: {:?}\n{}", selector(item), judged.finding, String::from_utf8_lossy(&body));
    assert!(judged.works() || status == 401 || status == 403, "{}", why());
    Some(judged)
}

#[test]
fn every_probe_of_the_demonstration_works_for_its_healthy_grants() {
    let mut world = world(1_500);
    let items = world.items(now());
    let mut tried: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for item in items.iter().filter(|item| is_healthy(item)) {
        let name = selector(item);
        if UNKNOWN.contains(&name) {
            assert_eq!(provider::known(name), None, "{name}");
            continue;
        }
        let known = provider::known(name).unwrap_or_else(|| panic!("{name} has no row"));
        let scopes = known.probe.as_ref().unwrap_or_else(|| panic!("{name} has no probe")).scopes();
        let held: Vec<&str> =
            item["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if !item["provider_id"].is_null() && !scopes.missing(|scope| held.contains(&scope)).is_empty() {
            continue;
        }
        let Some(judged) = judged(&mut world, known, item) else { continue };
        let account = item["account_identifier"].as_str().unwrap_or_default();
        assert_ne!(judged.is_of(account), Some(false), "{name}: {account} is not {:?}", judged.accounts);
        let (works, all) = tried.entry(name.to_owned()).or_default();
        *works += u32::from(judged.finding == Finding::Works);
        *all += 1;
    }
    assert_eq!(tried.len() + UNKNOWN.len(), 34, "{tried:?}");
    for (name, (works, all)) in tried {
        assert_eq!(works, all, "{name}: probes that work, of those that were answered");
    }
}

#[test]
fn a_page_for_people_is_no_sign_of_life() {
    let mut world = world(300);
    let items = world.items(now());
    world.set_faults(["provider-html".parse().expect("a spell")]);
    for name in ["github", "slack", "linear", "aws-production"] {
        let item = items.iter().find(|item| is_healthy(item) && selector(item) == name).expect("a grant");
        let known = provider::known(name).expect("a row");
        let (status, body) = answer(&mut world, known, item).expect("an answer");
        let judged = known.probe.as_ref().expect("a probe").judge(status, &body);
        assert!(matches!(judged.finding, Finding::Unreadable(_)), "{name}: {:?}", judged.finding);
    }
}

#[test]
fn slack_says_no_with_a_200() {
    let mut world = world(300);
    let items = world.items(now());
    let slack = provider::known("slack").expect("a row");
    let item = items.iter().find(|item| is_healthy(item) && selector(item) == "slack").expect("a grant");
    world.set_faults(["provider-status=401".parse().expect("a spell")]);
    let (_, body) = answer(&mut world, slack, item).expect("an answer");
    let judged = slack.probe.as_ref().expect("a probe").judge(200, &body);
    assert!(
        matches!(judged.finding, Finding::Assertion { ref at, .. } if at == "/ok"),
        "{:?}",
        judged.finding
    );
}
