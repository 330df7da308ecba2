//! A call to begin with.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::KnownProvider;
use crate::{DraftBody, GrantId, RequestDraft};

/// The scopes that a call needs, as the provider's catalog writes them. Both lists empty: none, or not known.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Scopes {
    /// Any one of these.
    #[serde(default)]
    pub any: Vec<String>,
    /// And every one of these.
    #[serde(default)]
    pub all: Vec<String>,
}

impl Scopes {
    /// Those that are still needed: of `all` each one that is not held, of `any` the whole list where none is.
    /// Empty = enough. For OAuth grants only; a managed secret has no scopes.
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
    /// A few words for a list: "List repositories".
    pub name: String,
    /// What it does, in a sentence.
    pub help: String,
    /// In capitals.
    pub method: String,
    /// Begins with a slash and follows the base; may hold `{name}` places.
    pub path: String,
    /// Where it begins, where that is not the provider's own base.
    pub base: Option<String>,
    /// What fills some of the places, where there is a usual value.
    #[serde(default)]
    pub places: BTreeMap<String, String>,
    /// Query parameters.
    #[serde(default)]
    pub query: Map<String, Value>,
    /// Headers, over the provider's.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// JSON as a text, to begin with.
    pub body: Option<String>,
    /// Scopes it needs.
    #[serde(default)]
    pub scopes: Scopes,
    /// The page of the provider's documentation.
    pub doc: Option<String>,
}

impl Preset {
    /// Whether it [may change something](RequestDraft::is_write) at the provider.
    pub fn is_write(&self, provider: &KnownProvider) -> bool {
        let base = provider.base_url(None).unwrap_or_default();
        self.draft(provider, &base, GrantId(Uuid::nil())).is_write()
    }

    /// The call, in proxy mode, with the provider's headers merged in. `base` is the provider's
    /// ([`KnownProvider::base_url`]); a base of the preset's own goes first.
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
