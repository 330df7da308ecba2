//! Audit rows and scope reports, and that no credential is in them.

use base64::Engine as _;
use grantdeck::domain::{DraftBody, ProviderAnswer, RequestDraft};
use grantdeck::protocol::call::audit::{self, AuditRow, ExchangeOutcome};
use grantdeck::protocol::call::{Credential, Redactor, inject, scope_report};
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{GRANT, draft, pairs, retrieval};
use crate::errors::some_day;
use crate::support::{id, rows, text};

fn own(value: &Value, name: &str) -> Option<String> {
    text(value, name).map(str::to_owned)
}

fn object(value: &Value, name: &str) -> Option<Map<String, Value>> {
    value.get(name).and_then(Value::as_object).cloned()
}

/// Rows that hold a secret by its name: these bytes are what the SDK sends, and what we do not.
const SECRET: [&str; 2] = ["audit-url-not-redacted", "audit-body-not-redacted"];

#[test]
fn every_row_is_written_as_the_sdk_writes_it() {
    let redactor = Redactor::without_credential();
    for row in rows("audit_payloads") {
        let (input, payload) = (&row["input"], &row["payload"]);
        let body = input.get("request_body").filter(|body| !body.is_null());
        let have = AuditRow {
            grant_id: own(input, "grant_id").expect("grant"),
            provider_id: own(input, "provider_id").expect("provider"),
            token_generation: own(input, "token_generation"),
            method: own(input, "method").expect("method"),
            url: own(input, "url").expect("url"),
            request_headers: object(input, "request_headers"),
            request_body: body.map(|body| serde_json::value::to_raw_value(body).expect("JSON")),
            response_status: input["response_status"].as_u64().expect("status") as u16,
            response_headers: object(input, "response_headers"),
            response_body: own(input, "response_body"),
            latency_ms: input["latency_ms"].as_u64().expect("latency"),
            reason: own(input, "reason"),
            context: object(input, "context"),
        };
        let bytes = have.to_bytes();
        assert!(bytes.is_ascii());
        let have: Value = serde_json::from_slice(&bytes).expect("JSON");
        // Field by field, in order.
        assert_eq!(have.to_string(), payload.to_string(), "{}", id(&row));
        let url = text(input, "url").expect("url");
        let bodies = [body.map(Value::to_string), own(input, "response_body")];
        let same =
            redactor.url(url) == url && bodies.into_iter().flatten().all(|body| redactor.body(&body) == body);
        assert_eq!(same, !SECRET.contains(&id(&row)), "{}", id(&row));
    }
    assert_eq!(
        redactor.url("https://user:pw@api.example.com/x?api_key=s&a=1#f"),
        "https://api.example.com/x?api_key=[redacted]&a=1#f"
    );
    assert_eq!(
        redactor.body("{\"access_token\": \"s\", \"n\": [1.50]}"),
        r#"{"access_token":"[redacted]","n":[1.5]}"#
    );
}

/// Bytes that a row of `audit_bodies` stands for.
fn bytes_of(input: &Value) -> Vec<u8> {
    if let Some(encoded) = text(input, "base64") {
        return base64::engine::general_purpose::STANDARD.decode(encoded).expect("base64");
    }
    let hex = text(input, "byte_hex").expect("hex");
    let unit: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect();
    unit.into_iter().cycle().take(input["length"].as_u64().expect("length") as usize).collect()
}

fn written(output: &Value) -> String {
    match output.get("text_of").and_then(Value::as_str) {
        Some(part) => part.repeat(output["characters"].as_u64().expect("number") as usize),
        None => output.as_str().expect("text").to_owned(),
    }
}

#[test]
fn bodies_are_shown_or_named() {
    for row in rows("audit_bodies") {
        let bytes = bytes_of(&row["input"]);
        assert_eq!(audit::request_text(&bytes), written(&row["request_body"]), "{}", id(&row));
        assert_eq!(audit::response_text(&bytes), written(&row["response_body"]), "{}", id(&row));
    }
}

#[test]
fn injected_headers_are_not_audited() {
    for row in rows("audit_injected_headers") {
        let input = &row["input"];
        let mut answer = json!({"access_token": "token", "grant_id": GRANT,
            "injection_header": input["injection_header"],
            "additional_injections": input["additional_injections"]});
        if input["sigv4"] == true {
            answer["injection_format"] = json!("AWS4-HMAC-SHA256");
            answer["additional_credentials"] = json!({"secret_key": "s"});
        }
        let credential = Credential::parse(answer.to_string().as_bytes()).expect("a credential");
        let headers = pairs(&input["headers"]).expect("texts");
        let kept: Map<String, Value> = audit::without_injected(headers, &credential)
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        assert_eq!(Value::Object(kept), row["kept"], "{}", id(&row));
    }
}

#[test]
fn scope_reports_have_limits() {
    let redactor = Redactor::without_credential();
    for row in rows("scope_report_clamps") {
        let input = &row["input"];
        let missing: Option<Vec<String>> = input["missing"]
            .as_array()
            .map(|items| items.iter().map(|item| item.as_str().expect("text").to_owned()).collect());
        let letters = |name: &str| input[name].as_u64().map(|letters| "é".repeat(letters as usize));
        let (challenge, url) = (letters("raw_len"), letters("endpoint_len").expect("a length"));
        let bytes = scope_report::body(missing.as_deref(), challenge.as_deref(), &url, [7; 16], &redactor);
        let report: Value = serde_json::from_slice(&bytes).expect("JSON");
        let length = |name: &str| report[name].as_str().map(|text| text.chars().count() as u64);
        assert_eq!(length("raw_www_authenticate"), row["raw_len"].as_u64(), "{}", id(&row));
        assert_eq!(length("api_endpoint"), row["endpoint_len"].as_u64(), "{}", id(&row));
        let scopes = report["missing_scopes"].as_array();
        assert_eq!(scopes.map(|scopes| scopes.len() as u64), row["missing_count"].as_u64(), "{}", id(&row));
        let longest = scopes.into_iter().flatten().map(|scope| scope.as_str().expect("text").chars().count());
        assert_eq!(
            longest.max().unwrap_or(0) as u64,
            row["longest"].as_u64().expect("longest"),
            "{}",
            id(&row)
        );
    }
}

/// As no library writes it: every second byte escaped, and what must be.
fn partly_encoded(secret: &str) -> String {
    let pieces = secret.bytes().enumerate().map(|(at, byte)| {
        let plain = byte.is_ascii_alphanumeric() && at % 2 == 0;
        if plain { char::from(byte).to_string() } else { format!("%{byte:02x}") }
    });
    pieces.collect::<Vec<_>>().concat()
}

/// Everything about a call that the provider or the caller could repeat a secret in.
fn careless(secret: &str, mode: usize) -> (RequestDraft, ProviderAnswer) {
    let json = json!({"name": secret, "list": [format!("a {secret} b")], secret: 1}).to_string();
    let partly = partly_encoded(secret);
    let url =
        format!("https://{{user}}:pw@api.example.com/{{a}}/{partly}?own={{a}}&part={partly}&plain=1#{{a}}");
    let mut draft = draft("POST", &url);
    draft.path_parameters =
        vec![("a".to_owned(), secret.to_owned()), ("user".to_owned(), "somebody".to_owned())];
    draft.query = vec![("q".to_owned(), json!(format!("{secret} {secret}")))];
    draft.headers = vec![("X-Note".to_owned(), format!("see {secret}"))];
    draft.body = match mode {
        0 => DraftBody::Json(json.clone()),
        1 => DraftBody::Raw(format!("a={secret}&b=2").into_bytes()),
        _ => DraftBody::Raw(format!("said {secret}").into_bytes()),
    };
    draft.reason = Some(format!("because of {secret}"));
    draft.context = vec![("tool".to_owned(), secret.to_owned())];
    let body = match mode {
        0 => json,
        // Escaped as hardly anybody does.
        1 => {
            let escaped: Vec<String> = secret.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
            let escaped = escaped.concat();
            format!("{{\"echo\":\"{escaped}\"}}")
        }
        _ => format!("<html>{secret}</html>"),
    };
    let headers =
        vec![("Location".to_owned(), format!("https://h/?x={secret}")), ("ETag".to_owned(), "e".to_owned())];
    (draft, ProviderAnswer::new(403, headers, body.into_bytes()))
}

/// All texts within a value, names included.
fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            out.push(name.clone());
            texts(value, out);
        }),
        _ => {}
    }
}

fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = std::str::from_utf8(tail.get(..2).unwrap_or_default()).unwrap_or_default();
        if let (b'%', 2, Ok(byte)) = (*first, escape.len(), u8::from_str_radix(escape, 16)) {
            out.push(byte);
            rest = &tail[2..];
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn holds(bytes: &[u8], secret: &str) -> Option<String> {
    let value: Value = serde_json::from_slice(bytes).expect("JSON");
    let mut all = Vec::new();
    texts(&value, &mut all);
    // A body is a text that may itself be JSON.
    for inner in all.clone() {
        if let Ok(value) = serde_json::from_str::<Value>(&inner) {
            texts(&value, &mut all);
        }
    }
    let encoded = base64::engine::general_purpose::STANDARD.encode(secret);
    all.into_iter().find(|text| {
        text.contains(secret)
            || text.contains(&encoded)
            || decoded(text).contains(secret)
            || decoded(&text.replace('+', " ")).contains(secret)
    })
}

proptest! {
    #[test]
    fn no_credential_is_in_a_row_or_a_report(
        token in "[A-Za-z0-9_.~+/=\"\\\\é{} -]{6,40}",
        key in "[A-Za-z0-9_.~+/=\"\\\\é -]{6,40}",
        mode in 0_usize..3,
        format in prop_oneof![Just("Bearer {token}"), Just("{token}"), Just("Basic {token}")],
    ) {
        prop_assume!(!token.trim().is_empty() && !key.trim().is_empty());
        // What is in every row anyway is no secret.
        let known = "[redacted] somebody https://api.example.com because of";
        prop_assume!(!known.contains(token.as_str()) && !known.contains(key.as_str()));
        let answer = json!({"access_token": token, "grant_id": GRANT, "injection_format": format,
            "additional_credentials": {"key": key},
            "additional_injections": [
                {"target": "query_param", "key": "q", "value_source": "token"},
                {"target": "query_param", "key": "k", "value_source": "additional_credentials.key"},
                {"target": "header", "key": "X-Key", "value_source": "additional_credentials.key"}]});
        let credential = Credential::parse(answer.to_string().as_bytes()).expect("a credential");
        for secret in [&token, &key] {
            let (draft, answer) = careless(secret, mode);
            let retrieval = retrieval(&draft).expect("legal");
            let sent = inject::request(&retrieval, &credential, "x/1", some_day()).expect("a request");
            let sent_url: &str = &sent.url;
            prop_assert!(decoded(&sent_url.replace('+', " ")).contains(token.as_str()), "{}", sent_url);
            for outcome in [ExchangeOutcome::Answered(&answer), ExchangeOutcome::TimedOut(5), ExchangeOutcome::Unreachable] {
                let bytes = audit::row(&retrieval, &credential, &sent, outcome, 1).to_bytes();
                prop_assert_eq!(holds(&bytes, secret), None);
                prop_assert!(!String::from_utf8_lossy(&bytes).contains("pw@"));
            }
            let redactor = Redactor::new(&credential);
            let missing = [secret.clone()];
            let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{secret}\"");
            let url = retrieval.url().as_str();
            let report = scope_report::body(Some(&missing), Some(&challenge), url, [0; 16], &redactor);
            prop_assert_eq!(holds(&report, secret), None);
        }
    }
}
