//! The walk that brings rows: the first one, the one for a filter, the rest, a refresh.

use std::collections::{HashMap, HashSet};

use super::{ChangeMark, Grants, Kin};
use crate::app::model::PATIENCE;
use crate::app::{Effect, Job, Model, Slot};
use crate::domain::listing::WalkSummary;
use crate::domain::{Diagnosis, ListEvent, ListRequest, Now, RowId, ServerFilter, remedy, words};
use crate::search::rows::Change;

/// By hand only above this many rows: a refresh of a large list is not something to do every minute.
pub const WATCH_AT_MOST: usize = 5_000;

/// Where loading stands.
#[derive(Debug, Default)]
pub struct Walk {
    /// What it is doing.
    pub phase: WalkPhase,
    /// What it asks for.
    pub filter: ServerFilter,
    /// Where the unfiltered walk goes on, when it was interrupted.
    pub rest: Option<u64>,
    /// The backend's count per filter.
    pub totals: HashMap<ServerFilter, u64>,
    /// Filters whose rows are all here.
    pub complete: HashSet<ServerFilter>,
    /// During a refresh: the rows seen so far. None in a first walk, which marks no changes.
    pub seen: Option<HashSet<RowId>>,
    /// Filters whose last walk ended with other rows than the backend counts: what is here may not be all.
    pub short: HashSet<ServerFilter>,
    /// The offset at which this walk began.
    pub began: u64,
}

/// What a walk is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum WalkPhase {
    /// Nothing was asked for yet.
    #[default]
    Idle,
    /// Pages are coming.
    Loading {
        /// Since when, in [`Now::millis`]: the last sign of life.
        since: u64,
    },
    /// It pauses.
    Waiting {
        /// Why.
        reason: Diagnosis,
        /// Until when, in [`Now::millis`].
        until: u64,
    },
    /// It ended.
    Done,
    /// The person stopped it.
    Stopped,
    /// It failed; what came before stays.
    Failed(Diagnosis),
}

impl Walk {
    /// Whether something is on its way.
    pub fn is_busy(&self) -> bool {
        matches!(self.phase, WalkPhase::Loading { .. } | WalkPhase::Waiting { .. })
    }

    /// Whether it pauses, or has given no sign of life for so long that the screen tells how to stop it.
    pub fn is_slow(&self, now: Now) -> bool {
        match &self.phase {
            WalkPhase::Loading { since } => now.millis.saturating_sub(*since) >= PATIENCE,
            WalkPhase::Waiting { .. } => true,
            WalkPhase::Idle | WalkPhase::Done | WalkPhase::Stopped | WalkPhase::Failed(_) => false,
        }
    }

    /// Whether all rows of a filter are here.
    pub fn has_all(&self, filter: &ServerFilter) -> bool {
        self.complete.contains(&ServerFilter::default()) || self.complete.contains(filter)
    }

    /// The backend's count for a filter, where it was ever told.
    pub fn total(&self, filter: &ServerFilter) -> Option<u64> {
        self.totals.get(filter).copied()
    }
}

/// Starts the first walk.
pub(crate) fn open(model: &mut Model, now: Now) -> Vec<Effect> {
    start(model, ServerFilter::default(), 0, now)
}

/// Brings the rows that the current filter lacks, before anything else; then the rest of the list.
pub(super) fn follow_filter(model: &mut Model, now: Now) -> Vec<Effect> {
    let wanted = model.grants.filters.server.clone();
    let walk = &model.grants.walk;
    if walk.seen.is_some() && walk.is_busy() {
        // A refresh is under way; it ends in a moment and must see the whole list.
        return Vec::new();
    }
    if walk.is_busy() && walk.filter == wanted {
        return Vec::new();
    }
    if !wanted.is_empty() && !walk.has_all(&wanted) {
        return start(model, wanted, 0, now);
    }
    go_on(model, now)
}

/// Goes on with the unfiltered walk where it was interrupted, unless the person stopped it.
fn go_on(model: &mut Model, now: Now) -> Vec<Effect> {
    let walk = &model.grants.walk;
    let whole = ServerFilter::default();
    if walk.has_all(&whole) || (walk.is_busy() && walk.filter.is_empty()) {
        return Vec::new();
    }
    match walk.rest {
        Some(rest) => start(model, whole, rest, now),
        None => Vec::new(),
    }
}

fn start(model: &mut Model, filter: ServerFilter, offset: u64, now: Now) -> Vec<Effect> {
    let ticket = model.slots.begin(Slot::Walk);
    let walk = &mut model.grants.walk;
    walk.phase = WalkPhase::Loading { since: now.millis };
    walk.filter = filter.clone();
    walk.began = offset;
    let first_page = if offset == 0 { 100 } else { 1000 };
    let request = ListRequest { filter, first_page, offset, ..ListRequest::default() };
    vec![Effect::Start { ticket, job: Job::List(request) }]
}

/// Walks the list again and marks what is new, changed or gone.
pub(super) fn refresh(model: &mut Model, now: Now) -> Vec<Effect> {
    let grants = &mut model.grants;
    if grants.rows.is_empty() || !matches!(grants.walk.phase, WalkPhase::Done | WalkPhase::Loading { .. }) {
        grants.walk.seen = None;
    } else {
        grants.walk.seen = Some(HashSet::new());
    }
    let gone: HashSet<RowId> =
        grants.changes.iter().filter(|(_, mark)| **mark == ChangeMark::Gone).map(|(row, _)| *row).collect();
    if !gone.is_empty() {
        grants.rows.remove(&gone);
        grants.marks.retain(|row| !gone.contains(row));
        grants.recount();
    }
    grants.changes.clear();
    grants.walk.short.clear();
    start(model, ServerFilter::default(), 0, now)
}

/// Stops loading; what is here stays.
pub(super) fn stop(model: &mut Model) -> Vec<Effect> {
    model.slots.end(Slot::Walk);
    model.grants.walk.phase = WalkPhase::Stopped;
    model.grants.walk.seen = None;
    vec![Effect::Cancel(Slot::Walk)]
}

/// Takes an event of the walk in. True when rows changed.
pub(super) fn take(model: &mut Model, event: ListEvent, now: Now) -> (bool, Vec<Effect>) {
    let grants = &mut model.grants;
    match event {
        ListEvent::Budget(budget) => {
            model.budget = Some(budget);
            (false, Vec::new())
        }
        ListEvent::Page { grants: rows, total, next, .. } => {
            let walk = &mut grants.walk;
            walk.phase = WalkPhase::Loading { since: now.millis };
            walk.totals.insert(walk.filter.clone(), total);
            if walk.filter.is_empty() {
                walk.rest = next;
            }
            let changed = grants.put(rows);
            (changed, Vec::new())
        }
        ListEvent::Waiting { reason, millis } => {
            if !grants.rows.is_empty() {
                // Without rows the pane itself explains it.
                model.toasts.warning(remedy::render(&reason).headline, now);
            }
            grants.walk.phase = WalkPhase::Waiting { reason, until: now.millis + millis };
            (false, Vec::new())
        }
        ListEvent::WalkingAgain { .. } => {
            grants.walk.phase = WalkPhase::Loading { since: now.millis };
            (false, Vec::new())
        }
        ListEvent::Done(summary) => {
            model.slots.end(Slot::Walk);
            let changed = finish(model, summary, now);
            (changed, go_on_after(model, now))
        }
        ListEvent::Failed(diagnosis) => {
            model.slots.end(Slot::Walk);
            grants.walk.seen = None;
            grants.walk.phase = WalkPhase::Failed(diagnosis.clone());
            if !grants.rows.is_empty() {
                model.toasts.failure(&diagnosis, now);
            }
            (false, Vec::new())
        }
    }
}

fn go_on_after(model: &mut Model, now: Now) -> Vec<Effect> {
    let grants = &model.grants;
    if grants.walk.filter == grants.filters.server {
        // However it ended, it is not walked again unasked: where rows and counts never agree, that has no end.
        return go_on(model, now);
    }
    // A filter was chosen while a refresh ran.
    follow_filter(model, now)
}

fn finish(model: &mut Model, summary: WalkSummary, now: Now) -> bool {
    let grants = &mut model.grants;
    let walk = &mut grants.walk;
    walk.phase = WalkPhase::Done;
    walk.totals.insert(walk.filter.clone(), summary.total);
    let whole = walk.filter.is_empty();
    // A walk that began in the middle never saw the head; together with the walk before it, it is whole.
    let together =
        walk.began > 0 && summary.first_total == summary.total && grants.rows.len() as u64 == summary.total;
    if summary.complete || (whole && together) {
        walk.complete.insert(walk.filter.clone());
        walk.short.remove(&walk.filter);
    } else {
        walk.complete.remove(&walk.filter);
        walk.short.insert(walk.filter.clone());
        let found = if walk.began > 0 { grants.rows.len() as u64 } else { summary.unique };
        let told = if found == summary.total {
            "Not proven whole: the list kept changing while it was read. r reads it again.".to_owned()
        } else {
            let (found, total) = (words::count(found), words::count(summary.total));
            format!("Not proven whole: {found} grants were found, the backend counts {total}. r reads again.")
        };
        model.toasts.warning(&told, now);
    }
    let mut changed = false;
    if let Some(seen) = walk.seen.take().filter(|_| whole && summary.complete) {
        let gone: Vec<RowId> =
            grants.rows.iter().map(|grant| grant.row).filter(|row| !seen.contains(row)).collect();
        changed = !gone.is_empty();
        for row in gone {
            grants.changes.insert(row, ChangeMark::Gone);
        }
        let told = grants.changes_in_words();
        model.toasts.info(&told, now);
    }
    if model.grants.watch.is_some() {
        model.watch_again(now);
    }
    changed
}

/// The time for something came: a watch refreshes.
pub(crate) fn tick(model: &mut Model, now: Now) -> Vec<Effect> {
    if model.grants.watch.is_some_and(|at| at <= now.millis) && !model.grants.walk.is_busy() {
        return refresh(model, now);
    }
    Vec::new()
}

impl Grants {
    /// Puts rows in; true when any of them was new or different.
    fn put(&mut self, rows: Vec<crate::domain::Grant>) -> bool {
        let mut any = false;
        for grant in rows {
            let (row, provider) = (grant.row, grant.provider.clone());
            if let Some(seen) = &mut self.walk.seen {
                seen.insert(row);
            }
            match self.rows.put(grant) {
                Change::Added(index) => {
                    any = true;
                    if let Some(grant) = self.rows.get(index) {
                        self.kin.add(index, grant);
                    }
                    *self.per_provider.entry(provider).or_default() += 1;
                    if self.walk.seen.is_some() {
                        self.changes.insert(row, ChangeMark::New);
                    }
                }
                Change::Changed(_) => {
                    any = true;
                    if self.walk.seen.is_some() {
                        self.changes.insert(row, ChangeMark::Changed);
                    }
                }
                Change::Same(_) => {}
            }
        }
        any
    }

    fn recount(&mut self) {
        self.per_provider.clear();
        self.kin = Kin::default();
        for (index, grant) in (0u32..).zip(self.rows.iter()) {
            self.kin.add(index, grant);
            *self.per_provider.entry(grant.provider.clone()).or_default() += 1;
        }
    }

    fn changes_in_words(&self) -> String {
        let count = |mark: ChangeMark| self.changes.values().filter(|have| **have == mark).count();
        let parts: Vec<String> =
            [(ChangeMark::New, "new"), (ChangeMark::Changed, "changed"), (ChangeMark::Gone, "gone")]
                .into_iter()
                .filter_map(|(mark, word)| {
                    Some(count(mark)).filter(|n| *n > 0).map(|n| format!("{n} {word}"))
                })
                .collect();
        if parts.is_empty() {
            "Refreshed: nothing changed.".to_owned()
        } else {
            format!("Refreshed: {}.", parts.join(", "))
        }
    }
}
