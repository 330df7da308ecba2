//! The base URL of a provider's API, and its page for people.

use super::KnownProvider;
use crate::{Grant, Origin};

impl KnownProvider {
    /// The base URL of the API, without a trailing slash: the grant's own origin if it has one (keeping the
    /// path of [`base`](Self::base)), otherwise the table's base, otherwise the first fixed host. `None` if
    /// only the grant could tell.
    pub fn base_url(&self, grant_origin: Option<&Origin>) -> Option<String> {
        match (grant_origin, &self.base) {
            (Some(origin), Some(base)) => Some(format!("{origin}{}", path_of(base))),
            (Some(origin), None) => Some(origin.to_string()),
            (None, Some(base)) => Some(base.clone()),
            (None, None) if self.base_from_grant => None,
            (None, None) => self.origin().map(|origin| origin.to_string()),
        }
    }
}

impl Grant {
    /// The provider's page as an `https` link, if known: the grant's own origin (an instance such as
    /// Salesforce's), otherwise the page where people manage their connections.
    pub fn page(&self) -> Option<String> {
        match self.api_base_url() {
            Some(origin) => Some(origin.to_string()),
            None => super::known(&self.provider)?.console.clone(),
        }
    }
}

/// The path of a base URL, with its leading slash.
pub(super) fn path_of(base: &str) -> &str {
    let rest = base.strip_prefix("https://").unwrap_or(base);
    rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or_default()
}

/// The host of an `https` base URL.
pub(super) fn host_of(base: &str) -> Option<&str> {
    base.strip_prefix("https://")?.split('/').next()
}
