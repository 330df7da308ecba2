//! Calls made by Alter (docs/protocol/calls.md sections B1 to B3 and B7).

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine as _};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::approval;
use super::draft::{self, DraftError, LONGEST_URL};
use super::json::{self, Style};
use super::template;
use crate::UserToken;
use crate::domain::percent;
use crate::domain::{ApprovalId, DraftBody, PendingApproval, ProviderAnswer, RequestDraft};
use crate::identity::ascii_json;
use crate::lenient;
use crate::malformed::{self, Gap, Malformed};

/// Method and path.
pub const ENDPOINT: &str = "POST /sdk/proxy";
/// The path.
pub const TARGET: &str = "/sdk/proxy";

/// Headers that proxy mode refuses, in lower case (docs/protocol/calls.md section B1).
pub const FORBIDDEN_HEADERS: [&str; 20] = [
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
    // Not in the protocol's list, but meaningless here: hop-by-hop headers, and the length of our own body.
    "content-length",
    "transfer-encoding",
];

/// Builds the request body, in the protocol's order of fields. Wiped on drop: it may contain a user token.
///
/// Scheme and host of the URL are left to the backend, which explains its refusals itself.
///
/// # Errors
/// What is wrong with the draft; nothing was sent.
pub fn request(
    draft: &RequestDraft,
    user_token: Option<&UserToken>,
) -> Result<Zeroizing<Vec<u8>>, DraftError> {
    let method = draft::method(&draft.method)?;
    let url = template::fill(&draft.url, &draft.path_parameters)?;
    if url.is_empty() {
        return Err(DraftError::UrlEmpty);
    }
    draft::headers(&draft.headers, &FORBIDDEN_HEADERS)?;
    let length = length(&url, &draft::query(&draft.query)?);
    if length > LONGEST_URL {
        return Err(DraftError::UrlTooLong { have: length });
    }
    let body = match &draft.body {
        DraftBody::Empty => None,
        DraftBody::Json(text) => json::check(text).map_err(DraftError::Body)?,
        DraftBody::Raw(_) => return Err(DraftError::RawBody),
    };
    let mut out = Zeroizing::new(String::with_capacity(256 + body.map_or(0, str::len)));
    let text = |out: &mut String, name: &str, value: &str| {
        out.push_str(if out.is_empty() { "{\"" } else { ",\"" });
        out.push_str(name);
        out.push_str("\":");
        ascii_json(out, value);
    };
    let raw = |out: &mut String, name: &str, value: &str| {
        out.push_str(",\"");
        out.push_str(name);
        out.push_str("\":");
        out.push_str(value);
    };
    text(&mut out, "method", &method);
    text(&mut out, "url", &url);
    text(&mut out, "grant_id", &draft.grant.to_string());
    if let Some(token) = user_token {
        text(&mut out, "user_token", token.expose());
    }
    if let Some(body) = body {
        raw(&mut out, "body", &json::restyle(body, Style::Ascii));
    }
    if !draft.headers.is_empty() {
        raw(&mut out, "headers", &json::restyle(&header_map(&draft.headers).to_string(), Style::Ascii));
    }
    if !draft.query.is_empty() {
        raw(&mut out, "query_params", &json::restyle(&query_map(&draft.query).to_string(), Style::Ascii));
    }
    if let Some(reason) = draft.reason.as_deref().filter(|reason| !reason.is_empty()) {
        text(&mut out, "reason", reason);
    }
    out.push('}');
    Ok(Zeroizing::new(std::mem::take(&mut *out).into_bytes()))
}

/// Headers as an object; lines with the same name are joined as in RFC 9110 section 5.3.
fn header_map(headers: &[(String, String)]) -> Value {
    let mut map: Map<String, Value> = Map::new();
    for (name, value) in headers {
        let known = map.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name));
        if let Some((_, Value::String(joined))) = known {
            joined.push_str(", ");
            joined.push_str(value);
        } else {
            map.insert(name.clone(), Value::String(value.clone()));
        }
    }
    Value::Object(map)
}

/// Query parameters as an object; a repeated name becomes a list.
fn query_map(parameters: &[(String, Value)]) -> Value {
    let mut map: Map<String, Value> = Map::new();
    for (name, value) in parameters {
        match map.get_mut(name) {
            None => {
                map.insert(name.clone(), value.clone());
            }
            Some(Value::Array(items)) => match value {
                Value::Array(more) => items.extend(more.iter().cloned()),
                one => items.push(one.clone()),
            },
            Some(first) => {
                let mut items = vec![first.take()];
                match value {
                    Value::Array(more) => items.extend(more.iter().cloned()),
                    one => items.push(one.clone()),
                }
                *first = Value::Array(items);
            }
        }
    }
    Value::Object(map)
}

/// The length of a URL with its query as the backend sends it.
fn length(url: &str, query: &[(String, String)]) -> usize {
    let encoded = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_graphic();
        text.bytes().map(|byte| if plain(byte) { 1 } else { 3 }).sum::<usize>()
    };
    let mut written = String::new();
    for (name, value) in query {
        written.push('&');
        percent::encode_into(&mut written, name.as_bytes(), true);
        written.push('=');
        percent::encode_into(&mut written, value.as_bytes(), true);
    }
    encoded(url) + written.len()
}

/// An answer of `/sdk/proxy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyReply {
    /// 200: the call was made; a refusal by the provider is included.
    Done(ProviderAnswer),
    /// 202: held for approval.
    Held(PendingApproval),
}

/// Whether a status is a success of `/sdk/proxy`. Any other one, even below 400, is a refusal
/// ([`Surface::Proxy`](crate::error::Surface::Proxy)).
pub fn is_success(status: u16) -> bool {
    matches!(status, 200 | 202)
}

/// Parses a success.
///
/// # Errors
/// The first place that departs from its shape.
pub fn parse(status: u16, bytes: &[u8]) -> Result<ProxyReply, Malformed> {
    if status == 202 {
        return approval::parse_pending(bytes).map(ProxyReply::Held);
    }
    parse_answer(ENDPOINT, bytes).map(ProxyReply::Done)
}

/// Parses a provider's answer, which is also the result of an approval.
pub(super) fn parse_answer(endpoint: &'static str, bytes: &[u8]) -> Result<ProviderAnswer, Malformed> {
    read_answer(endpoint, bytes, Gap::default())
}

/// Parses a provider's answer from which a piece was removed.
pub(super) fn read_answer(
    endpoint: &'static str,
    bytes: &[u8],
    gap: Gap,
) -> Result<ProviderAnswer, Malformed> {
    let wire: WireAnswer = malformed::read_around(endpoint, bytes, gap)?;
    Ok(ProviderAnswer {
        approval: wire.approval_id,
        status: wire.status_code,
        headers: wire.headers,
        body: wire.body_b64.into(),
        truncated: wire.body_truncated,
        cut_here: None,
        duration_ms: wire.duration_ms,
        credential_hint: wire.credential_hint.filter(|hint| !hint.trim().is_empty()),
    })
}

#[derive(Deserialize)]
struct WireAnswer {
    #[serde(default)]
    approval_id: Option<ApprovalId>,
    #[serde(deserialize_with = "status")]
    status_code: u16,
    #[serde(default, deserialize_with = "header_pairs")]
    headers: Vec<(String, String)>,
    #[serde(deserialize_with = "base64_bytes")]
    body_b64: Vec<u8>,
    #[serde(default, deserialize_with = "lenient::flag")]
    body_truncated: bool,
    #[serde(default, deserialize_with = "milliseconds")]
    duration_ms: Option<u64>,
    #[serde(default)]
    credential_hint: Option<String>,
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = lenient::whole(deserializer)?;
    u16::try_from(status).map_err(D::Error::custom)
}

fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    struct Whole(#[serde(deserialize_with = "lenient::whole")] i64);
    // Ignore a negative duration.
    Ok(Option::<Whole>::deserialize(deserializer)?.and_then(|Whole(length)| u64::try_from(length).ok()))
}

fn header_pairs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
    struct Pairs;
    impl<'de> Visitor<'de> for Pairs {
        type Value = Vec<(String, String)>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object of texts")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = entries.next_entry()? {
                pairs.push(pair);
            }
            Ok(pairs)
        }
    }
    deserializer.deserialize_map(Pairs)
}

/// The standard alphabet with padding. Extra bits in the last character are ignored, as in the SDK.
pub(super) const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes without copying the text: bodies may have many megabytes.
fn base64_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    struct Base64;
    impl Visitor<'_> for Base64 {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a text in base64")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
            // Without the position: the beginning of the text may have been decoded before.
            STANDARD.decode(text).map_err(|error| {
                E::custom(match error {
                    DecodeError::InvalidByte(..) => "not base64: it has a character of another kind",
                    DecodeError::InvalidLength(_) => "not base64: its length is wrong",
                    DecodeError::InvalidLastSymbol { .. } => "not base64: its last character is wrong",
                    DecodeError::InvalidPadding => "not base64: its padding is wrong",
                })
            })
        }
    }
    deserializer.deserialize_str(Base64)
}
