//! Recorded exchanges: what our client sends must be what the SDK sent.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use grantdeck::api::{ApiError, Client};
use grantdeck::domain::{Budget, Identity, ServerFilter};
use grantdeck::protocol::constraint::{Attenuation, RequestRule};
use grantdeck::protocol::identity::{Context, Identification};
use grantdeck::protocol::sign::{Request, Signer};
use grantdeck::protocol::specs::{SpecKind, SpecPath};
use grantdeck::protocol::{ApiKey, BaseUrl, Caller, CallerType};
use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::connect;
use crate::server::{Script, Server};
use crate::signing::nonce;
use crate::support::file;

/// The exchanges that our client can already repeat; the others wait for the calls that make them. What proxied
/// calls, approvals and calls of our own send is compared in `calls`, without a network.
const REPEATED: [&str; 41] = [
    "list_grants_app",
    "list_grants_filters",
    "list_grants_user_token_getter",
    "list_grants_agent",
    "provider_catalog",
    "provider_specs_list",
    "provider_specs_list_all",
    "provider_specs_get",
    "provider_specs_operations",
    "provider_specs_operation",
    "scopes_catalog",
    "agents_list",
    "agents_list_paged",
    "agents_me",
    "rate_limit_budget",
    "deprecated_key",
    "actor_id_caching",
    "actor_id_not_canonical",
    "base_url_with_prefix",
    "identity_resolve",
    "connect_session_minimal",
    "connect_session_409",
    "connect_session_repair",
    "connect_session_for_error",
    "connect_session_full",
    "connect_poll",
    "connect_poll_denied",
    "ms_connect_session_minimal",
    "ms_connect_session_agent",
    "ms_connect_session_impersonated",
    "ms_connect_session_repair",
    "ms_connect_session_full",
    "auth_session",
    "auth_poll",
    "auth_verify_token",
    "auth_verify_token_invalid",
    "revoke_grant",
    "revoke_grant_no_reason",
    "revoke_grant_user_scoped",
    "revoke_delegation_operator",
    "revoke_delegation_self",
];

/// Exchanges in which the list is asked for, whatever else they are about.
const SAME_AS_A_LIST: [&str; 5] = [
    "rate_limit_budget",
    "deprecated_key",
    "actor_id_caching",
    "actor_id_not_canonical",
    "base_url_with_prefix",
];

pub(crate) const JWT: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyLTEifQ.";

pub(crate) fn exchange(name: &str) -> Value {
    file(&format!("exchanges/{name}.json"))
}

fn header<'a>(request: &'a Value, name: &str) -> Option<&'a str> {
    let headers = request["headers"].as_array().expect("headers");
    headers
        .iter()
        .find(|pair| pair[0].as_str().expect("name").eq_ignore_ascii_case(name))
        .map(|pair| pair[1].as_str().expect("value"))
}

fn script(response: &Value) -> Script {
    let headers = response["headers"].as_object().expect("headers").iter();
    Script::Answer {
        status: u16::try_from(response["status"].as_u64().expect("status")).expect("a status"),
        headers: headers
            .map(|(name, value)| (name.clone(), value.as_str().expect("value").to_owned()))
            .collect(),
        body: response["body"].as_str().unwrap_or_default().as_bytes().to_vec(),
    }
}

/// A client set up as the SDK was: key, caller, prefix, nonces.
async fn stage(name: &str, exchange: &Value) -> (Server, Client) {
    let steps = exchange["steps"].as_array().expect("steps");
    let server = Server::start(steps.iter().map(|step| script(&step["response"])).collect()).await;
    let first = &steps[0]["request"];
    let mut settings = server.settings();
    settings.key = header(first, "x-api-key").expect("a key").parse().expect("a valid key");
    if let (Some(caller), Some(kind)) =
        (header(first, "x-alter-caller"), header(first, "x-alter-caller-type"))
    {
        let kind = if kind == "agent" { CallerType::Agent } else { CallerType::Service };
        settings.caller = Some((Caller::new(caller).expect("a caller"), kind));
    }
    if first["body_json"].get("user_token").is_some() {
        settings.user_token = Some(JWT.parse().expect("a token"));
    }
    if name == "base_url_with_prefix" {
        settings.base_url = BaseUrl::parse(&format!("{}/prefix", settings.base_url)).expect("a URL");
    }
    let mut nonces: Vec<[u8; 16]> =
        steps.iter().map(|step| nonce(header(&step["request"], "x-alter-nonce").expect("a nonce"))).collect();
    nonces.reverse();
    let nonces = Mutex::new(nonces);
    settings.nonce = Arc::new(move || nonces.lock().expect("nonces").pop().expect("one more nonce"));
    (server, Client::new(settings).expect("a client"))
}

async fn repeat(name: &str, client: &Client) -> Result<(), ApiError> {
    let github = SpecPath::new(SpecKind::Oauth, "github").expect("a path");
    let all = ServerFilter::default();
    match name {
        "list_grants_filters" => {
            let text = |text: &str| Some(Arc::from(text));
            let filter = ServerFilter {
                provider: text("github"),
                status: text("active"),
                account: text("octo@example.com"),
                label: text("work"),
            };
            client.list_page(&filter, 2, 4).await.map(drop)
        }
        "provider_catalog" => client.catalog().await.map(drop),
        "provider_specs_list" => client.specs(Some(SpecKind::Oauth)).await.map(drop),
        "provider_specs_list_all" => client.specs(None).await.map(drop),
        "provider_specs_get" => client.spec(&github).await.map(drop),
        "provider_specs_operations" => client.operations(&github, Some("repo get"), 5, 10).await.map(drop),
        "provider_specs_operation" => client.operation(&github, "repos/get:x y").await.map(drop),
        "scopes_catalog" => client.key_scopes().await.map(drop),
        "agents_list" => client.agents_page(false, 100, 0).await.map(drop),
        "agents_list_paged" => client.agents_page(true, 2, 4).await.map(drop),
        "agents_me" => client.me().await.map(|identity| {
            let Identity::Agent(agent) = identity else { panic!("an agent") };
            assert_eq!(&*agent.name, "triage-bot");
        }),
        "identity_resolve" => client.resolve_identity(true).await.map(drop),
        _ if name.starts_with("list_grants") || SAME_AS_A_LIST.contains(&name) => {
            client.list_page(&all, 100, 0).await.map(drop)
        }
        _ => connect::repeat(name, client).await,
    }
}

#[tokio::test]
async fn our_requests_are_the_sdks() {
    for name in REPEATED {
        let exchange = exchange(name);
        let (server, client) = stage(name, &exchange).await;
        let steps = exchange["steps"].as_array().expect("steps");
        for step in steps {
            let outcome = repeat(name, &client).await;
            // A token that is refused is an answer.
            let refused =
                step["response"]["status"].as_u64() >= Some(400) && name != "auth_verify_token_invalid";
            assert_eq!(outcome.is_err(), refused, "{name}: {outcome:?}");
        }
        let received = server.received();
        assert_eq!(received.len(), steps.len(), "{name}");
        for (have, step) in received.iter().zip(steps) {
            let want = &step["request"];
            assert_eq!(have.method, want["method"], "{name}");
            assert_eq!(have.target, want["target"], "{name}");
            assert_eq!(
                String::from_utf8_lossy(&have.body),
                want["body"].as_str().unwrap_or_default(),
                "{name}"
            );
            // Everything of theirs that is about Alter, and the media type of a body.
            let names = |headers: BTreeSet<(String, String)>| headers;
            let of_alter = |name: &str| {
                let name = name.to_ascii_lowercase();
                name.starts_with("x-alter-") || name == "x-api-key" || name == "content-type"
            };
            let ours = have.headers.iter().filter(|(name, _)| of_alter(name));
            let theirs = want["headers"].as_array().expect("headers").iter().map(|pair| {
                (pair[0].as_str().expect("name").to_owned(), pair[1].as_str().expect("value").to_owned())
            });
            let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
            assert_eq!(
                names(ours.cloned().map(lower).collect()),
                names(theirs.filter(|(name, _)| of_alter(name)).map(lower).collect()),
                "{name}"
            );
            assert_eq!(have.header("user-agent"), Some(concat!("grantdeck/", env!("CARGO_PKG_VERSION"))));
            assert_eq!(have.header("accept"), Some("*/*"));
            assert_eq!(have.header("cookie"), None);
        }
        match name {
            "rate_limit_budget" => assert_eq!(
                client.budget(),
                Some(Budget { limit: 60, remaining: 0, reset: 1_767_225_662 }),
                "the refusal's budget counts too"
            ),
            "deprecated_key" => assert!(client.key_deprecated()),
            _ => assert!(!client.key_deprecated()),
        }
    }
}

/// Identity and restrictions, rebuilt from recorded headers by our own rules.
fn rebuilt(request: &Value) -> (Identification, Option<Attenuation>) {
    let context: Option<Value> =
        header(request, "x-alter-context").map(|text| serde_json::from_str(text).expect("JSON"));
    let pairs: Vec<(&str, &str)> = context
        .as_ref()
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value.as_str().expect("text")))
        .collect();
    let kind = match header(request, "x-alter-caller-type") {
        Some("agent") => CallerType::Agent,
        _ => CallerType::Service,
    };
    let identification = Identification {
        caller: header(request, "x-alter-caller").map(|caller| (Caller::new(caller).expect("caller"), kind)),
        actor_id: header(request, "x-alter-actor-id").map(Into::into),
        context: Context::new(&pairs).expect("a context"),
    };
    let scopes: Option<Vec<&str>> =
        header(request, "x-alter-scope-constraints").map(|scopes| scopes.split(',').collect());
    let rule = header(request, "x-alter-request-rule").map(|rule| {
        use base64::Engine as _;
        let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(rule).expect("base64");
        let mut rule: Value = serde_json::from_slice(&json).expect("JSON");
        RequestRule {
            rule_type: rule["rule_type"].as_str().expect("type").to_owned(),
            rule_body: rule["rule_body"].take().as_object().expect("body").clone(),
        }
    });
    let restricted = scopes.is_some() || rule.is_some();
    (identification, restricted.then(|| Attenuation::new(scopes.as_deref(), rule.as_ref()).expect("legal")))
}

#[test]
fn every_recorded_backend_request_has_the_signature_that_we_would_make() {
    let index = exchange("index");
    let mut checked = 0;
    for entry in index["exchanges"].as_array().expect("exchanges") {
        let name = entry["file"].as_str().expect("file").trim_end_matches(".json");
        for step in exchange(name)["steps"].as_array().expect("steps") {
            if step["to"] != "backend" {
                continue;
            }
            let request = &step["request"];
            let key: ApiKey = header(request, "x-api-key").expect("key").parse().expect("valid");
            let (identification, attenuation) = rebuilt(request);
            let target = request["target"].as_str().expect("target");
            let headers = Signer::new(&key).headers(&Request {
                method: request["method"].as_str().expect("method"),
                // A base URL's own path is sent, but not signed.
                target: target.strip_prefix("/prefix").unwrap_or(target),
                body: request["body"].as_str().unwrap_or_default().as_bytes(),
                timestamp: header(request, "x-alter-timestamp").expect("time").parse().expect("number"),
                nonce: nonce(header(request, "x-alter-nonce").expect("nonce")),
                identification: &identification,
                attenuation: attenuation.as_ref(),
            });
            for (header_name, value) in headers {
                assert_eq!(header(request, header_name), Some(value.as_str()), "{name}: {header_name}");
            }
            checked += 1;
        }
    }
    assert!(checked >= 120, "{checked}");
}
