//! Where a proxied call may go, and with which headers (docs/protocol/calls.md B1, B7).

use std::net::{IpAddr, Ipv6Addr};

use serde_json::{Map, Value};
use url::{Host, Url};

use super::CallError;
use super::input::{Fields, invalid};
use super::state::About;
use crate::message::Reply;

/// The most characters of a URL as the backend sends it (docs/protocol/calls.md B7).
pub(super) const URL_LIMIT: usize = 65_536;

/// Header names that a caller must not give (docs/protocol/calls.md B1).
const FORBIDDEN: [&str; 18] = [
    "host",
    "authorization",
    "proxy-authorization",
    "authentication",
    "cookie",
    "set-cookie",
    "x-api-key",
    "x-auth-token",
    "x-amz-security-token",
    "x-amz-date",
    "x-amz-content-sha256",
    "x-goog-authorization",
    "x-goog-iam-authorization-token",
    "x-stripe-account",
    "x-shopify-access-token",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

/// Whether a name is an RFC 9110 token.
fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// The method, one of those that HTTP APIs use. Which the backend takes is not stated.
pub(super) fn method(fields: &Fields) -> Result<String, Box<Reply>> {
    let method = fields.needed("method")?;
    if METHODS.contains(&method.as_str()) {
        Ok(method)
    } else {
        Err(invalid("method", "enum", "Input should be an HTTP method in upper case"))
    }
}

/// The caller's headers, or the refusal of one that it must not give. The code is a choice: the protocol says 422.
pub(super) fn headers(fields: &Fields) -> Result<Vec<(String, String)>, Box<Reply>> {
    let refuse = |message: String| Err(Box::new(Reply::refusal(422, "forbidden_header", &message)));
    let mut headers = Vec::new();
    for (name, value) in fields.object("headers")?.into_iter().flatten() {
        let Some(text) = value.as_str() else {
            return Err(invalid("headers", "string_type", "Input should be a valid string"));
        };
        let trimmed = name.trim();
        if FORBIDDEN.iter().any(|known| trimmed.eq_ignore_ascii_case(known)) {
            return refuse(format!("Header {trimmed} is set by the proxy and must not be given."));
        }
        if !is_token(name) {
            return refuse("A header's name must be an RFC 9110 token.".to_owned());
        }
        if text.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return refuse(format!("The value of header {trimmed} holds a line break or NUL."));
        }
        headers.push((name.clone(), text.to_owned()));
    }
    Ok(headers)
}

/// The URL with the query parameters merged in: a name given replaces the URL's own (docs/protocol/calls.md: "merged").
pub(super) fn url(fields: &Fields) -> Result<Url, Box<Reply>> {
    let text = fields.needed("url")?;
    let too_long = || Box::new(CallError::QueryTooLong.reply(&About::default()));
    let refuse = |message: &str| Err(Box::new(Reply::refusal(422, "invalid_url", message)));
    if text.len() > URL_LIMIT {
        return Err(too_long());
    }
    let Ok(mut url) = Url::parse(&text) else { return refuse("The URL cannot be read.") };
    if text.contains(['{', '}']) {
        return refuse("The URL holds a placeholder that was not filled.");
    }
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return refuse("The URL must begin with https:// and name a host.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("The URL must not hold user information.");
    }
    if let Some(given) = fields.object("query_params")? {
        let given = flatten(given)?;
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .into_owned()
            .filter(|(name, _)| !given.iter().any(|(other, _)| other == name))
            .collect();
        url.set_query(None);
        if !kept.is_empty() || !given.is_empty() {
            url.query_pairs_mut().extend_pairs(kept.iter().chain(&given));
        }
    }
    if url.as_str().len() > URL_LIMIT { Err(too_long()) } else { Ok(url) }
}

/// Values as a query writes them: a list repeats its name, null is empty (docs/protocol/calls.md A4).
fn flatten(given: &Map<String, Value>) -> Result<Vec<(String, String)>, Box<Reply>> {
    let one = |value: &Value| match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    };
    let mut pairs = Vec::new();
    for (name, value) in given {
        let values: Option<Vec<String>> = match value {
            Value::Array(list) => list.iter().map(one).collect(),
            other => one(other).map(|value| vec![value]),
        };
        let Some(values) = values else {
            return Err(invalid("query_params", "string_type", "Input should be a scalar or a list of them"));
        };
        pairs.extend(values.into_iter().map(|value| (name.clone(), value)));
    }
    Ok(pairs)
}

/// Whether the backend refuses to go there for anybody: plain HTTP, and whatever is not a public address.
pub(super) fn is_blocked(url: &Url) -> bool {
    if url.scheme() != "https" {
        return true;
    }
    match url.host() {
        Some(Host::Ipv4(address)) => is_private(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => is_private(IpAddr::V6(address)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let inner = [".localhost", ".local", ".internal", ".lan", ".home.arpa"];
            name == "localhost" || !name.contains('.') || inner.iter().any(|end| name.ends_with(end))
        }
        None => true,
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [first, second, ..] = four.octets();
            four.is_private()
                || four.is_loopback()
                || four.is_link_local()
                || four.is_unspecified()
                || four.is_multicast()
                || four.is_broadcast()
                || four.is_documentation()
                || first == 0
                || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(six) => {
            six.to_ipv4_mapped().is_some_and(|four| is_private(IpAddr::V4(four)))
                || six == Ipv6Addr::LOCALHOST
                || six.is_unspecified()
                || six.is_multicast()
                || six.is_unique_local()
                || six.is_unicast_link_local()
        }
    }
}
