//! What comes of a session that a person accepts.

use std::sync::Arc;

use serde_json::{Value, json};

use super::account::Account;
use super::oauth::{self, Wanted};
use super::{End, secret, with};
use crate::call::held_scopes;
use crate::grant::{Grant, Kind, Oauth, instant};
use crate::manage::{fresh, pass_on};
use crate::seed::uuid;
use crate::world::World;

impl World {
    /// Connects the providers that were kept. `at` is in Unix milliseconds.
    pub(super) fn finish_connect(
        &mut self,
        place: usize,
        wanted: &Wanted,
        kept: &[String],
        other: bool,
        at: i64,
    ) -> End {
        let session = self.sessions.0.get(place);
        let declined: Vec<Arc<str>> = session
            .map(|session| session.declined.iter().map(|(id, _)| Arc::clone(id)).collect())
            .unwrap_or_default();
        let offered = self.offered(wanted);
        let chosen = |id: &Arc<str>| {
            if kept.is_empty() {
                // Every provider is on offer where none was named; nobody connects them all.
                !wanted.providers.is_empty() || offered.first() == Some(id)
            } else {
                kept.iter().any(|name| **name == **id)
            }
        };
        let (mut entries, mut failed) = (Vec::new(), Vec::new());
        for provider in offered.iter().filter(|id| !declined.contains(id)) {
            if chosen(provider) {
                entries.extend(self.connect_one(provider, wanted, other, at / 1000));
            } else if !wanted.providers.is_empty() {
                failed.push(json!({
                    "provider_id": provider, "reason": "not_selected", "message": "The user left it out.",
                }));
            }
        }
        End::Connected(entries, failed)
    }

    /// The providers on the page.
    pub(super) fn offered(&self, wanted: &Wanted) -> Vec<Arc<str>> {
        if wanted.providers.is_empty() {
            self.providers.provider.iter().map(|row| Arc::clone(&row.id)).collect()
        } else {
            wanted.providers.clone()
        }
    }

    /// The grants of this session's owner at a provider, newest first.
    fn owned(&self, provider: &str, user: Option<usize>) -> Vec<usize> {
        let is_owned = |grant: &Grant| {
            *grant.selector == *provider
                && grant.parent.is_none()
                && match user {
                    Some(_) => grant.user == user && grant.principal == "user",
                    None => grant.principal == "system",
                }
        };
        self.order.iter().copied().filter(|index| self.grants.get(*index).is_some_and(is_owned)).collect()
    }

    fn connect_one(&mut self, provider: &Arc<str>, wanted: &Wanted, other: bool, now: i64) -> Option<Value> {
        let other = other || wanted.switch;
        let owned = self.owned(provider, wanted.user);
        let repaired = wanted.repair.and_then(|id| self.index_of(id));
        // A repair keeps the account. Who connects again takes the account of the grant with the label that was asked for, else that of the
        // newest which can be used, else that of the newest.
        let of = |fits: &dyn Fn(&Grant) -> bool| {
            owned.iter().copied().find(|index| self.grants.get(*index).is_some_and(fits))
        };
        let labelled =
            wanted.label.as_ref().and_then(|label| of(&|grant| grant.label.as_ref() == Some(label)));
        let before = repaired
            .or(labelled)
            .or_else(|| of(&|grant| grant.status_at(now) == "active"))
            .or_else(|| owned.first().copied());
        let known = before.and_then(|index| self.grants.get(index)).filter(|_| !other).and_then(account_of);
        let row = oauth::row(self, provider)?;
        let account = known.unwrap_or_else(|| self.account_at(row, wanted.user, other));
        let same = |grant: &Grant| {
            grant.status_at(now) == "active" && grant.account.as_ref() == Some(&account.identifier)
        };
        let existing = of(&|grant| same(grant) && (wanted.label.is_none() || grant.label == wanted.label));
        let sibling = of(&same);
        let (index, operation) = match (repaired, existing, sibling) {
            (Some(index), ..) => {
                self.change(index, now, |grant| assume(grant, &account));
                (index, "reauth")
            }
            (None, Some(index), _) => (index, "reauth"),
            (None, None, like) => {
                let grant = self.new_connection(provider, wanted, &account, like, now);
                (self.admit(grant, now), "creation")
            }
        };
        self.heal(index, wanted, now);
        Some(self.entry(index, operation, wanted, now))
    }

    fn new_connection(
        &mut self,
        provider: &Arc<str>,
        wanted: &Wanted,
        account: &Account,
        like: Option<usize>,
        now: i64,
    ) -> Grant {
        let id = uuid(&mut self.rng);
        let mut grant = match like.and_then(|like| self.grants.get(like)) {
            Some(like) => fresh(like, id, wanted.label.clone(), now),
            None => Grant {
                id,
                selector: Arc::clone(provider),
                kind: Kind::Oauth(Oauth {
                    scopes: Vec::new(),
                    display_name: Some(Arc::clone(&account.name)),
                    api_base_url: account.base_url.clone(),
                    scope_mismatch: false,
                    needs_reconnect: false,
                    delegated_agents: Vec::new(),
                    renewals: 0,
                }),
                status: "active",
                account: Some(Arc::clone(&account.identifier)),
                label: wanted.label.clone(),
                created_at: now,
                last_used_at: None,
                expires_at: None,
                grant_expires_at: None,
                delegated_at: None,
                principal: if wanted.user.is_some() { "user" } else { "system" },
                user: wanted.user,
                holder: None,
                credential: uuid(&mut self.rng),
                policy: None,
                parent: None,
                depth: 0,
                delegable: false,
                scope_constraint: None,
                user_limits: false,
                written: None,
            },
        };
        grant.grant_expires_at = wanted.lifetime.ends(now);
        grant.policy = wanted.restrictions.as_ref().map(|rule| Arc::new(json!({ "restrictions": rule })));
        grant
    }

    /// The credential is new: what was wrong with it is over, for this grant and its siblings.
    fn heal(&mut self, index: usize, wanted: &Wanted, now: i64) {
        let Some(grant) = self.grants.get(index) else { return };
        let (credential, provider) = (grant.credential, Arc::clone(&grant.selector));
        let Some(row) = oauth::row(self, &provider) else { return };
        let minutes = row.token_minutes;
        let mut needed: Vec<Arc<str>> =
            row.scopes().filter(|scope| scope.required).map(|scope| Arc::clone(scope.name)).collect();
        // Where the session names scopes, they replace the app's own choice of optional ones.
        if let Some((_, scopes)) = wanted.required.iter().find(|(id, _)| *id == provider) {
            needed.extend(scopes.iter().cloned());
        } else {
            let usual = row.scopes().filter(|scope| scope.default);
            needed.extend(usual.map(|scope| Arc::clone(scope.name)));
        }
        let alike: Vec<usize> = (0..self.grants.len())
            .filter(|other| {
                self.grants
                    .get(*other)
                    .is_some_and(|grant| grant.credential == credential && grant.status == "active")
            })
            .collect();
        for other in alike {
            self.change(other, now, |grant| {
                if let Kind::Oauth(oauth) = &mut grant.kind {
                    for scope in &needed {
                        if !oauth.scopes.contains(scope) {
                            oauth.scopes.push(Arc::clone(scope));
                        }
                    }
                    (oauth.needs_reconnect, oauth.scope_mismatch) = (false, false);
                    oauth.renewals += 1;
                    grant.expires_at = (minutes > 0).then(|| now + minutes * 60);
                }
            });
            if let Some(grant) = self.grants.get(other) {
                self.calls.reported.remove(&grant.id);
            }
        }
    }

    /// What the poll tells of a grant (docs/protocol/connect.md section 2).
    fn entry(&mut self, index: usize, operation: &str, wanted: &Wanted, now: i64) -> Value {
        let delegation = wanted.agent.and_then(|agent| {
            let (child, _) =
                pass_on(self, index, agent, wanted.delegable, wanted.constraint.clone(), None, now);
            let child = self.grants.get(child)?;
            let (_, id) = child.holder?;
            let (id, delegable) = (id, child.delegable);
            Some(json!({ "agent_id": id, "delegable": delegable, "policy_refused": false }))
        });
        let Some(grant) = self.grants.get(index) else { return Value::Null };
        let base = match &grant.kind {
            Kind::Oauth(oauth) => oauth.api_base_url.as_ref(),
            Kind::Secret(_) => None,
        };
        let policy = grant.grant_expires_at.map(
            |end| json!({ "expires_at": instant(end), "created_by": "end_user", "created_at": instant(now) }),
        );
        let entry = json!({
            "grant_id": grant.id, "provider_id": grant.selector, "account_identifier": grant.account,
            "scopes": held_scopes(grant), "api_base_url": base, "operation": operation, "grant_policy": policy,
        });
        match delegation {
            Some(delegation) => with(entry, &json!({ "delegation": delegation })),
            None => entry,
        }
    }

    /// The user's key is entered, replaced, or its use approved (docs/protocol/connect.md section 3).
    pub(super) fn finish_secret(&mut self, wanted: &secret::Wanted, at: i64) -> End {
        let now = at / 1000;
        let index = match wanted.path {
            secret::Path::Existing(index) => index,
            secret::Path::Repair(index) => {
                let ends = wanted.lifetime.ends(now);
                self.change(index, now, |grant| {
                    grant.status = "active";
                    if grant.grant_expires_at.is_some_and(|end| end <= now) {
                        grant.grant_expires_at = ends;
                    }
                });
                index
            }
            secret::Path::KeyEntry => {
                let credential = uuid(&mut self.rng);
                let mut grant = self.secret_grant(wanted.secret, credential, wanted.label.clone(), now);
                if let Kind::Secret(kind) = &mut grant.kind {
                    kind.credential_kind = "end_user".into();
                }
                (grant.principal, grant.user) = ("user", Some(wanted.user));
                grant.account = self.users.get(wanted.user).map(|user| user.email.as_str().into());
                if wanted.agent.is_none() {
                    grant.grant_expires_at = wanted.lifetime.ends(now);
                }
                self.admit(grant, now)
            }
        };
        if let Some(agent) = wanted.agent {
            let delegable = wanted.delegable.then_some(true);
            pass_on(self, index, agent, delegable, None, wanted.lifetime.ends(now), now);
        }
        End::Connected(Vec::new(), Vec::new())
    }
}

/// The account of a grant.
fn account_of(grant: &Grant) -> Option<Account> {
    let Kind::Oauth(oauth) = &grant.kind else { return None };
    Some(Account {
        identifier: grant.account.clone()?,
        name: oauth.display_name.clone().unwrap_or_default(),
        base_url: oauth.api_base_url.clone(),
    })
}

/// A grant becomes one of this account.
fn assume(grant: &mut Grant, account: &Account) {
    grant.account = Some(Arc::clone(&account.identifier));
    if let Kind::Oauth(oauth) = &mut grant.kind {
        oauth.display_name = Some(Arc::clone(&account.name));
        oauth.api_base_url.clone_from(&account.base_url);
    }
}
