//! What this program itself knows of a provider: a short name and where its own console is.
//! The table is `assets/providers.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// One row of the table.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct KnownProvider {
    /// For people.
    pub name: String,
    /// Where a person sees the connections of their account at the provider, `https` only.
    pub console: Option<String>,
}

static TABLE: LazyLock<BTreeMap<String, KnownProvider>> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/providers.toml")).unwrap_or_default());

/// The row of a provider id or managed-secret slug. A slug may carry a suffix (`stripe-production`): the
/// longest known id that it begins with, followed by a hyphen, counts.
pub fn known(provider: &str) -> Option<&'static KnownProvider> {
    if let Some(row) = TABLE.get(provider) {
        return Some(row);
    }
    let mut head = provider;
    while let Some((shorter, _)) = head.rsplit_once('-') {
        if let Some(row) = TABLE.get(shorter) {
            return Some(row);
        }
        head = shorter;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_and_links_are_https() {
        let table: BTreeMap<String, KnownProvider> =
            toml::from_str(include_str!("../../assets/providers.toml")).unwrap();
        assert!(table.len() >= 25, "{} providers", table.len());
        for (id, row) in &table {
            assert!(row.console.as_deref().is_none_or(|link| link.starts_with("https://")), "{id}");
        }
    }

    #[test]
    fn a_slug_finds_its_service() {
        assert_eq!(known("stripe-production").map(|row| row.name.as_str()), Some("Stripe"));
        assert_eq!(known("nobody-knows"), None);
    }
}
