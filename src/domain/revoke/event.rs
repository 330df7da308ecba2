//! The request for a plan of a revocation, and what planning and revoking report.

use std::collections::HashMap;
use std::sync::Arc;

use super::{RevokeOutcome, RevokePlan};
use crate::smoke::Verdict;
use crate::{Diagnosis, Grant, GrantId};

/// A request for a plan, based on a list that is read for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRequest {
    /// The grants to revoke.
    pub wanted: Vec<GrantId>,
    /// The providers whose grants are read: relatives have the same provider. Empty = the whole list.
    pub providers: Vec<Arc<str>>,
}

/// A plan, and what is known about its grants.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The plan.
    pub plan: RevokePlan,
    /// The rows of the siblings of its targets, to test them afterwards.
    pub siblings: Vec<Grant>,
    /// The last smoke verdicts of its targets.
    pub verdicts: HashMap<GrantId, Verdict>,
    /// Why relatives may be missing from it: the list may be incomplete.
    pub doubt: Option<Diagnosis>,
}

/// Progress of planning.
#[derive(Clone, Debug, PartialEq)]
pub enum PlanEvent {
    /// Rows of the list read so far, and in total.
    Reading {
        /// Read so far.
        here: u64,
        /// In total, as counted by the backend.
        total: u64,
    },
    /// Reading pauses.
    Waiting {
        /// Why.
        reason: Diagnosis,
        /// For how long, in milliseconds.
        millis: u64,
    },
    /// The end: the plan, or why there is none.
    Done(Result<Box<Planned>, Diagnosis>),
}

/// Progress of a revocation.
#[derive(Clone, Debug, PartialEq)]
pub enum RevokeEvent {
    /// A grant of the plan is being revoked.
    Started {
        /// Index into the plan's targets.
        index: usize,
    },
    /// A grant of the plan has its outcome.
    Ended {
        /// Index into the plan's targets.
        index: usize,
        /// The outcome.
        outcome: RevokeOutcome,
    },
    /// Nothing is sent for now.
    Waiting {
        /// Why.
        reason: Diagnosis,
        /// For how long, in milliseconds.
        millis: u64,
    },
    /// The end. Every grant has been reported, unless the work itself failed.
    Done {
        /// Why the work failed.
        failed: Option<Diagnosis>,
    },
}
