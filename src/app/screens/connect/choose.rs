//! Picking a provider and its scopes.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::start;
use crate::app::nav::View;
use crate::app::screens::grants::Grants;
use crate::app::screens::pick::items::item;
use crate::app::screens::pick::{Item, Pick, Purpose, Value};
use crate::app::shared::Shared;
use crate::app::{Effect, Model, private};
use crate::domain::connect::ConnectOptions;
use crate::domain::{CatalogProvider, Clean, GrantKind};

/// The providers of the catalog, and the managed secrets that the list has.
pub(super) fn providers(grants: &Grants, shared: &Shared) -> Pick {
    let catalog = shared.catalog.value();
    let known = catalog.into_iter().flat_map(|catalog| &catalog.providers);
    let mut items: Vec<Item> =
        known.map(|(id, entry)| item(Value::Text(id.to_string()), id, &entry.display_name, "")).collect();
    let secrets: BTreeSet<&Arc<str>> = grants
        .rows
        .iter()
        .filter(|grant| grant.kind == GrantKind::ManagedSecret)
        .map(|grant| &grant.provider)
        .filter(|id| catalog.is_none_or(|catalog| !catalog.providers.contains_key(*id)))
        .collect();
    items.extend(
        secrets.into_iter().map(|id| {
            item(Value::Text(id.to_string()), &private::provider(shared, id), "managed secret", "")
        }),
    );
    Pick::new(Purpose::Provider, "Connect which provider?", items).free()
}

/// The scopes that a provider is asked for: the required ones are on and stay on.
fn scopes(provider: &str, entry: &CatalogProvider) -> Option<Pick> {
    let required = |name: &Arc<str>, flagged: bool| flagged || entry.required_scopes.contains(name);
    let mut items: Vec<Item> = entry
        .scopes
        .iter()
        .map(|(name, scope)| {
            let required = required(name, scope.required);
            let right = if required { "required" } else { "" };
            let line = item(Value::Text(name.to_string()), name, &scope.description, right);
            Item { on: Some(required), ..line }
        })
        .collect();
    // What is required comes first.
    items.sort_by_key(|item| item.on != Some(true));
    let title = format!("Scopes of {} (space adds one)", Clean::brief(provider));
    (!items.is_empty()).then(|| Pick::new(Purpose::Scopes, &title, items).about(provider))
}

/// A provider or its scopes were picked.
pub(crate) fn chosen(model: &mut Model, pick: &Pick) -> Vec<Effect> {
    if pick.purpose == Purpose::Scopes {
        let provider = pick.about.clone();
        return start::connect(
            model,
            provider,
            ConnectOptions { scopes: wanted(pick), ..ConnectOptions::default() },
        );
    }
    let Some(Item { value: Value::Text(provider), .. }) = pick.chosen() else { return Vec::new() };
    let entry = model.shared.catalog.value().and_then(|catalog| catalog.providers.get(provider.as_str()));
    if let Some(scopes) = entry.and_then(|entry| scopes(provider, entry)) {
        model.shared.nav.push(View::Pick(Box::new(scopes)));
        return Vec::new();
    }
    start::connect(model, provider.clone(), ConnectOptions::default())
}

/// The scopes to ask for; none where nothing was added to what is required anyway.
fn wanted(pick: &Pick) -> Vec<String> {
    let on = |item: &&Item| item.on == Some(true);
    let is_added = |item: &Item| item.right.as_str() != "required";
    let chosen = pick.items.iter().filter(on);
    if !chosen.clone().any(is_added) {
        return Vec::new();
    }
    chosen
        .filter_map(|item| match &item.value {
            Value::Text(name) => Some(name.clone()),
            Value::Action(_)
            | Value::Choice(_)
            | Value::Column(_)
            | Value::AsSent
            | Value::Preset(_)
            | Value::Operation(_)
            | Value::Language(_)
            | Value::Session(_)
            | Value::Grant(_)
            | Value::Agent(_)
            | Value::View(_) => None,
        })
        .collect()
}

/// Switches the scope under the cursor; what is required stays.
pub(crate) fn toggle(pick: &mut Pick) {
    let Some(at) = pick.shown.get(pick.cursor).copied() else { return };
    if let Some(item) = pick.items.get_mut(at)
        && item.right.as_str() != "required"
    {
        item.on = item.on.map(|on| !on).or(Some(true));
    }
}
