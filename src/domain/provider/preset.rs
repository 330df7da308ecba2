//! Presets: ready-made calls.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::KnownProvider;
use crate::{DraftBody, GrantId, RequestDraft};

/// The scopes that a call needs, as spelled in the provider's catalog. Both lists empty: none, or unknown.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Scopes {
    /// At least one of these.
    #[serde(default)]
    pub any: Vec<String>,
    /// All of these.
    #[serde(default)]
    pub all: Vec<String>,
}

impl Scopes {
    /// Returns the missing scopes: those of `all` that are not held, and all of `any` if none of them is
    /// held. Empty = sufficient. Only for OAuth grants; a managed secret has no scopes.
    pub fn missing(&self, holds: impl Fn(&str) -> bool) -> Vec<&str> {
        let needed = self.all.iter().filter(|scope| !holds(scope));
        let choice: &[String] = if self.any.iter().any(|scope| holds(scope)) { &[] } else { &self.any };
        needed.chain(choice).map(String::as_str).collect()
    }
}

/// A ready-made call.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// A short name for lists: "List repositories".
    pub name: String,
    /// What it does, in a sentence.
    pub help: String,
    /// In upper case.
    pub method: String,
    /// Starts with a slash and is appended to the base; may contain `{name}` placeholders.
    pub path: String,
    /// The base, if it differs from the provider's.
    pub base: Option<String>,
    /// Values for placeholders that have a usual value.
    #[serde(default)]
    pub places: BTreeMap<String, String>,
    /// Query parameters.
    #[serde(default)]
    pub query: Map<String, Value>,
    /// Headers, overriding the provider's.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// JSON text of an initial body.
    pub body: Option<String>,
    /// Scopes it needs.
    #[serde(default)]
    pub scopes: Scopes,
    /// The page in the provider's documentation.
    pub doc: Option<String>,
}

impl Preset {
    /// Whether it [may change data](RequestDraft::is_write) at the provider.
    pub fn is_write(&self, provider: &KnownProvider) -> bool {
        let base = provider.base_url(None).unwrap_or_default();
        self.draft(provider, &base, GrantId(Uuid::nil())).is_write()
    }

    /// The call as a draft in proxy mode, including the provider's headers. `base` is the provider's
    /// ([`KnownProvider::base_url`]); the preset's own base takes precedence.
    pub fn draft(&self, provider: &KnownProvider, base: &str, grant: GrantId) -> RequestDraft {
        let base = self.base.as_deref().unwrap_or(base).trim_end_matches('/');
        let mut draft = RequestDraft::new(grant, &self.method, &format!("{base}{}", self.path));
        draft.path_parameters =
            self.places.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        draft.query = self.query.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let own = |name: &String| self.headers.keys().any(|mine| mine.eq_ignore_ascii_case(name));
        let shared = provider.headers.iter().filter(|(name, _)| !own(name));
        draft.headers =
            shared.chain(&self.headers).map(|(name, value)| (name.clone(), value.clone())).collect();
        if let Some(body) = &self.body {
            draft.body = DraftBody::Json(body.clone());
        }
        draft
    }
}
