//! Acts on grants: revoke, mint, delegate, issue (docs/protocol/grants.md sections 2 to 6).
//!
//! What the protocol leaves open is chosen so:
//!
//! - both kinds of grant are revoked by the same call, with everything that was delegated from them; siblings survive;
//! - only OAuth grants that nobody delegated are minted from;
//! - delegating to an agent that has the grant already updates its delegation, under the same id;
//! - a label is unique among the active siblings of a credential, of the same principal;
//! - policies are written as Connect sessions write them (`allowed_methods`, `allowed_endpoints`).

mod delegate;
mod delegations;
mod issue;
mod mint;
mod policy;
mod read;
mod revoke;

use std::sync::Arc;

use uuid::Uuid;

use super::grant::{Grant, Kind};
use super::message::Reply;
use super::world::World;

pub(super) use delegate::{delegate, pass_on};
pub(super) use delegations::{give_up, remove};
pub(super) use issue::issue;
pub(super) use mint::mint;
pub(super) use policy::{Lifetime, restrictions};
pub(super) use read::{agent_named, atoms, bad_constraint, origin};
pub(super) use revoke::revoke;

/// 404: not there, not active, or not this caller's.
fn no_such_grant() -> Box<Reply> {
    Box::new(Reply::refusal(404, "grant_not_found", "There is no such active grant for this caller."))
}

/// 409: an active sibling has this label (docs/protocol/errors.md).
pub(super) fn label_taken(label: &str) -> Reply {
    let body = serde_json::json!({ "detail": {
        "error": "sibling_label_conflict", "message": "An active sibling has this label.", "label": label,
    }});
    Reply::json(409, &body)
}

impl World {
    /// Where an active grant stands.
    fn active(&mut self, id: &str, now: i64) -> Result<usize, Box<Reply>> {
        let index = Uuid::try_parse(id).ok().filter(|_| id.len() == 36).and_then(|id| self.index_of(id));
        let is_active =
            |index: &usize| self.grants.get(*index).is_some_and(|grant| grant.status_at(now) == "active");
        index.filter(is_active).ok_or_else(no_such_grant)
    }

    /// Whether an active grant on this credential, of the same owner, has this label.
    fn has_label(&self, like: &Grant, label: &str, now: i64) -> bool {
        self.grants.iter().any(|grant| {
            grant.credential == like.credential
                && grant.parent.is_none()
                && (grant.principal, grant.user) == (like.principal, like.user)
                && grant.label.as_deref() == Some(label)
                && grant.status_at(now) == "active"
        })
    }
}

/// A grant as a new one: without use, delegations or parent.
pub(super) fn fresh(like: &Grant, id: Uuid, label: Option<Arc<str>>, now: i64) -> Grant {
    let mut grant = Grant { id, label, created_at: now, last_used_at: None, written: None, ..like.clone() };
    grant.delegable = false;
    if let Kind::Oauth(oauth) = &mut grant.kind {
        oauth.delegated_agents.clear();
    }
    grant
}
