//! What state a grant is in, and what of that forbids a call.

use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::CallError;
use crate::grant::{Grant, Kind};
use crate::message::Reply;
use crate::world::World;

/// What a refusal may say of the grant it is about.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    pub(super) grant: Option<Uuid>,
    pub(super) provider: Option<Arc<str>>,
    pub(super) user: Option<Uuid>,
    pub(super) agent: Option<Uuid>,
}

impl World {
    /// What refusals say of this grant.
    pub(super) fn about(&self, index: usize) -> About {
        self.grants.get(index).map_or_else(About::default, |grant| About {
            grant: Some(grant.id),
            provider: Some(Arc::clone(&grant.selector)),
            user: grant.user.and_then(|user| self.users.get(user)).map(|user| user.id),
            agent: grant.holder.map(|(_, id)| id),
        })
    }

    /// The refusal of a grant that cannot be used at all (docs/protocol/errors.md, main surface).
    pub(super) fn refuse_state(&self, index: usize, now: i64) -> Option<Reply> {
        let grant = self.grants.get(index)?;
        let about = self.about(index);
        match grant.status_at(now) {
            "active" => {}
            "expired" => {
                let ended = grant.grant_expires_at.map(crate::grant::instant);
                let extra = json!({ "details": { "expired_at": ended } });
                return Some(CallError::GrantExpired.with(&about, &extra));
            }
            "revoked" => return Some(CallError::GrantRevoked.reply(&about)),
            // "410 any: this grant is gone" is what fits a grant whose provider was taken from the app.
            _ => return Some(CallError::GrantDeleted.reply(&about)),
        }
        let Kind::Oauth(oauth) = &grant.kind else { return None };
        if oauth.needs_reconnect {
            // The list says that a call "may heal it or fail"; here it fails, every time.
            return Some(CallError::CredentialRevoked.reply(&about));
        }
        if oauth.scope_mismatch {
            let missing = self.missing_scopes(grant);
            let extra = json!({ "details": {
                "grant_id": grant.id, "provider_id": grant.selector, "missing_scopes": missing,
            }});
            return Some(CallError::ScopeMismatch.with(&about, &extra));
        }
        None
    }

    /// Required scopes that are not held, and those that a client reported.
    fn missing_scopes(&self, grant: &Grant) -> Vec<String> {
        let row = self.providers.provider.iter().find(|row| row.id == grant.selector);
        let held = held_scopes(grant);
        let mut missing: Vec<String> = row
            .iter()
            .flat_map(|row| row.scopes())
            .filter(|scope| scope.required && !held.contains(scope.name))
            .map(|scope| scope.name.to_string())
            .collect();
        let reported = self.calls.reported.get(&grant.id).into_iter().flatten();
        missing.extend(reported.filter(|scope| !held.iter().any(|held| **held == ***scope)).cloned());
        missing.dedup();
        missing
    }
}

/// The provider scopes that a call with this grant has: a delegation's constraint narrows them.
pub(crate) fn held_scopes(grant: &Grant) -> &[Arc<str>] {
    match (&grant.scope_constraint, &grant.kind) {
        (Some(constraint), _) => constraint,
        (None, Kind::Oauth(oauth)) => &oauth.scopes,
        (None, Kind::Secret(_)) => &[],
    }
}

/// What a grant's policy says about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    /// The code of the refusal. The codes are choices: docs/protocol/errors.md says only "method, … names it".
    Forbidden(&'static str),
    /// So many people must approve.
    Held(u32),
}

/// Judge a request by `restrictions` and `requires_approval` of a policy (docs/protocol/grants.md section 1).
///
/// Their inner form is not stated. Here: `methods` and `paths` are lists, a path may end in `*`, and an absent list
/// means all; `approvers_count` is 1 where neither it nor a list of approvers is there.
pub(super) fn judge(policy: &serde_json::Value, method: &str, path: &str) -> Verdict {
    let lists = |rule: &serde_json::Value, name: &str, fits: &dyn Fn(&str) -> bool| {
        // The names that Connect sessions use (docs/protocol/connect.md section 1), and shorter ones.
        let longer = if name == "methods" { "allowed_methods" } else { "allowed_endpoints" };
        rule.get(name)
            .or_else(|| rule.get(longer))
            .and_then(serde_json::Value::as_array)
            .is_none_or(|list| list.iter().filter_map(serde_json::Value::as_str).any(fits))
    };
    let same_method = |wanted: &str| wanted.eq_ignore_ascii_case(method);
    let same_path = |wanted: &str| match wanted.strip_suffix('*') {
        Some(head) => path.starts_with(head),
        None => path == wanted,
    };
    if let Some(rule) = policy.get("restrictions").filter(|rule| rule.is_object()) {
        if !lists(rule, "methods", &same_method) {
            return Verdict::Forbidden("method_not_allowed");
        }
        if !lists(rule, "paths", &same_path) {
            return Verdict::Forbidden("path_not_allowed");
        }
    }
    match policy.get("requires_approval").filter(|rule| rule.is_object()) {
        Some(rule) if lists(rule, "methods", &same_method) && lists(rule, "paths", &same_path) => {
            let named = rule.get("approvers").and_then(serde_json::Value::as_array).map(Vec::len);
            let count = rule.get("approvers_count").and_then(serde_json::Value::as_u64);
            let people = count.or(named.map(|named| named as u64)).unwrap_or(1);
            Verdict::Held(u32::try_from(people).unwrap_or(1).max(1))
        }
        _ => Verdict::Allowed,
    }
}
