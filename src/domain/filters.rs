//! The filters of the list: the backend's and the local ones.

use std::sync::Arc;

use strum::{EnumIter, IntoEnumIterator};

use super::{Grant, GrantKind, Health, HealthGroup, Now, ServerFilter, Status};

/// All filters except the search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// The filters applied by the backend.
    pub server: ServerFilter,
    /// Local: only this kind.
    pub kind: Option<GrantKind>,
    /// Local: only this health, or group of healths.
    pub health: Option<HealthGroup>,
}

/// A property to filter by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
pub enum Choice {
    /// `provider_id` or slug.
    Provider,
    /// The backend's status.
    Status,
    /// A complete account identifier.
    Account,
    /// A complete label.
    Label,
    /// OAuth or managed secret; local.
    Kind,
    /// Derived health; local.
    Health,
}

impl Choice {
    /// All of them, in menu order.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Status => "status",
            Self::Account => "account",
            Self::Label => "label",
            Self::Kind => "kind",
            Self::Health => "health",
        }
    }

    /// Whether it is applied locally; a local filter only sees loaded rows.
    pub fn is_local(self) -> bool {
        matches!(self, Self::Kind | Self::Health)
    }

    /// The possible values with their descriptions, if known in advance; empty for free text, whose values
    /// are counted.
    pub fn values(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Status => Status::KNOWN.iter().map(|word| (*word, "")).collect(),
            Self::Kind => vec![("oauth", "a user consented"), ("managed_secret", "a stored key")],
            Self::Provider | Self::Account | Self::Label | Self::Health => Vec::new(),
        }
    }
}

impl Filters {
    /// The current value of a filter.
    pub fn get(&self, choice: Choice) -> Option<&str> {
        match choice {
            Choice::Provider => self.server.provider.as_deref(),
            Choice::Status => self.server.status.as_deref(),
            Choice::Account => self.server.account.as_deref(),
            Choice::Label => self.server.label.as_deref(),
            Choice::Kind => self.kind.as_ref().map(GrantKind::as_str),
            Choice::Health => self.health.map(|group| group.name),
        }
    }

    /// Sets a filter. An empty value clears it, as does an unknown health.
    pub fn set(&mut self, choice: Choice, value: &str) {
        let text = Some(Arc::<str>::from(value)).filter(|value| !value.is_empty());
        match choice {
            Choice::Provider => self.server.provider = text,
            Choice::Status => self.server.status = text,
            Choice::Account => self.server.account = text,
            Choice::Label => self.server.label = text,
            Choice::Kind => self.kind = text.map(|text| GrantKind::new(&text)),
            Choice::Health => self.health = HealthGroup::parse(value),
        }
    }

    /// A copy without one of the filters.
    #[must_use]
    pub fn without(&self, choice: Choice) -> Self {
        let mut others = self.clone();
        others.set(choice, "");
        others
    }

    /// Whether a row matches.
    pub fn accept(&self, grant: &Grant, now: Now) -> bool {
        self.server.accepts(grant)
            && self.kind.as_ref().is_none_or(|kind| *kind == grant.kind)
            && self.health.is_none_or(|group| group.accepts(Health::of(grant, now.wall)))
    }

    /// The filters that are set, with their values.
    pub fn active(&self) -> impl Iterator<Item = (Choice, &str)> {
        Choice::all().filter_map(|choice| Some((choice, self.get(choice)?)))
    }

    /// Whether no filter is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
