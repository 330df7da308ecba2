//! What a run reports.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{Estimate, RunId, SmokeResult, Tally};
use crate::words::count;
use crate::{Clean, Diagnosis, GrantId};

/// What a run will do, before it does anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SmokePlan {
    /// Grants in all, each once.
    pub grants: u32,
    /// Those that need a call.
    pub calls: u32,
    /// Those that are decided by what the list says.
    pub decided: u32,
    /// Further rows of the list whose id cannot be read, so that they cannot be called; they are left out.
    pub unreadable: u32,
    /// Those that an earlier part of this run has decided.
    pub resumed: u32,
    /// How long it will take.
    pub estimate: Estimate,
    /// Under which handle the verdicts are kept; None where they are not.
    pub run: Option<RunId>,
}

/// Why nothing is sent at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Until when, by our clock.
    pub until: Timestamp,
    /// How long that is from now.
    pub length: Duration,
    /// Why.
    pub reason: Diagnosis,
    /// Only calls to this host wait; None = all.
    pub host: Option<Clean>,
}

/// What a run reports: `Planned` first, then for each grant at most one `Started` and one `Verdict`, with pauses
/// between them, and `Done` last.
#[derive(Clone, Debug, PartialEq)]
pub enum SmokeEvent {
    /// See there.
    Planned(SmokePlan),
    /// A probe goes out.
    Started(GrantId),
    /// What was found about one grant.
    Verdict(Arc<SmokeResult>),
    /// See there.
    Paused(Pause),
    /// Verdicts are not kept in the history, and why; told once. Nothing else is wrong.
    NotKept(Diagnosis),
    /// The end, however it came.
    Done(SmokeSummary),
}

/// How many grants a run did not test, and why where it is known; None where it tested all.
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
    /// Grants without a verdict: the run was cancelled or stopped before.
    pub left: u32,
    /// Rows whose id cannot be read: they were to be tested, too.
    pub unreadable: u32,
    /// It was cancelled.
    pub cancelled: bool,
    /// Why it was given up: the key, or Alter itself. What was found before stays.
    pub stopped: Option<Diagnosis>,
    /// From the first call to the end, as the clock on the wall counts.
    pub elapsed: Duration,
}
