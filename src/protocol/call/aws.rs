//! AWS Signature Version 4 as the official SDK computes it (docs/protocol/calls.md section A5).
//!
//! Own code, as AWS's crate reads a `+` in a query as a space and drops empty parts, where the recorded signatures keep
//! both.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub use super::aws_hosts::locate;
use crate::domain::percent;
use crate::sign::hmac;

/// The headers that signing sets.
pub const HEADERS: [&str; 4] =
    ["Authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"];

/// A request to sign. It contains secrets, so it is not printed.
#[derive(Clone, Copy)]
pub struct Signing<'a> {
    /// Any case; signed in upper case.
    pub method: &'a str,
    /// With the port unless it is the scheme's default.
    pub host: &'a str,
    /// As sent.
    pub path: &'a str,
    /// As sent, without `?`.
    pub query: &'a str,
    /// As sent; empty for none.
    pub body: &'a [u8],
    /// The access key id.
    pub access_key_id: &'a str,
    /// The secret key.
    pub secret_key: &'a str,
    /// For temporary credentials.
    pub session_token: Option<&'a str>,
    /// The service's signing name.
    pub service: &'a str,
    /// The region.
    pub region: &'a str,
    /// The time.
    pub now: Timestamp,
}

/// A signature and its inputs.
pub struct Signed {
    /// Headers to add to the request. Wiped on drop.
    pub headers: Vec<(&'static str, Zeroizing<String>)>,
    /// The text that was hashed. Contains the session token.
    pub canonical_request: Zeroizing<String>,
    /// The text that was signed.
    pub string_to_sign: String,
}

/// Signs a request: always `host`, `x-amz-content-sha256` and `x-amz-date`, and the session token if there is one.
pub fn sign(signing: &Signing<'_>) -> Signed {
    let stamp = signing.now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let date = signing.now.strftime("%Y%m%d").to_string();
    let payload = HEXLOWER.encode(&Sha256::digest(signing.body));
    let mut lines = Zeroizing::new(format!(
        "host:{}\nx-amz-content-sha256:{payload}\nx-amz-date:{stamp}\n",
        signing.host
    ));
    let mut names = String::from("host;x-amz-content-sha256;x-amz-date");
    if let Some(token) = signing.session_token {
        lines.push_str("x-amz-security-token:");
        lines.push_str(token);
        lines.push('\n');
        names.push_str(";x-amz-security-token");
    }
    let canonical_request = Zeroizing::new(format!(
        "{}\n{}\n{}\n{}\n{names}\n{payload}",
        signing.method.to_ascii_uppercase(),
        canonical_path(signing.path, signing.service),
        canonical_query(signing.query),
        lines.as_str(),
    ));
    let scope = format!("{date}/{}/{}/aws4_request", signing.region, signing.service);
    let digest = HEXLOWER.encode(&Sha256::digest(canonical_request.as_bytes()));
    let string_to_sign = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}");
    let first = Zeroizing::new(format!("AWS4{}", signing.secret_key));
    let mut key = Zeroizing::new(hmac(first.as_bytes(), date.as_bytes()));
    for part in [signing.region, signing.service, "aws4_request"] {
        key = Zeroizing::new(hmac(key.as_ref(), part.as_bytes()));
    }
    let signature = HEXLOWER.encode(&hmac(key.as_ref(), string_to_sign.as_bytes()));
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
        signing.access_key_id
    );
    let mut headers = vec![
        ("Authorization", Zeroizing::new(authorization)),
        ("x-amz-date", Zeroizing::new(stamp)),
        ("x-amz-content-sha256", Zeroizing::new(payload)),
    ];
    if let Some(token) = signing.session_token {
        headers.push(("x-amz-security-token", Zeroizing::new(token.to_owned())));
    }
    Signed { headers, canonical_request, string_to_sign }
}

/// The path as sent for `s3`, else with each segment encoded once more. The whole path is signed; the official SDK
/// omits what follows a `;` in the last segment, though it sends it.
fn canonical_path(path: &str, service: &str) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    if service == "s3" {
        return path.to_owned();
    }
    let mut out = String::with_capacity(path.len());
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        percent::encode_into(&mut out, segment.as_bytes(), false);
    }
    out
}

fn canonical_query(query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    let part = |text: &str| {
        let mut out = String::new();
        percent::encode_into(&mut out, &percent::decode_bytes(text.as_bytes()), false);
        out
    };
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            (part(name), part(value))
        })
        .collect();
    pairs.sort();
    let pieces: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pieces.join("&")
}
