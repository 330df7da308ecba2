//! What this program itself knows of a provider: its name and console, where its API is, how to ask it "who am
//! I", and calls to begin with. The table is `assets/providers.toml`.

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
pub use probe::{Answers, Meaning, Probe, State};
pub use row::{KnownProvider, ProviderKind};

/// All rows by their id, which is a provider id or the head of a managed secret's slug.
pub type Table = BTreeMap<String, KnownProvider>;

static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(grantdeck_assets::PROVIDERS).unwrap_or_default());

/// The built-in table.
pub fn table() -> &'static Table {
    &TABLE
}

/// The row of a provider id or managed-secret slug. A slug may carry a suffix (`stripe-production`): the
/// longest known id that it begins with, followed by a hyphen, counts, where that one has keys to store
/// (`box-office` is nobody's: credentials follow this).
pub fn known(provider: &str) -> Option<&'static KnownProvider> {
    known_in(&TABLE, provider)
}

/// Ids of a table are shorter, in bytes.
const LONGEST_ID: usize = 256;

/// The same in a table of one's own: the built-in one with a person's additions ([`merge`]).
pub fn known_in<'a>(table: &'a Table, provider: &str) -> Option<&'a KnownProvider> {
    if let Some(row) = row(table, provider) {
        return Some(row);
    }
    // Each hyphen costs a look.
    let mut head = clean::head(provider, LONGEST_ID);
    while let Some((shorter, _)) = head.rsplit_once('-') {
        if let Some(row) = table.get(shorter).filter(|row| row.kind != ProviderKind::Oauth) {
            return Some(row);
        }
        head = shorter;
    }
    None
}

/// The row of this very id. A longer text is not even looked up: that would read all of it.
fn row<'a>(table: &'a Table, id: &str) -> Option<&'a KnownProvider> {
    if id.len() > LONGEST_ID { None } else { table.get(id) }
}

#[cfg(test)]
#[path = "provider_tests.rs"]
mod tests;
