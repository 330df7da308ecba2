//! The answer of `POST /sdk/token`: a credential, and how to send it (docs/protocol/calls.md section A2).

use std::fmt;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use zeroize::Zeroizing;

use super::encoded::SecretForms;
use super::token_rules::{
    AWS, is_forbidden, is_format, is_header_name, is_name, is_one_line, is_rfc3339, is_source_name, is_tidy,
};
use crate::domain::GrantId;
use crate::malformed::{self, Gap, Malformed};

/// Method and path.
pub const ENDPOINT: &str = "POST /sdk/token";
/// The path.
pub const TARGET: &str = "/sdk/token";

/// A credential for one call. Never printed, wiped on drop.
pub struct Credential {
    pub(super) token: SecretString,
    pub(super) grant: GrantId,
    pub(super) provider: String,
    pub(super) generation: Option<String>,
    pub(super) scope_mismatch: bool,
    pub(super) header: String,
    pub(super) format: String,
    pub(super) additional: Option<Vec<(String, SecretString)>>,
    pub(super) injections: Vec<Injection>,
    /// Its secrets, prepared for searching; built on first use.
    forms: OnceLock<Arc<SecretForms>>,
    /// The backend's attempts to get it.
    pub retry_info: Option<RetryInfo>,
    /// Its scopes at the provider.
    pub scopes: Vec<String>,
    /// When it, or its grant, expires.
    pub expires_at: Option<Timestamp>,
    /// The backend's name for its kind; not used for sending. Untrusted text.
    pub token_type: String,
}

/// A further place for a part of the credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Injection {
    /// In a header; else in the query.
    pub in_header: bool,
    /// Name of the header or parameter.
    pub key: String,
    /// Name of the additional credential; `None` for the token.
    pub source: Option<String>,
}

/// How the backend got the credential.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RetryInfo {
    /// At least 1.
    pub total_attempts: u64,
    /// 0 if none was.
    pub successful_attempt: u64,
    /// The failed attempts.
    #[serde(default)]
    pub errors: Vec<RetryError>,
}

/// A failed attempt. Texts are untrusted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RetryError {
    /// Counted from 1.
    pub attempt: u64,
    /// For people.
    pub error: String,
    /// For programs.
    pub error_type: String,
    /// The pause after it, in seconds.
    pub delay_s: f64,
    /// Whether retrying was pointless.
    #[serde(default)]
    pub permanent: bool,
}

impl Credential {
    /// Parses the answer; all of it must be valid, as every part decides where a secret is sent.
    ///
    /// # Errors
    /// The first invalid place. Nothing of the answer is quoted.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let wire: Wire =
            malformed::read_strictly(ENDPOINT, bytes, Gap::default()).map_err(|mut malformed| {
                // serde may quote a secret in the wrong place.
                let missing = malformed.problem.starts_with("missing field");
                if !missing {
                    "it is not what it should be".clone_into(&mut malformed.problem);
                }
                malformed
            })?;
        Ok(Self {
            token: wire.access_token.0,
            grant: GrantId(wire.grant_id.0),
            provider: wire.provider_id.0,
            generation: wire.token_generation.map(|generation| generation.0.hyphenated().to_string()),
            scope_mismatch: wire.scope_mismatch,
            header: wire.injection_header.0,
            format: wire.injection_format.0,
            additional: wire.additional_credentials.map(|credentials| credentials.0),
            injections: wire.additional_injections.map(|injections| injections.0).unwrap_or_default(),
            retry_info: wire.retry_info.and_then(retry_info),
            scopes: wire.scopes.into_iter().map(|scope| scope.0).collect(),
            expires_at: wire.expires_at.map(|at| at.0),
            token_type: wire.token_type.0,
            forms: OnceLock::new(),
        })
    }

    /// All its secrets, prepared for searching.
    pub(super) fn forms(&self) -> Arc<SecretForms> {
        Arc::clone(self.forms.get_or_init(|| SecretForms::of(self.secrets())))
    }

    /// The grant that it belongs to.
    pub fn grant(&self) -> GrantId {
        self.grant
    }

    /// The provider's id; empty if the backend named none. Untrusted text.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Whether the backend considers this grant's permissions insufficient.
    pub fn scope_mismatch(&self) -> bool {
        self.scope_mismatch
    }

    /// Whether the call must be signed with it, as for AWS.
    pub fn is_aws(&self) -> bool {
        self.format.starts_with(AWS)
    }

    /// An additional credential.
    pub(super) fn additional(&self, name: &str) -> Option<&str> {
        let known = self.additional.iter().flatten().find(|(known, _)| known == name);
        known.map(|(_, value)| value.expose_secret())
    }

    /// The value of the main header: the format with its first `{token}` replaced.
    pub(super) fn header_value(&self) -> Zeroizing<String> {
        Zeroizing::new(self.format.replacen("{token}", self.token.expose_secret(), 1))
    }

    /// The value of an injection; `None` if its source is missing.
    pub(super) fn value(&self, injection: &Injection) -> Option<&str> {
        match &injection.source {
            None => Some(self.token.expose_secret()),
            Some(name) => self.additional(name),
        }
    }

    /// The names of the headers that it sets.
    pub(super) fn header_names(&self) -> Vec<&str> {
        if self.is_aws() && self.additional.is_some() {
            return super::aws::HEADERS.to_vec();
        }
        let further = self.injections.iter().filter(|injection| injection.in_header);
        std::iter::once(self.header.as_str()).chain(further.map(|injection| injection.key.as_str())).collect()
    }

    /// The texts that must never be shown. Region and service of an AWS credential are not secret.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let public = |name: &str| matches!(name, "region" | "service");
        let further = self.additional.iter().flatten().filter(move |(name, _)| !public(name));
        std::iter::once(&self.token).chain(further.map(|(_, secret)| secret)).map(ExposeSecret::expose_secret)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("grant", &self.grant).finish_non_exhaustive()
    }
}

fn retry_info(value: Value) -> Option<RetryInfo> {
    let info: RetryInfo = serde_json::from_value(value).ok()?;
    let counts = info.total_attempts >= 1 && info.successful_attempt <= info.total_attempts;
    let texts = info.errors.iter().all(|error| error.error.chars().count() <= 500);
    (counts && texts).then_some(info)
}

#[derive(Deserialize)]
struct Wire {
    access_token: Token,
    grant_id: Id,
    #[serde(default)]
    token_type: TokenType,
    #[serde(default, rename = "expires_in")]
    _expires_in: Option<u64>,
    #[serde(default)]
    expires_at: Option<End>,
    #[serde(default)]
    scopes: Vec<Scope>,
    #[serde(default)]
    provider_id: ProviderId,
    #[serde(default)]
    token_generation: Option<Id>,
    #[serde(default)]
    scope_mismatch: bool,
    #[serde(default)]
    injection_header: HeaderName,
    #[serde(default)]
    injection_format: Format,
    #[serde(default)]
    additional_credentials: Option<Additional>,
    #[serde(default)]
    additional_injections: Option<Injections>,
    #[serde(default)]
    retry_info: Option<Value>,
}

/// Defines a string type with a validation rule.
macro_rules! ruled {
    ($name:ident, $rule:expr) => {
        struct $name(String);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let rule: fn(&str) -> bool = $rule;
                if rule(&text) { Ok(Self(text)) } else { Err(D::Error::custom("against the rule")) }
            }
        }
    };
    ($name:ident, $rule:expr, $default:expr) => {
        ruled!($name, $rule);

        impl Default for $name {
            fn default() -> Self {
                Self($default.to_owned())
            }
        }
    };
}

ruled!(Scope, |text| !text.is_empty() && is_tidy(text));
ruled!(ProviderId, |text| text.chars().count() <= 255 && is_tidy(text), "");
ruled!(HeaderName, |text| is_header_name(text), "Authorization");
ruled!(Format, |text| is_format(text), "Bearer {token}");

ruled!(TokenType, |text| (1..=255).contains(&text.chars().count()) && is_tidy(text), "Bearer");

/// A canonical lower-case UUID.
struct Id(uuid::Uuid);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let id = GrantId::parse(&text).filter(|id| id.to_string() == text);
        id.map(|id| Self(id.0)).ok_or_else(|| D::Error::custom("not a lower-case UUID"))
    }
}

/// The token: not empty, and nothing that ends a header line.
struct Token(SecretString);

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        if text.is_empty() || !is_one_line(&text) {
            return Err(D::Error::custom("not a token"));
        }
        Ok(Self(SecretString::from(text.as_str())))
    }
}

/// An instant in the protocol's only format.
struct End(Timestamp);

impl<'de> Deserialize<'de> for End {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at = is_rfc3339(&text).then(|| text.parse().ok()).flatten();
        at.map(Self).ok_or_else(|| D::Error::custom("not an instant"))
    }
}

struct Additional(Vec<(String, SecretString)>);

impl<'de> Deserialize<'de> for Additional {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Additional;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Additional, A::Error> {
                let mut credentials: Vec<(String, SecretString)> = Vec::new();
                while let Some(name) = entries.next_key::<String>()? {
                    let value = Zeroizing::new(entries.next_value::<String>()?);
                    let legal =
                        !value.trim().is_empty() && value.chars().count() <= 8192 && is_one_line(&value);
                    let new = credentials.iter().all(|(known, _)| *known != name);
                    if !legal || !new || credentials.len() == 10 || name.chars().count() > 50 {
                        return Err(A::Error::custom("not a credential"));
                    }
                    credentials.push((name, SecretString::from(value.as_str())));
                }
                Ok(Additional(credentials))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

struct Injections(Vec<Injection>);

impl<'de> Deserialize<'de> for Injections {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct One {
            target: Target,
            key: String,
            value_source: String,
        }
        #[derive(Deserialize, PartialEq)]
        #[serde(rename_all = "snake_case")]
        enum Target {
            Header,
            QueryParam,
        }
        let items = Vec::<One>::deserialize(deserializer)?;
        if items.len() > 10 {
            return Err(D::Error::custom("too many"));
        }
        let read = |one: One| {
            let in_header = one.target == Target::Header;
            let source = match one.value_source.strip_prefix("additional_credentials.") {
                Some(name) if is_source_name(name) => Some(name.to_owned()),
                None if one.value_source == "token" => None,
                _ => return None,
            };
            let legal = is_name(&one.key, 100, b"_-") && !(in_header && is_forbidden(&one.key));
            legal.then_some(Injection { in_header, key: one.key, source })
        };
        let read: Option<Vec<Injection>> = items.into_iter().map(read).collect();
        read.map(Self).ok_or_else(|| D::Error::custom("not an injection"))
    }
}
