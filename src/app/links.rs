//! The page that belongs to a grant, where one is known.

use crate::domain::{Grant, provider};

/// An `https` link: the grant's own origin at the provider (an instance such as Salesforce's), else the page
/// where a person manages their connections there.
pub(super) fn of(grant: &Grant) -> Option<String> {
    match grant.api_base_url() {
        Some(origin) => Some(origin.to_string()),
        None => provider::known(&grant.provider)?.console.clone(),
    }
}
