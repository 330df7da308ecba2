//! Verifying signed requests.
//!
//! Written from docs/protocol/transport.md sections 3 and 5, and from nothing else: the client's signer is what this
//! checks, so no line is shared with it.

use std::collections::{HashMap, VecDeque};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::message::Request;

/// Seconds by which a request's timestamp may differ from the server's clock, either way. Not stated by the
/// protocol; 300 is its suggestion (docs/protocol/transport.md section 5).
pub const TOLERANCE_SECONDS: i64 = 300;

/// The identity headers, with the labels of their lines, in signing order (docs/protocol/transport.md section 3).
const IDENTITY: [(&str, &str); 4] = [
    ("X-Alter-Caller", "caller"),
    ("X-Alter-Caller-Type", "caller-type"),
    ("X-Alter-Actor-ID", "actor-id"),
    ("X-Alter-Context", "actor-context"),
];

/// Every header that takes part: one that comes twice could be read in two ways.
const SIGNED: [&str; 11] = [
    "X-Alter-Timestamp",
    "X-Alter-Nonce",
    "X-Alter-Content-SHA256",
    "X-Alter-Signature",
    "X-Alter-Signature-V2",
    "X-Alter-Scope-Constraints",
    "X-Alter-Request-Rule",
    "X-Alter-Caller",
    "X-Alter-Caller-Type",
    "X-Alter-Actor-ID",
    "X-Alter-Context",
];

/// Why a request was not accepted. Told to the caller as `reason`, so that a client's author can find the bug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureError {
    /// A header of the signature is missing or not of the right form; holds its name.
    Missing(&'static str),
    /// A signed header comes more than once; holds its name.
    Twice(&'static str),
    /// The body is not the one that was hashed.
    BodyHash,
    /// Neither the key nor the string fits the signature.
    Signature,
    /// Identity headers are present and only version 1 was signed.
    Version,
    /// The timestamp is outside the window; holds the caller's minus the server's clock, in seconds.
    Clock(i64),
    /// The nonce was used before.
    Replay,
}

impl SignatureError {
    /// A word for machines.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing(_) => "missing_header",
            Self::Twice(_) => "repeated_header",
            Self::BodyHash => "body_hash",
            Self::Signature => "signature",
            Self::Version => "version",
            Self::Clock(_) => "timestamp",
            Self::Replay => "nonce",
        }
    }

    /// A sentence for people. `now` is the server's clock.
    pub fn message(&self, now: Timestamp) -> String {
        match self {
            Self::Missing(header) => format!("Header {header} is missing or malformed."),
            Self::Twice(header) => format!("Header {header} comes more than once."),
            Self::BodyHash => "X-Alter-Content-SHA256 does not match the body received.".to_owned(),
            Self::Signature => "X-Alter-Signature does not match the request received.".to_owned(),
            Self::Version => {
                "Identity headers are present, so X-Alter-Signature-V2 must cover them.".to_owned()
            }
            Self::Clock(skew) => format!(
                "X-Alter-Timestamp is {} s {} the server's clock, which says {now}; {TOLERANCE_SECONDS} s are allowed.",
                skew.unsigned_abs(),
                if *skew < 0 { "behind" } else { "ahead of" },
            ),
            Self::Replay => "X-Alter-Nonce was used before.".to_owned(),
        }
    }
}

/// Verify a request except for its nonce: hash, signature, timestamp window. Returns when the nonce may be
/// forgotten, in Unix seconds.
///
/// # Errors
/// The first [`SignatureError`] met, in the order of docs/protocol/transport.md section 5.
pub fn verify(request: &Request, signing_key: &[u8; 32], now: Timestamp) -> Result<i64, SignatureError> {
    if let Some(name) = SIGNED.iter().find(|name| request.count(name) > 1) {
        return Err(SignatureError::Twice(name));
    }
    let needed = |name: &'static str| request.header(name).ok_or(SignatureError::Missing(name));
    let timestamp = needed("X-Alter-Timestamp")?;
    let nonce = needed("X-Alter-Nonce")?;
    let hash = needed("X-Alter-Content-SHA256")?;
    let signature = needed("X-Alter-Signature")?;
    if nonce.len() != 32 || !nonce.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(SignatureError::Missing("X-Alter-Nonce"));
    }
    let seconds: i64 = match timestamp.parse() {
        Ok(seconds) if timestamp.bytes().all(|byte| byte.is_ascii_digit()) => seconds,
        _ => return Err(SignatureError::Missing("X-Alter-Timestamp")),
    };
    if hash != HEXLOWER.encode(&Sha256::digest(&request.body)) {
        return Err(SignatureError::BodyHash);
    }

    let (first, second) = strings_to_sign(request);
    let version_1 = sign(signing_key, &first);
    let version_2 = sign(signing_key, &second);
    let identified = first != second;
    match request.header("X-Alter-Signature-V2") {
        None if identified => {
            // A right version 1 deserves a better word than "signature".
            return Err(if signature == version_1 {
                SignatureError::Version
            } else {
                SignatureError::Signature
            });
        }
        Some(given) if given != version_2 => return Err(SignatureError::Signature),
        _ => {}
    }
    if signature != if identified { version_2 } else { version_1 } {
        return Err(SignatureError::Signature);
    }

    let skew = seconds.saturating_sub(now.as_second());
    if skew.abs() > TOLERANCE_SECONDS {
        return Err(SignatureError::Clock(skew));
    }
    Ok(seconds.saturating_add(TOLERANCE_SECONDS))
}

/// The strings of version 1 and version 2; they are equal when no identity header is present.
pub fn strings_to_sign(request: &Request) -> (String, String) {
    let header = |name: &str| request.header(name).unwrap_or_default();
    let mut text = [
        request.method.to_uppercase().as_str(),
        &canonical_target(&request.target),
        header("X-Alter-Timestamp"),
        header("X-Alter-Nonce"),
        &HEXLOWER.encode(&Sha256::digest(&request.body)),
        header("X-Alter-Scope-Constraints"),
    ]
    .join("\n");
    if let Some(rule) = request.header("X-Alter-Request-Rule") {
        text.push_str("\nrequest-rule:");
        text.push_str(rule);
    }
    let first = text.clone();
    for (name, label) in IDENTITY {
        let value = header(name);
        if !value.is_empty() {
            for part in ["\n", label, ":", value] {
                text.push_str(part);
            }
        }
    }
    (first, text)
}

/// The canonical form of a request target (docs/protocol/transport.md section 3).
pub fn canonical_target(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return decode(target) };
    let mut canonical = decode(path);
    if query.is_empty() {
        return canonical;
    }
    let mut pairs = parse_query(query);
    pairs
        .sort_by(|left, right| left.0.chars().cmp(right.0.chars()).then(left.1.chars().cmp(right.1.chars())));
    canonical.push('?');
    for (position, (name, value)) in pairs.iter().enumerate() {
        if position > 0 {
            canonical.push('&');
        }
        canonical.push_str(&encode(name).replace("%20", "+"));
        canonical.push('=');
        canonical.push_str(&encode(value).replace("%20", "+"));
    }
    canonical
}

/// Names and values of a query, decoded, in the order given.
pub(super) fn parse_query(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

/// Percent-decode once; malformed escapes stay, invalid UTF-8 becomes U+FFFD.
pub(super) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Percent-encode all but unreserved characters.
pub(super) fn encode(text: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The key that signs, made from the API key's plaintext.
pub fn signing_key(api_key: &str) -> [u8; 32] {
    hmac_sha256(api_key.as_bytes(), b"alter-signing-v1")
}

/// The signature of a string to sign: lower-case hexadecimal.
pub fn sign(signing_key: &[u8; 32], text: &str) -> String {
    HEXLOWER.encode(&hmac_sha256(signing_key, text.as_bytes()))
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// The nonces seen, each remembered for as long as its timestamp would still be accepted.
#[derive(Debug, Default)]
pub(super) struct Nonces {
    until: HashMap<(usize, String), i64>,
    queue: VecDeque<(usize, String)>,
}

impl Nonces {
    /// Remember a nonce of a key, or tell that it was used before. `until` and `now` are Unix seconds.
    pub(super) fn spend(
        &mut self,
        key: usize,
        nonce: &str,
        until: i64,
        now: i64,
    ) -> Result<(), SignatureError> {
        while let Some(oldest) = self.queue.front() {
            if self.until.get(oldest).is_some_and(|until| *until >= now) {
                break;
            }
            self.until.remove(oldest);
            self.queue.pop_front();
        }
        let entry = (key, nonce.to_owned());
        if self.until.contains_key(&entry) {
            return Err(SignatureError::Replay);
        }
        self.queue.push_back(entry.clone());
        self.until.insert(entry, until);
        Ok(())
    }
}
