//! One row of the table.

use std::collections::BTreeMap;

use serde::Deserialize;
use strum::{Display, IntoStaticStr};

use super::{Preset, Probe};
use crate::Origin;

/// Which kinds of grants a provider's row is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Display, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProviderKind {
    /// A user consents; the id is the SDK's.
    Oauth,
    /// A stored key; the id is the head of a slug.
    #[default]
    Secret,
    /// Either.
    Both,
}

/// One row of the table.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct KnownProvider {
    /// For people.
    pub name: String,
    /// For which kinds of grants.
    #[serde(default)]
    pub kind: ProviderKind,
    /// Where a person sees the connections of their account at the provider, `https` only.
    pub console: Option<String>,
    /// Hosts of its API; `*.` in front means any below, never the name itself. A credential goes to these unasked,
    /// so nobody but the built-in table may name any (safety rule 2). Empty where each account has its own.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Documentation of its API, `https` only.
    pub docs: Option<String>,
    /// Where its API begins: an origin with an optional path, without a slash at the end. The first fixed host
    /// where absent.
    pub base: Option<String>,
    /// Every account has an origin of its own, which comes with the grant; without one there is no base but an
    /// explicit [`base`](Self::base).
    #[serde(default)]
    pub base_from_grant: bool,
    /// What probe and presets send along, such as the version of the API.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The read-only "who am I".
    pub probe: Option<Probe>,
    /// Why there is no probe, in a sentence.
    pub probe_missing: Option<String>,
    /// Calls to begin with.
    #[serde(default)]
    pub presets: Vec<Preset>,
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

    /// The probe, named "Who am I", then the presets.
    pub fn ready(&self) -> impl Iterator<Item = &Preset> {
        self.probe.as_ref().map(Probe::request).into_iter().chain(&self.presets)
    }
}
