//! Revoking grants: the effects, computed from the list before anything is sent, and the outcome for each
//! grant (docs/protocol/grants.md section 2).

mod event;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

pub use event::{PlanEvent, PlanRequest, Planned, RevokeEvent};

use super::{Clean, Diagnosis, Grant, GrantId, Health, Reference, selector};

/// What a revocation will do.
#[derive(Clone, Debug, PartialEq)]
pub struct RevokePlan {
    /// The grants to revoke, in the order requested.
    pub targets: Vec<RevokeTarget>,
    /// Grants with nothing to do: already revoked, or no longer in the list.
    pub gone: Vec<GoneGrant>,
    /// The reason, for the backend's records.
    pub reason: Option<String>,
}

/// A grant to revoke.
#[derive(Clone, Debug, PartialEq)]
pub struct RevokeTarget {
    /// Its id.
    pub id: GrantId,
    /// Its row, just read.
    pub grant: Grant,
    /// What else is affected.
    pub reach: Reach,
}

/// A grant that is already gone.
#[derive(Clone, Debug, PartialEq)]
pub struct GoneGrant {
    /// Its id.
    pub id: GrantId,
    /// Its row, if it is still in the list.
    pub grant: Option<Grant>,
}

/// What else the end of a grant affects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Agents that lose access, as the list names them.
    pub agents: Vec<Reference>,
    /// Live grants delegated from it, at any depth: they end with it.
    pub children: Vec<GrantId>,
    /// Live grants on the same credential. It is unknown whether they survive.
    pub siblings: Vec<GrantId>,
}

impl RevokePlan {
    /// Plans to revoke these grants, based on a list that was just read; repeated ids count once.
    pub fn new(wanted: &[GrantId], grants: &[Grant], reason: Option<String>, now: Timestamp) -> Self {
        let list = Relations::new(grants);
        let mut seen = HashSet::new();
        let (mut targets, mut gone) = (Vec::new(), Vec::new());
        for id in wanted.iter().copied().filter(|id| seen.insert(*id)) {
            match list.rows.get(&id) {
                Some(grant) if Health::of(grant, now) != Health::Revoked => {
                    let (grant, reach) = ((*grant).clone(), list.reach(grant, id, now));
                    targets.push(RevokeTarget { id, grant, reach });
                }
                found => gone.push(GoneGrant { id, grant: found.map(|grant| (*grant).clone()) }),
            }
        }
        Self { targets, gone, reason }
    }
}

/// The rows of a list, indexed by their relations.
struct Relations<'a> {
    rows: HashMap<GrantId, &'a Grant>,
    children: HashMap<GrantId, Vec<GrantId>>,
    credentials: HashMap<&'a Reference, Vec<GrantId>>,
}

impl<'a> Relations<'a> {
    fn new(grants: &'a [Grant]) -> Self {
        let (mut rows, mut children) = (HashMap::new(), HashMap::<GrantId, Vec<GrantId>>::new());
        let mut credentials = HashMap::<&Reference, Vec<GrantId>>::new();
        for grant in grants {
            let Some(id) = grant.row.grant() else { continue };
            rows.insert(id, grant);
            if let Some(parent) = grant.parent_grant_id.as_ref().and_then(Reference::grant) {
                children.entry(parent).or_default().push(id);
            }
            if let Some(credential) = &grant.credential_id {
                credentials.entry(credential).or_default().push(id);
            }
        }
        Self { rows, children, credentials }
    }

    fn reach(&self, grant: &Grant, id: GrantId, now: Timestamp) -> Reach {
        let mut below = vec![id];
        let mut seen = HashSet::from([id]);
        let mut next = 0;
        while let Some(parent) = below.get(next).copied() {
            next += 1;
            let children = self.children.get(&parent).into_iter().flatten();
            below.extend(children.copied().filter(|child| seen.insert(*child)));
        }
        let is_live = |other: GrantId| {
            self.rows
                .get(&other)
                .is_some_and(|row| !matches!(Health::of(row, now), Health::Revoked | Health::Expired))
        };
        let same = grant.credential_id.as_ref().and_then(|credential| self.credentials.get(credential));
        let siblings = same.into_iter().flatten().copied();
        Reach {
            agents: grant.delegated_agent_ids().to_vec(),
            siblings: siblings.filter(|other| !seen.contains(other) && is_live(*other)).collect(),
            children: below.into_iter().skip(1).filter(|child| is_live(*child)).collect(),
        }
    }
}

/// The outcome for a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevokeOutcome {
    /// Revoked, according to the backend's answer.
    Revoked {
        /// The backend's id of the request.
        request_id: Option<Box<str>>,
    },
    /// The answer was lost, but the list says that it is revoked.
    RevokedByList,
    /// It was already gone.
    Gone,
    /// It is not revoked.
    Failed(Diagnosis),
    /// The answer was lost, and the list does not tell either.
    Uncertain(Diagnosis),
    /// Cancelled before its turn.
    NotTried,
}

impl RevokeOutcome {
    /// Whether the grant has ended.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Revoked { .. } | Self::RevokedByList | Self::Gone)
    }

    /// The stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Revoked { .. } | Self::RevokedByList => "revoked",
            Self::Gone => "gone",
            Self::Failed(_) => "failed",
            Self::Uncertain(_) => "uncertain",
            Self::NotTried => "not_tried",
        }
    }

    /// Why it has not ended.
    pub fn why(&self) -> Option<&Diagnosis> {
        match self {
            Self::Failed(why) | Self::Uncertain(why) => Some(why),
            Self::Revoked { .. } | Self::RevokedByList | Self::Gone | Self::NotTried => None,
        }
    }
}

/// Number of grants by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RevokeTally {
    /// Revoked now.
    pub revoked: u32,
    /// Already gone.
    pub gone: u32,
    /// Not revoked.
    pub failed: u32,
    /// Unknown.
    pub uncertain: u32,
    /// Not tried.
    pub left: u32,
}

impl RevokeTally {
    /// Adds an outcome.
    pub fn add(&mut self, outcome: &RevokeOutcome) {
        let count = match outcome {
            RevokeOutcome::Revoked { .. } | RevokeOutcome::RevokedByList => &mut self.revoked,
            RevokeOutcome::Gone => &mut self.gone,
            RevokeOutcome::Failed(_) => &mut self.failed,
            RevokeOutcome::Uncertain(_) => &mut self.uncertain,
            RevokeOutcome::NotTried => &mut self.left,
        };
        *count += 1;
    }

    /// Whether all grants have ended.
    pub fn is_done(self) -> bool {
        self.failed == 0 && self.uncertain == 0 && self.left == 0
    }
}

/// The agents that may use a grant according to the list, by id only.
pub fn delegations(grant: &Grant) -> Vec<GrantId> {
    grant.delegated_agent_ids().iter().filter_map(Reference::grant).collect()
}

/// The name of a grant in a plan: `provider[:account][#label]`.
pub fn name(grant: &Grant) -> Clean {
    Clean::brief(&selector::name(grant))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{RowId, Status};

    fn id(number: u128) -> GrantId {
        GrantId(Uuid::from_u128(number))
    }

    fn grant(number: u128, parent: Option<u128>, credential: Option<&str>) -> Grant {
        let mut grant = Grant::blank(RowId::Grant(id(number)));
        grant.parent_grant_id = parent.map(|parent| Reference::Id(Uuid::from_u128(parent)));
        grant.credential_id = credential.map(Reference::new);
        grant
    }

    #[test]
    fn a_plan_names_what_ends_with_a_grant_and_what_may() {
        let mut root = grant(1, None, Some("c"));
        root.extra_mut().delegated_agent_ids = vec![Reference::new("bot")];
        let over = Grant { status: Status::Revoked, ..grant(6, None, Some("c")) };
        // A cycle of parents must terminate too.
        let list = [
            root,
            grant(2, Some(1), Some("c")),
            grant(3, Some(2), None),
            Grant { status: Status::Revoked, ..grant(4, Some(2), None) },
            grant(5, None, Some("c")),
            over,
            grant(7, Some(8), None),
            grant(8, Some(7), None),
        ];
        let wanted = [id(1), id(6), id(9), id(1), id(7)];
        let plan = RevokePlan::new(&wanted, &list, None, Timestamp::UNIX_EPOCH);
        let targets: Vec<GrantId> = plan.targets.iter().map(|target| target.id).collect();
        assert_eq!(targets, [id(1), id(7)], "each once, in order");
        let reach = &plan.targets[0].reach;
        assert_eq!(reach.agents, [Reference::new("bot")]);
        assert_eq!((&*reach.children, &*reach.siblings), (&[id(2), id(3)][..], &[id(5)][..]));
        assert_eq!(plan.targets[1].reach.children, [id(8)]);
        let gone: Vec<(GrantId, bool)> =
            plan.gone.iter().map(|gone| (gone.id, gone.grant.is_some())).collect();
        assert_eq!(gone, [(id(6), true), (id(9), false)]);
    }

    #[test]
    fn outcomes_are_counted() {
        let why = || Diagnosis::new(crate::Code::NotFound, crate::Who::Alter, crate::Retry::No);
        let mut tally = RevokeTally::default();
        for (outcome, is_done) in [
            (RevokeOutcome::Revoked { request_id: None }, true),
            (RevokeOutcome::RevokedByList, true),
            (RevokeOutcome::Gone, true),
            (RevokeOutcome::Failed(why()), false),
            (RevokeOutcome::Uncertain(why()), false),
            (RevokeOutcome::NotTried, false),
        ] {
            assert_eq!(outcome.is_done(), is_done);
            tally.add(&outcome);
        }
        assert_eq!(tally, RevokeTally { revoked: 2, gone: 1, failed: 1, uncertain: 1, left: 1 });
        assert!(!tally.is_done() && RevokeTally { revoked: 9, gone: 1, ..RevokeTally::default() }.is_done());
    }
}
