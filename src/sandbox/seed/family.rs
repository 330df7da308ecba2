//! Who is in the list: the fixtures, the crowd, the edge cases; and the children and siblings of each.

use std::sync::Arc;

use super::roots::{State, pick};
use super::{DAY, Grower, MINUTE, early, once_in, span, uuid, weighted};
use crate::grant::{AgentRef, Grant, Kind};
use crate::tables::{FixtureRow, HostileRow};

/// The crowd is older than this, the fixtures younger.
const CROWD_STARTS: i64 = 9 * DAY;
const CROWD_ENDS: i64 = 900 * DAY;
/// So many of the crowd come before the first edge case.
const EDGE_CASES_AFTER: usize = 24;

impl Grower {
    /// The newest grants, written by hand: what a newcomer sees first.
    pub(super) fn add_fixtures(&mut self, count: usize) {
        let rows: Vec<FixtureRow> = std::mem::take(&mut self.people.fixtures);
        for (position, row) in rows.iter().enumerate() {
            if self.grants.len() >= count {
                return;
            }
            self.seat(row, row.owner.unwrap_or(position % 6));
        }
    }

    fn seat(&mut self, row: &FixtureRow, user: usize) {
        let created_at = self.now - span(&row.age).unwrap_or(DAY);
        let mut grant = self.root_of(&row.provider, user, created_at);
        grant.last_used_at = span(&row.used).map(|ago| (self.now - ago).max(created_at));
        grant.label.clone_from(&row.label);
        grant.grant_expires_at = row.ends.as_deref().and_then(span).map(|away| self.now + away);
        grant.expires_at = match grant.expires_at {
            Some(_) => Some(self.now + self.rng.i64(-30 * MINUTE..55 * MINUTE)),
            None => None,
        };
        if let Some(account) = &row.account {
            grant.account = Some(account.as_str().into());
            self.move_to_company_of(&mut grant, account);
        }
        let every_scope =
            self.providers.provider.iter().find(|provider| provider.id == grant.selector && row.wide);
        if let Kind::Oauth(oauth) = &mut grant.kind {
            grant.principal = "user";
            oauth.display_name = row.name.as_deref().map(Into::into);
            if let Some(provider) = every_scope {
                oauth.scopes = provider.scopes().map(|scope| Arc::clone(scope.name)).collect();
            }
        }
        let mut agents: Vec<AgentRef> = row.agents.iter().filter_map(|name| self.agent_named(name)).collect();
        match row.principal.as_deref() {
            Some("user") => (grant.principal, grant.holder, grant.user) = ("user", None, Some(user)),
            Some("group") => (grant.principal, grant.holder, grant.user) = ("group", None, None),
            Some("system") => (grant.principal, grant.holder, grant.user) = ("system", None, None),
            Some("agent") if !agents.is_empty() => {
                (grant.principal, grant.holder, grant.user) = ("agent", Some(agents.remove(0)), None);
            }
            _ => {}
        }
        grant.policy = row.policy.as_deref().map(Self::policy);
        grant.user_limits = row.user_limits;
        let state = match row.state.as_deref() {
            Some("needs_reconnect") => State::NeedsReconnect,
            Some("missing_scopes") => State::MissingScopes(row.lacks.clone()),
            Some("revoked") => State::Revoked,
            Some("deprovisioned") => State::Deprovisioned,
            // `expired` needs no more than an end that has passed.
            _ => State::Fine,
        };
        self.befall(&mut grant, &state);
        self.admit(grant, &agents, self.now - 10 * MINUTE);
    }

    /// An account's address names its company, and so must a base URL that depends on it.
    fn move_to_company_of(&self, grant: &mut Grant, account: &str) {
        let row = self.providers.provider.iter().find(|provider| provider.id == grant.selector);
        let company = account.rsplit('@').next().and_then(|host| host.split('.').next());
        if let (Kind::Oauth(oauth), Some(template), Some(company)) =
            (&mut grant.kind, row.and_then(|row| row.api_base_url.as_ref()), company)
        {
            oauth.api_base_url = Some(template.replace("{slug}", company));
        }
    }

    /// Everybody else, older and older.
    pub(super) fn fill_up(&mut self, count: usize) {
        let mut edge_cases: std::vec::IntoIter<HostileRow> =
            std::mem::take(&mut self.people.hostile).into_iter();
        let crowd = count.saturating_sub(self.grants.len()).max(1);
        let start = self.grants.len();
        while self.grants.len() < count {
            let seated = self.grants.len() - start;
            let place = seated as f64 / crowd as f64;
            let age = CROWD_STARTS + ((CROWD_ENDS - CROWD_STARTS) as f64 * place.powf(1.6)) as i64;
            let created_at = self.now - age - self.rng.i64(0..MINUTE * 90);
            // In a small world there is no "further down": the edge cases then come last.
            if seated >= EDGE_CASES_AFTER.min(crowd.saturating_sub(edge_cases.len()))
                && let Some(row) = edge_cases.next()
            {
                self.add_edge_case(&row, created_at);
                continue;
            }
            self.admit_one_of_the_crowd(created_at);
        }
    }

    fn add_edge_case(&mut self, row: &HostileRow, created_at: i64) {
        let mut grant = self.root_of(&row.provider, 7, created_at);
        grant.account = Some(row.account.repeat(row.repeat).into());
        grant.label.clone_from(&row.label);
        if let Kind::Oauth(oauth) = &mut grant.kind {
            oauth.display_name = Some(row.name.repeat(row.repeat).into());
        }
        self.admit(grant, &[], created_at);
    }

    fn admit_one_of_the_crowd(&mut self, created_at: i64) {
        let weights = self.providers.provider.iter().map(|row| row.weight);
        let weights = weights.chain(self.providers.secret.iter().map(|row| row.weight));
        let choice = weighted(&mut self.rng, weights);
        // A few users hold many grants, most hold few.
        let user = early(&mut self.rng, self.users.len());
        let mut grant = match choice.checked_sub(self.providers.provider.len()) {
            None => self.oauth_root(choice, user, created_at),
            Some(secret) => self.secret_root(secret, user, created_at),
        };
        let oauth = matches!(grant.kind, Kind::Oauth(_));
        let state = match self.rng.u32(0..100) {
            0..7 if oauth => State::NeedsReconnect,
            7..13 if oauth => State::MissingScopes(Vec::new()),
            13..19 => State::Expired,
            19..24 => State::Revoked,
            24..29 => State::Expiring,
            29..31 => State::Deprovisioned,
            _ => State::Fine,
        };
        if once_in(&mut self.rng, 80) {
            grant.policy = Some(Self::policy(pick(&mut self.rng, &["restrictions", "approval", "ttl"])));
        }
        self.befall(&mut grant, &state);
        let newest = self.now - CROWD_STARTS;
        if once_in(&mut self.rng, 60) {
            self.admit_sibling(&grant, newest);
        }
        let chain = if grant.principal == "user" && once_in(&mut self.rng, 50) {
            self.chain_for(&grant.selector)
        } else {
            Vec::new()
        };
        self.admit(grant, &chain, newest);
    }

    /// Another grant on the same credential, told apart by its label.
    fn admit_sibling(&mut self, grant: &Grant, newest: i64) {
        let mut sibling = grant.clone();
        sibling.id = uuid(&mut self.rng);
        sibling.created_at = self.between(grant.created_at, newest);
        let others: Vec<Arc<str>> =
            self.people.labels.iter().filter(|label| grant.label.as_ref() != Some(*label)).cloned().collect();
        sibling.label = Some(pick(&mut self.rng, &others));
        sibling.last_used_at = None;
        self.grants.push(sibling);
    }

    /// One to three agents, each passing the grant on to the next.
    fn chain_for(&mut self, selector: &str) -> Vec<AgentRef> {
        let active = |agent: &&super::Agent| agent.status == "active";
        let mut chain: Vec<AgentRef> = Vec::new();
        let first = self
            .agents
            .iter()
            .filter(active)
            .position(|agent| agent.selectors.iter().any(|name| name == selector));
        let length = match self.rng.u32(0..100) {
            0..60 => 1,
            60..85 => 2,
            _ => 3,
        };
        let hired = self.agents.iter().filter(active).count();
        let start = first.unwrap_or_else(|| self.rng.usize(..hired));
        for step in 0..length {
            let index = (start + step) % hired;
            chain.push((index, self.agents[index].id));
        }
        chain
    }

    /// Take a root into the list, with the children that `chain` makes: each a delegation of the one before.
    fn admit(&mut self, mut grant: Grant, chain: &[AgentRef], newest: i64) {
        let mut children: Vec<Grant> = Vec::new();
        for (position, holder) in chain.iter().enumerate() {
            let parent = children.last_mut().unwrap_or(&mut grant);
            parent.delegable = true;
            if let Kind::Oauth(oauth) = &mut parent.kind {
                oauth.delegated_agents.push(holder.1);
            }
            let mut child = parent.clone();
            child.id = uuid(&mut self.rng);
            child.parent = Some(parent.id);
            child.depth += 1;
            child.holder = Some(*holder);
            child.principal = "agent";
            child.label = None;
            child.delegable = position + 1 < chain.len();
            child.created_at = self.between(parent.created_at, newest);
            child.delegated_at = Some(child.created_at);
            child.last_used_at = match child.last_used_at {
                Some(used) if used > child.created_at => Some(self.between(child.created_at, used)),
                _ => None,
            };
            if let Kind::Oauth(oauth) = &mut child.kind {
                oauth.delegated_agents.clear();
                // What is passed on is never more, and from the second hop on always less, while there is more than one.
                let held = child.scope_constraint.as_ref().unwrap_or(&oauth.scopes);
                if held.len() > 1 && (position > 0 || self.rng.bool()) {
                    child.scope_constraint = Some(held[..self.rng.usize(1..held.len())].to_vec());
                }
            }
            children.push(child);
        }
        self.grants.push(grant);
        self.grants.append(&mut children);
    }

    fn between(&mut self, earliest: i64, latest: i64) -> i64 {
        self.rng.i64(earliest..latest.max(earliest + 1))
    }

    fn root_of(&mut self, selector: &str, user: usize, created_at: i64) -> Grant {
        let secret = self.providers.secret.iter().position(|row| *row.slug == *selector);
        let provider = self.providers.provider.iter().position(|row| *row.id == *selector);
        match (provider, secret) {
            (None, Some(secret)) => self.secret_root(secret, user, created_at),
            (provider, _) => self.oauth_root(provider.unwrap_or(0), user, created_at),
        }
    }

    fn agent_named(&self, name: &str) -> Option<AgentRef> {
        self.agents.iter().position(|agent| agent.name == name).map(|index| (index, self.agents[index].id))
    }
}
