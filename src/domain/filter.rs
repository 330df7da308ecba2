//! What the backend is asked to filter by (docs/protocol/grants.md section 1, request).

use std::sync::Arc;

/// The filters that the list endpoint takes; all must hold. Kind, health and search are local and are not
/// here. `None` and the empty text both mean "any".
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ServerFilter {
    /// `provider_id`: an OAuth provider id or a managed secret's slug.
    pub provider: Option<Arc<str>>,
    /// `status`: free text to the backend.
    pub status: Option<Arc<str>>,
    /// `account`: one whole `account_identifier`.
    pub account: Option<Arc<str>>,
    /// `label`: one whole label.
    pub label: Option<Arc<str>>,
}

impl ServerFilter {
    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a row that is already here belongs to the answer of this filter.
    pub fn accepts(&self, grant: &super::Grant) -> bool {
        let same =
            |want: &Option<Arc<str>>, have: Option<&str>| want.as_deref().is_none_or(|w| have == Some(w));
        same(&self.provider, Some(&grant.provider))
            && same(&self.status, Some(grant.status.as_str()))
            && same(&self.account, grant.account_identifier.as_deref())
            && same(&self.label, grant.label.as_deref())
    }
}
