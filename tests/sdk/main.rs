//! The official Python SDK, unmodified, against the sandbox.
//!
//! Where its Python environment cannot be made they fail and say so: a check that is skipped proves nothing.

#![expect(clippy::expect_used, reason = "a helper that cannot go on ends the test and says why")]

mod acts;
mod calls;
mod copied;
mod coverage;
mod python;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use grantdeck::sandbox::{Options, Running, World, serve};
use jiff::Timestamp;
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

#[expect(
    clippy::disallowed_methods,
    reason = "the SDK signs with the real time, so the sandbox must live in it"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Run a script of this folder against the sandbox and read the JSON it prints.
pub(crate) async fn script(running: &Running, name: &str, variables: HashMap<&'static str, String>) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk").join(name);
    let base_url = running.base_url().to_owned();
    let output = tokio::task::spawn_blocking(move || {
        let mut command = python::script(&file);
        command.env("ALTER_BASE_URL", base_url).envs(variables);
        python::run(&mut command, "The official SDK did not get through:")
    })
    .await
    .expect("no panic");
    serde_json::from_slice(&output.stdout).expect("the script prints JSON")
}

async fn start(now: Timestamp) -> Running {
    let world = World::grow(&Options { grants: 500, ..Options::default() }, now);
    // The clock stands still, well within the tolerance, so that nothing expires while the SDK reads.
    serve(world, ([127, 0, 0, 1], 0).into(), Arc::new(move || now)).await.expect("a loopback port")
}

fn instants_alike(value: &Value) -> Value {
    // Dumped models write an instant as +00:00 or with fractions; the instant is what must agree.
    match value {
        Value::String(text) => {
            text.parse::<Timestamp>().map_or_else(|_| value.clone(), |at| json!(at.to_string()))
        }
        Value::Array(items) => items.iter().map(instants_alike).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), instants_alike(value))).collect())
        }
        other => other.clone(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sdk_reads_exactly_what_the_world_holds() {
    let now = now();
    let running = start(now).await;
    let truth = running.world().items(now);
    let filters = [
        json!({ "provider_id": "google" }),
        json!({ "provider_id": "anthropic" }),
        json!({ "status": "expired" }),
        json!({ "account": "東京オフィス" }),
        json!({ "label": "work" }),
        json!({ "provider_id": "slack", "status": "active" }),
    ];
    let user = running.credentials().user_tokens[0].clone();
    let agent = running.credentials().agent_keys[0].clone();
    let variables = HashMap::from([
        ("SANDBOX_APP_KEY", running.app_key().expose_secret().to_owned()),
        ("SANDBOX_AGENT_KEY", agent.key.expose_secret().to_owned()),
        ("SANDBOX_USER_TOKEN", user.token.expose_secret().to_owned()),
        ("SANDBOX_FILTERS", json!(filters).to_string()),
    ]);
    let reported = script(&running, "everything.py", variables).await;

    assert_eq!(reported["walk"], json!(truth));
    assert_eq!(reported["first_page"]["grants"], json!(&truth[..100]));
    assert_eq!(
        (&reported["first_page"]["total"], &reported["first_page"]["has_more"]),
        (&500.into(), &true.into())
    );
    for (position, filter) in filters.iter().enumerate() {
        let wanted: Vec<&Value> = truth.iter().filter(|item| keeps(filter, item)).collect();
        assert!(!wanted.is_empty(), "{filter}");
        assert_eq!(reported["filtered"][position], json!(wanted), "{filter}");
    }
    let of_user = reported["user"].as_array().expect("rows");
    assert!(
        !of_user.is_empty()
            && of_user.iter().all(|row| truth.contains(row) && row["principal_type"] == "user")
    );
    assert_eq!((&reported["user_email"], &reported["rate_limit"]), (&user.email.into(), &1000.into()));
    assert!(reported["actor_id"].is_string() && reported["identity"]["app_id"].is_string());

    let of_agent = reported["agent_walk"].as_array().expect("rows");
    assert!(
        of_agent.iter().any(|row| row["access_via"] == "oauth_delegation" && row["delegated_at"].is_string())
    );
    assert!(of_agent.iter().any(|row| row["access_via"] == "ownership"));
    assert_eq!(
        (&reported["me"]["id"], &reported["me"]["name"]),
        (&agent.id.to_string().into(), &agent.name.into())
    );
    assert_eq!((&reported["agents"]["total"], &reported["agents"]["has_more"]), (&8.into(), &true.into()));
    assert_eq!(reported["by_name"], reported["agents"]["agents"][0]);

    assert_eq!(reported["catalog"]["providers"].as_object().map(serde_json::Map::len), Some(24));
    let specs = reported["specs"].as_array().expect("specs");
    assert!(specs.len() >= 8);
    for spec in specs {
        let operations =
            reported["operations"][spec["provider_id"].as_str().expect("text")].as_array().expect("a list");
        assert_eq!(spec["operation_count"], operations.len());
        assert!(
            operations.iter().all(|operation| instants_alike(&operation["spec"]) == instants_alike(spec))
        );
    }
    assert_eq!(reported["search"], json!([["issues/create"], 2, true]));
    assert_eq!(reported["scopes"]["scope_version"], 4);

    // After the first answer the client names the actor it was given, on every request, and is still believed.
    let journal = running.journal();
    let by_app = journal.iter().filter(|entry| entry.header("X-Alter-Caller") == Some("sdk test"));
    let named = by_app.skip(1).all(|entry| entry.header("X-Alter-Actor-ID") == reported["actor_id"].as_str());
    assert!(named && journal.iter().all(|entry| entry.status == 200));
}

fn keeps(filter: &Value, item: &Value) -> bool {
    let fields = filter.as_object().expect("a filter");
    fields.iter().all(|(name, wanted)| match name.as_str() {
        "provider_id" => item["provider_id"] == *wanted || item["managed_secret_slug"] == *wanted,
        "account" => item["account_identifier"] == *wanted,
        other => item[other] == *wanted,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sdk_names_every_refusal() {
    let running = start(now()).await;
    let mut keys = serde_json::Map::new();
    for (state, key) in &running.credentials().dead_keys {
        keys.insert(state.code().to_owned(), json!(key.expose_secret()));
    }
    for agent in running.credentials().agent_keys.iter().filter(|agent| agent.status != "active") {
        keys.insert(format!("agent {}", agent.status), json!(agent.key.expose_secret()));
    }
    keys.insert("unknown".to_owned(), json!("alter_rk_hjw52w67h7kd7qevze2avf_26kyip"));
    let variables = HashMap::from([
        ("SANDBOX_APP_KEY", running.app_key().expose_secret().to_owned()),
        ("SANDBOX_KEYS", Value::Object(keys).to_string()),
    ]);
    let reported = script(&running, "refusals.py", variables).await;
    let wanted = json!({
        "key_revoked": ["KeyRevokedError", "key_revoked", 401],
        "key_expired": ["KeyExpiredError", "key_expired", 401],
        "key_rotated_grace_expired": ["KeyRotationExpiredError", "key_rotated_grace_expired", 401],
        "key_not_active": ["KeyInactiveError", "key_not_active", 401],
        "agent inactive": ["AgentInactiveError", "agent_inactive", 401],
        "agent revoked": ["AgentRevokedError", "agent_revoked", 401],
        "unknown": ["InvalidKeyError", "invalid_key", 401],
        "bad user token": ["ReAuthRequiredError", "jwt_validation_error", 401],
        "unknown spec": ["GrantNotFoundError", "provider_spec_not_found", 404],
        "unknown agent": ["AgentNotFoundError", "agent_not_found", 404],
        "nobody's caller": ["AgentNotFoundError", "caller_agent_unresolved", 404],
        "me with an app key": ["MeRequiresAgentKeyError", "me_requires_agent_key", 403],
        "late clock": ["BackendError", "invalid_signature", 401],
    });
    assert_eq!(reported, wanted);
}
