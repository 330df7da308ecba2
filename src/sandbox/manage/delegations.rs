//! `DELETE /sdk/grants/{id}/delegations/{agent}` and `…/me` (docs/protocol/grants.md section 3).

use uuid::Uuid;

use super::{no_such_grant, read};
use crate::keys::Holder;
use crate::message::Reply;
use crate::world::{Caller, World};

/// An operator takes an agent's access away.
pub(crate) fn remove(world: &mut World, caller: Caller, id: &str, agent: &str, now: i64) -> Reply {
    if caller.holder != Holder::App {
        let message = "An agent gives up its own access at …/delegations/me.";
        return Reply::refusal(403, "use_self_revoke_path", message);
    }
    let ids = read::id(id, "grant_id").and_then(|id| Ok((id, read::id(agent, "agent_id")?)));
    ids.and_then(|(id, agent)| act(world, id, agent, now)).unwrap_or_else(|refusal| *refusal)
}

/// An agent gives up its own access; an app key may, while it acts as the agent.
pub(crate) fn give_up(world: &mut World, caller: Caller, id: &str, now: i64) -> Reply {
    let agent = caller.agent().and_then(|agent| world.agents.get(agent)).map(|agent| agent.id);
    let Some(agent) = agent else {
        return Reply::refusal(403, "agent_key_required", "Only an agent has access of its own to give up.");
    };
    read::id(id, "grant_id").and_then(|id| act(world, id, agent, now)).unwrap_or_else(|refusal| *refusal)
}

/// Ends the agent's delegations below a grant, or the delegation that the id itself is. Nothing there is no error,
/// but a grant that was never there is.
fn act(world: &mut World, id: Uuid, agent: Uuid, now: i64) -> Result<Reply, Box<Reply>> {
    let Some(index) = world.index_of(id) else { return Err(no_such_grant()) };
    let is_agents = |index: &usize| {
        world.grants.get(*index).is_some_and(|grant| {
            grant.parent.is_some()
                && grant.holder.is_some_and(|(_, holder)| holder == agent)
                && grant.status != "revoked"
        })
    };
    let gone: Vec<usize> = world.below(index).into_iter().chain([index]).filter(is_agents).collect();
    for index in gone {
        world.end(index, now);
    }
    Ok(Reply::raw(204, "application/json", ""))
}
