//! Which grant a call means (docs/protocol/calls.md A1; docs/protocol/errors.md: `ambiguous_grant`, `no_delegated_grant`).

use serde_json::{Value, json};
use uuid::Uuid;

use super::CallError;
use super::input::{Fields, invalid};
use super::state::About;
use crate::grant::{Grant, Kind};
use crate::keys::Holder;
use crate::message::Reply;
use crate::world::{Caller, World};

/// So many candidates are named.
const CANDIDATES: usize = 20;

/// How a call names its grant.
#[derive(Debug, Default)]
pub(super) struct Address {
    grant: Option<Uuid>,
    provider: Option<String>,
    account: Option<String>,
    label: Option<String>,
    app_user: Option<Uuid>,
    user_token: Option<String>,
}

/// The fields of an address.
pub(super) const FIELDS: [&str; 6] =
    ["grant_id", "provider_id", "account", "label", "app_user_id", "user_token"];

impl Address {
    pub(super) fn read(fields: &Fields) -> Result<Self, Box<Reply>> {
        let address = Self {
            grant: fields.uuid("grant_id")?,
            provider: fields.text("provider_id")?.filter(|text| !text.is_empty()),
            account: fields.text("account")?.filter(|text| !text.is_empty()),
            label: fields.text("label")?.filter(|text| !text.is_empty()),
            app_user: fields.uuid("app_user_id")?,
            user_token: fields.text("user_token")?,
        };
        let narrowed = address.account.is_some() || address.label.is_some() || address.app_user.is_some();
        match (&address.grant, &address.provider) {
            (Some(_), None) if narrowed => {
                Err(invalid("grant_id", "value_error", "account, label and app_user_id need provider_id"))
            }
            (Some(_), None) | (None, Some(_)) => Ok(address),
            _ => Err(invalid("grant_id", "value_error", "Give either grant_id or provider_id")),
        }
    }
}

impl World {
    /// Where the grant with this id stands.
    pub(crate) fn index_of(&mut self, id: Uuid) -> Option<usize> {
        let Self { calls, grants, .. } = self;
        if calls.index.len() != grants.len() {
            calls.index = grants.iter().enumerate().map(|(at, grant)| (grant.id, at)).collect();
        }
        calls.index.get(&id).copied()
    }

    /// The grant that an address means to this caller.
    pub(super) fn resolve(
        &mut self,
        caller: Caller,
        address: &Address,
        now: i64,
    ) -> Result<usize, Box<Reply>> {
        let user = match &address.user_token {
            None => None,
            Some(token) => Some(self.user_of(token, now)?),
        };
        match address.grant {
            Some(id) => self.by_id(caller, id, user),
            None => self.by_provider(caller, address, user, now),
        }
    }

    /// By id, an app key reaches every grant, also while it acts as an agent; an agent key its own.
    fn by_id(&mut self, caller: Caller, id: Uuid, user: Option<usize>) -> Result<usize, Box<Reply>> {
        let index = self.index_of(id);
        let found = index.and_then(|index| Some((index, self.grants.get(index)?)));
        let Some((index, grant)) = found.filter(|(_, grant)| caller.holder.reaches(grant)) else {
            return Err(Box::new(CallError::GrantNotFound.reply(&About::default())));
        };
        match user {
            Some(_) if grant.principal == "system" => {
                // docs/protocol/errors.md names the code without a status; 403 is a choice.
                let message = "A grant of the app itself belongs to no user.";
                Err(Box::new(Reply::refusal(403, "system_grant_user_token_mismatch", message)))
            }
            Some(_) if grant.user != user => Err(Box::new(CallError::GrantNotFound.reply(&About::default()))),
            _ => Ok(index),
        }
    }

    /// By provider: an agent's own and delegated grants; for the app, the grants that nobody passed on.
    ///
    /// Which grants take part is not stated. Here those that can be used decide; where there are none, the newest
    /// of the others is the answer, so that the caller learns why.
    fn by_provider(
        &self,
        caller: Caller,
        address: &Address,
        user: Option<usize>,
        now: i64,
    ) -> Result<usize, Box<Reply>> {
        let provider = address.provider.as_deref().unwrap_or_default();
        let acting = match (caller.holder, caller.acting) {
            (Holder::Agent(agent), _) | (Holder::App, Some(agent)) => Some(agent),
            (Holder::App, None) => None,
        };
        let same = |wanted: &Option<String>, given: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| Some(wanted) == given)
        };
        let takes = |grant: &Grant| {
            let owner = grant.user.and_then(|user| self.users.get(user)).map(|user| user.id);
            *grant.selector == *provider
                && match acting {
                    Some(agent) => Holder::Agent(agent).reaches(grant),
                    None => grant.parent.is_none() && grant.principal != "agent",
                }
                && same(&address.account, grant.account.as_deref())
                && same(&address.label, grant.label.as_deref())
                && user.is_none_or(|user| grant.user == Some(user))
                && address.app_user.is_none_or(|id| owner == Some(id))
        };
        let all: Vec<usize> =
            self.order.iter().copied().filter(|index| self.grants.get(*index).is_some_and(takes)).collect();
        let usable =
            |index: &&usize| self.grants.get(**index).is_some_and(|grant| grant.status_at(now) == "active");
        let live: Vec<usize> = all.iter().filter(usable).copied().collect();
        let agent = acting.and_then(|agent| self.agents.get(agent)).map(|agent| agent.id);
        match (live.as_slice(), all.first()) {
            ([one], _) => Ok(*one),
            ([], Some(newest)) => Ok(*newest),
            ([], None) => {
                let user = user.and_then(|user| self.users.get(user)).map(|user| user.id);
                let about = About { provider: Some(provider.into()), user, agent, ..About::default() };
                let error = match agent {
                    Some(_) => CallError::NoDelegatedGrant,
                    None => CallError::GrantNotFound,
                };
                Err(Box::new(error.reply(&about)))
            }
            (several, _) => Err(Box::new(self.ambiguous(address, several))),
        }
    }

    fn ambiguous(&self, address: &Address, several: &[usize]) -> Reply {
        let named: Vec<&Grant> =
            several.iter().take(CANDIDATES).filter_map(|index| self.grants.get(*index)).collect();
        let candidates: Vec<Value> = named
            .iter()
            .map(|grant| {
                let name = match &grant.kind {
                    Kind::Oauth(oauth) => oauth.display_name.as_deref(),
                    Kind::Secret(_) => None,
                };
                json!({
                    "grant_id": grant.id, "label": grant.label,
                    "account_identifier": grant.account, "account_display_name": name,
                })
            })
            .collect();
        let mut accounts: Vec<&str> = named.iter().filter_map(|grant| grant.account.as_deref()).collect();
        accounts.dedup();
        let owner = |grant: &&Grant| grant.user.and_then(|user| self.users.get(user)).map(|user| user.id);
        let mut users: Vec<Uuid> = named.iter().filter_map(owner).collect();
        users.dedup();
        let ids: Vec<Uuid> = named.iter().map(|grant| grant.id).collect();
        let extra = json!({
            "provider_id": address.provider, "candidates": candidates,
            "candidates_truncated": several.len() > CANDIDATES, "account_identifiers": accounts,
            "app_user_ids": users, "grant_ids": ids, "account_was_provided": address.account.is_some(),
        });
        CallError::AmbiguousGrant.with(&About::default(), &extra)
    }
}

impl Holder {
    /// Whether a key of this holder may name the grant: an app key any, an agent's the agent's own.
    pub(crate) fn reaches(self, grant: &Grant) -> bool {
        match self {
            Self::App => true,
            Self::Agent(agent) => grant.holder.is_some_and(|(holder, _)| holder == agent),
        }
    }
}
