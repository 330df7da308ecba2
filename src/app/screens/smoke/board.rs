//! The board of a smoke test: how far it is, what was found, what is broken first. Pure; it is fed with the events of
//! `jobs::smoke`.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::app::requests::SmokeTargets;
use crate::domain::smoke::{Pause, SmokeEvent, SmokePlan, SmokeResult, SmokeSummary, Standing, Tally};
use crate::domain::{Clean, GrantId, Now};
use crate::ui::layout;

/// Results that simply work and are listed; of more only the number is told. What is broken is listed whole.
pub(super) const WORKING: u32 = 1_000;

/// Nothing that is under way takes longer than this, in milliseconds; where nothing comes for longer and nothing is
/// waited for, the machine slept.
const LONGEST_GAP: u64 = 60_000;

/// So many results at once are sorted in, instead of being put in one after the other.
const MANY: usize = 32;

/// What a run is about, in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// One grant.
    One(GrantId),
    /// The marked ones.
    Marked {
        /// How many.
        count: usize,
        /// Of them not shown in the list.
        hidden: usize,
    },
    /// What the list shows.
    Shown {
        /// How many.
        count: usize,
        /// Something narrows the list.
        narrowed: bool,
        /// There are more that are not loaded.
        partial: bool,
    },
    /// What failed the last time.
    Failed(usize),
    /// What shares a credential with revoked grants.
    Siblings(usize),
    /// Nothing yet.
    #[default]
    Nothing,
}

/// What is known of a run from the parts before the last stop.
#[derive(Clone, Copy, Debug, Default)]
struct Earlier {
    /// Grants with a verdict.
    grants: u32,
    /// Those of them that were called.
    calls: u32,
    /// How long those parts took.
    elapsed: Duration,
}

/// One run, as the screen knows it.
#[derive(Debug, Default)]
pub struct Board {
    /// What it is about.
    pub subject: Subject,
    /// What is tested: to go on with it. None once nothing is left.
    pub job: Option<SmokeTargets>,
    /// What it does; None until that is known.
    pub plan: Option<SmokePlan>,
    /// The counts so far.
    pub tally: Tally,
    /// What was found, the broken first; of what simply works the first [`WORKING`].
    pub found: Vec<Arc<SmokeResult>>,
    /// How many of those that simply work are not listed.
    pub unlisted: u32,
    /// Every grant with a verdict, listed or not: what was answered is not asked again.
    decided: HashSet<GrantId>,
    /// What the cursor is on; None = the first, whatever comes in above.
    cursor: Option<Arc<SmokeResult>>,
    /// Where that stands.
    pub place: usize,
    /// The first visible result.
    pub offset: usize,
    /// Grants that are being asked.
    pub under_way: HashSet<GrantId>,
    /// Why nothing is sent, while nothing is.
    pub pause: Option<Pause>,
    /// Hosts that are left alone for a while.
    pub resting: Vec<Pause>,
    /// It was asked to stop.
    pub stopping: bool,
    /// How it ended.
    pub summary: Option<SmokeSummary>,
    /// The parts of it that ended before the one under way.
    earlier: Earlier,
    /// Milliseconds that it worked, without the time in which the machine slept.
    spent: u64,
    /// When its last event came, in [`Now::millis`].
    last_event: Option<u64>,
}

impl Board {
    /// The rule that is broken; None is the only right answer.
    pub(super) fn flaw(&self) -> Option<&'static str> {
        let rules = [
            (self.place < self.found.len().max(1), "the cursor is past the last result"),
            (self.offset <= self.place, "the cursor is above the window of results"),
            (self.found.is_sorted_by_key(|result| result.verdict), "the results are out of order"),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map(|(_, rule)| rule)
    }

    /// A run that begins.
    pub fn new(subject: Subject, job: SmokeTargets) -> Self {
        Self { subject, job: Some(job), ..Self::default() }
    }

    /// Goes on with what is left: the job for it. What is known stays, whether the history keeps it or not. None where
    /// nothing is left, or it is still under way.
    pub fn go_on(&mut self) -> Option<SmokeTargets> {
        let job = self.job.as_mut()?;
        let summary = self.summary.take()?;
        job.decided = Arc::new(self.decided.clone());
        job.resume = self.plan.as_ref().and_then(|plan| plan.run);
        let job = job.clone();
        self.earlier =
            Earlier { grants: self.tally.total(), calls: self.tally.called, elapsed: summary.elapsed };
        self.stopping = false;
        // The time between the parts is none of the run's.
        self.last_event = None;
        Some(job)
    }

    /// Whether it is under way.
    pub fn is_running(&self) -> bool {
        self.summary.is_none()
    }

    /// Takes events in, in the order in which they came.
    pub fn apply(&mut self, events: &[SmokeEvent], now: Now) {
        self.clock(now);
        let mut new = Vec::new();
        for event in events {
            match event {
                SmokeEvent::Planned(plan) => {
                    let Earlier { grants, calls, .. } = self.earlier;
                    let whole = (plan.grants + grants, plan.calls + calls);
                    self.plan = Some(SmokePlan { grants: whole.0, calls: whole.1, ..plan.clone() });
                }
                SmokeEvent::Started(id) => {
                    self.under_way.insert(*id);
                    self.pause = None;
                }
                SmokeEvent::Verdict(result) => {
                    self.tally.add(result);
                    self.decided.insert(result.grant);
                    self.under_way.remove(&result.grant);
                    if self.is_listed(result) {
                        new.push(Arc::clone(result));
                    }
                }
                SmokeEvent::Paused(pause) => self.rest(pause),
                SmokeEvent::NotKept(_) => {}
                SmokeEvent::Done(summary) => {
                    self.pause = None;
                    self.resting.clear();
                    self.under_way.clear();
                    // Rows that are held here are copied when the list changes.
                    self.job = self.job.take().filter(|_| summary.left > 0);
                    let elapsed = summary.elapsed + self.earlier.elapsed;
                    self.summary = Some(SmokeSummary { elapsed, ..summary.clone() });
                }
            }
        }
        self.sort_in(new);
    }

    /// Counts the time. A gap in which the machine slept is none of the run's.
    fn clock(&mut self, now: Now) {
        if let Some(last_event) = self.last_event {
            let waited = self.pause.as_ref().map_or(0, |pause| pause.length.as_millis() as u64);
            self.spent += now.millis.saturating_sub(last_event).min(LONGEST_GAP + waited);
        }
        self.last_event = Some(now.millis);
    }

    fn rest(&mut self, pause: &Pause) {
        // What waits for one host does not hold the others up.
        let Some(host) = &pause.host else {
            self.pause = Some(pause.clone());
            return;
        };
        self.resting.retain(|known| known.host.as_ref() != Some(host));
        self.resting.push(pause.clone());
    }

    /// Whether there is a line for it. What healed is news and always has one.
    fn is_listed(&mut self, result: &SmokeResult) -> bool {
        let plain = result.verdict.standing() == Standing::Fine
            && result.caveats.is_empty()
            && result.change().is_none();
        if plain && self.tally.standing(Standing::Fine) > WORKING {
            self.unlisted += 1;
            return false;
        }
        true
    }

    /// Keeps the order, whatever the order of answers.
    fn sort_in(&mut self, new: Vec<Arc<SmokeResult>>) {
        if new.len() > MANY {
            self.found.extend(new);
            // What is in order already costs next to nothing.
            self.found.sort_by(|one, other| one.order().cmp(&other.order()));
        } else {
            for result in new {
                let place = self.found.partition_point(|known| known.order() < result.order());
                self.found.insert(place, result);
            }
        }
        if let Some(cursor) = &self.cursor {
            self.place = self.found.partition_point(|known| known.order() < cursor.order());
        }
    }

    /// Grants with a verdict, and all of them.
    pub fn progress(&self) -> (u32, u32) {
        (self.tally.total(), self.plan.as_ref().map_or(0, |plan| plan.grants))
    }

    /// Calls in a second so far, in tenths; None while too little is known.
    pub fn rate(&self) -> Option<u64> {
        (self.spent >= 1_000 && self.tally.called > 0)
            .then(|| u64::from(self.tally.called) * 10_000 / self.spent)
    }

    /// Seconds until the end; None once it is over, or while too little is known. Under a short rate budget that
    /// decides, not the pace of the first moments.
    pub fn seconds_left(&self) -> Option<u64> {
        let plan = self.plan.as_ref().filter(|_| self.is_running())?;
        let left = u64::from(plan.calls.saturating_sub(self.tally.called));
        if let Some(each) = plan.estimate.per_minute {
            return Some(left * 60 / each.max(1));
        }
        let tenths = self.rate()?;
        (tenths > 0).then(|| left * 10 / tenths)
    }

    /// Moves the cursor; it stays on its grant while others come in above it, but for the first line, which is
    /// always what is worst.
    pub fn go_to(&mut self, place: usize, height: usize) {
        self.place = place.min(self.found.len().saturating_sub(1));
        self.cursor = self.found.get(self.place).filter(|_| self.place > 0).cloned();
        self.settle(height);
    }

    /// Keeps the cursor in the window.
    pub fn settle(&mut self, height: usize) {
        self.offset = layout::scroll_to(self.offset, self.place, height, self.found.len(), layout::CONTEXT);
    }

    /// What the cursor is on.
    pub fn selected(&self) -> Option<&Arc<SmokeResult>> {
        self.found.get(self.place)
    }

    /// Those to run again: what failed.
    pub fn failures(&self) -> Vec<GrantId> {
        let failing = self.found.iter().filter(|result| result.verdict.standing() == Standing::Failing);
        failing.map(|result| result.grant).collect()
    }

    /// Whether anything failed; what did stands first.
    pub fn has_failures(&self) -> bool {
        self.found.first().is_some_and(|result| result.verdict.standing() == Standing::Failing)
    }

    /// Why nothing is sent, as long as that holds; a pause that the machine slept through is over.
    pub fn pause_now(&self, now: Now) -> Option<&Pause> {
        self.pause.as_ref().filter(|pause| pause.until > now.wall)
    }

    /// The hosts that are still left alone.
    pub fn resting_now(&self, now: Now) -> impl Iterator<Item = (&Clean, &Pause)> {
        let still = self.resting.iter().filter(move |pause| pause.until > now.wall);
        still.filter_map(|pause| Some((pause.host.as_ref()?, pause)))
    }

    /// When the picture changes by itself, in [`Now::millis`]: only a pause is counted down.
    pub fn next_wake(&self, now: Now) -> Option<u64> {
        let until = self.pause_now(now).into_iter().chain(self.resting_now(now).map(|(_, pause)| pause));
        let left = until.map(|pause| pause.until.duration_since(now.wall).as_millis()).min()?;
        // To the next whole second of what is left.
        let part = u64::try_from(left.rem_euclid(1_000)).unwrap_or_default();
        Some(now.millis + if part == 0 { 1_000 } else { part })
    }
}
