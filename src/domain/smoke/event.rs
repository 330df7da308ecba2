//! Events of a smoke test run.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{Estimate, RunId, SmokeResult, Tally};
use crate::words::count;
use crate::{Clean, Diagnosis, GrantId};

/// The plan of a run, before it sends anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SmokePlan {
    /// Number of distinct grants.
    pub grants: u32,
    /// Grants that need a call.
    pub calls: u32,
    /// Grants decided by the list alone.
    pub decided: u32,
    /// Further list rows whose id is unreadable, so they cannot be tested.
    pub unreadable: u32,
    /// Grants already decided by an earlier part of this run.
    pub resumed: u32,
    /// The estimated duration.
    pub estimate: Estimate,
    /// The id under which the verdicts are stored; `None` if they are not stored.
    pub run: Option<RunId>,
}

/// Why nothing is sent at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Its end, by our clock.
    pub until: Timestamp,
    /// Its length from now.
    pub length: Duration,
    /// Why.
    pub reason: Diagnosis,
    /// Only calls to this host are paused; `None` = all.
    pub host: Option<Clean>,
}

/// Events of a run: first `Planned`, then for each grant at most one `Started` and one `Verdict`, with pauses
/// in between, and finally `Done`.
#[derive(Clone, Debug, PartialEq)]
pub enum SmokeEvent {
    /// See [`SmokePlan`].
    Planned(SmokePlan),
    /// A probe is being sent.
    Started(GrantId),
    /// The result for a grant.
    Verdict(Arc<SmokeResult>),
    /// See [`Pause`].
    Paused(Pause),
    /// Verdicts are not stored in the history, and why; reported once. Nothing else is affected.
    NotKept(Diagnosis),
    /// The run is over, for any reason.
    Done(SmokeSummary),
}

/// Says how many grants a run did not test, and why if known; `None` if it tested all.
pub fn left_words(left: u32, unreadable: u32) -> Option<String> {
    let why = match (left, unreadable) {
        (0, 0) => return None,
        (_, 0) => String::new(),
        (0, 1) => ": unreadable id".to_owned(),
        (0, _) => ": unreadable ids".to_owned(),
        (_, unreadable) => format!(", {} of them with unreadable ids", count(unreadable.into())),
    };
    Some(format!("{} not tested{why}", count(u64::from(left) + u64::from(unreadable))))
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SmokeSummary {
    /// The counts.
    pub tally: Tally,
    /// Grants without a verdict, because the run was cancelled or stopped.
    pub left: u32,
    /// Rows with an unreadable id, which could not be tested.
    pub unreadable: u32,
    /// It was cancelled.
    pub cancelled: bool,
    /// Why it was stopped early: a problem with the key, or with Alter itself. Earlier results stay valid.
    pub stopped: Option<Diagnosis>,
    /// Wall-clock time from the first call to the end.
    pub elapsed: Duration,
}
