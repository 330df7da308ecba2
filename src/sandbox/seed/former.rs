//! Earlier grants of accounts that were connected again: what an id in a file may still mean.

use std::sync::Arc;

use crate::grant::{Grant, Kind};
use crate::tables::FormerRow;

/// Makes the oldest grants of the crowd earlier ones of the fixtures: each keeps its id, its age and its state, and gets
/// the account. Where the world is too small to have one, nothing is done. `grants` are newest first.
pub(super) fn remember(rows: &[FormerRow], grants: &mut [Grant], now: i64) {
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let is_current = |grant: &&Grant| {
            grant.selector == row.provider
                && grant.account.as_ref() == Some(&row.account)
                && grant.parent.is_none()
        };
        let Some(current) = grants.iter().find(is_current).cloned() else { continue };
        let is_alike = |index: &usize| {
            let Some(grant) = grants.get(*index) else { return false };
            let Kind::Oauth(oauth) = &grant.kind else { return false };
            let is_over = grant.grant_expires_at.is_some_and(|end| end <= now);
            let has_ended = is_over || matches!(grant.status, "revoked" | "expired");
            let is_plain = grant.parent.is_none() && oauth.delegated_agents.is_empty();
            let is_known = has_ended || grant.status == "active" && !oauth.needs_reconnect;
            grant.selector == row.provider
                && grant.created_at < current.created_at
                && is_plain
                && is_known
                && has_ended == row.ended
                && !taken.contains(index)
                && grants.iter().filter(|other| other.credential == grant.credential).count() == 1
        };
        let Some(oldest) = (0..grants.len()).rev().find(is_alike) else { continue };
        taken.push(oldest);
        let grant = &mut grants[oldest];
        grant.account.clone_from(&current.account);
        grant.label.clone_from(&current.label);
        (grant.principal, grant.user, grant.holder) = (current.principal, current.user, current.holder);
        if let (Kind::Oauth(own), Kind::Oauth(other)) = (&mut grant.kind, &current.kind) {
            own.display_name = other.display_name.as_ref().map(Arc::clone);
            own.api_base_url.clone_from(&other.api_base_url);
        }
    }
}
