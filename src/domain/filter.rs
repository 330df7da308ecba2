//! Filters applied by the backend (docs/protocol/grants.md section 1, request).

use std::sync::Arc;

/// The filters of the list endpoint; a row must match all. Kind, health and search are applied locally and
/// are not here. `None` and the empty string both mean "any".
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ServerFilter {
    /// `provider_id`: an OAuth provider id or a managed secret's slug.
    pub provider: Option<Arc<str>>,
    /// `status`: free text to the backend.
    pub status: Option<Arc<str>>,
    /// `account`: a complete `account_identifier`.
    pub account: Option<Arc<str>>,
    /// `label`: a complete label.
    pub label: Option<Arc<str>>,
}

impl ServerFilter {
    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a loaded row matches this filter.
    pub fn accepts(&self, grant: &super::Grant) -> bool {
        let same =
            |want: &Option<Arc<str>>, have: Option<&str>| want.as_deref().is_none_or(|w| have == Some(w));
        same(&self.provider, Some(&grant.provider))
            && same(&self.status, Some(grant.status.as_str()))
            && same(&self.account, grant.account_identifier.as_deref())
            && same(&self.label, grant.label.as_deref())
    }
}
