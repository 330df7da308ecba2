//! Keys derived, rotated and revoked (docs/protocol/grants.md section 11).
//!
//! Not stated and chosen: an agent's key reaches the agent's own keys only; scopes that the caller lacks are 400
//! `scope_not_held`, a lifetime that is too long 400 `ttl_exceeds_maximum`; rotating a derived key is 400
//! `derived_key_not_rotatable`, a revoked one 409 `key_revoked`.

use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Query;
use crate::grant::instant;
use crate::input::{Fields, invalid};
use crate::keys::{Holder, Key, make_legacy, make_scoped};
use crate::message::{Reply, Request};
use crate::scopes;
use crate::seed::{DAY, HOUR};
use crate::world::{Caller, World};

/// A derived key lives at most so many seconds.
const LONGEST: i64 = 24 * HOUR;
/// Requests a minute that a key is told to have where the sandbox meters none.
const RATE: u32 = 1000;

type Answer = Result<Reply, Box<Reply>>;

fn refuse(status: u16, code: &str, message: &str) -> Box<Reply> {
    Box::new(Reply::refusal(status, code, message))
}

pub(super) fn derive(world: &mut World, request: &Request, caller: Caller, now: i64) -> Answer {
    let known = ["scopes", "expires_in", "cidr_allowlist", "name", "metadata"];
    let fields = Fields::read(&request.body, &known)?;
    let wanted = fields.texts("scopes")?.filter(|scopes| !scopes.is_empty());
    let wanted = wanted.ok_or_else(|| invalid("scopes", "missing", "Name at least one scope"))?;
    let life = fields.whole("expires_in", 1..=i64::MAX)?;
    let life = life.ok_or_else(|| invalid("expires_in", "missing", "Field required"))?;
    let networks = networks(&fields)?;
    let name = fields.name("name", 255)?;
    fields.object("metadata")?;
    let Some(parent) = world.keys.get(caller.key).cloned() else { return Err(no_such_key()) };
    if wanted.iter().any(|scope| scope == "keys:derive") {
        let message = "A derived key cannot derive.";
        return Err(refuse(400, "invalid_scope_for_derived_key", message));
    }
    if let Some(unknown) = wanted.iter().find(|scope| !scopes::is_known(scope)) {
        return Err(invalid("scopes", "value_error", &format!("There is no scope {unknown}")));
    }
    let held = |scope: &String| {
        parent.scopes.as_ref().is_none_or(|held| held.iter().any(|held| scopes::includes(held, scope)))
    };
    if !wanted.iter().all(held) {
        return Err(refuse(400, "scope_not_held", "A derived key has at most what its parent has."));
    }
    let left = parent.expires_at.map_or(i64::MAX, |end| end - now);
    if life > LONGEST.min(left) {
        let message = "A derived key lives for at most 24 hours, and not longer than its parent.";
        return Err(refuse(400, "ttl_exceeds_maximum", message));
    }
    let plaintext = SecretString::from(make_scoped(&mut world.rng, "dk"));
    let key = Key {
        name: name.unwrap_or_else(|| format!("derived-{now}")),
        scopes: Some(wanted.into()),
        networks: networks.or(parent.networks),
        expires_at: Some(now + life),
        parent: Some(caller.key),
        ..Key::new(&plaintext, "dk", parent.holder, now)
    };
    let number = world.keys.add(&plaintext, key);
    Ok(Reply::json(201, &minted(world, number, &plaintext)))
}

/// `address/length` each.
fn networks(fields: &Fields) -> Result<Option<Vec<String>>, Box<Reply>> {
    let Some(list) = fields.texts("cidr_allowlist")? else { return Ok(None) };
    let right = |text: &String| {
        text.split_once('/').is_some_and(|(address, length)| {
            let most = match address.parse() {
                Ok(IpAddr::V4(_)) => 32,
                Ok(IpAddr::V6(_)) => 128,
                Err(_) => return false,
            };
            length.parse().is_ok_and(|length: u32| length <= most)
        })
    };
    if list.iter().all(right) {
        Ok(Some(list))
    } else {
        Err(invalid("cidr_allowlist", "value_error", "Input should be networks as 10.0.0.0/8"))
    }
}

fn no_such_key() -> Box<Reply> {
    refuse(404, "key_not_found", "There is no such key.")
}

/// The number of a key that the caller may touch.
fn find(world: &World, caller: Caller, id: &str) -> Result<usize, Box<Reply>> {
    let wanted = Uuid::try_parse(id).ok();
    let found = world.keys.iter().find(|(_, key)| Some(key.id) == wanted);
    let mine = |key: &Key| caller.holder == Holder::App || key.holder == caller.holder;
    found.filter(|(_, key)| mine(key)).map(|(number, _)| number).ok_or_else(no_such_key)
}

pub(super) fn rotate(world: &mut World, request: &Request, caller: Caller, id: &str, now: i64) -> Answer {
    let fields = Fields::read(&request.body, &["overlap_days"])?;
    let overlap = fields.whole("overlap_days", 0..=30)?.unwrap_or(7);
    let old = find(world, caller, id)?;
    let Some(key) = world.keys.get(old).cloned() else { return Err(no_such_key()) };
    if key.kind == "dk" {
        let message = "A derived key cannot be rotated: derive another.";
        return Err(refuse(400, "derived_key_not_rotatable", message));
    }
    if key.state_at(now).is_some() {
        return Err(refuse(409, "key_revoked", "This key no longer works."));
    }
    let plaintext = SecretString::from(match key.holder {
        Holder::App => make_scoped(&mut world.rng, key.kind),
        Holder::Agent(_) => make_legacy(&mut world.rng),
    });
    let successor = Key {
        name: key.name.clone(),
        scopes: key.scopes.clone(),
        networks: key.networks.clone(),
        ..Key::new(&plaintext, key.kind, key.holder, now)
    };
    let number = world.keys.add(&plaintext, successor);
    if let Some(key) = world.keys.get_mut(old) {
        key.deprecated_at.get_or_insert(now);
        key.replaced_until = Some(now + overlap * DAY);
    }
    Ok(Reply::json(201, &minted(world, number, &plaintext)))
}

pub(super) fn revoke(world: &mut World, caller: Caller, id: &str, query: &Query, now: i64) -> Answer {
    let force = query.flag("force")?;
    let number = find(world, caller, id)?;
    let Some(key) = world.keys.get(number) else { return Err(no_such_key()) };
    let derived = |key: &Key| key.parent == Some(number) && key.kind == "dk";
    if let (Holder::Agent(_), None, false) = (key.holder, key.revoked_at, force) {
        let left = |(other, one): (usize, &Key)| {
            other != number && one.holder == key.holder && one.revoked_at.is_none() && !derived(one)
        };
        if !world.keys.iter().any(left) {
            return Err(refuse(409, "last_active_key", "This is the agent's last key."));
        }
    }
    // Keys derived from it end with it; a derived key derives none.
    for (other, key) in world.keys.iter_mut() {
        if other == number || derived(key) {
            key.revoked_at.get_or_insert(now);
        }
    }
    Ok(Reply::json(200, &show(world, number)))
}

fn minted(world: &World, number: usize, plaintext: &SecretString) -> Value {
    let mut shown = show(world, number);
    shown["api_key"] = json!(plaintext.expose_secret());
    shown
}

fn show(world: &World, number: usize) -> Value {
    let Some(key) = world.keys.get(number) else { return Value::Null };
    let parent = key.parent.and_then(|parent| world.keys.get(parent)).map(|parent| parent.id);
    let held: Vec<&str> = match &key.scopes {
        Some(scopes) => scopes.iter().map(String::as_str).collect(),
        None => scopes::ALL.to_vec(),
    };
    json!({
        "id": key.id, "name": key.name, "key_prefix": key.prefix, "key_type": key.kind, "scopes": held,
        "scope_version": 4, "cidr_allowlist": key.networks, "rate_limit_rpm": null,
        "effective_rate_limit_rpm": world.options.rate_limit.unwrap_or(RATE), "rate_limit_source": "platform_default",
        "expires_at": key.expires_at.map(instant), "deprecated_at": key.deprecated_at.map(instant),
        "revoked_at": key.revoked_at.map(instant), "parent_key_id": parent,
        "created_at": instant(key.created_at), "last_used_at": key.last_used_at.map(instant),
    })
}
