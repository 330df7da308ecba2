//! Credentials.

use grantdeck::protocol::call::inject;
use grantdeck::protocol::call::token::{Credential, RetryInfo};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{GRANT, draft, retrieval};
use crate::errors::some_day;
use crate::support::{file, id, resolve, rows};

fn retry_info(info: &RetryInfo) -> Value {
    let error = |error: &grantdeck::protocol::call::token::RetryError| {
        json!({
            "attempt": error.attempt,
            "error": error.error,
            "error_type": error.error_type,
            "delay_s": error.delay_s,
            "permanent": error.permanent,
        })
    };
    json!({
        "total_attempts": info.total_attempts,
        "successful_attempt": info.successful_attempt,
        "errors": info.errors.iter().map(error).collect::<Vec<_>>(),
    })
}

/// Where the SDK shows an injected text, this asks the request for it.
#[test]
fn every_answer_with_a_credential() {
    let file = file("token_responses.json");
    let mut sent = 0;
    for row in rows("token_responses") {
        let (input, output) = resolve(&file, &row);
        let credential = Credential::parse(input.to_string().as_bytes());
        let Some(want) = output else {
            let error = credential.err().unwrap_or_else(|| panic!("{} is accepted", id(&row)));
            let secret = input["access_token"].as_str().filter(|token| token.len() > 3);
            assert!(secret.is_none_or(|secret| !error.to_string().contains(secret)), "{error}");
            continue;
        };
        let credential = credential.unwrap_or_else(|error| panic!("{}: {error}", id(&row)));
        assert_eq!(credential.grant().to_string(), want["grant_id"], "{}", id(&row));
        assert_eq!(credential.provider(), want["provider_id"], "{}", id(&row));
        assert_eq!(credential.scope_mismatch(), want["scope_mismatch"] == true, "{}", id(&row));
        let info = credential.retry_info.as_ref().map_or(Value::Null, retry_info);
        assert_eq!(info, want["retry_info"], "{}", id(&row));
        let retrieval = retrieval(&draft("GET", "https://api.example.com/")).expect("legal");
        let request = inject::request(&retrieval, &credential, "x/1", some_day());
        if credential.is_aws() {
            assert!(request.is_err(), "{}: neither keys nor regions", id(&row));
            continue;
        }
        let request = request.expect("a request");
        let header = want["header"].as_str().expect("header");
        // An additional injection of the same name comes later, and wins.
        let again = want["additional_injections"].as_array().into_iter().flatten();
        if !again.into_iter().any(|injection| injection["key"] == header) {
            assert_eq!(request.header(header), want["header_value"].as_str(), "{}", id(&row));
        }
        for injection in want["additional_injections"].as_array().into_iter().flatten() {
            let key = injection["key"].as_str().expect("key");
            let source = injection["value_source"].as_str().expect("source");
            let value = match source.strip_prefix("additional_credentials.") {
                Some(name) => want["additional_credentials"][name].as_str(),
                None => input["access_token"].as_str(),
            };
            if injection["target"] == "header" {
                assert_eq!(request.header(key), value, "{}", id(&row));
            } else {
                let pair = value.map(|value| format!("{key}={value}"));
                assert_eq!(request.url.split_once('?').map(|(_, query)| query), pair.as_deref());
            }
        }
        sent += 1;
    }
    assert!(sent > 40, "{sent}");
}

#[test]
fn nothing_prints_a_credential() {
    let answer = json!({"access_token": "s3cr3t-token", "grant_id": GRANT,
        "additional_credentials": {"org": "s3cr3t-org"}, "scopes": "s3cr3t-place"});
    let error = Credential::parse(answer.to_string().as_bytes()).expect_err("scopes are a list");
    assert_eq!(error.position, "scopes");
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
    let answer = json!({"access_token": "s3cr3t-token", "grant_id": GRANT,
        "additional_credentials": {"org": "s3cr3t-org"}});
    let credential = Credential::parse(answer.to_string().as_bytes()).expect("a credential");
    let retrieval = retrieval(&draft("GET", "https://h/")).expect("legal");
    let request = inject::request(&retrieval, &credential, "x/1", some_day()).expect("a request");
    assert!(!format!("{credential:?} {request:?}").contains("s3cr3t"));
}
