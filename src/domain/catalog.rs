//! The provider catalog (docs/protocol/grants.md section 8): names and what each scope means.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Grant;

/// The providers that can be connected, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// By provider id.
    pub providers: BTreeMap<Arc<str>, CatalogProvider>,
}

/// One provider of the catalog. All texts are the backend's, untrusted.
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

/// What the catalog says of one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogScope {
    /// For people.
    pub description: Arc<str>,
    /// The app cannot do without it.
    pub required: bool,
    /// Scopes that this one needs.
    pub requires: Vec<Arc<str>>,
}

/// A scope of a grant, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedScope<'a> {
    /// The scope as the provider writes it.
    pub scope: &'a str,
    /// The catalog's description, where it has one.
    pub description: Option<&'a str>,
    /// Held, or required and proven missing.
    pub held: bool,
    /// The catalog says that the app requires it.
    pub required: bool,
}

impl Catalog {
    /// Each held scope with its description, in the grant's order, and before them those that the catalog
    /// proves to be missing: required by the app, not held. Without a catalog entry nothing is called missing.
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
