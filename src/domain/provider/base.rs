//! Where the calls of a provider's row begin, and its page for people.

use super::KnownProvider;
use crate::{Grant, Origin};

impl KnownProvider {
    /// Where its API begins, without a slash at the end: at the grant's own origin where it has one (the path of
    /// [`base`](Self::base) is kept), else where the table says, else at its first fixed host. None where only
    /// the grant could tell.
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
    /// The page that belongs to it, where one is known, as an `https` link: its own origin at the provider (an instance such
    /// as Salesforce's), else the page where a person manages their connections there.
    pub fn page(&self) -> Option<String> {
        match self.api_base_url() {
            Some(origin) => Some(origin.to_string()),
            None => super::known(&self.provider)?.console.clone(),
        }
    }
}

/// What stands behind the host, with its slash.
pub(super) fn path_of(base: &str) -> &str {
    let rest = base.strip_prefix("https://").unwrap_or(base);
    rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or_default()
}

/// The host of an `https` base.
pub(super) fn host_of(base: &str) -> Option<&str> {
    base.strip_prefix("https://")?.split('/').next()
}
