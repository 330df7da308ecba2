//! Signs requests to the backend (docs/protocol/transport.md section 3).

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::constraint::Attenuation;
use super::identity::Identification;
use super::key::ApiKey;
use super::target;

/// Signs requests with one key. The signing key is derived once and wiped on drop.
pub struct Signer {
    key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

/// A request to sign.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Any case; signed in upper case.
    pub method: &'a str,
    /// Path and query as sent, without the base URL's own path.
    pub target: &'a str,
    /// The body bytes as sent; empty for none.
    pub body: &'a [u8],
    /// Unix seconds.
    pub timestamp: i64,
    /// 16 random bytes, never reused.
    pub nonce: [u8; 16],
    /// Who is calling and why.
    pub identification: &'a Identification,
    /// The client's own restriction.
    pub attenuation: Option<&'a Attenuation>,
}

/// The two strings to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringsToSign {
    /// Version 1.
    pub v1: String,
    /// Version 2; `None` without identity lines, where it would be the same.
    pub v2: Option<String>,
}

/// The headers of a signed request, in the order of the protocol: names and values.
pub type Headers = Vec<(&'static str, String)>;

impl Signer {
    /// Derives the signing key: HMAC-SHA256 of a fixed text under the API key.
    pub fn new(key: &ApiKey) -> Self {
        Self { key: Zeroizing::new(hmac(key.expose().as_bytes(), b"alter-signing-v1")) }
    }

    /// All `X-Alter-*` headers of the request.
    pub fn headers(&self, request: &Request<'_>) -> Headers {
        let strings = strings_to_sign(request);
        let signed = strings.v2.as_ref().unwrap_or(&strings.v1);
        let signature = HEXLOWER.encode(&hmac(self.key.as_ref(), signed.as_bytes()));
        let mut headers: Headers = Vec::with_capacity(11);
        for (header, _, value) in request.identification.lines() {
            headers.push((header, value.to_owned()));
        }
        headers.push(("X-Alter-Timestamp", request.timestamp.to_string()));
        headers.push(("X-Alter-Nonce", HEXLOWER.encode(&request.nonce)));
        headers.push(("X-Alter-Content-SHA256", body_hash(request.body)));
        if let Some(attenuation) = request.attenuation {
            if let Some(scopes) = attenuation.scopes() {
                headers.push(("X-Alter-Scope-Constraints", scopes.to_owned()));
            }
            if let Some(rule) = attenuation.rule() {
                headers.push(("X-Alter-Request-Rule", rule.to_owned()));
            }
        }
        headers.push(("X-Alter-Signature", signature.clone()));
        if strings.v2.is_some() {
            headers.push(("X-Alter-Signature-V2", signature));
        }
        headers
    }
}

/// Builds the strings to sign.
pub fn strings_to_sign(request: &Request<'_>) -> StringsToSign {
    let scopes = request.attenuation.and_then(Attenuation::scopes).unwrap_or("");
    let mut v1 = format!(
        "{}\n{}\n{}\n{}\n{}\n{scopes}",
        request.method.to_ascii_uppercase(),
        target::canonical(request.target),
        request.timestamp,
        HEXLOWER.encode(&request.nonce),
        body_hash(request.body),
    );
    if let Some(rule) = request.attenuation.and_then(Attenuation::rule) {
        v1.push_str("\nrequest-rule:");
        v1.push_str(rule);
    }
    let mut v2: Option<String> = None;
    for (_, label, value) in request.identification.lines() {
        let text = v2.get_or_insert_with(|| v1.clone());
        text.push('\n');
        text.push_str(label);
        text.push(':');
        text.push_str(value);
    }
    StringsToSign { v1, v2 }
}

/// Lower-case hex SHA-256 of a body.
pub fn body_hash(body: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(body))
}

/// HMAC-SHA256.
pub(super) fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC accepts keys of any length; a failure would give a signature that the backend refuses.
    Hmac::<Sha256>::new_from_slice(key).map_or([0; 32], |mut mac| {
        mac.update(message);
        mac.finalize().into_bytes().into()
    })
}
