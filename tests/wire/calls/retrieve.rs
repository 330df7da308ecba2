//! Retrieve mode against the recorded exchanges: token request, provider request, verdict, audit row, scope report.

use std::collections::BTreeSet;

use base64::Engine as _;
use grantdeck::domain::{Code, DraftBody, ProviderAnswer, RequestDraft};
use grantdeck::protocol::UserToken;
use grantdeck::protocol::call::audit::{self, ExchangeOutcome};
use grantdeck::protocol::call::classify::{self, ScopeSource, Verdict};
use grantdeck::protocol::call::inject::{self, InjectError};
use grantdeck::protocol::call::{Credential, DraftError, Redactor, Retrieval, scope_report, token};
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::{GRANT, draft, draft_of, retrieval};
use crate::errors::some_day;
use crate::exchanges::exchange;
use crate::support::{id, rows, text};

const HOST: &str = "http://127.0.0.1:18788";
const SDK: &str = "alter-sdk-python/0.29.0";

/// The arguments of each recorded call, without those that are the same in all.
fn arguments(name: &str) -> Value {
    let path = match name {
        "request_post_json" => "/v1/{org}/items",
        "request_body_bytes" => "/v1/file",
        "request_body_empty_bytes" | "request_caller_headers" => "/v1/x",
        "request_url_query_kept" => "/v1/me?a=1&b=x%20y",
        "request_url_query_replaced"
        | "request_url_query_dropped"
        | "request_query_injection_replaces_url_query" => "/v1/me?a=1",
        "request_aws_sigv4" => "/b/key%20x?list-type=2",
        "request_aws_no_region" => "/b",
        "request_provider_binary" => "/v1/img",
        "request_cookies_persist" => "/v1/a",
        _ => "/v1/me",
    };
    let mut input = json!({"method": "GET", "url": format!("{HOST}{path}"), "grant_id": GRANT});
    let more = match name {
        "request_post_json" => json!({"method": "POST", "json": {"name": "café", "n": 1},
            "query_params": {"page": 2, "tag": ["a", "b"], "q": "x y"}, "path_params": {"org": "a/b"},
            "extra_headers": {"X-Trace": "1"}, "reason": "ticket 7", "context": {"tool": "create_item"}}),
        "request_body_bytes" => {
            json!({"method": "PUT", "extra_headers": {"Content-Type": "application/octet-stream"}})
        }
        "request_body_empty_bytes" => json!({"method": "POST"}),
        "request_url_query_replaced" => json!({"query_params": {"b": "2"}}),
        "request_extra_injections" => json!({"query_params": {"a": "1"}}),
        "request_caller_authorization_same_case" => json!({"extra_headers": {"Authorization": "mine"}}),
        "request_caller_authorization_other_case" => json!({"extra_headers": {"authorization": "mine"}}),
        "request_aws_sigv4" => {
            json!({"method": "POST", "json": {"a": 1}, "query_params": {"prefix": "a/b"}})
        }
        "report_scope_mismatch" => json!({"context": {"tool": "t"}}),
        "request_lowercase_method" => json!({"method": "get"}),
        "request_context_and_caller" => json!({"context": {"run_id": "r1"}}),
        "request_userinfo_overrides_credential" => json!({"url": "http://user:pw@127.0.0.1:18788/v1/me"}),
        "request_caller_headers" => json!({"method": "POST", "json": {}, "extra_headers": {
            "Host": "other.example", "Content-Type": "application/vnd.api+json", "User-Agent": "mine",
            "Cookie": "a=b", "Accept": "text/plain", "X-Alter-Caller": "x"}}),
        _ => json!({}),
    };
    for (name, value) in more.as_object().expect("an object") {
        input[name] = value.clone();
    }
    input
}

fn draft_for(name: &str) -> RequestDraft {
    let mut draft = draft_of(&arguments(name)).expect("a draft");
    match name {
        "request_body_bytes" => draft.body = DraftBody::Raw(b"\x00\xffraw".to_vec()),
        "request_body_empty_bytes" => draft.body = DraftBody::Raw(Vec::new()),
        _ => {}
    }
    draft
}

/// Exchanges in which the SDK sends what this program does not, and why.
const DEPARTED: [(&str, &str); 8] = [
    ("request_url_query_replaced", "parameters are merged into the URL's own query"),
    ("request_url_query_dropped", "no parameters leave the URL's own query alone"),
    ("request_query_injection_replaces_url_query", "an injected parameter never loses the URL's own query"),
    ("request_caller_authorization_other_case", "nothing stands beside an injected header"),
    ("request_userinfo_overrides_credential", "user information never replaces the credential"),
    ("request_caller_headers", "the host is the URL's"),
    ("request_aws_no_region", "refused there too, by an error that is not the SDK's"),
    ("request_aws_format_without_credentials", "a credential without its parts is refused"),
];

fn request_body(request: &Value) -> Option<Vec<u8>> {
    match (text(request, "body"), text(request, "body_base64")) {
        (Some(body), _) => Some(body.as_bytes().to_vec()),
        (None, Some(body)) => Some(base64::engine::general_purpose::STANDARD.decode(body).expect("base64")),
        (None, None) => None,
    }
}

fn answer_of(response: &Value) -> ProviderAnswer {
    let status = u16::try_from(response["status"].as_u64().expect("status")).expect("a status");
    let body = request_body(response).unwrap_or_default();
    let headers = response["headers"].as_object().expect("headers").iter();
    let mut headers: Vec<(String, String)> =
        headers.map(|(name, value)| (name.clone(), value.as_str().expect("text").to_owned())).collect();
    // The recorder's server adds it.
    if status != 204 {
        headers.push(("Content-Length".to_owned(), body.len().to_string()));
    }
    ProviderAnswer::new(status, headers, body)
}

/// Headers that the HTTP library sets.
const LIBRARY: [&str; 5] = ["host", "accept", "accept-encoding", "connection", "content-length"];

fn recorded_headers(request: &Value) -> BTreeSet<(String, String)> {
    let pairs = request["headers"].as_array().expect("headers").iter();
    let pair = |pair: &Value| {
        (pair[0].as_str().expect("name").to_ascii_lowercase(), pair[1].as_str().expect("value").to_owned())
    };
    pairs.map(pair).filter(|(name, _)| !LIBRARY.contains(&name.as_str())).collect()
}

struct Made {
    retrieval: Retrieval,
    credential: Credential,
    sent: inject::ProviderRequest,
}

fn made(name: &str, draft: &RequestDraft) -> Result<Made, InjectError> {
    let exchange = exchange(name);
    let answer = exchange["steps"][0]["response"]["body"].as_str().expect("an answer").to_owned();
    let credential = Credential::parse(answer.as_bytes()).expect(name);
    let retrieval = retrieval(draft).map_err(InjectError::Draft)?;
    let sent = inject::request(&retrieval, &credential, SDK, some_day())?;
    Ok(Made { retrieval, credential, sent })
}

fn names() -> Vec<String> {
    let index = exchange("index");
    let files = index["exchanges"].as_array().expect("exchanges").iter();
    let names = files.map(|entry| entry["file"].as_str().expect("file").trim_end_matches(".json").to_owned());
    names.filter(|name| name.starts_with("request_") || name.starts_with("report_")).collect()
}

#[test]
fn recorded_calls_are_repeated() {
    let (mut whole, mut departed) = (0, 0);
    for name in names() {
        let name = name.as_str();
        if DEPARTED.iter().any(|(known, _)| *known == name) {
            departed += 1;
            continue;
        }
        let exchange = exchange(name);
        let Made { retrieval, credential, sent } = made(name, &draft_for(name)).expect(name);
        let steps = exchange["steps"].as_array().expect("steps");
        let step = |place: usize| &steps[place]["request"];
        assert_eq!(step(0)["target"], token::TARGET, "{name}");
        // Addressing by provider is not repeated: a draft names its grant.
        if !name.starts_with("request_by_provider") {
            let token = step(0)["body_json"].get("user_token").and_then(Value::as_str);
            let token: Option<UserToken> = token.map(|token| token.parse().expect("a token"));
            let body = retrieval.token_request(token.as_ref());
            assert_eq!(
                std::str::from_utf8(&body).expect("text"),
                text(step(0), "body").expect("body"),
                "{name}"
            );
        }
        assert_eq!(sent.method, step(1)["method"], "{name}");
        assert_eq!(
            sent.url.as_str(),
            format!("{HOST}{}", text(step(1), "target").expect("target")),
            "{name}"
        );
        let have: BTreeSet<(String, String)> = sent
            .headers
            .iter()
            .map(|header| (header.name.to_ascii_lowercase(), header.value.expose_secret().to_owned()))
            .collect();
        assert_eq!(have, recorded_headers(step(1)), "{name}");
        // The recorder does not tell an empty body from none.
        let body = sent.body.clone().filter(|body| !body.is_empty());
        assert_eq!(body, request_body(step(1)), "{name}");
        let answer = steps[1]["response"].get("status").filter(|status| !status.is_null());
        let answer = answer.map(|_| answer_of(&steps[1]["response"]));
        let outcome = answer.as_ref().map_or(ExchangeOutcome::Unreachable, ExchangeOutcome::Answered);
        let is_audit = |step: &&Value| step["request"]["target"] == audit::TARGET;
        let audited = &steps.iter().find(is_audit).expect("a row")["request"];
        let row = audit::row(&retrieval, &credential, &sent, outcome, 0).to_bytes();
        let want = text(audited, "body").expect("a row");
        assert_eq!(String::from_utf8_lossy(&row), want, "{name}");
        if let Some(answer) = &answer {
            verdict(name, &exchange, &credential, &retrieval, answer);
        }
        whole += 1;
    }
    assert_eq!((whole, departed), (27, DEPARTED.len()));
}

fn verdict(
    name: &str,
    exchange: &Value,
    credential: &Credential,
    retrieval: &Retrieval,
    answer: &ProviderAnswer,
) {
    let verdict = classify::classify(answer, credential.scope_mismatch());
    let raised = &exchange["raised"];
    let class = match &verdict {
        Verdict::Fine => None,
        Verdict::ScopesMissing { .. } => Some("ScopeReauthRequiredError"),
        Verdict::Unauthorized => Some("ProviderUnauthorizedError"),
        Verdict::Refused => Some("ProviderAPIError"),
    };
    assert_eq!(class, raised["class"].as_str(), "{name}");
    let diagnosis = verdict.diagnose(answer);
    assert_eq!(diagnosis.is_some(), class.is_some(), "{name}");
    let Verdict::ScopesMissing { missing, reported_by } = &verdict else { return };
    assert_eq!(&json!(missing), &raised["missing_scopes"], "{name}");
    assert_eq!(diagnosis.expect("a diagnosis").code, Code::ScopeMismatch, "{name}");
    let source = match reported_by {
        ScopeSource::Provider => "provider_insufficient_scope",
        ScopeSource::Backend => "backend_flag",
    };
    assert_eq!(raised["details"]["source"], source, "{name}");
    let steps = exchange["steps"].as_array().expect("steps");
    let target = scope_report::target(credential.grant());
    let report = steps.iter().find(|step| step["request"]["target"] == target);
    assert_eq!(report.is_some(), *reported_by == ScopeSource::Provider, "{name}");
    if let Some(report) = report {
        let want = text(&report["request"], "body").expect("a report");
        let correlation = report["request"]["body_json"]["sdk_correlation_id"].as_str().expect("an id");
        let correlation =
            base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(correlation).expect("base64");
        let have = scope_report::body(
            missing.as_deref(),
            classify::challenge(answer).as_deref(),
            retrieval.url().as_str(),
            correlation.try_into().expect("16 bytes"),
            &Redactor::new(credential),
        );
        assert_eq!(String::from_utf8_lossy(&have), want, "{name}");
    }
}

#[test]
fn where_the_sdk_has_faults_this_departs() {
    let url = |name: &str| made(name, &draft_for(name)).expect(name).sent.url.as_str().to_owned();
    assert_eq!(url("request_url_query_replaced"), format!("{HOST}/v1/me?a=1&b=2"));
    assert_eq!(url("request_url_query_dropped"), format!("{HOST}/v1/me?a=1"));
    let injected = url("request_query_injection_replaces_url_query");
    assert_eq!(injected, format!("{HOST}/v1/me?a=1&api_key=provider-token-EXAMPLE"));

    let other_case = made(
        "request_caller_authorization_other_case",
        &draft_for("request_caller_authorization_other_case"),
    )
    .expect("legal");
    let lines =
        other_case.sent.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("authorization"));
    let values: Vec<&str> = lines.map(|header| header.value.expose_secret()).collect();
    assert_eq!(values, ["Bearer provider-token-EXAMPLE"]);

    let name = "request_userinfo_overrides_credential";
    let Made { retrieval, credential, sent } = made(name, &draft_for(name)).expect("legal");
    assert_eq!(sent.header("authorization"), Some("Bearer provider-token-EXAMPLE"));
    let row = audit::row(&retrieval, &credential, &sent, ExchangeOutcome::Unreachable, 0).to_bytes();
    for bytes in [retrieval.token_request(None).to_vec(), row] {
        assert!(!String::from_utf8_lossy(&bytes).contains("pw"));
    }
    // Where the credential is elsewhere, it is what the SDK makes of it.
    let beside = made("request_api_key_header", &draft_for(name)).expect("legal");
    assert_eq!(beside.sent.header("authorization"), Some("Basic dXNlcjpwdw=="));

    let refused = |name: &str| made(name, &draft_for(name)).map(drop).expect_err(name);
    let host = DraftError::HeaderForbidden("Host".to_owned());
    assert_eq!(refused("request_caller_headers"), InjectError::Draft(host));
    assert_eq!(refused("request_aws_format_without_credentials"), InjectError::SecretKey);
    assert_eq!(refused("request_aws_no_region"), InjectError::Service);
    assert_eq!(refused("request_aws_no_region").diagnose().code, Code::CredentialUnusable);
    // All but the host goes through as the caller says.
    let mut draft = draft_for("request_caller_headers");
    draft.headers.remove(0);
    let sent = made("request_get", &draft).expect("legal").sent;
    let said = |name: &str| sent.header(name).map(str::to_owned);
    assert_eq!(said("user-agent").as_deref(), Some("mine"));
    assert_eq!(said("content-type").as_deref(), Some("application/vnd.api+json"));
    assert_eq!(said("cookie").as_deref(), Some("a=b"));
}

#[test]
fn nothing_of_the_callers_shadows_a_credential() {
    let mut draft = draft("GET", &format!("{HOST}/v1/me?API_KEY=own&api%5Fkey=mine&a=1"));
    draft.query = vec![("api_key".to_owned(), json!(["x", "y"])), ("b".to_owned(), json!("2"))];
    draft.headers = vec![("x-ORG".to_owned(), "mine".to_owned()), ("X-Kept".to_owned(), "1".to_owned())];
    let sent = made("request_extra_injections", &draft).expect("legal").sent;
    assert_eq!(sent.url.as_str(), format!("{HOST}/v1/me?API_KEY=own&a=1&b=2&api_key=provider-token-EXAMPLE"));
    let names: Vec<&str> = sent.headers.iter().map(|header| header.name.as_str()).collect();
    assert_eq!(names, ["X-Kept", "Authorization", "X-Org", "User-Agent"]);
    assert_eq!(sent.header("x-org"), Some("org-1"));
    draft.headers = vec![("X-Amz-Date".to_owned(), "mine".to_owned())];
    draft.query = vec![("a".to_owned(), json!("x y"))];
    let sent = made("request_aws_sigv4", &draft).expect("legal").sent;
    assert_eq!(
        sent.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("x-amz-date")).count(),
        1
    );
    assert!(sent.url.ends_with("a=x%20y"), "AWS signs a plus as itself: {}", sent.url.as_str());
}

#[test]
fn bearer_challenges() {
    for row in rows("bearer_challenges") {
        let have: serde_json::Map<String, Value> =
            classify::bearer_parameters(text(&row, "header").expect("header"))
                .into_iter()
                .map(|(name, value)| (name, Value::String(value)))
                .collect();
        assert_eq!(Value::Object(have), row["params"], "{}", id(&row));
    }
}
