//! Managed agents, read only (docs/protocol/grants.md section 7).

use serde_json::{Value, json};

use super::Query;
use crate::grant::instant;
use crate::keys::Holder;
use crate::message::Reply;
use crate::seed::Agent;
use crate::world::{Caller, World};

pub(super) fn list(world: &World, caller: Caller, query: &Query) -> Reply {
    if let Some(refusal) = app_only(caller) {
        return refusal;
    }
    let (limit, offset) = match query.window(100, 1000) {
        Ok(window) => window,
        Err(refusal) => return *refusal,
    };
    let include_revoked = query.get("include_revoked") == Some("true");
    let name = query.get("name");
    let hits: Vec<&Agent> = world
        .agents
        .iter()
        .filter(|agent| include_revoked || agent.status != "revoked")
        .filter(|agent| name.is_none_or(|name| agent.name == name))
        .collect();
    let items: Vec<Value> = hits.iter().skip(offset).take(limit).map(|agent| show(agent)).collect();
    let has_more = offset.saturating_add(items.len()) < hits.len();
    let body = json!({ "items": items, "total": hits.len(), "limit": limit, "offset": offset, "has_more": has_more });
    Reply::json(200, &body)
}

pub(super) fn get(world: &World, caller: Caller, id: &str) -> Reply {
    if let Some(refusal) = app_only(caller) {
        return refusal;
    }
    let found = world.agents.iter().find(|agent| agent.id.to_string() == id.to_lowercase());
    found.map_or_else(
        || Reply::refusal(404, "agent_not_found", "This app has no such agent."),
        |agent| Reply::json(200, &show(agent)),
    )
}

pub(super) fn me(world: &World, caller: Caller) -> Reply {
    let found = match caller.holder {
        Holder::Agent(index) => world.agents.get(index),
        Holder::App => None,
    };
    found.map_or_else(
        || Reply::refusal(403, "me_requires_agent_key", "Only an agent's own key has an agent behind it."),
        |agent| Reply::json(200, &show(agent)),
    )
}

fn app_only(caller: Caller) -> Option<Reply> {
    let message = "Managing agents needs an application key.";
    (caller.holder != Holder::App).then(|| Reply::refusal(403, "app_key_required", message))
}

fn show(agent: &Agent) -> Value {
    json!({
        "id": agent.id,
        "name": agent.name,
        "display_name": agent.display_name,
        "type": agent.kind,
        "status": agent.status,
        "scopes": agent.scopes,
        "scopes_pending": null,
        "scopes_applies_at": null,
        "policy": agent.policy,
        "metadata": {},
        "rate_limit_per_minute": agent.rate_limit_per_minute,
        "version": agent.version,
        "created_at": instant(agent.created_at),
        "last_used_at": agent.last_used_at.map(instant),
        "parent_agent_id": null,
        "stored_legacy_managed_secret_names": [],
    })
}
