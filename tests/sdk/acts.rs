//! Acts through the official SDK: which class each refusal raises, and what it says.

use std::collections::HashMap;
use std::sync::Arc;

use grantdeck::sandbox::{Options, start};
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{now, script};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sdk_names_every_refusal_of_an_act() {
    let options = Options { grants: 500, rate_limit: None, ..Options::default() };
    let running = start(&options, ([127, 0, 0, 1], 0).into(), Arc::new(now)).await.expect("a loopback port");
    let credentials = running.credentials();
    let agent = |name: &str| {
        credentials.agent_keys.iter().find(|agent| agent.name == name).expect("an agent of this name")
    };
    let items = running.world().items(now());
    let own = items.iter().find(|item| item["credential_kind"] == "end_user").expect("a user's own key");
    let plan = json!({
        "app_key": running.app_key().expose_secret(),
        "agent_key": agent("release-notes").key.expose_secret(),
        "other_agent_id": agent("crm-sync").id,
        "user_token": credentials.user_tokens[0].token.expose_secret(),
        "nobody": "00000000-0000-4000-8000-000000000000",
        "end_user_credential": own["credential_id"],
    });
    let variables = HashMap::from([("SANDBOX_PLAN", plan.to_string())]);
    let reported = script(&running, "acts.py", variables).await;
    // Class, code, and what else the error says; null: nothing was raised.
    let wanted: Value = serde_json::from_str(include_str!("acts.json")).expect("JSON");
    assert_eq!(reported, wanted);
}
