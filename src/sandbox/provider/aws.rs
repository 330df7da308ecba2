//! Verifying AWS Signature Version 4, as a service of AWS does it (docs/protocol/calls.md A5). Written from that text
//! alone; the client's signer is what this checks.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::verify::{decode, encode, hmac_sha256};

/// Seconds by which a request's date may differ from the clock, as AWS allows.
pub const TOLERANCE_SECONDS: i64 = 900;

/// A signed request, as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'call> {
    /// The method.
    pub method: &'call str,
    /// The path as sent, undecoded.
    pub path: &'call str,
    /// The query as sent; empty where there is none.
    pub query: &'call str,
    /// The host that was signed, with its port unless 80 or 443.
    pub host: &'call str,
    /// Every header.
    pub headers: &'call [(String, String)],
    /// The body.
    pub body: &'call [u8],
}

/// What the `Authorization` header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// The access key id.
    pub access_key: String,
    /// Date, region, service and `aws4_request`.
    pub scope: [String; 4],
    /// The headers that were signed, in order.
    pub signed_headers: Vec<String>,
    signature: String,
}

impl Authorization {
    /// Read a header's value; `None` where it is not of this scheme.
    pub fn read(value: &str) -> Option<Self> {
        let rest = value.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let mut parts = rest.split(',').map(str::trim);
        let credential = parts.next()?.strip_prefix("Credential=")?;
        let signed = parts.next()?.strip_prefix("SignedHeaders=")?;
        let signature = parts.next()?.strip_prefix("Signature=")?;
        let mut pieces = credential.split('/').map(str::to_owned);
        let access_key = pieces.next()?;
        let scope: [String; 4] = pieces.collect::<Vec<_>>().try_into().ok()?;
        let signed_headers = signed.split(';').map(str::to_owned).collect();
        Some(Self { access_key, scope, signed_headers, signature: signature.to_owned() })
    }
}

/// Verify a request.
///
/// # Errors
/// What is wrong with it, in words.
pub fn verify(
    request: &Signed<'_>,
    secret_key: &str,
    session_token: Option<&str>,
    now: Timestamp,
) -> Result<Authorization, &'static str> {
    let header = |name: &str| {
        let mut found = request.headers.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str()).filter(|_| found.next().is_none())
    };
    let authorization =
        header("authorization").and_then(Authorization::read).ok_or("no SigV4 authorization")?;
    let [date, region, service, end] = &authorization.scope;
    let stamp = header("x-amz-date").ok_or("no x-amz-date")?;
    let instant =
        DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).ok().and_then(|at| at.to_zoned(TimeZone::UTC).ok());
    let Some(instant) = instant else { return Err("x-amz-date is malformed") };
    if !stamp.starts_with(date.as_str()) || end != "aws4_request" {
        return Err("the credential's scope does not fit the date");
    }
    if (instant.timestamp().as_second() - now.as_second()).abs() > TOLERANCE_SECONDS {
        return Err("the request has expired or lies in the future");
    }
    let hash = HEXLOWER.encode(&Sha256::digest(request.body));
    if header("x-amz-content-sha256") != Some(hash.as_str()) {
        return Err("x-amz-content-sha256 does not match the body");
    }
    if header("x-amz-security-token") != session_token {
        return Err("the security token is missing or another");
    }
    let mut needed = vec!["host", "x-amz-content-sha256", "x-amz-date"];
    needed.extend(session_token.map(|_| "x-amz-security-token"));
    if !needed.iter().all(|name| authorization.signed_headers.iter().any(|signed| signed == name)) {
        return Err("a header that must be signed is not");
    }
    if !authorization.signed_headers.is_sorted() {
        return Err("the signed headers are not in order");
    }
    let mut headers = String::new();
    for name in &authorization.signed_headers {
        let value = if name == "host" { Some(request.host) } else { header(name) };
        let Some(value) = value else { return Err("a signed header is missing") };
        let words: Vec<&str> = value.split_ascii_whitespace().collect();
        for part in [name.as_str(), ":", &words.join(" "), "\n"] {
            headers.push_str(part);
        }
    }
    let canonical = [
        request.method,
        &canonical_path(request.path, service),
        &canonical_query(request.query),
        &headers,
        &authorization.signed_headers.join(";"),
        &hash,
    ]
    .join("\n");
    let scope = authorization.scope.join("/");
    let text = ["AWS4-HMAC-SHA256", stamp, &scope, &HEXLOWER.encode(&Sha256::digest(canonical.as_bytes()))]
        .join("\n");
    let mut key = hmac_sha256(format!("AWS4{secret_key}").as_bytes(), date.as_bytes());
    for part in [region.as_str(), service, "aws4_request"] {
        key = hmac_sha256(&key, part.as_bytes());
    }
    if HEXLOWER.encode(&hmac_sha256(&key, text.as_bytes())) == authorization.signature {
        Ok(authorization)
    } else {
        Err("the signature does not match")
    }
}

/// As sent for S3; for the others each segment is encoded once more.
fn canonical_path(path: &str, service: &str) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    if service == "s3" {
        return path.to_owned();
    }
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// Decoded, encoded again, and in the order of names, then values.
fn canonical_query(query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            (encode(&decode(name)), encode(&decode(value)))
        })
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}
