//! Provider chips: those seen so far, most grants first, then the rest of the catalog.

use std::sync::Arc;

use super::Grants;
use crate::app::shared::Shared;
use crate::domain::ServerFilter;
use crate::domain::words;

/// One chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chip {
    /// The provider; None = all.
    pub(crate) provider: Option<Arc<str>>,
    /// How many of its grants are here.
    pub(crate) count: u64,
    /// The count is final: all of them are here, or the backend told.
    pub(crate) is_final: bool,
}

impl Chip {
    /// The count as it is shown: "312+" until it is final, nothing for a provider that was not seen.
    pub(crate) fn count_text(&self) -> String {
        match (self.count, self.is_final) {
            (0, false) => String::new(),
            (count, true) => words::count(count),
            (count, false) => format!("{}+", words::count(count)),
        }
    }
}

/// All chips: "all", then the providers seen, then the catalog's others by name.
pub(crate) fn chips(grants: &Grants, shared: &Shared) -> Vec<Chip> {
    let whole = ServerFilter::default();
    let loaded = grants.rows.len() as u64;
    let all_here = grants.walk.has_all(&whole);
    let total = grants.walk.total(&whole);
    let mut chips = vec![Chip {
        provider: None,
        count: if all_here { loaded } else { total.unwrap_or(loaded) },
        is_final: all_here || total.is_some(),
    }];
    let mut seen: Vec<(&Arc<str>, u32)> =
        grants.per_provider.iter().map(|(name, count)| (name, *count)).collect();
    seen.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    chips.extend(seen.into_iter().map(|(provider, count)| {
        let filter = ServerFilter { provider: Some(Arc::clone(provider)), ..ServerFilter::default() };
        let message = grants.walk.total(&filter);
        Chip {
            provider: Some(Arc::clone(provider)),
            count: if all_here { u64::from(count) } else { message.unwrap_or_else(|| u64::from(count)) },
            is_final: all_here || message.is_some(),
        }
    }));
    if let Some(catalog) = shared.catalog.value() {
        chips.extend(
            catalog.providers.keys().filter(|id| !grants.per_provider.contains_key(*id)).map(|id| Chip {
                provider: Some(Arc::clone(id)),
                count: 0,
                is_final: all_here,
            }),
        );
    }
    chips
}

/// The provider of the chip before or after the chosen one. Providers without grants are passed over.
pub(crate) fn cycle(grants: &Grants, shared: &Shared, forward: bool) -> Option<Arc<str>> {
    let chips: Vec<Chip> =
        chips(grants, shared).into_iter().filter(|chip| chip.provider.is_none() || chip.count > 0).collect();
    let chosen = &grants.filters.server.provider;
    let at = chips.iter().position(|chip| chip.provider == *chosen).unwrap_or(0);
    let next = if forward { (at + 1) % chips.len() } else { (at + chips.len() - 1) % chips.len() };
    chips.get(next).and_then(|chip| chip.provider.clone())
}
