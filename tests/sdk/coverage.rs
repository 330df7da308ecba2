//! Which calls of the official SDK the sandbox serves, as docs/sandbox.md says.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use grantdeck::sandbox::{FaultSpec, Options, Running, start};
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{now, script};

const BEGIN: &str = "<!-- calls: begin (printed by tests/sdk/coverage.rs) -->\n\n";
const END: &str = "\n<!-- calls: end -->";

/// The table of the documentation: a row for each namespace and class, calls in the order of the alphabet.
fn table(found: &BTreeMap<String, String>) -> String {
    let mut rows: BTreeMap<&str, [Vec<&str>; 2]> = BTreeMap::new();
    for (call, outcome) in found {
        let (space, name) = call.rsplit_once('.').expect("a class and a call");
        rows.entry(space).or_default()[usize::from(outcome != "served")].push(name);
    }
    let cell = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let served = found.values().filter(|outcome| *outcome == "served").count();
    let mut text = format!("{served} of the {} calls of `App` and `Agent`:\n\n", found.len());
    text.push_str("| | Served | Not served |\n|---|---|---|\n");
    for (space, [served, missing]) in rows {
        writeln!(text, "| `{space}` | {} | {} |", cell(&served), cell(&missing)).expect("memory");
    }
    text
}

/// A grant of an AWS credential that may be fetched with a key: the application's where no agent is named.
fn aws_grant(running: &Running, agent: Option<&str>) -> Value {
    let credentials = running.credentials();
    let named = credentials.agent_keys.iter().find(|key| Some(key.name.as_str()) == agent);
    let owner = named.map_or(Value::Null, |key| json!(key.id));
    let key = named.map_or(&credentials.app_key, |key| &key.key).expose_secret().to_owned();
    let items = running.world().items(now());
    let is_usable = |item: &&Value| {
        item["managed_secret_slug"] == "aws-production"
            && item["status"] == "active"
            && item["grant_policy"].is_null()
            && item["parent_grant_id"].is_null()
            && item["agent_id"] == owner
    };
    let found = items.iter().find(is_usable).expect("such a grant");
    json!({ "key": key, "grant": found["grant_id"] })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documentation_names_the_calls_that_are_served() {
    let options = Options { grants: 2000, rate_limit: None, ..Options::default() };
    let running = start(&options, ([127, 0, 0, 1], 0).into(), Arc::new(now)).await.expect("a loopback port");
    let held = ["needs-approval=1,path=/sdk/proxy", "approve-after=0"];
    running.set_faults(held.map(|fault| fault.parse::<FaultSpec>().expect("a fault")));
    let credentials = running.credentials();
    let agent = credentials.agent_keys.iter().find(|agent| agent.name == "release-notes").expect("an agent");
    let other = credentials.agent_keys.iter().find(|agent| agent.name == "crm-sync").expect("an agent");
    let plan = json!({
        "app_key": running.app_key().expose_secret(),
        "agent_key": agent.key.expose_secret(),
        "agent_id": agent.id,
        "other_agent_id": other.id,
        "aws": aws_grant(&running, None),
        "aws_agent": aws_grant(&running, Some("crm-sync")),
        "user_token": credentials.user_tokens[0].token.expose_secret(),
    });
    let variables = HashMap::from([("SANDBOX_PLAN", plan.to_string())]);
    let found: Value = script(&running, "coverage.py", variables).await;
    let found: BTreeMap<String, String> = serde_json::from_value(found).expect("a word for each call");
    for call in ["App.verify_user_token", "App.request", "Agent.me", "App.provider_specs.get_operation"] {
        assert_eq!(found[call], "served", "{call}");
    }

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sandbox.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("where the table begins");
    let (printed, after) = rest.split_once(END).expect("where the table ends");
    let wanted = table(&found);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{wanted}{END}{after}")).expect("written");
    } else {
        assert_eq!(printed, wanted, "UPDATE_DOCS=1 cargo test --test sdk writes it again");
    }
}
