//! Roots: the grants that are not delegated from another.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{DAY, Grower, HOUR, MINUTE, once_in, uuid};
use crate::grant::{Grant, Kind, Oauth, Secret};
use crate::tables::AccountStyle;

/// What has become of a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Fine,
    NeedsReconnect,
    /// It has lost these required scopes; none named: one of them.
    MissingScopes(Vec<String>),
    Expired,
    Expiring,
    Revoked,
    Deprovisioned,
}

impl Grower {
    /// A healthy OAuth grant of a user, nobody's in particular yet.
    pub(super) fn oauth_root(&mut self, provider: usize, user: usize, created_at: i64) -> Grant {
        let style = self.providers.provider[provider].account;
        let (account, display_name, slug) = self.account(style, user);
        let rng = &mut self.rng;
        let row = &self.providers.provider[provider];
        let wide = once_in(rng, 20);
        let chance = |rng: &mut fastrand::Rng, share: u32| wide || once_in(rng, share);
        let scopes = row
            .scopes()
            .filter(|scope| scope.required || chance(rng, if scope.default { 850 } else { 120 }))
            .map(|scope| Arc::clone(scope.name))
            .collect();
        let last_used_at = last_use(rng, created_at, self.now);
        let expires_at =
            (row.token_minutes > 0).then(|| last_used_at.unwrap_or(created_at) + row.token_minutes * MINUTE);
        Grant {
            id: uuid(rng),
            selector: Arc::clone(&row.id),
            kind: Kind::Oauth(Oauth {
                scopes,
                display_name: Some(display_name.into()),
                api_base_url: row.api_base_url.as_ref().map(|template| template.replace("{slug}", &slug)),
                scope_mismatch: false,
                needs_reconnect: false,
                delegated_agents: Vec::new(),
                renewals: 0,
            }),
            status: "active",
            account: Some(account.into()),
            label: once_in(rng, 250).then(|| pick(rng, &self.people.labels)),
            created_at,
            last_used_at,
            expires_at,
            grant_expires_at: calm_end(rng, self.now),
            delegated_at: None,
            principal: if once_in(rng, 50) { "system" } else { "user" },
            user: Some(user),
            holder: None,
            credential: uuid(rng),
            policy: None,
            parent: None,
            depth: 0,
            delegable: once_in(rng, 300),
            scope_constraint: None,
            user_limits: false,
            written: None,
        }
    }

    /// A healthy managed-secret grant.
    pub(super) fn secret_root(&mut self, secret: usize, user: usize, created_at: i64) -> Grant {
        let rng = &mut self.rng;
        let row = &self.providers.secret[secret];
        let (managed_id, credentials) = self.secret_ids[secret];
        let own = &*row.credential == "end_user";
        let principal = match rng.u32(0..100) {
            _ if own => "user",
            0..30 => "user",
            30..45 => "group",
            45..80 => "system",
            _ => "agent",
        };
        let holder =
            (principal == "agent").then(|| rng.usize(..6)).map(|index| (index, self.agents[index].id));
        let year = 2024 + rng.u32(0..3);
        Grant {
            id: uuid(rng),
            selector: Arc::clone(&row.slug),
            kind: Kind::Secret(Secret {
                id: managed_id,
                name: Arc::clone(&row.name),
                credential_kind: Arc::clone(&row.credential),
                credential_label: once_in(rng, 700).then(|| format!("live key {year}").into()),
            }),
            status: "active",
            account: own.then(|| self.users[user].email.as_str().into()),
            label: once_in(rng, 850).then(|| pick(rng, &self.people.labels)),
            created_at,
            last_used_at: last_use(rng, created_at, self.now),
            expires_at: None,
            grant_expires_at: calm_end(rng, self.now),
            delegated_at: None,
            principal,
            user: (principal == "user").then_some(user),
            holder,
            credential: if own { uuid(rng) } else { credentials[rng.usize(..2) * usize::from(!row.single)] },
            policy: None,
            parent: None,
            depth: 0,
            delegable: once_in(rng, 300),
            scope_constraint: None,
            user_limits: false,
            written: None,
        }
    }

    /// Account identifier, display name, and the company's slug.
    fn account(&mut self, style: AccountStyle, user: usize) -> (String, String, String) {
        let rng = &mut self.rng;
        let user = &self.users[user];
        let company = &self.people.company[user.company];
        let team = &self.people.teams[rng.usize(..self.people.teams.len())];
        let slug = company.slug.clone();
        match style {
            AccountStyle::Email => (user.email.clone(), user.name.clone(), slug),
            AccountStyle::Login => (user.handle.replace('.', "-"), user.name.clone(), slug),
            AccountStyle::Workspace if once_in(rng, 220) => {
                let name = &self.people.workspaces[rng.usize(..self.people.workspaces.len())];
                (name.clone(), user.name.clone(), slug)
            }
            AccountStyle::Workspace => (format!("{slug}-{team}"), format!("{} {team}", company.name), slug),
            AccountStyle::Org => (company.name.clone(), company.name.clone(), slug),
            AccountStyle::Site => (format!("{slug}.atlassian.net"), company.name.clone(), slug),
            AccountStyle::Shop => (format!("{slug}.myshopify.com"), company.name.clone(), slug),
        }
    }

    /// Let something become of a grant.
    pub(super) fn befall(&mut self, grant: &mut Grant, state: &State) {
        let (now, rng) = (self.now, &mut self.rng);
        match (state, &mut grant.kind) {
            (State::Fine, _) => {}
            (State::NeedsReconnect, Kind::Oauth(oauth)) => oauth.needs_reconnect = true,
            (State::MissingScopes(named), Kind::Oauth(oauth)) => {
                let row = self.providers.provider.iter().find(|row| row.id == grant.selector);
                let required: Vec<&Arc<str>> = row
                    .iter()
                    .flat_map(|row| row.scopes())
                    .filter(|scope| scope.required)
                    .map(|scope| scope.name)
                    .collect();
                // The last required scope is the one an app came to need later.
                let newest = required.last().map(|scope| vec![scope.to_string()]).unwrap_or_default();
                let gone = if named.is_empty() { &newest } else { named };
                oauth.scopes.retain(|scope| !gone.iter().any(|name| **name == **scope));
                oauth.scope_mismatch = true;
            }
            (State::Expiring, _) => {
                let span = if rng.bool() { HOUR..DAY } else { DAY..7 * DAY - HOUR };
                grant.grant_expires_at = Some(now + rng.i64(span));
            }
            (State::Expired, _) => {
                let end = now - rng.i64(HOUR..60 * DAY);
                grant.grant_expires_at = Some(end.max(grant.created_at + MINUTE).min(now - MINUTE));
                // Half of them wait for the job that updates the row, and read as expired all the same.
                if rng.bool() {
                    grant.status = "expired";
                }
                grant.last_used_at = grant.last_used_at.min(grant.grant_expires_at);
            }
            (State::Revoked, _) => grant.status = "revoked",
            // A managed secret knows neither scopes nor reconnection; what remains is that it was taken away.
            (State::Deprovisioned | State::NeedsReconnect | State::MissingScopes(_), _) => {
                grant.status = "deprovisioned";
            }
        }
    }

    /// One of the policies seen in the field (docs/protocol/grants.md section 1, `grant_policy`).
    pub(super) fn policy(kind: &str) -> Arc<Value> {
        Arc::new(match kind {
            "restrictions" => {
                json!({ "restrictions": { "methods": ["GET", "HEAD"] } })
            }
            "one approval" => {
                json!({ "requires_approval": { "methods": ["POST", "PUT", "PATCH", "DELETE"], "approvers_count": 1 } })
            }
            "paths" => {
                json!({ "restrictions": { "paths": ["/user", "/user/*", "/repos/mossgate-ci/*"] } })
            }
            "approval" => {
                json!({ "requires_approval": { "methods": ["POST", "PUT", "PATCH", "DELETE"], "approvers_count": 2 } })
            }
            _ => json!({ "max_ttl_seconds": 2_592_000 }),
        })
    }
}

pub(super) fn pick<Item: Clone>(rng: &mut fastrand::Rng, items: &[Item]) -> Item {
    items[rng.usize(..items.len())].clone()
}

/// Mostly recent, sometimes never.
fn last_use(rng: &mut fastrand::Rng, created_at: i64, now: i64) -> Option<i64> {
    let age = (now - created_at).max(MINUTE);
    let since = (age as f64 * rng.f64().powi(4)) as i64;
    (!once_in(rng, 60)).then(|| (now - since.max(20)).max(created_at))
}

/// An end that worries nobody: none, or more than a week away.
fn calm_end(rng: &mut fastrand::Rng, now: i64) -> Option<i64> {
    match rng.u32(0..100) {
        0..55 => None,
        55..80 => Some(now + rng.i64(30 * DAY..365 * DAY)),
        _ => Some(now + rng.i64(8 * DAY..30 * DAY)),
    }
}
