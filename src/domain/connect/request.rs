//! The request for a Connect session (docs/protocol/connect.md sections 1 and 3).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::GrantId;

/// A session in which a user connects accounts of OAuth providers. By default nothing special is requested.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectRequest {
    /// Providers to choose from; empty = all configured ones.
    pub providers: Vec<Arc<str>>,
    /// Where the page redirects to at the end.
    pub return_url: Option<String>,
    /// The origin that may open the page in a popup.
    pub allowed_origin: Option<String>,
    /// Metadata about the end user's client.
    pub metadata: Option<ConnectMetadata>,
    /// Skip the user's confirmation; requires exactly one provider.
    pub direct: bool,
    /// Let the user choose another account at the provider.
    pub switch_account: bool,
    /// The user may not add limits of their own.
    pub forbid_user_rules: bool,
    /// The lifetime of the grant.
    pub policy: GrantPolicy,
    /// Required scopes, by provider.
    pub required_scopes: BTreeMap<Arc<str>, Vec<String>>,
    /// The new grant and its name.
    pub requested_grant: Option<RequestedGrant>,
    /// Repair this grant, which keeps its id.
    pub repair: Option<GrantId>,
    /// Delegate the grant to this agent, by id or name.
    pub agent: Option<String>,
    /// Whether the agent may delegate it onward; `None` = not set.
    pub delegable: Option<bool>,
    /// Narrow the agent's scopes.
    pub scope_constraint: Option<Vec<String>>,
}

/// A session in which a user enters or approves a key of a managed secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretRequest {
    /// The managed secret's slug.
    pub provider: String,
    /// Delegate the grant to this agent, by id or name.
    pub agent: Option<String>,
    /// The lifetime of the grant in seconds; not together with a policy.
    pub ttl_seconds: Option<u64>,
    /// The origin that may open the page in a popup.
    pub allowed_origin: Option<String>,
    /// Where the page redirects to at the end.
    pub return_url: Option<String>,
    /// The user may not add limits of their own.
    pub forbid_user_rules: bool,
    /// Allow the agent to delegate it onward.
    pub delegable: bool,
    /// The new grant's label.
    pub label: Option<String>,
    /// The lifetime of the grant.
    pub policy: GrantPolicy,
    /// Skip the step with the limits.
    pub direct: bool,
    /// Replace the key of this grant, which keeps its id.
    pub repair: Option<GrantId>,
}

/// Why a session request is invalid; nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestRefused {
    /// A blank provider id.
    #[error("a provider id is empty")]
    BlankProvider,
    /// Not exactly one provider.
    #[error("this needs exactly one provider")]
    OneProvider,
    /// A repair cannot be combined with options for a new grant.
    #[error("a repair keeps the grant as it is: no agent, label or other account with it")]
    RepairAlone,
    /// Only a user can delegate.
    #[error("a grant for an agent belongs to a user: a user token is needed")]
    AgentNeedsUser,
    /// A managed secret's session requires a user.
    #[error("a managed secret is connected by a user: a user token is needed")]
    SecretNeedsUser,
    /// Not `[a-z0-9-]{1,50}`.
    #[error("a managed secret's name has 1 to 50 of a-z, 0-9 and -")]
    Slug,
    /// Not 1 to 255 characters.
    #[error("a label has 1 to 255 characters")]
    Label,
    /// A lifetime of zero.
    #[error("a lifetime is at least one second")]
    Lifetime,
}

impl ConnectRequest {
    /// Validates the request; `has_user`: it is sent with a user token.
    ///
    /// # Errors
    /// The first rule that it violates.
    pub fn check(&self, has_user: bool) -> Result<(), RequestRefused> {
        if self.providers.iter().any(|provider| provider.trim().is_empty()) {
            return Err(RequestRefused::BlankProvider);
        }
        let mut distinct: Vec<String> =
            self.providers.iter().map(|provider| provider.trim().to_lowercase()).collect();
        distinct.sort();
        distinct.dedup();
        if (self.direct || self.repair.is_some()) && distinct.len() != 1 {
            return Err(RequestRefused::OneProvider);
        }
        let alone = self.agent.is_none() && self.requested_grant.is_none() && !self.switch_account;
        if self.repair.is_some() && !alone {
            return Err(RequestRefused::RepairAlone);
        }
        if self.agent.is_some() && !has_user {
            return Err(RequestRefused::AgentNeedsUser);
        }
        if let Some(wanted) = &self.requested_grant {
            check_label(&wanted.label)?;
        }
        self.policy.check()
    }
}

impl SecretRequest {
    /// Validates the request; `has_user`: it is sent with a user token.
    ///
    /// # Errors
    /// The first rule that it violates.
    pub fn check(&self, has_user: bool) -> Result<(), RequestRefused> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=50).contains(&self.provider.len()) || !self.provider.bytes().all(legal) {
            return Err(RequestRefused::Slug);
        }
        if !has_user {
            return Err(RequestRefused::SecretNeedsUser);
        }
        if self.repair.is_some() && (self.agent.is_some() || self.label.is_some()) {
            return Err(RequestRefused::RepairAlone);
        }
        if let Some(label) = &self.label {
            check_label(label)?;
        }
        if self.ttl_seconds == Some(0) {
            return Err(RequestRefused::Lifetime);
        }
        self.policy.check()
    }
}

fn check_label(label: &str) -> Result<(), RequestRefused> {
    if (1..=255).contains(&label.chars().count()) { Ok(()) } else { Err(RequestRefused::Label) }
}

/// The lifetime of a grant (`grant_policy`). Deserialises what the official SDK accepts, and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantPolicy {
    /// The end of the grant, as text.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "instant")]
    pub expires_at: Option<String>,
    /// The longest lifetime that the user may choose, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "seconds")]
    pub max_ttl_seconds: Option<u64>,
    /// The default lifetime, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "seconds")]
    pub default_ttl_seconds: Option<u64>,
}

impl GrantPolicy {
    /// Limits the lifetime to this many seconds, which is also the default.
    pub fn lifetime(seconds: u64) -> Self {
        Self { expires_at: None, max_ttl_seconds: Some(seconds), default_ttl_seconds: Some(seconds) }
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn check(&self) -> Result<(), RequestRefused> {
        let none = [self.max_ttl_seconds, self.default_ttl_seconds].contains(&Some(0));
        if none { Err(RequestRefused::Lifetime) } else { Ok(()) }
    }
}

/// Deserialises an instant or a day, keeping it as written.
fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let is_one =
        text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok() || text.parse::<Date>().is_ok();
    if is_one { Ok(Some(text)) } else { Err(D::Error::custom("no instant")) }
}

/// Deserialises a whole number above zero; `3.0` is accepted.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let Some(number) = Option::<serde_json::Number>::deserialize(deserializer)? else { return Ok(None) };
    let whole = number.as_u64().or_else(|| {
        let seconds = number.as_f64()?;
        (seconds.fract() == 0.0 && seconds >= 1.0 && seconds <= f64::from(u32::MAX)).then_some(seconds as u64)
    });
    match whole {
        Some(seconds) if seconds > 0 => Ok(Some(seconds)),
        _ => Err(D::Error::custom("not a whole number of seconds above zero")),
    }
}

/// The grant to create (`requested_grant`). Deserialises what the official SDK accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestedGrant {
    /// Its label.
    #[serde(deserialize_with = "label")]
    pub label: String,
    /// What may be called with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restrictions: Option<Restrictions>,
}

fn label<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    check_label(&text).map(|()| text).map_err(D::Error::custom)
}

/// What may be called with a grant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restrictions {
    /// Allowed methods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_methods: Option<Vec<String>>,
    /// Allowed path patterns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_endpoints: Option<Vec<String>>,
}

/// Metadata about the end user's client (`metadata`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectMetadata {
    /// The user's IP address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// The user's browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_rule_of_a_session_is_checked_before_anything_is_sent() {
        let github = || ConnectRequest { providers: vec!["github".into()], ..ConnectRequest::default() };
        let repair = || ConnectRequest { repair: Some(GrantId(Uuid::from_u128(1))), ..github() };
        let labelled = |label: &str| Some(RequestedGrant { label: label.to_owned(), restrictions: None });
        let two = vec![Arc::from("github"), Arc::from("slack")];
        for (request, has_user, want) in [
            (ConnectRequest::default(), false, Ok(())),
            (repair(), false, Ok(())),
            (
                ConnectRequest { providers: vec![" ".into()], ..github() },
                false,
                Err(RequestRefused::BlankProvider),
            ),
            (
                ConnectRequest { direct: true, ..ConnectRequest::default() },
                true,
                Err(RequestRefused::OneProvider),
            ),
            (ConnectRequest { providers: two, ..repair() }, true, Err(RequestRefused::OneProvider)),
            (
                ConnectRequest {
                    direct: true,
                    providers: vec!["GitHub".into(), " github".into()],
                    ..github()
                },
                true,
                Ok(()),
            ),
            (ConnectRequest { switch_account: true, ..repair() }, true, Err(RequestRefused::RepairAlone)),
            (
                ConnectRequest { requested_grant: labelled("x"), ..repair() },
                true,
                Err(RequestRefused::RepairAlone),
            ),
            (
                ConnectRequest { agent: Some("bot".to_owned()), ..github() },
                false,
                Err(RequestRefused::AgentNeedsUser),
            ),
            (ConnectRequest { agent: Some("bot".to_owned()), ..github() }, true, Ok(())),
            (ConnectRequest { requested_grant: labelled(""), ..github() }, true, Err(RequestRefused::Label)),
            (
                ConnectRequest { policy: GrantPolicy::lifetime(0), ..github() },
                true,
                Err(RequestRefused::Lifetime),
            ),
        ] {
            assert_eq!(request.check(has_user), want, "{request:?}");
        }
    }

    #[test]
    fn each_rule_of_a_managed_secret_is_checked_too() {
        let stripe = || SecretRequest { provider: "stripe".to_owned(), ..SecretRequest::default() };
        let repair = || SecretRequest { repair: Some(GrantId(Uuid::from_u128(1))), ..stripe() };
        for (request, has_user, want) in [
            (stripe(), true, Ok(())),
            (repair(), true, Ok(())),
            (stripe(), false, Err(RequestRefused::SecretNeedsUser)),
            (SecretRequest { provider: "Stripe".to_owned(), ..stripe() }, true, Err(RequestRefused::Slug)),
            (
                SecretRequest { label: Some("x".to_owned()), ..repair() },
                true,
                Err(RequestRefused::RepairAlone),
            ),
            (SecretRequest { label: Some("x".repeat(256)), ..stripe() }, true, Err(RequestRefused::Label)),
            (SecretRequest { ttl_seconds: Some(0), ..stripe() }, true, Err(RequestRefused::Lifetime)),
        ] {
            assert_eq!(request.check(has_user), want, "{request:?}");
        }
    }
}
