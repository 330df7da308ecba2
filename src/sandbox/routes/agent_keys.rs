//! The keys of a managed agent (docs/protocol/grants.md section 7).

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Query;
use super::agent_writes::new_key;
use super::agents::{app_only, position};
use crate::grant::instant;
use crate::input::Fields;
use crate::keys::{Holder, Key};
use crate::message::{Reply, Request};
use crate::world::{Caller, World};

/// So many keys that work an agent may have. The number is not stated.
const LIMIT: usize = 5;

type Answer = Result<Reply, Box<Reply>>;

/// The agent whose keys are asked for: there, and not removed.
fn agent(world: &World, caller: Caller, id: &str) -> Result<usize, Box<Reply>> {
    app_only(caller)?;
    let found = position(world, id);
    found.filter(|index| world.agents.get(*index).is_some_and(|agent| agent.status != "revoked")).ok_or_else(
        || {
            Box::new(Reply::refusal(
                404,
                "agent_not_found",
                "This app has no such agent that was not removed.",
            ))
        },
    )
}

fn show(key: &Key) -> Value {
    json!({
        "key_id": key.id, "key_prefix": key.prefix, "name": key.name, "created_at": instant(key.created_at),
        "deprecated_at": key.deprecated_at.map(instant), "revoked_at": key.revoked_at.map(instant),
        "last_used_at": key.last_used_at.map(instant),
    })
}

pub(super) fn list(world: &World, caller: Caller, id: &str) -> Answer {
    let agent = agent(world, caller, id)?;
    let own = world.keys.iter().filter(|(_, key)| key.holder == Holder::Agent(agent));
    let items: Vec<Value> = own.map(|(_, key)| show(key)).collect();
    Ok(Reply::json(200, &json!({ "items": items })))
}

pub(super) fn mint(world: &mut World, request: &Request, caller: Caller, id: &str, now: i64) -> Answer {
    if caller.holder != Holder::App {
        let message = "Keys of agents are made with an application key.";
        return Err(Box::new(Reply::refusal(403, "agent_cannot_mint_subagents", message)));
    }
    Fields::read(&request.body, &[])?;
    let agent = agent(world, caller, id)?;
    let own = || world.keys.iter().filter(|(_, key)| key.holder == Holder::Agent(agent));
    if own().filter(|(_, key)| key.revoked_at.is_none()).count() >= LIMIT {
        let message = "The agent has as many keys as it may have.";
        return Err(Box::new(Reply::refusal(409, "agent_key_limit_reached", message)));
    }
    let number = own().count() + 1;
    let name = world.agents.get(agent).map(|agent| format!("{}-{number}", agent.name)).unwrap_or_default();
    let (plaintext, made) = new_key(world, agent, &name, now);
    let mut shown = world.keys.get(made).map(show).unwrap_or_default();
    shown["api_key"] = json!(plaintext.expose_secret());
    Ok(Reply::json(201, &shown))
}

/// The number of one of the agent's keys.
fn find(world: &World, caller: Caller, id: &str, key: &str) -> Result<(usize, usize), Box<Reply>> {
    let agent = agent(world, caller, id)?;
    let wanted = Uuid::try_parse(key).ok();
    let mut own = world.keys.iter().filter(|(_, key)| key.holder == Holder::Agent(agent));
    let found = own.find(|(_, key)| Some(key.id) == wanted);
    found
        .map(|(number, _)| (agent, number))
        .ok_or_else(|| Box::new(Reply::refusal(404, "key_not_found", "The agent has no such key.")))
}

/// Marks a key as deprecated, or takes the mark away. Both can be done again.
pub(super) fn deprecate(
    world: &mut World,
    request: &Request,
    caller: Caller,
    (id, key): (&str, &str),
    deprecated: bool,
    now: i64,
) -> Answer {
    Fields::read(&request.body, &[])?;
    let (_, number) = find(world, caller, id, key)?;
    let Some(key) = world.keys.get_mut(number) else { return Err(gone()) };
    if key.revoked_at.is_some() {
        return Err(Box::new(Reply::refusal(409, "key_revoked", "This key was revoked.")));
    }
    if deprecated {
        key.deprecated_at.get_or_insert(now);
    } else {
        key.deprecated_at = None;
    }
    Ok(Reply::json(200, &show(key)))
}

fn gone() -> Box<Reply> {
    Box::new(Reply::refusal(404, "key_not_found", "There is no such key."))
}

pub(super) fn revoke(
    world: &mut World,
    caller: Caller,
    (id, key): (&str, &str),
    query: &Query,
    now: i64,
) -> Answer {
    let force = query.flag("force")?;
    let (agent, number) = find(world, caller, id, key)?;
    let others = world.keys.iter().any(|(other, key)| {
        other != number && key.holder == Holder::Agent(agent) && key.revoked_at.is_none()
    });
    let Some(key) = world.keys.get_mut(number) else { return Err(gone()) };
    if key.revoked_at.is_none() && !others && !force {
        let message = "This is the agent's last key: mint another first, or force it.";
        return Err(Box::new(Reply::refusal(409, "last_active_key", message)));
    }
    key.revoked_at.get_or_insert(now);
    Ok(Reply::json(200, &show(key)))
}
