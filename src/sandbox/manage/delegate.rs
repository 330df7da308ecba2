//! `POST /sdk/grants/{id}/delegate` (docs/protocol/grants.md section 5).

use std::sync::Arc;

use serde_json::json;

use super::read::{self, bad_constraint};
use super::{atoms, no_such_grant};
use crate::call::held_scopes;
use crate::grant::{Grant, Kind, instant};
use crate::input::{Fields, invalid};
use crate::message::{Reply, Request};
use crate::seed::uuid;
use crate::world::{Caller, World};

/// So many hops from the root a grant may be passed on. The backend allows 8 at most; providers may set less.
const DEEPEST: u8 = 8;
/// Providers whose grants are never passed on from agent to agent, and how deep those of the others may go.
const CEILINGS: [(&str, u8); 3] = [("quickbooks", 0), ("xero", 0), ("slack", 3)];

/// How far the grants of a provider may be passed on.
fn ceiling(grant: &Grant) -> u8 {
    let own = CEILINGS.iter().find(|(provider, _)| *provider == &*grant.selector);
    own.map_or(DEEPEST, |(_, depth)| *depth)
}

pub(crate) fn delegate(
    world: &mut World,
    request: &Request,
    caller: Caller,
    id: &str,
    now: i64,
) -> Result<Reply, Box<Reply>> {
    let Some(holder) = caller.agent() else {
        let message = "Only an agent passes on what it holds.";
        return Err(Box::new(Reply::refusal(403, "agent_key_required", message)));
    };
    let known = ["to_agent_id", "delegable", "scope_constraint", "ttl_seconds"];
    let fields = Fields::read(&request.body, &known)?;
    let to = fields.needed("to_agent_id")?;
    let delegable = fields.flag("delegable")?;
    let constraint = atoms(&fields)?;
    let ttl = fields.whole("ttl_seconds", 1..=i64::from(u32::MAX))?;
    let held = world.active(id, now)?;
    let Some(grant) = world.grants.get(held) else { return Err(no_such_grant()) };
    if grant.holder.is_none_or(|(agent, _)| agent != holder) {
        return Err(no_such_grant());
    }
    let to = read::agent_named(world, &to)?;
    if to == holder {
        return Err(invalid("to_agent_id", "value_error", "An agent cannot delegate to itself"));
    }
    let refuse = |reason: &str| {
        let body = json!({ "detail": {
            "error": "grant_not_delegable", "message": "This grant cannot be passed on.",
            "detail_reason": reason,
        }});
        Err(Box::new(Reply::json(403, &body)))
    };
    if grant.parent.is_none() && grant.user.is_none() {
        return refuse("no_consenting_user");
    }
    if !grant.delegable {
        return refuse("holder_not_delegable");
    }
    let deepest = ceiling(grant);
    if deepest <= grant.depth {
        return refuse("ceiling_off");
    }
    if delegable == Some(true) && grant.depth + 1 >= deepest {
        return refuse("no_onward_hop");
    }
    let outside = |atom: &Arc<str>| !held_scopes(grant).contains(atom);
    match (&grant.kind, &constraint) {
        (Kind::Secret(_), Some(_)) => {
            return Err(bad_constraint("A managed secret has no provider scopes to narrow."));
        }
        (Kind::Oauth(_), Some(atoms)) if atoms.iter().any(outside) => {
            return Err(bad_constraint("A delegation can only narrow what the holder has."));
        }
        _ => {}
    }
    let ends = ttl.map(|ttl| now.saturating_add(ttl));
    let (child, is_new) = pass_on(world, held, to, delegable, constraint, ends, now);
    let Some(grant) = world.grants.get(child) else { return Err(no_such_grant()) };
    let kind = if let Kind::Oauth(_) = grant.kind { "oauth" } else { "managed_secret" };
    let body = json!({
        "grant_id": grant.id, "grant_kind": kind, "parent_grant_id": grant.parent, "depth": grant.depth,
        "delegable": grant.delegable, "status": grant.status_at(now),
        "expires_at": grant.grant_expires_at.map(instant),
    });
    Ok(Reply::json(if is_new { 201 } else { 200 }, &body))
}

/// Gives an agent its delegation of a grant, or updates the one that it has. Its place, and whether it is new.
pub(crate) fn pass_on(
    world: &mut World,
    parent: usize,
    agent: usize,
    delegable: Option<bool>,
    constraint: Option<Vec<Arc<str>>>,
    ends: Option<i64>,
    now: i64,
) -> (usize, bool) {
    let (Some(above), Some(to)) = (world.grants.get(parent), world.agents.get(agent)) else {
        return (parent, false);
    };
    let (above, to) = (above.clone(), (agent, to.id));
    let ends = [ends, above.grant_expires_at].into_iter().flatten().min();
    let existing = world.grants.iter().position(|grant| {
        grant.parent == Some(above.id)
            && grant.holder.is_some_and(|(holder, _)| holder == agent)
            && grant.status_at(now) == "active"
    });
    if let Some(child) = existing {
        world.change(child, now, |grant| {
            grant.delegable = delegable.unwrap_or(grant.delegable);
            grant.grant_expires_at = ends;
            if constraint.is_some() {
                grant.scope_constraint = constraint;
            }
        });
        return (child, false);
    }
    let mut child = super::fresh(&above, uuid(&mut world.rng), None, now);
    (child.parent, child.depth, child.holder) = (Some(above.id), above.depth.saturating_add(1), Some(to));
    (child.principal, child.delegable) = ("agent", delegable.unwrap_or(false));
    (child.delegated_at, child.grant_expires_at) = (Some(now), ends);
    child.scope_constraint = constraint.or(above.scope_constraint);
    world.change(parent, now, |grant| {
        if let Kind::Oauth(oauth) = &mut grant.kind {
            oauth.delegated_agents.push(to.1);
        }
    });
    (world.admit(child, now), true)
}
