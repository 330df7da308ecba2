//! What this program knows about providers: name and console, the API's location, the "who am I" probe, and
//! presets for calls. The table is `assets/providers.toml`.

mod assertion;
mod base;
mod check;
#[cfg(test)]
pub mod docs;
pub mod homes;
mod judge;
pub mod merge;
mod preset;
mod probe;
mod row;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::clean;

pub use assertion::{Assertion, Condition, JsonKind, Wanted};
pub use judge::{Finding, Judgement};
pub use preset::{Preset, Scopes};
pub use probe::{Answers, Basis, Meaning, Probe};
pub use row::{KnownProvider, ProviderKind};

/// All rows by id, which is a provider id or a prefix of a managed secret's slug.
pub type Table = BTreeMap<String, KnownProvider>;

static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(grantdeck_assets::PROVIDERS).unwrap_or_default());

/// The built-in table.
pub fn table() -> &'static Table {
    &TABLE
}

/// Returns the row of a provider id or managed secret slug. A slug may have a suffix (`stripe-production`):
/// then the row is that of the longest known id before a hyphen, unless it is an OAuth-only provider
/// (`box-office` matches nothing: credentials are sent according to this).
pub fn known(provider: &str) -> Option<&'static KnownProvider> {
    known_in(&TABLE, provider)
}

/// Ids in the table are shorter, in bytes.
const MAX_ID: usize = 256;

/// Like [`known`] for another table: the built-in one with the user's rows ([`merge`]).
pub fn known_in<'a>(table: &'a Table, provider: &str) -> Option<&'a KnownProvider> {
    if let Some(row) = row(table, provider) {
        return Some(row);
    }
    // Each hyphen costs a lookup.
    let mut head = clean::head(provider, MAX_ID);
    while let Some((shorter, _)) = head.rsplit_once('-') {
        if let Some(row) = table.get(shorter).filter(|row| row.kind != ProviderKind::Oauth) {
            return Some(row);
        }
        head = shorter;
    }
    None
}

/// The row with exactly this id. Longer texts are not looked up, because hashing or comparing would read all
/// of them.
fn row<'a>(table: &'a Table, id: &str) -> Option<&'a KnownProvider> {
    if id.len() > MAX_ID { None } else { table.get(id) }
}

#[cfg(test)]
#[path = "provider_tests.rs"]
mod tests;
