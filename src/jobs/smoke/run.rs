//! A run: plans, sends, judges, reports.

mod send;
mod settle;

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use super::clock::{Clock, Tick, Until};
use super::keep::RunHistory;
use super::pace::{Pace, Step, Task};
use super::signal::Signal;
use super::source::Source;
use super::{AT_ONCE_AT_MOST, Limits, SmokeRequest};
use crate::domain::provider::Table;
use crate::domain::smoke::estimate::estimate;
use crate::domain::smoke::preflight::{Preflight, preflight};
use crate::domain::smoke::{Estimate, Judged, SmokeEvent, SmokePlan, SmokeResult, Tally, Verdict};
use crate::domain::{Diagnosis, Grant, Mode, Reading, RecordId};

/// How long a stopped run waits for running probes.
const STOP_WAIT: Duration = Duration::from_secs(5);

/// The receiver of the events is gone.
struct ReceiverGone;

/// A probe that has returned.
struct Returned {
    task: Task,
    /// When it was sent, in time of the run.
    began: Duration,
    outcome: Outcome,
    record: Option<RecordId>,
    took: Duration,
}

/// The outcome of a probe.
enum Outcome {
    /// A verdict, what it says about the places involved, and the failure that it was derived from.
    Judged(Judged, Signal, Option<Box<Diagnosis>>),
    /// It is held, or still is.
    Held(Judged),
    /// The held call of an earlier run has expired or no longer exists: a new one can be sent.
    Lapsed,
    /// The provider objects to these headers that this program added; the verdict otherwise.
    Objected(Judged, Vec<String>),
    /// Every other probe would fail the same way.
    Stop(Box<Diagnosis>),
    /// It was cancelled.
    Cancelled,
}

/// A running probe.
type Sending<'a> = Pin<Box<dyn Future<Output = Returned> + Send + 'a>>;
type Running<'a> = FuturesUnordered<Sending<'a>>;

/// See [`super::smoke`].
pub(super) async fn run<S: Source>(
    source: &S,
    now: &(dyn Fn() -> Timestamp + Send + Sync),
    request: SmokeRequest,
    past: RunHistory,
    cancel: CancellationToken,
    events: Sender<SmokeEvent>,
) {
    let SmokeRequest { mut grants, table, mode, mut limits, .. } = request;
    limits.concurrency = limits.concurrency.clamp(1, AT_ONCE_AT_MOST);
    let mut seen = HashSet::new();
    grants.retain(|grant| seen.insert(grant.row) && grant.row.grant().is_some());
    let unreadable = seen.iter().filter(|row| row.grant().is_none()).count();
    let (grants, table) = (&grants[..], &*table);
    let mut run = Run {
        source,
        clock: Clock::start(now),
        grants,
        mode,
        limits,
        past,
        events,
        pace: Pace::new(limits.concurrency, limits.held_of_provider),
        tally: Tally::default(),
        left_out: HashMap::new(),
        answered: false,
        reported: None,
        unreadable: unreadable as u32,
        stopped: None,
    };
    // If the receiver is gone, this ends too.
    let _ = run.all(table, &cancel).await;
}

/// See [`super::preview`].
pub(super) fn preview(request: &SmokeRequest, reading: Option<&Reading>, now: Timestamp) -> SmokePlan {
    let Limits { concurrency, held_of_provider, .. } = request.limits;
    let mut pace = Pace::new(concurrency.clamp(1, AT_ONCE_AT_MOST), held_of_provider);
    let mut plan = SmokePlan::default();
    let mut seen = HashSet::new();
    for (index, grant) in request.grants.iter().enumerate() {
        if !seen.insert(grant.row) {
            continue;
        }
        if grant.row.grant().is_none() {
            plan.unreadable += 1;
            continue;
        }
        plan.grants += 1;
        match preflight(grant, &request.table, request.mode, now) {
            Preflight::Ask { draft, .. } => pace.add(index, host(&draft.url), &grant.provider, None),
            Preflight::Decided(_) => plan.decided += 1,
        }
    }
    plan.calls = pace.waiting() as u32;
    plan.estimate = time_for(&pace, request.mode, &request.limits, reading, now);
    plan
}

/// How long it takes to test all waiting tasks.
fn time_for(pace: &Pace, mode: Mode, limits: &Limits, reading: Option<&Reading>, now: Timestamp) -> Estimate {
    let requests = pace.waiting() as u64 * requests_per_probe(mode) as u64;
    let at_once = limits.concurrency.min(pace.at_once());
    estimate(requests, at_once, limits.spending, reading, now)
}

/// The number of requests to Alter per probe: in retrieve mode the credential and the audit row.
fn requests_per_probe(mode: Mode) -> usize {
    match mode {
        Mode::Proxy => 1,
        Mode::Retrieve => 2,
    }
}

struct Run<'a, S> {
    source: &'a S,
    clock: Clock<'a>,
    grants: &'a [Grant],
    mode: Mode,
    limits: Limits,
    past: RunHistory,
    events: Sender<SmokeEvent>,
    pace: Pace,
    tally: Tally,
    /// Headers of ours that a provider objected to, in lower case: they are no longer sent to it.
    left_out: HashMap<Arc<str>, Vec<String>>,
    /// A call has returned: if the budget is still unknown, answers do not contain one.
    answered: bool,
    /// Until when a pause was reported.
    reported: Option<Until>,
    /// Number of rows left out because their id is unreadable.
    unreadable: u32,
    stopped: Option<Diagnosis>,
}

impl<'a, S: Source> Run<'a, S> {
    async fn all(&mut self, table: &'a Table, cancel: &CancellationToken) -> Result<(), ReceiverGone> {
        self.plan(table).await?;
        let mut running: Running<'a> = FuturesUnordered::new();
        while self.stopped.is_none() && !cancel.is_cancelled() {
            let tick = self.clock.tick();
            let more = self.affordable(tick);
            let until = match self.pace.step(tick, more) {
                Step::Fire(task) => {
                    let probe = self.start(task, tick, table).await?;
                    running.extend(probe);
                    continue;
                }
                Step::Empty if running.is_empty() => break,
                Step::Empty => None,
                Step::Wait(until) => match until {
                    None if running.is_empty() => Some(self.wait_for_budget(tick).await?),
                    until => until,
                },
            };
            let fired = tokio::select! {
                biased;
                () = cancel.cancelled() => None,
                fired = running.next(), if !running.is_empty() => fired,
                () = wait(&self.clock, until), if until.is_some() => None,
            };
            if let Some(fired) = fired {
                self.settle(fired).await?;
            }
        }
        // Cancelled probes return at once; those already answered still give a verdict.
        let cancelled = cancel.is_cancelled();
        while cancelled && let Some(fired) = running.next().await {
            self.settle(fired).await?;
        }
        // If Alter refuses the key, the other probes return as soon; slower ones are not waited for.
        let mut rest = Vec::new();
        if self.stopped.is_some() {
            let listening = async {
                while let Some(fired) = running.next().await {
                    rest.push(fired);
                }
            };
            // Those that returned in time count, whatever the others do.
            let _ = tokio::time::timeout(STOP_WAIT, listening).await;
        }
        for fired in rest {
            self.settle(fired).await?;
        }
        self.end(cancelled).await
    }

    async fn plan(&mut self, table: &'a Table) -> Result<(), ReceiverGone> {
        let grants = self.grants;
        let mut known: Vec<SmokeResult> = Vec::new();
        let mut decided = 0;
        let now = self.clock.tick().wall;
        for (index, grant) in grants.iter().enumerate() {
            let past = grant.row.grant().and_then(|id| self.past.resumed.get(&id));
            if let Some(past) = past {
                let before = self.past.before(past.grant);
                if past.verdict == Verdict::NeedsApproval
                    && let Preflight::Ask { draft, .. } = preflight(grant, table, self.mode, now)
                    && self.past.held(&draft).is_some()
                {
                    self.pace.held_before(&grant.provider);
                }
                known.push(SmokeResult { before, ..SmokeResult::resumed(grant, past) });
                continue;
            }
            match preflight(grant, table, self.mode, now) {
                Preflight::Ask { draft, .. } => {
                    let open = self.past.held(&draft);
                    self.pace.add(index, host(&draft.url), &grant.provider, open);
                }
                Preflight::Decided(judged) => {
                    decided += 1;
                    known.extend(self.result(grant, judged, None));
                }
            }
        }
        let calls = self.pace.waiting();
        let (reading, now) = (self.source.reading(), self.clock.tick().wall);
        let estimate = time_for(&self.pace, self.mode, &self.limits, reading.as_ref(), now);
        let plan = SmokePlan {
            grants: grants.len() as u32,
            calls: calls as u32,
            decided,
            unreadable: self.unreadable,
            resumed: known.iter().filter(|result| result.resumed).count() as u32,
            estimate,
            run: self.past.run(),
        };
        self.emit(SmokeEvent::Planned(plan)).await?;
        if let Some(trouble) = self.past.trouble.take() {
            self.emit(SmokeEvent::NotKept(trouble)).await?;
        }
        self.past.keep(known.iter().filter(|result| !result.resumed));
        for result in known {
            self.report_result(result).await?;
        }
        for provider in 0..self.pace.providers() {
            self.spare_approvers(provider).await?;
        }
        Ok(())
    }

    /// How many further calls the rate budget allows. Running ones are not in its reading yet.
    fn affordable(&self, tick: Tick) -> usize {
        let in_flight = self.pace.alter.in_flight();
        let careful = 1_usize.saturating_sub(in_flight);
        let Some(reading) = self.source.reading() else {
            return if self.answered { usize::MAX } else { careful };
        };
        // A past window says nothing about the current one.
        if reading.window_left(tick.wall).is_zero() {
            return careful;
        }
        let left = usize::try_from(reading.budget.spendable(self.limits.spending)).unwrap_or(usize::MAX);
        (left / requests_per_probe(self.mode)).saturating_sub(in_flight)
    }

    /// Nothing is running and nothing may be sent: the budget is used up.
    async fn wait_for_budget(&mut self, tick: Tick) -> Result<Until, ReceiverGone> {
        let needed = requests_per_probe(self.mode) as u64;
        let reading = self.source.reading();
        let wait = reading.and_then(|reading| reading.wait(self.limits.spending, needed, tick.wall));
        let Some((pause, reason)) = wait else {
            // A later answer has a better budget.
            return Ok(Until::after(tick, Duration::from_secs(1)));
        };
        let until = Until::after(tick, pause);
        self.pause(tick, until, reason, None).await?;
        Ok(until)
    }
}

async fn wait(clock: &Clock<'_>, until: Option<Until>) {
    if let Some(until) = until {
        clock.wait(until).await;
    }
}

/// The host of a URL, with its port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

#[cfg(test)]
#[path = "approver_tests.rs"]
mod approvers;
#[cfg(test)]
#[path = "scripted_tests.rs"]
mod scripted;
#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
