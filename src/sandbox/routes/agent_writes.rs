//! Managed agents made, changed, paused and removed (docs/protocol/grants.md section 7).
//!
//! Not stated and chosen: names have at most 64 letters of `a-z 0-9 - _`; a reused idempotency key with another body
//! is 422; a removed agent can no longer be changed (409 `agent_revoked`); its grants stay as they are.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Query;
use super::agents::{app_only, position, show};
use crate::input::{Fields, invalid};
use crate::keys::{Holder, Key, make_legacy};
use crate::message::{Reply, Request};
use crate::seed::{Agent, DAY, uuid};
use crate::world::{Caller, World};
use secrecy::{ExposeSecret, SecretString};

/// The most bytes of an agent's scopes as compact JSON.
const SCOPES: usize = 12_288;
/// How long the narrowing of an agent's scopes waits unless told otherwise, and at most.
const GRACE: i64 = DAY;
const LONGEST_GRACE: i64 = 7 * DAY;

type Answer = Result<Reply, Box<Reply>>;

pub(super) fn create(world: &mut World, request: &Request, caller: Caller, now: Timestamp) -> Answer {
    if caller.holder != Holder::App {
        let message = "Agents are made with an application key.";
        return Err(Box::new(Reply::refusal(403, "agent_cannot_mint_subagents", message)));
    }
    let now = now.as_second();
    let fields =
        Fields::read(&request.body, &["name", "type", "scopes", "metadata", "display_name", "policy"])?;
    let name = fields.needed("name")?;
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    if name.len() > 64 || !name.bytes().all(letter) {
        return Err(invalid("name", "string_pattern_mismatch", "Use a-z, 0-9, - and _"));
    }
    let kind = fields.text("type")?.unwrap_or_else(|| "agent".to_owned());
    if !matches!(kind.as_str(), "agent" | "service") {
        return Err(invalid("type", "literal_error", "Input should be 'agent' or 'service'"));
    }
    let scopes = scopes(world, &fields)?.ok_or_else(|| invalid("scopes", "missing", "Field required"))?;
    let display_name = fields.name("display_name", 255)?;
    let metadata = fields.object("metadata")?.cloned().unwrap_or_default();
    let policy = Value::Object(fields.object("policy")?.cloned().unwrap_or_default());

    let key = request.header("Idempotency-Key").map(str::to_owned);
    if let Some((body, index, key_id)) = key.as_ref().and_then(|key| world.idempotent.get(key)) {
        let refuse =
            |status: u16, code: &str, message: &str| Err(Box::new(Reply::refusal(status, code, message)));
        let Some(agent) = world.agents.get(*index) else { return Err(no_such_agent()) };
        return match agent.status.as_str() {
            _ if *body != request.body => {
                refuse(422, "idempotency_key_body_mismatch", "The key was used with another body.")
            }
            "revoked" => refuse(409, "idempotency_key_agent_revoked", "The agent was removed since."),
            "inactive" => refuse(409, "idempotency_key_agent_inactive", "The agent is paused."),
            _ => Ok(Reply::json(200, &shown_with_key(agent, now, None, json!(key_id)))),
        };
    }
    if world.agents.iter().any(|agent| agent.name == name && agent.status != "revoked") {
        let message = "An agent of this name exists.";
        return Err(Box::new(Reply::refusal(409, "agent_name_exists", message)));
    }
    let index = world.agents.len();
    world.agents.push(Agent {
        id: uuid(&mut world.rng),
        name: name.clone(),
        display_name,
        kind,
        status: "active".to_owned(),
        selectors: scopes.keys().cloned().collect(),
        scopes,
        narrowing: None,
        policy,
        metadata,
        rate_limit_per_minute: None,
        version: 1,
        created_at: now,
        last_used_at: None,
    });
    let (plaintext, number) = new_key(world, index, &format!("{name}-1"), now);
    let Some((agent, made)) = world.agents.get(index).zip(world.keys.get(number)) else {
        return Err(no_such_agent());
    };
    let shown = shown_with_key(agent, now, Some(&plaintext), json!(made.id));
    if let Some(key) = key {
        world.idempotent.insert(key, (request.body.clone(), index, made.id));
    }
    Ok(Reply::json(201, &shown))
}

/// Another key of an agent: its plaintext and its number.
pub(super) fn new_key(world: &mut World, agent: usize, name: &str, now: i64) -> (SecretString, usize) {
    let plaintext = SecretString::from(make_legacy(&mut world.rng));
    let key = Key { name: name.to_owned(), ..Key::new(&plaintext, "ak", Holder::Agent(agent), now) };
    let number = world.keys.add(&plaintext, key);
    (plaintext, number)
}

fn shown_with_key(agent: &Agent, now: i64, plaintext: Option<&SecretString>, key_id: Value) -> Value {
    let mut shown = show(agent, now);
    shown["api_key"] = json!(plaintext.map(ExposeSecret::expose_secret));
    shown["key_id"] = key_id;
    shown
}

fn no_such_agent() -> Box<Reply> {
    Box::new(Reply::refusal(404, "agent_not_found", "This app has no such agent."))
}

/// Provider ids with their scopes, and the slugs of managed secrets.
fn scopes(world: &World, fields: &Fields) -> Result<Option<Map<String, Value>>, Box<Reply>> {
    let Some(given) = fields.object("scopes")? else { return Ok(None) };
    let wrong = |message: &str| invalid("scopes", "value_error", message);
    if Value::Object(given.clone()).to_string().len() > SCOPES {
        return Err(wrong("Scopes are at most 12288 bytes of JSON"));
    }
    for (name, list) in given {
        let texts: Option<Vec<&str>> =
            list.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
        let texts = texts.ok_or_else(|| wrong("Scopes are lists of texts"))?;
        if texts.is_empty() || texts.iter().any(|text| text.is_empty() || *text != text.trim()) {
            return Err(wrong("A list of scopes holds texts without blanks around them"));
        }
        if name == "managed_secret_slugs" {
            let known = |slug: &&str| world.providers.secret.iter().any(|row| *row.slug == **slug);
            if !texts.iter().all(known) {
                return Err(wrong("This app has no managed secret of this name"));
            }
        } else if !world.providers.provider.iter().any(|row| *row.id == **name) {
            return Err(wrong("This app has no such provider"));
        }
    }
    Ok(Some(given.clone()))
}

pub(super) fn update(
    world: &mut World,
    request: &Request,
    caller: Caller,
    id: &str,
    query: &Query,
    now: Timestamp,
) -> Answer {
    app_only(caller)?;
    let now = now.as_second();
    let fields = Fields::read(&request.body, &["display_name", "metadata", "scopes", "policy", "status"])?;
    let display_name = fields.name("display_name", 255)?;
    let metadata = fields.object("metadata")?.cloned();
    let policy = fields.object("policy")?.cloned();
    let scopes = scopes(world, &fields)?;
    let status = fields.text("status")?;
    if status.as_deref().is_some_and(|status| !matches!(status, "active" | "inactive")) {
        return Err(invalid("status", "literal_error", "Input should be 'active' or 'inactive'"));
    }
    let version = query.number("expected_version", 1..=i64::from(u32::MAX))?;
    let grace = query.number("grace_seconds", 0..=LONGEST_GRACE)?;
    if scopes.is_some() && version.is_none() {
        return Err(Box::new(Reply::invalid("query", "expected_version", "missing", "Field required")));
    }
    let index = position(world, id).ok_or_else(no_such_agent)?;
    let Some(agent) = world.agents.get_mut(index) else { return Err(no_such_agent()) };
    if agent.status == "revoked" {
        return Err(Box::new(Reply::refusal(409, "agent_revoked", "This agent was removed.")));
    }
    if version.is_some_and(|version| version != i64::from(agent.version)) {
        let message = "Somebody changed the agent meanwhile.";
        return Err(Box::new(Reply::refusal(409, "agent_concurrent_update", message)));
    }
    agent.settle(now);
    let before = agent.clone();
    if let Some(name) = display_name {
        agent.display_name = Some(name);
    }
    if let Some(metadata) = metadata {
        agent.metadata = metadata;
    }
    if let Some(policy) = policy {
        agent.policy = Value::Object(policy);
    }
    if let Some(status) = status {
        agent.status = status;
    }
    if let Some(scopes) = scopes {
        let grace = grace.unwrap_or(GRACE);
        if narrows(&agent.scopes, &scopes) && grace > 0 {
            agent.narrowing = Some((scopes, now + grace));
        } else {
            (agent.scopes, agent.narrowing) = (scopes, None);
        }
    }
    // What is as it was is no change.
    if show(agent, now) != show(&before, now) {
        agent.version += 1;
    }
    Ok(Reply::json(200, &show(agent, now)))
}

/// Whether something that is held now will be missing.
fn narrows(held: &Map<String, Value>, wanted: &Map<String, Value>) -> bool {
    let items = |list: Option<&Value>| list.and_then(Value::as_array).cloned().unwrap_or_default();
    held.iter().any(|(name, list)| {
        let kept = items(wanted.get(name));
        items(Some(list)).iter().any(|item| !kept.contains(item))
    })
}

/// Removes an agent for good; its keys end with it. Removing it again changes nothing.
pub(super) fn delete(world: &mut World, caller: Caller, id: &str, now: Timestamp) -> Answer {
    app_only(caller)?;
    let now = now.as_second();
    let index = position(world, id).ok_or_else(no_such_agent)?;
    let Some(agent) = world.agents.get_mut(index) else { return Err(no_such_agent()) };
    if agent.status != "revoked" {
        "revoked".clone_into(&mut agent.status);
        agent.version += 1;
        for (_, key) in world.keys.iter_mut().filter(|(_, key)| key.holder == Holder::Agent(index)) {
            key.revoked_at.get_or_insert(now);
        }
    }
    Ok(Reply::json(200, &show(agent, now)))
}
