//! What this program itself knows of a provider: a short name and where its own console is.
//! The table is `assets/providers.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Origin;

/// One row of the table.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct KnownProvider {
    /// For people.
    pub name: String,
    /// Where a person sees the connections of their account at the provider, `https` only.
    pub console: Option<String>,
    /// Hosts of its API; `*.` in front means any below, never the name itself.
    pub hosts: Vec<String>,
}

impl KnownProvider {
    /// The origin of its API, where it has one for everybody.
    pub fn origin(&self) -> Option<Origin> {
        let host = self.hosts.iter().find(|host| !host.starts_with('*'))?;
        Origin::parse(&format!("https://{host}"))
    }

    /// Whether a host, in lower case, belongs to its API.
    pub fn serves(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| match known.strip_prefix('*') {
            Some(tail) => host.len() > tail.len() && host.ends_with(tail),
            None => host == known,
        })
    }
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
            assert!(!row.hosts.is_empty(), "{id} has an API");
            for host in &row.hosts {
                // At least two labels behind the star: `*.com` would be everybody.
                let fixed = host.strip_prefix("*.").unwrap_or(host);
                assert!(fixed.split('.').count() >= 2, "{id}: {host}");
                assert!(Origin::parse(&format!("https://{fixed}")).is_some(), "{id}: {host}");
            }
        }
    }

    #[test]
    fn a_host_belongs_to_an_api_or_not() {
        for (provider, host, serves) in [
            ("github", "api.github.com", true),
            ("github", "api.github.com.evil.example", false),
            ("github", "evil-api.github.com", false),
            ("aws-production", "s3.eu-central-1.amazonaws.com", true),
            ("aws-production", "amazonaws.com", false),
            ("aws-production", "evilamazonaws.com", false),
        ] {
            assert_eq!(known(provider).unwrap().serves(host), serves, "{provider} {host}");
        }
    }

    #[test]
    fn a_slug_finds_its_service() {
        assert_eq!(known("stripe-production").map(|row| row.name.as_str()), Some("Stripe"));
        assert_eq!(known("nobody-knows"), None);
    }
}
