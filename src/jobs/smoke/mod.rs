//! Many grants, one probe and one verdict each: within the rate budget, kindly to providers and approvers, cancellable
//! at once, and gone on with where it was interrupted.

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

use self::source::Through;
use super::Context;
use crate::domain::provider::{self, Table};
use crate::domain::smoke::{RunId, SmokeEvent, SmokePlan};
use crate::domain::{Grant, Mode, Spending};

/// Calls at once unless told otherwise.
pub const AT_ONCE: usize = 8;
/// Calls at once at the most.
pub const AT_ONCE_AT_MOST: usize = 64;
/// How long a probe may take unless told otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// What a run may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls at once, 1..=64.
    pub concurrency: usize,
    /// How long a probe may take.
    pub timeout: Duration,
    /// How much of the rate budget. The default leaves a quarter to whatever else uses the same key or organisation.
    pub spending: Spending,
    /// The longest pause that is waited for where somebody asks for one. Beyond it, what would have to wait gets the
    /// verdict that it is rate limited.
    pub patience: Duration,
    /// Calls with one provider's grants that may be held unexpectedly, at least one: each bothers a person. Which ones
    /// are held shows only when they come back, so no more than these are under way at once.
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

/// Which run is gone on with. One that cannot be, for it is over, forgotten, or a process has it going: then a new one
/// begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resume {
    /// None: a new one begins.
    #[default]
    Nothing,
    /// The latest, where it was interrupted less than a day ago.
    Latest,
    /// This one.
    Run(RunId),
}

/// What is to be tested.
#[derive(Clone, Debug)]
pub struct SmokeRequest {
    /// The grants; one that stands there twice is tested once.
    pub grants: Vec<Grant>,
    /// The table of providers, with a person's own rows.
    pub table: Arc<Table>,
    /// Who calls the providers.
    pub mode: Mode,
    /// What may be spent.
    pub limits: Limits,
    /// Which earlier run it goes on with: what that has decided within a day is not asked again.
    pub resume: Resume,
}

impl SmokeRequest {
    /// With the built-in table, in proxy mode, within the usual limits.
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

/// What a run would do, and how long it would take; nothing is sent and nothing is kept. What an interrupted run has
/// decided is not known here.
pub fn preview(context: &Context, request: &SmokeRequest) -> SmokePlan {
    run::preview(request, context.client.reading().as_ref(), (context.now)())
}

/// Tests grants and reports to `events`; see [`SmokeEvent`]. `cancel` ends it at once: `Done` says what is left, and
/// what was found stays. Where nobody listens any more it ends silently.
pub async fn smoke(
    context: &Context,
    request: SmokeRequest,
    cancel: CancellationToken,
    events: Sender<SmokeEvent>,
) {
    let source = Through { context, cancel: cancel.child_token() };
    let past = keep::RunHistory::open(context, &request).await;
    run::run(&source, &*context.now, request, past, cancel, events).await;
}

#[cfg(test)]
#[path = "resume_tests.rs"]
mod resuming;
#[cfg(test)]
#[path = "sandbox_tests.rs"]
mod tests;
