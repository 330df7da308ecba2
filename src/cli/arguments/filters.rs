//! The filters that `list` and `smoke` share.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use super::FILTERS;
use crate::cli::completions::{Providers, Words};
use crate::cli::{values, words};
use crate::domain::{HealthGroup, ServerFilter};

/// Which grants are meant.
#[derive(Clone, Debug, Default, Args)]
pub struct FilterArguments {
    /// Only this provider id or managed-secret slug
    #[arg(long, value_name = "ID", value_parser = values::filled, help_heading = FILTERS, add = ArgValueCompleter::new(Providers))]
    pub provider: Option<String>,
    /// Only this raw status: active, expired, revoked
    #[arg(long, value_name = "WORD", value_parser = values::status, add = ArgValueCompleter::new(Words(words::status)), help_heading = FILTERS)]
    pub status: Option<String>,
    /// Only this exact account
    #[arg(long, value_name = "NAME", value_parser = values::filled, help_heading = FILTERS)]
    pub account: Option<String>,
    /// Only this exact label
    #[arg(long, value_name = "NAME", value_parser = values::filled, help_heading = FILTERS)]
    pub label: Option<String>,
    /// Only this kind: oauth, managed_secret, or a newer kind
    #[arg(long, value_name = "KIND", value_parser = values::kind, add = ArgValueCompleter::new(Words(words::kind)), help_heading = FILTERS)]
    pub kind: Option<String>,
    /// Only these: ok, expiring, missing_scopes, needs_reconnect, expired, revoked, unknown; broken = all except ok
    /// and expiring
    #[arg(long, value_name = "HEALTH", value_delimiter = ',', value_parser = values::health, add = ArgValueCompleter::new(Words(words::health)), help_heading = FILTERS)]
    pub health: Vec<HealthGroup>,
    /// Search as on the screen: words, ids, filters (`provider:google -label:test`)
    #[arg(long, value_name = "TEXT", value_parser = values::filled, allow_hyphen_values = true, help_heading = FILTERS)]
    pub search: Option<String>,
}

impl FilterArguments {
    /// What the backend is asked to filter by.
    pub(in crate::cli) fn server_filter(&self) -> ServerFilter {
        let given = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(Into::into);
        ServerFilter {
            provider: given(&self.provider),
            status: given(&self.status),
            account: given(&self.account),
            label: given(&self.label),
        }
    }
}

impl FilterArguments {
    /// Whether all grants are meant.
    pub(in crate::cli) fn is_empty(&self) -> bool {
        self.server_filter().is_empty()
            && self.kind.is_none()
            && self.health.is_empty()
            && self.search.as_deref().is_none_or(|text| text.trim().is_empty())
    }
}
