//! The walk that brings rows: the first one, the one for a filter, the rest, a refresh.
//!
//! Each filter is walked once between two refreshes, however it ended: where rows and the backend's count never
//! agree, asking again has no end. Of the unfiltered walk, which filters interrupt, every row is remembered until
//! it is whole or given up.

use std::collections::{HashMap, HashSet};

use super::{ChangeMark, Grants, PATIENCE};
use crate::app::requests::WalkList;
use crate::app::shared::Shared;
use crate::app::{Effect, Slot};
use crate::domain::listing::WalkSummary;
use crate::domain::{Diagnosis, ListEvent, ListRequest, Now, RowId, ServerFilter, Spending, words};

/// By hand only above this many rows: a refresh of a large list is not something to do every minute.
pub const WATCH_AT_MOST: usize = 5_000;

/// Where loading stands.
#[derive(Debug, Default)]
pub struct Walk {
    /// What it is doing.
    pub phase: WalkPhase,
    /// What it asks for.
    pub filter: ServerFilter,
    /// The backend's count per filter.
    pub totals: Vec<(ServerFilter, u64)>,
    /// How the walk of each filter ended; none = not walked to its end since the last refresh.
    pub ended: HashMap<ServerFilter, Ending>,
    /// The unfiltered walk: where it goes on, and what it has seen, across interruptions.
    pub whole: Whole,
    /// What it is for.
    pub purpose: Purpose,
}

/// What a walk is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Rows that are not here yet.
    #[default]
    Load,
    /// The same, asked for by hand after a walk that ended otherwise than complete.
    LoadAgain,
    /// All rows again: what is new, changed or gone is marked.
    Refresh,
}

/// How the walk of a filter ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every row that the backend counts is here.
    Complete,
    /// Rows and count did not agree, or the count moved: what is here may not be all.
    Short,
}

/// The unfiltered walk across its interruptions.
#[derive(Debug, Default)]
pub struct Whole {
    /// Where it goes on; None = it did not begin, or it is at its end.
    pub rest: Option<u64>,
    /// The rows it has seen.
    pub seen: HashSet<RowId>,
    /// The backend's count when it began.
    pub total: Option<u64>,
    /// It was interrupted: its parts were read at different times.
    pub interrupted: bool,
    /// The person stopped it; it goes on only when asked.
    pub stopped: bool,
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

impl Grants {
    /// Sets the time of the next refresh of a watch.
    pub(super) fn watch_again(&mut self, shared: &Shared, now: Now) {
        self.watch = Some(now.millis + shared.watch_seconds() * 1_000);
    }
}

impl Walk {
    /// When what is said of it changes by itself, in [`Now::millis`].
    pub(crate) fn next_wake(&self, now: Now) -> Option<u64> {
        // Seconds are counted only while something is slow: then they are news.
        let next_second = |from: u64| from + (now.millis.saturating_sub(from) / 1_000 + 1) * 1_000;
        match &self.phase {
            WalkPhase::Loading { since } => Some(next_second(*since).max(since + PATIENCE)),
            WalkPhase::Waiting { until, .. } if *until > now.millis => {
                Some(until - (until - now.millis - 1) / 1_000 * 1_000)
            }
            WalkPhase::Idle
            | WalkPhase::Waiting { .. }
            | WalkPhase::Done
            | WalkPhase::Stopped
            | WalkPhase::Failed(_) => None,
        }
    }

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
        let complete = |filter: &ServerFilter| self.ended.get(filter) == Some(&Ending::Complete);
        complete(&ServerFilter::default()) || complete(filter)
    }

    /// Whether the rows of a filter were walked and may not be all.
    pub fn fell_short(&self, filter: &ServerFilter) -> bool {
        !self.has_all(filter) && self.ended.get(filter) == Some(&Ending::Short)
    }

    /// The backend's count for a filter, where it was ever told.
    pub fn total(&self, filter: &ServerFilter) -> Option<u64> {
        self.totals.iter().find(|(of, _)| of == filter).map(|(_, total)| *total)
    }

    fn set_total(&mut self, filter: &ServerFilter, total: u64) {
        self.totals.retain(|(of, _)| of != filter);
        self.totals.push((filter.clone(), total));
    }
}

/// Starts the first walk.
pub(crate) fn open(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let filter = grants.filters.server.clone();
    // A filter that was there from the start: its rows come first, the whole list after them.
    grants.walk.whole = Whole { rest: Some(0), ..Whole::default() };
    start(grants, shared, filter, 0, now)
}

/// Brings the rows that the current filter lacks, before anything else; then the rest of the list.
pub(super) fn follow_filter(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let wanted = grants.filters.server.clone();
    let walk = &mut grants.walk;
    // A refresh must see the whole list in one go; the filter follows when it ends.
    if walk.is_busy() && (walk.purpose == Purpose::Refresh || walk.filter == wanted) {
        return Vec::new();
    }
    if !wanted.is_empty() && !walk.has_all(&wanted) && !walk.ended.contains_key(&wanted) {
        if walk.is_busy() && walk.filter.is_empty() {
            walk.whole.interrupted = true;
        }
        return start(grants, shared, wanted, 0, now);
    }
    go_on(grants, shared, now)
}

/// Goes on with the unfiltered walk where it was interrupted, unless the person stopped it.
fn go_on(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let walk = &grants.walk;
    let whole = ServerFilter::default();
    if walk.ended.contains_key(&whole) || walk.whole.stopped || (walk.is_busy() && walk.filter.is_empty()) {
        return Vec::new();
    }
    match walk.whole.rest {
        Some(rest) => start(grants, shared, whole, rest, now),
        None => Vec::new(),
    }
}

fn start(
    grants: &mut Grants,
    shared: &mut Shared,
    filter: ServerFilter,
    offset: u64,
    now: Now,
) -> Vec<Effect> {
    let walk = &mut grants.walk;
    walk.phase = WalkPhase::Loading { since: now.millis };
    walk.filter = filter.clone();
    if filter.is_empty() && offset == 0 {
        walk.whole = Whole { rest: Some(0), ..Whole::default() };
    }
    let first_page = if offset == 0 { 100 } else { 1000 };
    // What was asked for by hand may spend what is kept for it.
    let spending = if filter.is_empty() { Spending::LeavesAQuarter } else { Spending::Everything };
    let request = ListRequest { filter, first_page, offset, spending, ..ListRequest::default() };
    vec![shared.slots.ask(WalkList(request))]
}

/// Walks the list again. What is new, changed or gone is marked where the list was whole before; else everything
/// that was not loaded yet would pass for new.
pub(super) fn refresh(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    grants.forget_gone();
    grants.changes.clear();
    let had_all = grants.walk.has_all(&ServerFilter::default());
    let walk = &mut grants.walk;
    walk.purpose = if had_all { Purpose::Refresh } else { Purpose::LoadAgain };
    walk.ended.retain(|filter, ending| had_all && filter.is_empty() && *ending == Ending::Complete);
    walk.whole = Whole { rest: Some(0), ..Whole::default() };
    if had_all {
        return start(grants, shared, ServerFilter::default(), 0, now);
    }
    // What the person looks at comes first.
    walk.phase = WalkPhase::Idle;
    follow_filter(grants, shared, now)
}

/// Stops loading; what is here stays. A watch ends too, or it would begin again by itself.
pub(super) fn stop(grants: &mut Grants, shared: &mut Shared) -> Vec<Effect> {
    shared.slots.end(Slot::Walk);
    grants.walk.phase = WalkPhase::Stopped;
    grants.walk.whole.stopped = true;
    grants.walk.purpose = Purpose::Load;
    grants.watch = None;
    vec![Effect::Cancel(Slot::Walk)]
}

/// Takes an event of the walk in. True when rows changed.
pub(super) fn apply(
    grants: &mut Grants,
    shared: &mut Shared,
    event: ListEvent,
    now: Now,
) -> (bool, Vec<Effect>) {
    match event {
        ListEvent::Budget(budget) => {
            shared.budget = Some(budget);
            (false, Vec::new())
        }
        ListEvent::Page { grants: rows, total, next, .. } => {
            let walk = &mut grants.walk;
            walk.phase = WalkPhase::Loading { since: now.millis };
            let filter = walk.filter.clone();
            walk.set_total(&filter, total);
            if walk.filter.is_empty() {
                walk.whole.rest = next;
                walk.whole.total.get_or_insert(total);
                walk.whole.seen.extend(rows.iter().map(|grant| grant.row));
            }
            (grants.put(rows), Vec::new())
        }
        ListEvent::Waiting { reason, millis } => {
            if !grants.rows.is_empty() {
                // Without rows the pane itself explains it.
                shared.toasts.warning(reason.headline(), now);
            }
            grants.walk.phase = WalkPhase::Waiting { reason, until: now.millis + millis };
            (false, Vec::new())
        }
        ListEvent::WalkingAgain { .. } => {
            let walk = &mut grants.walk;
            walk.phase = WalkPhase::Loading { since: now.millis };
            if walk.filter.is_empty() {
                // What the first pass saw may be gone by now.
                walk.whole.seen.clear();
            }
            (false, Vec::new())
        }
        ListEvent::Done(summary) => {
            shared.slots.end(Slot::Walk);
            finish(grants, shared, summary, now)
        }
        ListEvent::Failed(diagnosis) => {
            shared.slots.end(Slot::Walk);
            (false, fail(grants, shared, diagnosis, now))
        }
    }
}

fn fail(grants: &mut Grants, shared: &mut Shared, diagnosis: Diagnosis, now: Now) -> Vec<Effect> {
    let was_refresh = std::mem::take(&mut grants.walk.purpose) == Purpose::Refresh;
    if !grants.rows.is_empty() {
        shared.toasts.failure_to_load(&diagnosis, now);
    }
    grants.walk.phase = WalkPhase::Failed(diagnosis);
    if grants.watch.is_some() {
        grants.watch_again(shared, now);
    }
    // A filter that was chosen meanwhile has waited for the refresh.
    if was_refresh && !grants.filters.server.is_empty() {
        follow_filter(grants, shared, now)
    } else {
        Vec::new()
    }
}

fn finish(grants: &mut Grants, shared: &mut Shared, summary: WalkSummary, now: Now) -> (bool, Vec<Effect>) {
    let walk = &mut grants.walk;
    let filter = walk.filter.clone();
    walk.set_total(&filter, summary.total);
    walk.phase = WalkPhase::Done;
    let resumed = filter.is_empty() && walk.whole.interrupted;
    if resumed {
        let steady = walk.whole.total == Some(summary.total);
        if !steady || walk.whole.seen.len() as u64 != summary.total {
            // Its parts do not fit together: offsets moved between them. Once more, in one go.
            return (false, start(grants, shared, filter, 0, now));
        }
    }
    let complete = summary.complete || resumed;
    let ending = if complete { Ending::Complete } else { Ending::Short };
    walk.ended.insert(filter.clone(), ending);
    let purpose = std::mem::take(&mut walk.purpose);
    let was_refresh = purpose == Purpose::Refresh;
    let changed = was_refresh && complete && grants.mark_gone();
    if filter.is_empty() {
        grants.walk.whole = Whole::default();
    }
    if !complete {
        shared.toasts.warning(&short_in_words(summary), now);
    } else if was_refresh {
        let message = grants.changes_in_words();
        shared.toasts.info(&message, now);
    } else if purpose == Purpose::LoadAgain {
        shared.toasts.info(&format!("Refreshed: all {} grants.", words::count(summary.total)), now);
    }
    if grants.watch.is_some() {
        watch_on(grants, shared, now);
    }
    let walked_what_is_wanted = filter == grants.filters.server;
    let effects =
        if walked_what_is_wanted { go_on(grants, shared, now) } else { follow_filter(grants, shared, now) };
    (changed, effects)
}

fn short_in_words(summary: WalkSummary) -> String {
    if summary.unique == summary.total {
        return "List may be incomplete: it kept changing during loading. r reloads.".to_owned();
    }
    let (found, total) = (words::count(summary.unique), words::count(summary.total));
    format!("List incomplete: {found} grants found, the backend counts {total}. r reloads.")
}

/// The time for something came: a watch refreshes.
pub(crate) fn tick(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    if grants.watch.is_none_or(|at| at > now.millis) || grants.walk.is_busy() {
        return Vec::new();
    }
    if !watch_on(grants, shared, now) {
        return Vec::new();
    }
    refresh(grants, shared, now)
}

/// Sets the time of the next refresh, or ends the watch of a list that has grown too large for it.
fn watch_on(grants: &mut Grants, shared: &mut Shared, now: Now) -> bool {
    if is_too_large_to_watch(grants) {
        grants.watch = None;
        shared.toasts.info("Auto-refresh off: above 5,000 grants, refresh manually (r).", now);
        return false;
    }
    grants.watch_again(shared, now);
    true
}

/// Whether the list is one to be refreshed by hand only.
pub(crate) fn is_too_large_to_watch(grants: &Grants) -> bool {
    let total = grants.walk.total(&ServerFilter::default()).unwrap_or(0);
    grants.rows.len().max(total as usize) > WATCH_AT_MOST
}

impl Grants {
    /// Marks the rows that the walk that just ended did not see; true when there are any.
    fn mark_gone(&mut self) -> bool {
        let seen = &self.walk.whole.seen;
        let gone: Vec<RowId> =
            self.rows.iter().map(|grant| grant.row).filter(|row| !seen.contains(row)).collect();
        let any = !gone.is_empty();
        self.changes.extend(gone.into_iter().map(|row| (row, ChangeMark::Gone)));
        any
    }
}
