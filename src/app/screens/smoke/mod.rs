//! The board of a smoke test: how far it is, what was found, what is broken first. Pure; it is fed with the events of
//! `jobs::smoke` and draws what it was told.

mod cell;
mod view;

use std::sync::Arc;

pub use cell::{Faded, TestCell, sparkline, test_cell};

use crate::domain::smoke::{Pause, SmokeEvent, SmokePlan, SmokeResult, SmokeSummary, Standing, Tally};
use crate::domain::{GrantId, Now};

/// A run with more calls than this asks first.
pub const ASK_ABOVE: u32 = 100;

/// One run, as the screen knows it.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// What it does; None until that is known.
    pub plan: Option<SmokePlan>,
    /// The counts so far.
    pub tally: Tally,
    /// What failed or was not judged, or works with a but: what is broken first.
    pub notable: Vec<Arc<SmokeResult>>,
    /// Which of them the cursor is on.
    cursor: Option<GrantId>,
    /// Probes under way.
    pub under_way: u32,
    /// Why nothing is sent, while nothing is.
    pub pause: Option<Pause>,
    /// How it ended.
    pub summary: Option<SmokeSummary>,
    /// When the first call went out, in [`Now::millis`].
    began: Option<u64>,
}

impl Board {
    /// Takes an event in.
    pub fn hear(&mut self, event: SmokeEvent, now: Now) {
        match event {
            SmokeEvent::Planned(plan) => self.plan = Some(plan),
            SmokeEvent::Started(_) => {
                self.began.get_or_insert(now.millis);
                self.under_way += 1;
                self.pause = None;
            }
            SmokeEvent::Verdict(result) => {
                self.tally.add(&result);
                if result.attempts > 0 {
                    self.under_way = self.under_way.saturating_sub(1);
                }
                self.note(result);
            }
            // What waits for one host does not hold the others up.
            SmokeEvent::Paused(pause) if pause.host.is_none() => self.pause = Some(pause),
            SmokeEvent::Paused(_) | SmokeEvent::NotKept(_) => {}
            SmokeEvent::Done(summary) => {
                (self.pause, self.under_way) = (None, 0);
                self.summary = Some(summary);
            }
        }
    }

    /// Keeps the order, whatever the order of answers.
    fn note(&mut self, result: Arc<SmokeResult>) {
        if result.verdict.standing() == Standing::Fine && result.buts.is_empty() {
            return;
        }
        let place = self.notable.partition_point(|known| known.order() < result.order());
        self.notable.insert(place, result);
    }

    /// Grants with a verdict, and all of them.
    pub fn progress(&self) -> (u32, u32) {
        (self.tally.total(), self.plan.as_ref().map_or(0, |plan| plan.grants))
    }

    /// Calls in a second so far, in tenths; None while too little is known.
    pub fn rate(&self, now: Now) -> Option<u64> {
        let millis = now.millis.saturating_sub(self.began?);
        (millis >= 1_000 && self.tally.called > 0).then(|| u64::from(self.tally.called) * 10_000 / millis)
    }

    /// Seconds until the end; None once it is over, or while too little is known. Under a short rate budget that
    /// decides, not the pace of the first moments.
    pub fn seconds_left(&self, now: Now) -> Option<u64> {
        let plan = self.plan.as_ref().filter(|_| self.summary.is_none())?;
        let left = u64::from(plan.calls.saturating_sub(self.tally.called));
        if let Some(each) = plan.estimate.per_minute {
            return Some(left * 60 / each.max(1));
        }
        let tenths = self.rate(now)?;
        (tenths > 0).then(|| left * 10 / tenths)
    }

    /// Where the cursor stands among the notable ones.
    pub fn line(&self) -> usize {
        let at = self.cursor.and_then(|id| self.notable.iter().position(|result| result.grant == id));
        at.unwrap_or_default()
    }

    /// Moves the cursor by so many lines; it stays on its grant while others come in above it.
    pub fn go(&mut self, by: isize) {
        let last = self.notable.len().saturating_sub(1);
        let line = self.line().saturating_add_signed(by).min(last);
        self.cursor = self.notable.get(line).map(|result| result.grant);
    }

    /// What the cursor is on.
    pub fn selected(&self) -> Option<&Arc<SmokeResult>> {
        self.notable.get(self.line())
    }

    /// Those to run again: what failed.
    pub fn failures(&self) -> Vec<GrantId> {
        let failing = self.notable.iter().filter(|result| result.verdict.standing() == Standing::Failing);
        failing.map(|result| result.grant).collect()
    }
}

#[cfg(test)]
#[path = "smoke_tests.rs"]
mod tests;
