//! Managed agents, read (docs/protocol/grants.md section 7).

use serde_json::{Value, json};

use super::Query;
use crate::grant::instant;
use crate::keys::Holder;
use crate::message::Reply;
use crate::seed::Agent;
use crate::world::{Caller, World};

pub(super) fn list(world: &World, caller: Caller, query: &Query, now: i64) -> Reply {
    if let Err(refusal) = app_only(caller) {
        return *refusal;
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
    let items: Vec<Value> = hits.iter().skip(offset).take(limit).map(|agent| show(agent, now)).collect();
    let has_more = offset.saturating_add(items.len()) < hits.len();
    let body = json!({ "items": items, "total": hits.len(), "limit": limit, "offset": offset, "has_more": has_more });
    Reply::json(200, &body)
}

/// Where the agent with this id stands.
pub(super) fn position(world: &World, id: &str) -> Option<usize> {
    world.agents.iter().position(|agent| agent.id.to_string() == id.to_lowercase())
}

pub(super) fn get(world: &World, caller: Caller, id: &str, now: i64) -> Reply {
    if let Err(refusal) = app_only(caller) {
        return *refusal;
    }
    let found = position(world, id).and_then(|index| world.agents.get(index));
    found.map_or_else(
        || Reply::refusal(404, "agent_not_found", "This app has no such agent."),
        |agent| Reply::json(200, &show(agent, now)),
    )
}

pub(super) fn me(world: &World, caller: Caller, now: i64) -> Reply {
    let found = match caller.holder {
        Holder::Agent(index) => world.agents.get(index),
        Holder::App => None,
    };
    found.map_or_else(
        || Reply::refusal(403, "me_requires_agent_key", "Only an agent's own key has an agent behind it."),
        |agent| Reply::json(200, &show(agent, now)),
    )
}

/// The refusal of an agent's key.
pub(super) fn app_only(caller: Caller) -> Result<(), Box<Reply>> {
    if caller.holder == Holder::App {
        return Ok(());
    }
    let message = "Managing agents needs an application key.";
    Err(Box::new(Reply::refusal(403, "app_key_required", message)))
}

impl Agent {
    /// Its scopes become narrower when their time has come.
    pub(super) fn settle(&mut self, now: i64) {
        if let Some((scopes, _)) = self.narrowing.take_if(|(_, when)| *when <= now) {
            self.scopes = scopes;
        }
    }
}

/// An agent as it is now. Who approves for it is not told, only how many (docs/protocol/grants.md section 7).
pub(super) fn show(agent: &Agent, now: i64) -> Value {
    let mut agent = agent.clone();
    agent.settle(now);
    let mut policy = agent.policy.clone();
    if let Some(rule) = policy.get_mut("requires_approval").and_then(Value::as_object_mut)
        && let Some(Value::Array(people)) = rule.shift_remove("approvers")
    {
        rule.insert("approvers_count".to_owned(), json!(people.len()));
    }
    json!({
        "id": agent.id,
        "name": agent.name,
        "display_name": agent.display_name,
        "type": agent.kind,
        "status": agent.status,
        "scopes": agent.scopes,
        "scopes_pending": agent.narrowing.as_ref().map(|(scopes, _)| scopes),
        "scopes_applies_at": agent.narrowing.as_ref().map(|(_, when)| instant(*when)),
        "policy": policy,
        "metadata": agent.metadata,
        "rate_limit_per_minute": agent.rate_limit_per_minute,
        "version": agent.version,
        "created_at": instant(agent.created_at),
        "last_used_at": agent.last_used_at.map(instant),
        "parent_agent_id": null,
        "stored_legacy_managed_secret_names": [],
    })
}
