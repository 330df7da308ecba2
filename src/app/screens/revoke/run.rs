//! A revocation that was confirmed: where each grant stands. Pure; it is fed with the events of `jobs::revoke`.

use super::{Facts, Pause};
use crate::domain::revoke::{RevokeEvent, RevokeOutcome, RevokeTally};
use crate::domain::{Diagnosis, Grant, GrantId, Now, Retry};

/// Where a grant stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its turn has not come.
    Waiting,
    /// The request is under way.
    Sent,
    /// It has its outcome.
    Ended(RevokeOutcome),
}

/// Whether a revocation goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It goes on.
    UnderWay,
    /// Every grant was reported.
    Done,
    /// The work itself failed.
    Broke(Diagnosis),
}

/// A revocation that was confirmed.
#[derive(Debug)]
pub struct Run {
    /// What was planned.
    pub facts: Facts,
    /// Where each target stands.
    pub steps: Vec<Step>,
    /// The counts so far, with what was gone before.
    pub tally: RevokeTally,
    /// Why nothing is sent, while nothing is.
    pub(super) pause: Option<Pause>,
    /// Somebody stopped it.
    pub stopping: bool,
    /// Whether somebody moved the cursor: until then it follows what happens.
    pub(super) moved: bool,
    /// Whether it goes on.
    pub progress: Progress,
    /// The order in which grants are shown once it is over; empty = as planned.
    pub(super) order: Vec<usize>,
}

impl Run {
    /// Begins.
    pub(super) fn new(facts: Facts) -> Self {
        let steps = vec![Step::Waiting; facts.plan.targets.len()];
        let tally = RevokeTally { gone: facts.plan.gone.len() as u32, ..RevokeTally::default() };
        let (pause, progress, order) = (None, Progress::UnderWay, Vec::new());
        Self { facts, steps, tally, pause, stopping: false, moved: false, progress, order }
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.progress != Progress::UnderWay
    }

    /// Targets that have their outcome.
    pub fn ended(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, Step::Ended(_))).count()
    }

    /// Takes events in, in the order in which they came; returns the targets that have ended.
    pub(super) fn apply(&mut self, events: Vec<RevokeEvent>, now: Now) -> Vec<usize> {
        let mut done = Vec::new();
        for event in events {
            match event {
                RevokeEvent::Started { index } => {
                    self.pause = None;
                    if let Some(step @ Step::Waiting) = self.steps.get_mut(index) {
                        *step = Step::Sent;
                    }
                }
                RevokeEvent::Ended { index, outcome } => self.ended_with(index, outcome, &mut done),
                RevokeEvent::Waiting { reason, millis } => self.pause = Some(Pause::new(reason, millis, now)),
                RevokeEvent::Done { failed } => {
                    self.finish(failed.as_ref());
                    self.progress = failed.map_or(Progress::Done, Progress::Broke);
                }
            }
        }
        done
    }

    fn ended_with(&mut self, index: usize, outcome: RevokeOutcome, done: &mut Vec<usize>) {
        let Some(step) = self.steps.get_mut(index).filter(|step| !matches!(step, Step::Ended(_))) else {
            return;
        };
        self.tally.add(&outcome);
        if outcome.is_done() {
            done.push(index);
        }
        *step = Step::Ended(outcome);
    }

    /// Gives an outcome to whatever has none, and puts first what needs attention.
    fn finish(&mut self, failed: Option<&Diagnosis>) {
        self.pause = None;
        for index in 0..self.steps.len() {
            let outcome = match (self.steps.get(index), failed) {
                // Nobody knows whether it was carried out.
                (Some(Step::Sent), Some(why)) => {
                    RevokeOutcome::Uncertain(Diagnosis { retry: Retry::Unsafe, ..why.clone() })
                }
                (Some(Step::Ended(_)) | None, _) => continue,
                (Some(Step::Waiting | Step::Sent), _) => RevokeOutcome::NotTried,
            };
            self.ended_with(index, outcome, &mut Vec::new());
        }
        let mut order: Vec<usize> = (0..self.facts.len()).collect();
        order.sort_by_key(|index| rank(self.steps.get(*index)));
        self.order = order;
    }

    /// The first target without an outcome.
    pub(super) fn front(&self) -> usize {
        let front = self.steps.iter().position(|step| !matches!(step, Step::Ended(_)));
        front.unwrap_or(self.steps.len().saturating_sub(1))
    }

    /// The siblings of what has ended, which may have ended with it.
    pub(super) fn siblings(&self) -> Vec<&Grant> {
        let ended = |step: &Step| matches!(step, Step::Ended(outcome) if outcome.is_done());
        let targets = &self.facts.plan.targets;
        let of_ended = targets.iter().zip(&self.steps).filter(|(_, step)| ended(step));
        let reached: std::collections::HashSet<GrantId> =
            of_ended.flat_map(|(target, _)| target.reach.siblings.iter().copied()).collect();
        let own: std::collections::HashSet<GrantId> = targets.iter().map(|target| target.id).collect();
        let is_meant = |id: GrantId| reached.contains(&id) && !own.contains(&id);
        self.facts.siblings.iter().filter(|grant| grant.row.grant().is_some_and(is_meant)).collect()
    }

    /// Whether the counts fit to the outcomes.
    pub(super) fn adds_up(&self) -> bool {
        let tally = self.tally;
        let counted = tally.revoked + tally.gone + tally.failed + tally.uncertain + tally.left;
        let whole = !self.is_over() || self.ended() == self.steps.len();
        counted as usize == self.ended() + self.facts.plan.gone.len() && whole
    }
}

/// What needs attention comes first.
fn rank(step: Option<&Step>) -> u8 {
    match step {
        Some(Step::Ended(outcome)) => match outcome {
            RevokeOutcome::Failed(_) => 0,
            RevokeOutcome::Uncertain(_) => 1,
            RevokeOutcome::NotTried => 2,
            RevokeOutcome::RevokedByList => 3,
            RevokeOutcome::Revoked { .. } => 4,
            RevokeOutcome::Gone => 5,
        },
        Some(Step::Waiting | Step::Sent) => 2,
        None => 5,
    }
}
