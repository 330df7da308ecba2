//! Restrictions of a client or a delegation (docs/protocol/transport.md section 3, docs/protocol/grants.md section 5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Map, Value};

/// A client's own restriction, sent and signed with each request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attenuation {
    scopes: Option<Box<str>>,
    rule: Option<Box<str>>,
}

/// A rule that the backend evaluates on each request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequestRule {
    /// Its language, such as `json_match`.
    pub rule_type: String,
    /// The rule.
    pub rule_body: Map<String, Value>,
}

/// Why a restriction cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConstraintError {
    /// Neither scopes nor a rule.
    #[error("a restriction needs scopes or a rule")]
    Nothing,
    /// An empty list.
    #[error("a list of scopes must not be empty")]
    NoScopes,
    /// Over 100 scopes.
    #[error("a list of scopes has at most 100 entries")]
    TooMany,
    /// An invalid scope.
    #[error(
        "a scope is 1 to 512 characters of printable ASCII without blanks, quotes, backslashes or asterisks"
    )]
    Scope,
    /// `rule_type` empty.
    #[error("a request rule needs a type")]
    RuleType,
    /// Over 4096 characters when encoded.
    #[error("a request rule has at most 4096 characters when encoded")]
    RuleSize,
}

impl Attenuation {
    /// Restricts a client to these key scopes, this rule, or both.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(scopes: Option<&[&str]>, rule: Option<&RequestRule>) -> Result<Self, ConstraintError> {
        if scopes.is_none() && rule.is_none() {
            return Err(ConstraintError::Nothing);
        }
        let scopes = scopes.map(join_scopes).transpose()?;
        let rule = rule.map(encode_rule).transpose()?;
        Ok(Self { scopes, rule })
    }

    /// `X-Alter-Scope-Constraints`: in the caller's order.
    pub fn scopes(&self) -> Option<&str> {
        self.scopes.as_deref()
    }

    /// `X-Alter-Request-Rule`.
    pub fn rule(&self) -> Option<&str> {
        self.rule.as_deref()
    }
}

fn join_scopes(scopes: &[&str]) -> Result<Box<str>, ConstraintError> {
    if scopes.is_empty() {
        return Err(ConstraintError::NoScopes);
    }
    // A comma would split a scope in two.
    let legal = |scope: &&str| {
        !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'*' | b','))
    };
    if scopes.iter().all(legal) { Ok(scopes.join(",").into()) } else { Err(ConstraintError::Scope) }
}

fn encode_rule(rule: &RequestRule) -> Result<Box<str>, ConstraintError> {
    if rule.rule_type.is_empty() {
        return Err(ConstraintError::RuleType);
    }
    // Serialising a map of JSON values cannot fail.
    let json = serde_json::to_vec(rule).unwrap_or_default();
    let encoded = URL_SAFE_NO_PAD.encode(json);
    if encoded.len() > 4096 { Err(ConstraintError::RuleSize) } else { Ok(encoded.into()) }
}

/// Validates the `scope_constraint` of a delegation; returns the scopes without outer whitespace.
///
/// # Errors
/// What is wrong with it.
pub fn scope_constraint<'a>(scopes: &[&'a str]) -> Result<Vec<&'a str>, ConstraintError> {
    if scopes.is_empty() {
        return Err(ConstraintError::NoScopes);
    }
    if scopes.len() > 100 {
        return Err(ConstraintError::TooMany);
    }
    let legal = |scope: &&str| {
        (1..=512).contains(&scope.len())
            && *scope != "*"
            && scope.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
    };
    let trimmed: Vec<&str> = scopes.iter().map(|scope| scope.trim()).collect();
    if trimmed.iter().all(legal) { Ok(trimmed) } else { Err(ConstraintError::Scope) }
}
