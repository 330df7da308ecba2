//! Key scopes and connectable providers (docs/protocol/grants.md sections 8 and 10).

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::message::Reply;
use crate::scopes::{ACTIONS, RESOURCES, VERBS};
use crate::tables::Provider;
use crate::world::World;

pub(super) fn scopes() -> Reply {
    let verbs = json!({ "verbs": VERBS });
    let resources: Map<String, Value> =
        RESOURCES.iter().map(|name| ((*name).to_owned(), verbs.clone())).collect();
    let body = json!({
        "scope_version": 4, "resources": resources, "action_verbs": ACTIONS, "deprecated": ["connect:create"],
    });
    Reply::json(200, &body)
}

pub(super) fn providers(world: &mut World) -> Reply {
    let World { catalog, providers, .. } = world;
    let body = catalog.get_or_insert_with(|| {
        let all: Map<String, Value> =
            providers.provider.iter().map(|row| (row.id.to_string(), show(row))).collect();
        Bytes::from(json!({ "providers": all }).to_string())
    });
    Reply::bytes(body.clone())
}

fn show(provider: &Provider) -> Value {
    let available: Map<String, Value> = provider
        .scopes()
        .map(|scope| {
            let shown = json!({
                "description": scope.description,
                "required": scope.required,
                "is_default": scope.default,
                "requires": scope.requires,
            });
            (scope.name.to_string(), shown)
        })
        .collect();
    let defaults: Vec<&str> =
        provider.scopes().filter(|scope| scope.default).map(|scope| &**scope.name).collect();
    let required: Vec<&str> =
        provider.scopes().filter(|scope| scope.required).map(|scope| &**scope.name).collect();
    json!({
        "id": provider.id,
        "name": provider.id,
        "display_name": provider.name,
        "category": provider.category,
        "description": null,
        "logo_url": null,
        "supports_refresh": provider.token_minutes > 0,
        "supports_pkce": provider.token_minutes > 0,
        "available_scopes": available,
        "default_scopes": defaults,
        "required_scopes": required,
        "status": "active",
    })
}
