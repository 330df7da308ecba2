//! Public calls against scripted answers: the rows of `error_flows.json` that concern reading.
//!
//! The other rows wait for the calls that they make (requests, proxy, approvals, minting, delegation, keys), which are
//! named in [`WAITING`]; those about connecting, signing in and revoking are tested in `connect`.

use grantdeck::api::ApiError;
use grantdeck::api::error::Stage;
use grantdeck::domain::{Code, Identity, ServerFilter};
use grantdeck::protocol::error::Surface;
use grantdeck::protocol::specs::{SpecKind, SpecPath};
use serde_json::Value;

use crate::errors::{body_of, class};
use crate::server::{Script, Server, settings};
use crate::support::{id, rows};

/// Calls that the client does not make yet; what answers to requests, proxied requests and questions about approvals
/// mean is tested in `calls::failures`. A row that names none of them must be tested here.
const WAITING: [&str; 11] = [
    "client.request(",
    "client.proxy_request(",
    "client.get_approval_status(",
    "client.await_approval(",
    "client.mint_grant(",
    "client.keys.revoke(",
    "client.agents.get(",
    "client.agents.get_by_name(",
    "client.delegate(",
    "client.create_managed_secret_grant(",
    "client.get_approval_result(",
];

pub(crate) fn script(answer: &Value) -> Script {
    let headers = answer["headers"].as_object().expect("headers").iter();
    Script::Answer {
        status: u16::try_from(answer["status"].as_u64().expect("status")).expect("a status"),
        headers: headers
            .map(|(name, value)| (name.clone(), value.as_str().expect("value").to_owned()))
            .collect(),
        body: body_of(answer),
    }
}

#[tokio::test]
async fn reading_calls_fail_as_the_sdks_do() {
    let mut tested = 0;
    for row in rows("error_flows") {
        let call = row["call"].as_str().expect("call");
        if WAITING.iter().chain(&crate::connect::TESTED).any(|elsewhere| call.starts_with(elsewhere)) {
            continue;
        }
        let answers = row["answers"].as_array().expect("answers");
        let refused = answers[0].get("transport").is_some();
        let (server, client) = if refused {
            // A port that was free a moment ago and that nobody listens on.
            let port =
                tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
            let client = grantdeck::api::Client::new(settings(&format!("http://127.0.0.1:{port}")));
            (None, client.expect("a client"))
        } else {
            let server = Server::start(answers.iter().map(script).collect()).await;
            let client = server.client();
            (Some(server), client)
        };
        let google = SpecPath::new(SpecKind::Oauth, "google").expect("a path");
        let mut surface = Surface::Main;
        let outcome = match call {
            "client.list_grants()" => client.list_page(&ServerFilter::default(), 100, 0).await.map(drop),
            "client.scopes.list()" => client.key_scopes().await.map(drop),
            "client.oauth_providers.list()" => client.catalog().await.map(drop),
            "client.provider_specs.get('oauth', 'google')" => client.spec(&google).await.map(drop),
            "client.resolve_identity()" => client.resolve_identity(false).await.map(drop),
            "client.agents.list()" => {
                surface = Surface::Agents;
                client.agents_page(false, 100, 0).await.map(drop)
            }
            "client.me()" => {
                // The SDK raises; here this answer says what was asked: an application's key.
                assert_eq!(client.me().await.expect("an identity"), Identity::Application);
                tested += 1;
                continue;
            }
            other => panic!("{}: {other} is neither tested nor waiting", id(&row)),
        };
        let error = outcome.expect_err(id(&row));
        let want = &row["error"];
        match &error {
            ApiError::Alter(error) => {
                assert_eq!(class(error, surface), want["class"], "{}", id(&row));
                assert_eq!(error.message.as_deref(), want["message"].as_str(), "{}", id(&row));
                let seconds = want["details"]["retry_after_seconds"].as_u64();
                assert_eq!(error.retry_after.map(|wait| wait.as_secs()), seconds, "{}", id(&row));
            }
            ApiError::Transport(error) => {
                assert_eq!(want["class"], "NetworkError", "{}", id(&row));
                assert_eq!(error.stage, Stage::Refused, "{}: {error:?}", id(&row));
            }
            // A success that cannot be read.
            error => {
                assert_eq!(want["class"], "BackendError", "{}", id(&row));
                assert_eq!(error.diagnose().code, Code::MalformedAnswer, "{}", id(&row));
            }
        }
        if let Some(server) = server {
            let sent: Vec<String> = server
                .received()
                .into_iter()
                .map(|request| format!("{} {}", request.method, request.target))
                .collect();
            assert_eq!(serde_json::json!(sent), row["requests_sent"], "{}", id(&row));
        }
        tested += 1;
    }
    assert_eq!(tested, 27, "rows about reading");
}
