//! Smoke tests: many grants, one probe and one verdict each; within the rate budget, considerate of providers and
//! approvers, cancellable at once, resumable after an interruption.

mod clock;
mod gate;
mod keep;
mod pace;
mod run;
mod signal;
mod source;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use self::source::ClientSource;
use super::Context;
use crate::domain::provider::{self, Table};
use crate::domain::smoke::{RunId, SmokeEvent, SmokePlan};
use crate::domain::{Grant, Mode, Spending};

/// Default number of concurrent calls.
pub const AT_ONCE: usize = 8;
/// Maximum number of concurrent calls.
pub const AT_ONCE_AT_MOST: usize = 64;
/// Default time limit of a probe.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// Limits of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Concurrent calls, 1..=64.
    pub concurrency: usize,
    /// Time limit of a probe.
    pub timeout: Duration,
    /// How much of the rate budget to spend. The default leaves a quarter to other users of the same key or
    /// organisation.
    pub spending: Spending,
    /// The longest requested pause to accept. Calls that would have to wait longer get the verdict that they are rate
    /// limited.
    pub patience: Duration,
    /// How many calls per provider may be held unexpectedly, at least one: each bothers a person. Whether a call is
    /// held is only known from its answer, so no more than this run concurrently per provider.
    pub held_of_provider: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: AT_ONCE,
            timeout: TIMEOUT,
            spending: Spending::LeavesAQuarter,
            patience: Duration::from_mins(15),
            held_of_provider: 2,
        }
    }
}

/// The run to resume. If it has ended, was deleted, or is owned by another process, a new one begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resume {
    /// None: begin a new run.
    #[default]
    Nothing,
    /// The latest run, if it was interrupted less than a day ago.
    Latest,
    /// This run.
    Run(RunId),
}

/// A smoke test to run.
#[derive(Clone, Debug)]
pub struct SmokeRequest {
    /// The grants; duplicates are tested once.
    pub grants: Vec<Grant>,
    /// The table of providers, with the user's own rows.
    pub table: Arc<Table>,
    /// Who calls the providers.
    pub mode: Mode,
    /// The limits.
    pub limits: Limits,
    /// The run to resume: its verdicts of the last day are not tested again.
    pub resume: Resume,
}

impl SmokeRequest {
    /// A request with the built-in table, in proxy mode, with default limits.
    pub fn new(grants: Vec<Grant>) -> Self {
        Self {
            grants,
            table: Arc::new(provider::table().clone()),
            mode: Mode::Proxy,
            limits: Limits::default(),
            resume: Resume::Nothing,
        }
    }
}

/// What a run would do, and how long it would take; sends and stores nothing. Verdicts of an interrupted run are not
/// considered.
pub fn preview(context: &Context, request: &SmokeRequest) -> SmokePlan {
    run::preview(request, context.client.reading().as_ref(), (context.now)())
}

/// Tests grants and reports to `events`; see [`SmokeEvent`]. `cancel` ends it at once: `Done` says what is left, and
/// results are kept. Ends silently if the receiver is gone.
pub async fn smoke(
    context: &Context,
    request: SmokeRequest,
    cancel: CancellationToken,
    events: Sender<SmokeEvent>,
) {
    let source = ClientSource { context, cancel: cancel.child_token() };
    let past = keep::RunHistory::open(context, &request).await;
    run::run(&source, &*context.now, request, past, cancel, events).await;
}

#[cfg(test)]
#[path = "resume_tests.rs"]
mod resuming;
#[cfg(test)]
#[path = "sandbox_tests.rs"]
mod tests;
