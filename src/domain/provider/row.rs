//! A row of the provider table.

use std::collections::BTreeMap;

use serde::Deserialize;
use strum::{Display, IntoStaticStr};

use super::{Preset, Probe};
use crate::Origin;

/// The kinds of grants that a provider's row applies to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Display, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProviderKind {
    /// A user consents; the id is the one in the SDK.
    Oauth,
    /// A stored key; the id is a prefix of its slug.
    #[default]
    Secret,
    /// Either.
    Both,
}

/// A row of the provider table.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct KnownProvider {
    /// The name for people.
    pub name: String,
    /// The kinds of grants it applies to.
    #[serde(default)]
    pub kind: ProviderKind,
    /// The page where people manage the connections of their account at the provider, `https` only.
    pub console: Option<String>,
    /// Hosts of its API; `*.` matches any subdomain, but not the domain itself. A credential may be sent to
    /// these without asking, so only the built-in table may list any (safety rule 2). Empty if each account
    /// has its own host.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Documentation of its API, `https` only.
    pub docs: Option<String>,
    /// Base of the API: an origin with an optional path, without a trailing slash. Defaults to the first
    /// fixed host.
    pub base: Option<String>,
    /// Every account has its own origin, which is part of the grant; without it there is no base except an
    /// explicit [`base`](Self::base).
    #[serde(default)]
    pub base_from_grant: bool,
    /// Headers sent with probe and presets, such as the version of the API.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The "who am I" probe.
    pub probe: Option<Probe>,
    /// Why there is no probe, in a sentence.
    pub probe_missing: Option<String>,
    /// Presets for calls.
    #[serde(default)]
    pub presets: Vec<Preset>,
}

impl KnownProvider {
    /// The origin of its API, if it is the same for all accounts.
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

    /// The probe, named "Who am I", then the presets.
    pub fn ready(&self) -> impl Iterator<Item = &Preset> {
        self.probe.as_ref().map(Probe::request).into_iter().chain(&self.presets)
    }
}
