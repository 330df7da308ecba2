//! Changes to grants, with what they were before: a list that lags behind shows the past.

use std::collections::HashMap;

use uuid::Uuid;

use super::grant::{Grant, Kind};
use super::world::World;

/// So many earlier states of a grant are remembered.
const REMEMBERED: usize = 16;

/// When each grant was changed, in Unix seconds, and what it was before; `None`: it was not there.
#[derive(Debug, Default)]
pub(super) struct Past(HashMap<usize, Vec<(i64, Option<Grant>)>>);

impl Past {
    fn note(&mut self, index: usize, now: i64, before: Option<Grant>) {
        let states = self.0.entry(index).or_default();
        if states.len() >= REMEMBERED {
            states.remove(0);
        }
        states.push((now, before));
    }

    /// What a grant was at an instant, of what it is now; `None` where it was not there yet.
    pub(super) fn at<'grant>(
        &'grant self,
        index: usize,
        then: i64,
        current: Option<&'grant Grant>,
    ) -> Option<&'grant Grant> {
        let later = self.0.get(&index).and_then(|states| states.iter().find(|(changed, _)| *changed > then));
        later.map_or(current, |(_, before)| before.as_ref())
    }
}

impl World {
    /// Change a grant.
    pub(super) fn change(&mut self, index: usize, now: i64, change: impl FnOnce(&mut Grant)) {
        let Some(grant) = self.grants.get_mut(index) else { return };
        let mut before = grant.clone();
        before.written = None;
        change(grant);
        grant.written = None;
        self.past.note(index, now, Some(before));
    }

    /// Take in a new grant, as the newest of the list; its index.
    pub(super) fn admit(&mut self, grant: Grant, now: i64) -> usize {
        let index = self.grants.len();
        self.grants.push(grant);
        self.order.insert(0, index);
        self.past.note(index, now, None);
        index
    }

    /// The delegations of a grant to others, and theirs, at any depth.
    pub(super) fn below(&self, index: usize) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        let mut parents: Vec<Uuid> = self.grants.get(index).map(|grant| grant.id).into_iter().collect();
        while let Some(parent) = parents.pop() {
            for (index, grant) in self.grants.iter().enumerate() {
                if grant.parent == Some(parent) && !found.contains(&index) {
                    found.push(index);
                    parents.push(grant.id);
                }
            }
        }
        found
    }

    /// Take a grant and everything below it out of use. Those that are over already stay as they are.
    pub(super) fn end(&mut self, index: usize, now: i64) {
        for index in self.below(index).into_iter().chain([index]) {
            if self.grants.get(index).is_some_and(|grant| grant.status != "revoked") {
                self.change(index, now, |grant| grant.status = "revoked");
            }
            self.forget_delegation(index, now);
        }
    }

    /// The parent of a delegation no longer names its agent.
    fn forget_delegation(&mut self, index: usize, now: i64) {
        let Some(grant) = self.grants.get(index) else { return };
        let (Some(parent), Some((_, agent))) = (grant.parent, grant.holder) else { return };
        let Some(parent) = self.index_of(parent) else { return };
        let names_it = |grant: &Grant| match &grant.kind {
            Kind::Oauth(oauth) => oauth.delegated_agents.contains(&agent),
            Kind::Secret(_) => false,
        };
        if self.grants.get(parent).is_some_and(names_it) {
            self.change(parent, now, |grant| {
                if let Kind::Oauth(oauth) = &mut grant.kind {
                    oauth.delegated_agents.retain(|id| *id != agent);
                }
            });
        }
    }
}
