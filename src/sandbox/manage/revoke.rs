//! `POST /sdk/oauth/grants/{id}/revoke` (docs/protocol/grants.md section 2).

use serde_json::json;

use super::{no_such_grant, read};
use crate::faults::Fault;
use crate::grant::{Kind, instant};
use crate::input::Fields;
use crate::message::{Reply, Request};
use crate::world::{Caller, World};

pub(crate) fn revoke(
    world: &mut World,
    request: &Request,
    caller: Caller,
    id: &str,
    now: i64,
    faults: &[Fault],
) -> Result<Reply, Box<Reply>> {
    read::id(id, "grant_id")?;
    let fields = Fields::read(&request.body, &["reason", "user_token"])?;
    fields.text("reason")?;
    let user = fields.text("user_token")?.map(|token| world.user_of(&token, now)).transpose()?;
    let index = world.active(id, now)?;
    let Some(grant) = world.grants.get(index) else { return Err(no_such_grant()) };
    // An agent may end what it is the principal of; with a user token only that user's grants are there.
    if !caller.holder.reaches(grant) || user.is_some_and(|user| grant.user != Some(user)) {
        return Err(no_such_grant());
    }
    let (id, credential) = (grant.id, grant.credential);
    world.end(index, now);
    if faults.contains(&Fault::SiblingsDie) {
        let is_sibling = |index: &usize| {
            world.grants.get(*index).is_some_and(|grant| {
                grant.credential == credential
                    && grant.status_at(now) == "active"
                    && matches!(grant.kind, Kind::Oauth(_))
            })
        };
        let siblings: Vec<usize> = (0..world.grants.len()).filter(is_sibling).collect();
        for sibling in siblings {
            world.change(sibling, now, |grant| {
                if let Kind::Oauth(oauth) = &mut grant.kind {
                    oauth.needs_reconnect = true;
                }
            });
        }
    }
    let body = json!({
        "success": true, "message": "Grant revoked", "grant_id": id, "revoked_at": instant(now),
    });
    Ok(Reply::json(200, &body))
}
