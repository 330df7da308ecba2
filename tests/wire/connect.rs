//! Connecting, signing in and revoking: `request_inputs.json`, and the rows of `other_responses.json`, `error_flows.json`
//! and `exchanges` that are about them.

use std::time::Duration;

use grantdeck::api::{ApiError, Client};
use grantdeck::domain::connect::{
    ConnectMetadata, ConnectRequest, ConnectState, GrantPolicy, Pace, RequestedGrant, Restrictions,
    SecretPath, SecretRequest, SessionToken,
};
use grantdeck::domain::{Code, Diagnosis, GrantId};
use grantdeck::jobs::connect::wait_for_connection;
use grantdeck::jobs::sign_in::wait_for_user;
use grantdeck::protocol::error::Surface;
use grantdeck::protocol::{UserToken, connect, revoke, sign_in};
use pretty_assertions::assert_eq;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::errors::class;
use crate::server::{Script, Server, settings};
use crate::support::{id, rows};

const GRANT: &str = "2a60b3ed-2485-535b-8dd1-9f04e567f3a1";
const AGENT: &str = "1b7cb379-5559-5b8c-bd21-aa072dc5f0d9";

/// The calls of `error_flows.json` that are tested here.
pub(crate) const TESTED: [&str; 9] = [
    "client.poll_connect_session(",
    "client.create_managed_secret_connect_session(",
    "client.poll_auth_session(",
    "client.revoke_delegation(",
    "client.create_auth_session(",
    "client.revoke_grant(",
    "client.create_connect_session(",
    "client.verify_user_token(",
    "client.create_connect_session_for_error(",
];

fn grant() -> GrantId {
    GrantId::parse(GRANT).expect("an id")
}

/// Read and written again; None where it is refused. Nothing but names with values, or nothing at all, is handed over.
fn again<T: DeserializeOwned + Serialize>(input: &Value) -> Option<Value> {
    let fields: Option<Map<String, Value>> = serde_json::from_value(input.clone()).ok()?;
    let read: Option<T> =
        fields.map(|fields| serde_json::from_value(Value::Object(fields))).transpose().ok()?;
    Some(serde_json::to_value(read).expect("JSON"))
}

#[test]
fn what_callers_hand_over_is_taken_as_the_sdk_takes_it() {
    for row in rows("request_inputs") {
        let input = &row["input"];
        let have = match row["kind"].as_str().expect("kind") {
            // Nothing is an empty policy.
            "grant_policy" if input.is_null() => Some(json!({})),
            "grant_policy" => again::<GrantPolicy>(input),
            "requested_grant" => again::<RequestedGrant>(input),
            "connect_metadata" => again::<ConnectMetadata>(input),
            other => panic!("{other} is not tested"),
        };
        assert_eq!(have.is_some(), row["ok"] == true, "{}", id(&row));
        if let Some(have) = have {
            assert_eq!(have, row["wire"], "{}", id(&row));
        }
    }
}

/// A recorded answer about sessions or revocations, read and shown as the SDK shows it.
pub(crate) fn answer(base: &str, bytes: &[u8]) -> Result<Value, grantdeck::protocol::Malformed> {
    match base {
        "revoke_grant" => revoke::parse(bytes).map(|revoked| {
            json!({
                "success": revoked.success,
                "message": revoked.message,
                "grant_id": revoked.grant_id,
                "revoked_at": revoked.revoked_at,
            })
        }),
        "connect_session" => connect::parse(bytes).map(|session| {
            json!({
                "session_token": session.session_token.reveal(),
                "connect_url": session.connect_url.reveal(),
                "expires_in": session.expires_in,
                "expires_at": session.expires_at,
                "scope_constraint_warnings": session.scope_constraint_warnings,
                "single_provider": session.single_provider,
                "direct": session.direct,
            })
        }),
        "ms_connect_session" => connect::parse_secret(bytes).map(|session| {
            let path = session.path.map(|path| match path {
                SecretPath::KeyEntry => "key_entry",
                SecretPath::FastPath => "fast_path",
                SecretPath::Repair => "repair",
            });
            json!({
                "session_token": session.session_token.reveal(),
                "connect_url": session.connect_url.reveal(),
                "expires_in": session.expires_in,
                "expires_at": session.expires_at,
                "delegable_requested": session.delegable_requested,
                "path": path,
                "existing_grant_id": session.existing_grant_id,
                "direct": session.direct,
                "secret_slug": session.secret_slug,
                "template_slug": session.template_slug,
                "agent_id": session.agent_id,
            })
        }),
        other => panic!("{other} is neither read nor waiting"),
    }
}

/// What a recorded exchange asked for, repeated. `client` has the recorded key, caller and user token.
pub(crate) async fn repeat(name: &str, client: &Client) -> Result<(), ApiError> {
    let github = || ConnectRequest { providers: vec!["github".into()], ..ConnectRequest::default() };
    let secret = || SecretRequest { provider: "stripe-production".to_owned(), ..SecretRequest::default() };
    let begin = async |request: ConnectRequest| client.begin_connect(&request).await.map(drop);
    let begin_secret = async |request: SecretRequest| client.begin_secret(&request).await.map(drop);
    let agent = GrantId::parse(AGENT);
    let text = |text: &str| Some(text.to_owned());
    match name {
        "connect_session_minimal" => begin(ConnectRequest::default()).await,
        "connect_session_409" => begin(github()).await,
        "connect_session_repair" => begin(ConnectRequest { repair: Some(grant()), ..github() }).await,
        "connect_session_for_error" => begin(ConnectRequest { agent: text(AGENT), ..github() }).await,
        "connect_session_full" => {
            let restrictions = Restrictions {
                allowed_methods: Some(vec!["GET".to_owned()]),
                allowed_endpoints: Some(vec!["/repos/*".to_owned()]),
            };
            begin(ConnectRequest {
                direct: true,
                return_url: text("https://app.example/done"),
                allowed_origin: text("https://app.example"),
                metadata: Some(ConnectMetadata { ip_address: text("203.0.113.9"), user_agent: text("x") }),
                policy: GrantPolicy {
                    max_ttl_seconds: Some(7200),
                    default_ttl_seconds: Some(3600),
                    ..GrantPolicy::default()
                },
                required_scopes: [("github".into(), vec!["repo".to_owned()])].into(),
                agent: text(AGENT),
                requested_grant: Some(RequestedGrant {
                    label: "ci".to_owned(),
                    restrictions: Some(restrictions),
                }),
                delegable: Some(true),
                scope_constraint: Some(vec!["repo:status".to_owned()]),
                switch_account: true,
                forbid_user_rules: true,
                ..github()
            })
            .await
        }
        "connect_poll" | "connect_poll_denied" => {
            let token = SessionToken::new("sess_EXAMPLE".to_owned());
            client.poll_connect(&token, Duration::from_secs(5)).await.map(drop)
        }
        "ms_connect_session_minimal" => begin_secret(secret()).await,
        "ms_connect_session_agent" => {
            begin_secret(SecretRequest { ttl_seconds: Some(3600), ..secret() }).await
        }
        "ms_connect_session_impersonated" => {
            begin_secret(SecretRequest { agent: text(AGENT), ..secret() }).await
        }
        "ms_connect_session_repair" => {
            begin_secret(SecretRequest { repair: Some(grant()), ..secret() }).await
        }
        "ms_connect_session_full" => {
            begin_secret(SecretRequest {
                agent: text("triage-bot"),
                delegable: true,
                label: text("prod"),
                policy: GrantPolicy { max_ttl_seconds: Some(7200), ..GrantPolicy::default() },
                direct: true,
                forbid_user_rules: true,
                allowed_origin: text("https://app.example"),
                return_url: text("https://app.example/done"),
                ..secret()
            })
            .await
        }
        "auth_session" => client.begin_sign_in().await.map(drop),
        "auth_poll" => {
            let token = SessionToken::new("auth_EXAMPLE".to_owned());
            client.poll_sign_in(&token, sign_in::wait(Duration::from_mins(1))).await.map(drop)
        }
        "auth_verify_token" => {
            let token = crate::exchanges::JWT.parse().expect("a token");
            client
                .verify_user_token(&token)
                .await
                .map(|subject| assert_eq!(subject.as_deref(), Some("user-1")))
        }
        "auth_verify_token_invalid" => {
            let token: UserToken = "nope".parse().expect("a token");
            client.verify_user_token(&token).await.map(|subject| assert_eq!(subject, None))
        }
        "revoke_grant" => client.revoke_grant(grant(), Some("left the team")).await.map(drop),
        "revoke_grant_no_reason" | "revoke_grant_user_scoped" => {
            client.revoke_grant(grant(), None).await.map(drop)
        }
        "revoke_delegation_operator" => client.revoke_delegation(grant(), agent).await.map(drop),
        "revoke_delegation_self" => client.revoke_delegation(grant(), None).await.map(drop),
        other => panic!("{other} is not repeated"),
    }
}

/// What a call came to: the SDK's class of its failure, or nothing.
type Flow = Result<(), (&'static str, Option<String>)>;

/// The number behind a name in a recorded call, as a length of time.
fn seconds(call: &str, name: &str) -> Option<Duration> {
    let rest = &call[call.find(&format!("{name}="))? + name.len() + 1..];
    let end = rest.find([',', ')'])?;
    Some(Duration::from_secs_f64(rest[..end].parse().expect("a number")))
}

fn refused(error: &ApiError) -> (&'static str, Option<String>) {
    match error {
        ApiError::Alter(error) => (class(error, Surface::Main), error.message.as_deref().map(str::to_owned)),
        ApiError::Transport(_) => ("NetworkError", None),
        ApiError::Unsupported { .. } => ("ServerFeatureUnsupportedError", None),
        _ => ("BackendError", None),
    }
}

/// The SDK's class of what a session came to.
fn ended(diagnosis: &Diagnosis) -> (&'static str, Option<String>) {
    let class = match diagnosis.code {
        Code::ConnectDenied => "ConnectDeniedError",
        Code::ConnectConfig => "ConnectConfigError",
        Code::SessionFailed => "ConnectFlowError",
        Code::SessionTimedOut => "ConnectTimeoutError",
        Code::PolicyViolation => "PolicyViolationError",
        Code::InvalidKey => "InvalidKeyError",
        _ => "BackendError",
    };
    (class, diagnosis.said.as_ref().map(ToString::to_string))
}

async fn flow(call: &str, client: &Client) -> Flow {
    let limit = seconds(call, "timeout").unwrap_or(Duration::from_secs(5));
    let pace = Pace { interval: seconds(call, "poll_interval").unwrap_or(Duration::from_millis(10)), limit };
    let token = SessionToken::new("s".to_owned());
    let jwt = || "jwt".parse::<UserToken>().expect("a token");
    if call.starts_with("client.poll_connect_session(") {
        let waited = wait_for_connection(client, &token, pace, |_| {}).await;
        return waited.map(drop).map_err(|diagnosis| ended(&diagnosis));
    }
    if call.starts_with("client.poll_auth_session(") {
        let waited = wait_for_user(client, &token, pace).await;
        return waited.map(drop).map_err(|diagnosis| ended(&diagnosis));
    }
    if call.starts_with("client.create_managed_secret_connect_session(") {
        let delegable = call.contains("delegable=True");
        let agent = call.contains("agent=A").then(|| AGENT.to_owned());
        let request =
            SecretRequest { provider: "stripe".to_owned(), delegable, agent, ..SecretRequest::default() };
        return client.as_user(jwt()).begin_secret(&request).await.map(drop).map_err(|error| refused(&error));
    }
    let agent = GrantId::parse(AGENT);
    let done = match call {
        "client.create_connect_session()" => client.begin_connect(&ConnectRequest::default()).await.map(drop),
        "client.create_auth_session()" => client.begin_sign_in().await.map(drop),
        "client.revoke_grant(G)" => client.revoke_grant(grant(), None).await.map(drop),
        "client.revoke_delegation(G, A)" => client.revoke_delegation(grant(), agent).await.map(drop),
        "client.revoke_delegation(G)" => client.revoke_delegation(grant(), None).await.map(drop),
        other => panic!("{other} is not tested"),
    };
    done.map_err(|error| refused(&error))
}

#[tokio::test]
async fn sessions_and_revocations_end_as_the_sdks_do() {
    let mut tested = 0;
    for row in rows("error_flows") {
        let call = row["call"].as_str().expect("call");
        let skipped = ["client.verify_user_token(", "client.create_connect_session_for_error("];
        if !TESTED.iter().any(|tested| call.starts_with(tested))
            || skipped.iter().any(|other| call.starts_with(other))
        {
            continue;
        }
        let answers = row["answers"].as_array().expect("answers");
        // A sign-in that is refused once goes on: its server hangs up instead.
        let is_down = answers.len() == 1 && answers[0].get("transport").is_some();
        let script = |answer: &Value| match answer.get("transport") {
            Some(_) => Script::Reset(Vec::new()),
            None => crate::flows::script(answer),
        };
        let server = Server::start(answers.iter().map(script).collect()).await;
        let client = if is_down {
            Client::new(settings("http://127.0.0.1:9")).expect("a client")
        } else {
            server.client()
        };
        let have = flow(call, &client).await;
        let want = &row["error"];
        match have {
            // A redirect of a removal is a failure here.
            Err(("BackendError", _)) if id(&row) == "revoke-delegation-302" => assert!(want.is_null()),
            Ok(()) => assert!(want.is_null(), "{}", id(&row)),
            Err((class, said)) => {
                let theirs = want["class"].as_str().unwrap_or_default();
                // Errors that are not the SDK's own are answers that cannot be read; what has no class of its own there
                // has one here.
                let not_its_own = ["ValidationError", "TypeError", "AlterSDKError"].contains(&theirs);
                assert!(class == theirs || not_its_own, "{}: {class}, not {theirs}", id(&row));
                if want["message_source"] == "backend" {
                    assert_eq!(said.as_deref(), want["message"].as_str(), "{}", id(&row));
                }
            }
        }
        if !is_down && row.get("repeats").is_none() {
            let sent: Vec<String> = server
                .received()
                .into_iter()
                .map(|request| format!("{} {}", request.method, request.target))
                .collect();
            assert_eq!(json!(sent), row["requests_sent"], "{}", id(&row));
        }
        tested += 1;
    }
    assert_eq!(tested, TESTED_ROWS);
}

/// Rows of `error_flows.json` about sessions and revocations, without those of the two tests below.
const TESTED_ROWS: usize = 91;

#[tokio::test]
async fn a_user_token_is_taken_or_not() {
    for row in rows("error_flows") {
        let call = row["call"].as_str().expect("call");
        let Some(rest) = call.strip_prefix("client.verify_user_token('") else { continue };
        let server = Server::start(
            row["answers"]
                .as_array()
                .expect("answers")
                .iter()
                .filter(|answer| answer.get("transport").is_none())
                .map(crate::flows::script)
                .chain([Script::Reset(Vec::new())])
                .collect(),
        )
        .await;
        // A blank one is none: nothing is sent.
        let token = rest.trim_end_matches("')").parse::<UserToken>();
        let subject = match &token {
            Ok(token) => server.client().verify_user_token(token).await.ok().flatten(),
            Err(_) => None,
        };
        assert_eq!(subject, None, "{}", id(&row));
        let sent = row["requests_sent"].as_array().expect("requests").len();
        assert_eq!(server.received().len(), sent, "{}", id(&row));
    }
}

#[tokio::test]
async fn neither_link_nor_token_comes_back_in_a_failure() {
    let (link, token) = ("https://connect.example/#session=sess_S", "sess_S");
    for wrong in [
        json!({"session_token": token, "connect_url": link, "expires_in": link, "expires_at": "x"}),
        json!({"session_token": [token], "connect_url": link, "expires_in": 1, "expires_at": "x"}),
    ] {
        let server = Server::start(vec![Script::json(201, &wrong.to_string())]).await;
        let error = server.client().begin_connect(&ConnectRequest::default()).await.expect_err("malformed");
        let printed = format!("{error} {error:?} {:?}", error.diagnose());
        assert!(!printed.contains(token), "{printed}");
    }
    let refusal = json!({"detail": {"error": "gone", "message": format!("no {token} here"), "token": token}});
    let server = Server::start(vec![Script::json(404, &refusal.to_string())]).await;
    let client = server.client();
    let session = SessionToken::new(token.to_owned());
    let errors = [
        client.poll_connect(&session, Duration::from_secs(5)).await.map(drop).expect_err("refused"),
        client.poll_sign_in(&session, Duration::ZERO).await.map(drop).expect_err("refused"),
        client.verify_user_token(&token.parse().expect("a token")).await.map(drop).expect_err("refused"),
    ];
    for error in errors {
        let printed = format!("{error} {error:?} {:?}", error.diagnose());
        assert!(!printed.contains(token), "{printed}");
    }
}

#[tokio::test]
async fn declined_providers_are_reported_once_and_the_last_poll_follows_the_end() {
    let pending =
        r#"{"status":"pending","declined_providers":[{"provider_id":"github","error_code":"x"},7]}"#;
    let done = json!({"status": "completed", "grants": [{"grant_id": GRANT, "provider_id": "slack"}]});
    let script = [pending, pending, pending, &done.to_string()].map(|body| Script::json(200, body));
    let server = Server::start(script.to_vec()).await;
    let pace = Pace { interval: Duration::from_millis(1), limit: Duration::from_secs(5) };
    let mut declined = Vec::new();
    let token = SessionToken::new("s".to_owned());
    let connected =
        wait_for_connection(&server.client(), &token, pace, |one| declined.push(one.provider.clone()))
            .await
            .expect("a grant");
    assert_eq!(declined, ["github"]);
    assert_eq!((connected.grants.len(), connected.declined.len()), (1, 1));
    // It is finished between the last poll and the end of the time.
    let server = Server::start(vec![Script::json(200, pending), Script::json(200, &done.to_string())]).await;
    let pace = Pace { interval: Duration::from_mins(1), limit: Duration::from_millis(20) };
    let connected = wait_for_connection(&server.client(), &token, pace, |_| {}).await.expect("a grant");
    assert_eq!((connected.grants.len(), server.received().len()), (1, 2));
}

#[tokio::test]
async fn a_state_of_a_newer_backend_is_kept() {
    let server = Server::start(vec![Script::json(200, r#"{"status":"weird"}"#)]).await;
    let token = SessionToken::new("s".to_owned());
    let state = server.client().poll_connect(&token, Duration::from_secs(5)).await.expect("a state");
    assert_eq!(state, ConnectState::Other("weird".to_owned()));
}
