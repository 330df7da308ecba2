//! The provider catalog (docs/protocol/grants.md section 8): provider names and scope descriptions.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Grant;

/// The providers that can be connected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// By provider id.
    pub providers: BTreeMap<Arc<str>, CatalogProvider>,
}

/// A provider of the catalog. All texts come from the backend and are untrusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogProvider {
    /// `display_name`.
    pub display_name: Arc<str>,
    /// `category`.
    pub category: Option<Arc<str>>,
    /// `description`.
    pub description: Option<Arc<str>>,
    /// `available_scopes`, by scope.
    pub scopes: BTreeMap<Arc<str>, CatalogScope>,
    /// `required_scopes` of the app.
    pub required_scopes: Vec<Arc<str>>,
}

/// A scope in the catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogScope {
    /// Description for people.
    pub description: Arc<str>,
    /// The app requires it.
    pub required: bool,
    /// Other scopes that it depends on.
    pub requires: Vec<Arc<str>>,
}

/// A scope of a grant with its explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedScope<'a> {
    /// The scope as the provider spells it.
    pub scope: &'a str,
    /// The catalog's description, if any.
    pub description: Option<&'a str>,
    /// Whether it is held; otherwise it is required and proven missing.
    pub held: bool,
    /// The catalog says that the app requires it.
    pub required: bool,
}

impl Catalog {
    /// Returns the scopes that the catalog proves to be missing (required by the app, not held), then each
    /// held scope in the grant's order. Without a catalog entry, nothing is missing.
    pub fn explain<'a>(&'a self, grant: &'a Grant) -> Vec<ExplainedScope<'a>> {
        let provider = self.providers.get(&grant.provider);
        let entry = |scope: &str| provider.and_then(|provider| provider.scopes.get(scope));
        let explained = |scope: &'a str, held: bool| ExplainedScope {
            scope,
            description: entry(scope).map(|entry| entry.description.as_ref()).filter(|text| !text.is_empty()),
            held,
            required: provider.is_some_and(|provider| provider.requires(scope)),
        };
        let missing = self.missing(grant).into_iter().map(|scope| explained(scope, false));
        missing.chain(grant.scopes.iter().map(|scope| explained(scope, true))).collect()
    }

    /// The scopes that the catalog proves to be missing from this grant.
    pub fn missing<'a>(&'a self, grant: &Grant) -> Vec<&'a str> {
        let Some(provider) = self.providers.get(&grant.provider) else { return Vec::new() };
        let listed = provider.required_scopes.iter();
        let flagged = provider.scopes.iter().filter(|(_, entry)| entry.required).map(|(scope, _)| scope);
        let mut missing: Vec<&str> = Vec::new();
        for scope in listed.chain(flagged) {
            if !grant.scopes.contains(scope) && !missing.contains(&scope.as_ref()) {
                missing.push(scope);
            }
        }
        missing
    }
}

impl CatalogProvider {
    /// Whether the app requires this scope.
    pub fn requires(&self, scope: &str) -> bool {
        self.required_scopes.iter().any(|required| required.as_ref() == scope)
            || self.scopes.get(scope).is_some_and(|entry| entry.required)
    }
}
