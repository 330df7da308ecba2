//! The embedded tables of `src/sandbox/assets/`, read as they are written.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

/// People, companies, agents, fixtures and edge cases.
#[derive(Debug, Deserialize)]
pub(super) struct People {
    pub(super) labels: Vec<Arc<str>>,
    pub(super) teams: Vec<String>,
    pub(super) workspaces: Vec<String>,
    pub(super) company: Vec<Company>,
    pub(super) script: Vec<Script>,
    pub(super) agent: Vec<AgentRow>,
    pub(super) fixtures: Vec<FixtureRow>,
    pub(super) former: Vec<FormerRow>,
    pub(super) hostile: Vec<HostileRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Company {
    pub(super) name: String,
    pub(super) slug: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Script {
    pub(super) weight: u32,
    #[serde(default)]
    pub(super) family_first: bool,
    #[serde(default)]
    pub(super) spaced: bool,
    pub(super) given: Vec<(String, String)>,
    pub(super) family: Vec<(String, String)>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AgentRow {
    pub(super) name: String,
    pub(super) display_name: Option<String>,
    pub(super) kind: String,
    pub(super) status: Option<String>,
    pub(super) providers: Vec<String>,
    pub(super) secrets: Vec<String>,
    pub(super) policy: Option<Value>,
    pub(super) rate_limit_per_minute: Option<u32>,
}

/// A grant of the fixtures. Instants are written `8m`, `3h`, `12d`, relative to growth.
#[derive(Debug, Deserialize)]
pub(super) struct FixtureRow {
    pub(super) provider: String,
    pub(super) account: Option<String>,
    pub(super) name: Option<String>,
    pub(super) label: Option<Arc<str>>,
    pub(super) age: String,
    pub(super) used: String,
    pub(super) ends: Option<String>,
    pub(super) state: Option<String>,
    #[serde(default)]
    pub(super) lacks: Vec<String>,
    #[serde(default)]
    pub(super) agents: Vec<String>,
    pub(super) principal: Option<String>,
    /// The user it belongs to, by index; absent: one after the other.
    pub(super) owner: Option<usize>,
    pub(super) policy: Option<String>,
    #[serde(default)]
    pub(super) user_limits: bool,
    #[serde(default)]
    pub(super) wide: bool,
}

/// An earlier grant of an account of the fixtures.
#[derive(Debug, Deserialize)]
pub(super) struct FormerRow {
    pub(super) provider: Arc<str>,
    pub(super) account: Arc<str>,
    #[serde(default)]
    pub(super) ended: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct HostileRow {
    pub(super) provider: String,
    pub(super) account: String,
    pub(super) name: String,
    pub(super) label: Option<Arc<str>>,
    #[serde(default = "once")]
    pub(super) repeat: usize,
}

fn once() -> usize {
    1
}

/// Both kinds of provider.
#[derive(Debug, Deserialize)]
pub(super) struct Providers {
    pub(super) provider: Vec<Provider>,
    pub(super) secret: Vec<Secret>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Provider {
    pub(super) id: Arc<str>,
    pub(super) name: String,
    pub(super) category: String,
    pub(super) weight: u32,
    pub(super) account: AccountStyle,
    pub(super) token_minutes: i64,
    pub(super) api_base_url: Option<String>,
    scopes: Vec<Vec<Arc<str>>>,
}

/// What accounts are called at a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AccountStyle {
    Email,
    Login,
    Workspace,
    Org,
    Site,
    Shop,
}

/// One scope of a provider.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScopeRow<'row> {
    pub(super) name: &'row Arc<str>,
    pub(super) description: &'row str,
    pub(super) required: bool,
    pub(super) default: bool,
    pub(super) requires: &'row [Arc<str>],
}

impl Provider {
    /// The scopes, in the table's order.
    pub(super) fn scopes(&self) -> impl Iterator<Item = ScopeRow<'_>> {
        self.scopes.iter().filter_map(|row| match row.as_slice() {
            [name, flags, description, requires @ ..] => Some(ScopeRow {
                name,
                description,
                required: flags.contains('r'),
                default: flags.contains('d'),
                requires,
            }),
            _ => None,
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Secret {
    pub(super) slug: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) weight: u32,
    pub(super) credential: Arc<str>,
    /// Whether one developer credential is stored, and not two.
    #[serde(default)]
    pub(super) single: bool,
}

/// The operations of the providers' APIs.
#[derive(Debug, Deserialize)]
pub(super) struct Operations {
    pub(super) spec: Vec<SpecRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SpecRow {
    pub(super) kind: String,
    pub(super) provider: String,
    pub(super) title: String,
    pub(super) version: String,
    pub(super) source_url: Option<String>,
    pub(super) operations: Vec<OperationRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OperationRow {
    pub(super) id: String,
    pub(super) call: String,
    pub(super) summary: String,
    #[serde(default)]
    pub(super) query: Vec<String>,
    #[serde(default)]
    pub(super) body: Vec<String>,
    #[serde(default)]
    pub(super) returns: Vec<String>,
    #[serde(default)]
    pub(super) many: bool,
    #[serde(default)]
    pub(super) scopes: Vec<String>,
    #[serde(default)]
    pub(super) deprecated: bool,
}

pub(super) fn people() -> People {
    embedded(include_str!("assets/demo.toml"))
}

pub(super) fn providers() -> Providers {
    embedded(include_str!("assets/demo_providers.toml"))
}

pub(super) fn operations() -> Operations {
    embedded(include_str!("assets/demo_operations.toml"))
}

#[expect(clippy::expect_used, reason = "the tables are part of the program, and a test reads each")]
pub(super) fn embedded<Table: serde::de::DeserializeOwned>(text: &str) -> Table {
    toml::from_str(text).expect("an embedded table is well formed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_can_be_read_and_name_only_what_exists() {
        let people = people();
        let providers = providers();
        let known = |name: &str| {
            providers.provider.iter().any(|row| &*row.id == name)
                || providers.secret.iter().any(|row| &*row.slug == name)
        };
        assert!(providers.provider.len() + providers.secret.len() >= 25);
        for row in &providers.provider {
            assert_eq!(row.scopes().count(), row.scopes.len(), "{}", row.id);
            assert!(row.scopes().any(|scope| scope.required), "{}", row.id);
            for scope in row.scopes() {
                for needed in scope.requires {
                    assert!(row.scopes().any(|other| other.name == needed), "{needed}");
                }
            }
        }
        for row in &people.fixtures {
            assert!(known(&row.provider), "{}", row.provider);
            for agent in &row.agents {
                assert!(people.agent.iter().any(|other| &other.name == agent), "{agent}");
            }
        }
        for row in &people.hostile {
            assert!(known(&row.provider), "{}", row.provider);
        }
        let specs = operations().spec;
        assert!(specs.len() >= 12);
        for row in &specs {
            assert!(known(&row.provider), "{}", row.provider);
            assert!((4..=12).contains(&row.operations.len()), "{}", row.provider);
            for operation in &row.operations {
                assert!(operation.call.contains(" /"), "{}", operation.call);
                let provider = providers.provider.iter().find(|other| *other.id == *row.provider);
                for scope in &operation.scopes {
                    let exists = provider.is_some_and(|row| row.scopes().any(|one| **one.name == **scope));
                    assert!(exists, "{}: {scope}", operation.id);
                }
            }
        }
    }
}
