//! Revoking grants on the screen: what it affects, the question, and what became of each grant.

mod agents;
mod known;
mod question;
mod run;
mod screen;
mod start;
mod update;
mod view;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use tui_input::Input;

use crate::domain::revoke::{PlanRequest, RevokePlan};
use crate::domain::smoke::Verdict;
use crate::domain::{Diagnosis, Grant, GrantId, Now};
use crate::ui::layout;

pub use agents::Access;
pub(crate) use agents::{BUSY as ACCESS_BUSY, access_in_words, picked, take_away, taken_away};
pub(crate) use question::begin;
pub(crate) use run::{Run, Step};
pub(crate) use screen::RevokeScreen;
pub(crate) use update::{answer, planned, progress_line, under_way_in_words};

/// Why there is no second revocation beside one.
pub(crate) const BUSY: &str = "A revocation is running; m r shows it, Esc there stops it.";

/// A revocation, from the key to what became of it.
#[derive(Debug)]
pub struct Revoking {
    /// What it is about, in numbers.
    pub subject: Subject,
    /// What was asked for.
    request: PlanRequest,
    /// The reason, as typed so far.
    pub reason: Input,
    /// How far it is.
    pub state: RevokeState,
    /// The grant under the cursor: its place in the list as shown.
    cursor: usize,
    /// The first visible one.
    offset: usize,
    /// The first visible line about the grant, where there is one grant.
    scroll: usize,
}

/// What a revocation is about, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Grants that were meant.
    pub count: usize,
    /// Of them marked and not shown in the list.
    pub hidden: usize,
    /// Marked rows whose id is unreadable: they are left out.
    pub unreadable: usize,
    /// They were marked.
    pub marked: bool,
}

/// How far a revocation is.
#[derive(Debug)]
pub enum RevokeState {
    /// The list is being read.
    Reading {
        /// Rows that are here, and all of them.
        rows: Option<(u64, u64)>,
        /// Why nothing is read, while nothing is.
        pause: Option<Pause>,
    },
    /// The list cannot be read.
    Refused(Diagnosis),
    /// The plan is shown; nothing was sent.
    Planned(Box<Facts>),
    /// It was confirmed: it is under way or over.
    Running(Box<Run>),
}

/// A plan, and all that is known about its grants.
#[derive(Debug)]
pub struct Facts {
    /// The plan.
    pub plan: Arc<RevokePlan>,
    /// Siblings of its targets, to be tested afterwards.
    pub siblings: Vec<Grant>,
    /// What the history knows of its targets.
    verdicts: HashMap<GrantId, Verdict>,
    /// Files of the last scan that hold their ids.
    files: HashMap<GrantId, Vec<PathBuf>>,
    /// The list may lack relatives of them.
    pub doubt: Option<Diagnosis>,
    /// When the list was read.
    at: Timestamp,
}

impl Facts {
    /// How many grants there are to list: targets, then what is gone already.
    fn len(&self) -> usize {
        self.plan.targets.len() + self.plan.gone.len()
    }
}

/// Why nothing happens for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Why.
    reason: Diagnosis,
    /// Until when, in [`Now::millis`].
    until: u64,
}

impl Pause {
    fn new(reason: Diagnosis, millis: u64, now: Now) -> Self {
        Self { reason, until: now.millis.saturating_add(millis) }
    }

    /// Whole seconds that are left; None once it is over.
    fn seconds(&self, now: Now) -> Option<u64> {
        self.until.checked_sub(now.millis).filter(|left| *left > 0).map(|left| left.div_ceil(1_000))
    }

    /// When the picture changes by itself, in [`Now::millis`].
    fn next_wake(&self, now: Now) -> Option<u64> {
        let left = self.until.checked_sub(now.millis).filter(|left| *left > 0)?;
        // To the next whole second of what is left.
        Some(now.millis + if left % 1_000 == 0 { 1_000 } else { left % 1_000 })
    }
}

impl Revoking {
    /// What the plan knows; None while there is none.
    pub fn facts(&self) -> Option<&Facts> {
        match &self.state {
            RevokeState::Planned(facts) => Some(facts),
            RevokeState::Running(run) => Some(&run.facts),
            RevokeState::Reading { .. } | RevokeState::Refused(_) => None,
        }
    }

    /// What was confirmed.
    pub fn run(&self) -> Option<&Run> {
        match &self.state {
            RevokeState::Running(run) => Some(run),
            RevokeState::Reading { .. } | RevokeState::Refused(_) | RevokeState::Planned(_) => None,
        }
    }

    /// Whether requests are under way that change something.
    pub fn is_running(&self) -> bool {
        self.run().is_some_and(|run| !run.is_over())
    }

    /// Whether the reason can be typed.
    fn is_typed(&self) -> bool {
        self.run().is_none()
    }

    /// What stands at a place of the list as shown: an index into targets, then into what is gone.
    fn at(&self, place: usize) -> Option<usize> {
        let len = self.facts()?.len();
        let index = self.run().and_then(|run| run.order.get(place).copied()).unwrap_or(place);
        (index < len).then_some(index)
    }

    /// Puts the cursor on a place.
    fn go_to(&mut self, place: usize, height: usize) {
        let len = self.facts().map_or(0, Facts::len);
        self.cursor = place.min(len.saturating_sub(1));
        self.offset = layout::scroll_to(self.offset, self.cursor, height, len, layout::CONTEXT);
    }

    /// The rule that is broken; None is the only right answer.
    fn flaw(&self) -> Option<&'static str> {
        let len = self.facts().map_or(0, Facts::len);
        let rules = [
            (self.cursor < len.max(1), "the cursor is past the last grant to revoke"),
            (self.offset <= self.cursor, "the cursor is above the window of grants to revoke"),
            (self.run().is_none_or(Run::adds_up), "outcomes and counts of a revocation disagree"),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map(|(_, rule)| rule)
    }
}
