//! Runs a search in steps, cancellable, with an early result.

use super::matching::Matching;
use super::order::{self, Hit};
use super::{Found, Plan, tree};
use crate::domain::column::Order;
use crate::domain::{Grant, Health};

/// Rows between two checks for cancellation.
pub const STEP: usize = 1024;

/// Number of hits that make an early result worth drawing: more than any screen shows.
pub const EARLY_HITS: usize = 200;

/// Runs a plan. `early` is called at most once, with the matches among the first rows, before the complete
/// result is returned. Returns `None` if cancelled.
pub fn run(plan: &Plan, is_cancelled: &dyn Fn() -> bool, early: &mut dyn FnMut(Found)) -> Option<Found> {
    let everything =
        plan.query.is_empty() && plan.server.is_empty() && plan.kind.is_none() && plan.health.is_none();
    if everything && plan.order == Order::AsSent && !plan.tree {
        return Some(Found::default());
    }
    let hits = if everything {
        (0..plan.rows.len() as u32).map(|row| Hit { row, score: 0 }).collect()
    } else {
        scan(plan, plan.rows.iter(), is_cancelled, early)?
    };
    finish(plan, hits, is_cancelled)
}

/// Like [`run`], but only searches the given rows: the result of a query that this one
/// [`super::Query::narrows`], over the same rows and with filters at least as wide. `within` may be in any
/// order.
pub fn run_within(
    plan: &Plan,
    within: &[u32],
    is_cancelled: &dyn Fn() -> bool,
    early: &mut dyn FnMut(Found),
) -> Option<Found> {
    let mut rows = within.to_vec();
    rows.sort_unstable();
    let rows = rows.iter().filter_map(|&row| Some((row, plan.rows.get(row)?)));
    let hits = scan(plan, rows, is_cancelled, early)?;
    finish(plan, hits, is_cancelled)
}

fn scan<'a>(
    plan: &'a Plan,
    rows: impl Iterator<Item = (u32, &'a Grant)>,
    is_cancelled: &dyn Fn() -> bool,
    early: &mut dyn FnMut(Found),
) -> Option<Vec<Hit>> {
    let mut matching = Matching::new(&plan.query, plan.now);
    let mut hits = Vec::new();
    let mut reported = false;
    for (count, (row, grant)) in rows.enumerate() {
        if count % STEP == 0 {
            if is_cancelled() {
                return None;
            }
            // A search that ends with its first step is fast enough; an early result would only be drawn
            // twice.
            if !reported && count > 0 && hits.len() >= EARLY_HITS {
                reported = true;
                early(arrange(plan, hits.clone()));
            }
        }
        let wanted = plan.server.accepts(grant)
            && plan.kind.as_ref().is_none_or(|kind| *kind == grant.kind)
            && plan.health.is_none_or(|group| group.accepts(Health::of(grant, plan.now.wall)));
        if wanted && let Some(score) = matching.score(grant) {
            hits.push(Hit { row, score });
        }
    }
    Some(hits)
}

fn finish(plan: &Plan, hits: Vec<Hit>, is_cancelled: &dyn Fn() -> bool) -> Option<Found> {
    if is_cancelled() {
        return None;
    }
    let found = arrange(plan, hits);
    // Sorting cannot be interrupted; drop the result if it is no longer wanted.
    (!is_cancelled()).then_some(found)
}

fn arrange(plan: &Plan, mut hits: Vec<Hit>) -> Found {
    if plan.order == Order::AsSent && plan.query.ranks() {
        order::by_score(&plan.rows, &mut hits, plan.now);
    }
    let mut rows: Vec<u32> = hits.into_iter().map(|hit| hit.row).collect();
    if let Order::By { column, descending } = plan.order {
        order::by_column(&plan.rows, &mut rows, column, descending, plan.now);
    }
    if plan.tree {
        let (order, depth) = tree::arrange(&plan.rows, &rows);
        return Found { order: Some(order.into()), depth: depth.into() };
    }
    Found { order: Some(rows.into()), depth: [].into() }
}
