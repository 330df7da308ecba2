//! Proxy mode.

use grantdeck::domain::{Code, DraftBody};
use grantdeck::protocol::UserToken;
use grantdeck::protocol::call::proxy::{self, ProxyReply};
use grantdeck::protocol::call::{DraftError, approval};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{GRANT, draft, draft_of};
use crate::exchanges::exchange;
use crate::support::{id, rows};

/// Rows in which the SDK lets pass what this program refuses, and why.
const STRICTER: [(&str, &str); 3] = [
    ("proxy-in-grant-not-uuid", "a grant is named by its id"),
    ("proxy-in-header-'Content-Length'", "the length is that of our body"),
    ("proxy-in-header-'Transfer-Encoding'", "hop-by-hop"),
];

/// Rows that address by provider, or narrow an address: a draft always names one grant.
fn is_about_addressing(row: &Value) -> bool {
    let input = &row["input"];
    ["provider", "account", "label", "app_user_id"].iter().any(|name| input.get(*name).is_some())
        || input.get("grant_id").is_none()
}

#[test]
fn what_is_refused_before_sending() {
    let (mut addressing, mut kept_out_by_type) = (0, 0);
    for row in rows("proxy_inputs") {
        let stricter = STRICTER.iter().any(|(name, _)| *name == id(&row));
        if is_about_addressing(&row) {
            addressing += 1;
            continue;
        }
        let token = row["input"]["user_token"].as_str().map(str::parse::<UserToken>);
        let Some(draft) = draft_of(&row["input"]) else {
            assert!(row["ok"] == false || stricter, "{}", id(&row));
            kept_out_by_type += 1;
            continue;
        };
        let accepted = match token {
            Some(Err(_)) => false,
            token => proxy::request(&draft, token.and_then(Result::ok).as_ref()).is_ok(),
        };
        assert_eq!(accepted, row["ok"] == true && !stricter, "{}", id(&row));
    }
    assert_eq!((addressing, kept_out_by_type), (11, 6));
}

fn body_of(step: &Value) -> &str {
    step["request"]["body"].as_str().expect("a body")
}

#[test]
fn recorded_requests_are_repeated_byte_for_byte() {
    let g = GRANT;
    let cases = [
        (
            "proxy_200",
            json!({"method": "POST", "url": "https://api.example.com/v1/{org}/items", "grant_id": g,
                "json": {"name": "café"}, "extra_headers": {"Accept": "application/json"},
                "query_params": {"page": 2, "tag": ["a", "b"]}, "path_params": {"org": "a/b"},
                "reason": "ticket 7"}),
        ),
        (
            "proxy_200_minimal",
            json!({"method": "GET", "url": "https://api.example.com/v1/me", "grant_id": g}),
        ),
        (
            "proxy_json_false",
            json!({"method": "PUT", "url": "https://api.example.com/v1/flag", "grant_id": g, "json": false}),
        ),
        (
            "proxy_caller_override",
            json!({"method": "get", "url": "https://api.example.com/v1/me", "grant_id": g}),
        ),
        (
            "proxy_provider_401_hint",
            json!({"method": "GET", "url": "https://api.example.com/v1/me", "grant_id": g}),
        ),
        ("proxy_422_blocked", json!({"method": "GET", "url": "https://10.0.0.1/", "grant_id": g})),
        (
            "proxy_202",
            json!({"method": "POST", "url": "https://api.example.com/v1/refunds", "grant_id": g,
                "json": {"id": 1}, "reason": "refund"}),
        ),
    ];
    for (name, input) in cases {
        let step = &exchange(name)["steps"][0];
        let draft = draft_of(&input).expect("a draft");
        let body = proxy::request(&draft, None).expect("legal");
        assert_eq!(std::str::from_utf8(&body).expect("text"), body_of(step), "{name}");
        assert_eq!(step["request"]["target"], proxy::TARGET);
    }
    // The SDK's order of fields with a user token, but for the address: a draft names one grant.
    let step = &exchange("proxy_by_provider")["steps"][0];
    let token: UserToken = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyLTEifQ.".parse().expect("a token");
    let body = proxy::request(&draft("GET", "https://api.example.com/v1/me"), Some(&token)).expect("legal");
    let body = std::str::from_utf8(&body).expect("text");
    let theirs = body_of(step)
        .replace("\"provider_id\":\"github\",\"account\":\"octo@example.com\",\"label\":\"work\",", "")
        .replace(",\"app_user_id\":\"d18583b6-7bf1-5335-8e3e-67a658c03da4\"", "");
    assert_eq!(body.replace(&format!("\"grant_id\":\"{GRANT}\","), ""), theirs);
}

#[test]
fn recorded_answers_are_read() {
    for name in ["proxy_200", "proxy_200_minimal", "proxy_json_false", "proxy_provider_401_hint", "proxy_202"]
    {
        let exchange = exchange(name);
        let response = &exchange["steps"][0]["response"];
        let status = u16::try_from(response["status"].as_u64().expect("status")).expect("a status");
        assert!(proxy::is_success(status), "{name}");
        let reply = proxy::parse(status, response["body"].as_str().expect("body").as_bytes());
        let have = match reply.expect(name) {
            ProxyReply::Done(answer) => super::approvals::answer(&answer),
            ProxyReply::Held(pending) => super::approvals::pending(&pending),
        };
        assert_eq!(have, exchange["returned"]["value"], "{name}");
    }
    for status in [201, 204, 206, 302, 422] {
        assert!(!proxy::is_success(status));
    }
    assert_eq!(approval::parse_pending(b"<html>").map_err(|error| error.endpoint), Err(proxy::ENDPOINT));
}

#[test]
fn lists_are_made_of_repeated_names() {
    let mut draft = draft("GET", "https://h/");
    let (page, tag) = ("page".to_owned(), "tag".to_owned());
    draft.query = vec![
        (tag.clone(), json!("a")),
        (page, json!(1)),
        (tag.clone(), json!("b")),
        (tag, json!(["c", null])),
    ];
    draft.headers = [("Accept", "a"), ("X-Y", "1"), ("accept", "b")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let body: Value = serde_json::from_slice(&proxy::request(&draft, None).expect("legal")).expect("JSON");
    assert_eq!(body["query_params"], json!({"tag": ["a", "b", "c", null], "page": 1}));
    assert_eq!(body["headers"], json!({"Accept": "a, b", "X-Y": "1"}));
}

#[test]
fn faults_are_named() {
    let with = |change: &dyn Fn(&mut grantdeck::domain::RequestDraft)| {
        let mut draft = draft("GET", "https://h/");
        change(&mut draft);
        proxy::request(&draft, None).map(drop)
    };
    let header = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    assert_eq!(
        with(&|draft| draft.headers = header("X-A", "b\r\nX-Evil: 1")),
        Err(DraftError::HeaderValue("X-A".to_owned()))
    );
    assert_eq!(
        with(&|draft| draft.headers = header(" Cookie", "a")),
        Err(DraftError::HeaderForbidden("Cookie".to_owned()))
    );
    assert_eq!(with(&|draft| draft.body = DraftBody::Raw(vec![1])), Err(DraftError::RawBody));
    assert_eq!(with(&|draft| draft.method = "GET / HTTP/1.1".to_owned()), Err(DraftError::Method));
    assert_eq!(
        with(&|draft| draft.query = vec![("a".to_owned(), json!({"b": 1}))]),
        Err(DraftError::Query("a".to_owned()))
    );
    let fault = with(&|draft| draft.body = DraftBody::Json("{\"a\":1,}".to_owned())).expect_err("no JSON");
    assert!(fault.to_string().contains("line 1, column 8"), "{fault}");
    assert_eq!(fault.diagnose().code, Code::ArgumentRefused);
    // 65536 characters fit, with the query as it will be sent; one more does not.
    let long = |letters: usize| {
        with(&|draft| {
            draft.url = format!("https://h.example/{}", "a".repeat(letters));
            draft.query = vec![("k".to_owned(), json!("é"))];
        })
    };
    assert_eq!(long(65_536 - 18 - "?k=%C3%A9".len()), Ok(()));
    assert_eq!(long(65_536 - 17 - "?k=%C3%A9".len()), Err(DraftError::UrlTooLong { have: 65_537 }));
}
