//! From filters, search and order to the shown rows: asked of the search worker, except where nothing narrows
//! or orders the list.

use std::sync::Arc;

use super::Grants;
use crate::app::requests::SearchRows;
use crate::app::shared::Shared;
use crate::app::{Effect, Slot};
use crate::domain::Now;
use crate::domain::column::Order;
use crate::search::{Found, Plan};

/// Why the shown rows must be worked out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Because {
    /// The question changed: a running search is of no use any more.
    NewQuestion,
    /// Rows came: a running search ends first, or a fast stream of pages would starve it.
    NewRows,
}

/// Works the shown rows out again.
pub(crate) fn search_again(
    grants: &mut Grants,
    shared: &mut Shared,
    because: Because,
    now: Now,
) -> Vec<Effect> {
    if is_trivial(grants) {
        shared.slots.end(Slot::Search);
        grants.search_again = false;
        grants.outdated = false;
        grants.found_query = grants.query.clone();
        grants.found = Found::default();
        keep_marked(grants);
        let height = shared.list_height();
        grants.settle(height);
        return Vec::new();
    }
    if because == Because::NewRows && shared.slots.is_open(Slot::Search) {
        grants.search_again = true;
        return Vec::new();
    }
    grants.search_again = false;
    // More rows for the same question leave what was found as right as it was.
    grants.outdated |= because == Because::NewQuestion;
    let plan = Plan {
        rows: grants.rows.snapshot(),
        server: grants.filters.server.clone(),
        kind: grants.filters.kind.clone(),
        health: grants.filters.health,
        query: grants.query.clone(),
        order: grants.order,
        tree: grants.tree,
        now,
    };
    vec![shared.slots.ask(SearchRows(Box::new(plan)))]
}

/// Shows what a search found.
pub(crate) fn show_found(
    grants: &mut Grants,
    shared: &mut Shared,
    found: Found,
    last: bool,
    now: Now,
) -> Vec<Effect> {
    let height = shared.list_height();
    if grants.found_query != grants.query {
        // A new word: the best hit is what one wants to see.
        grants.moved = false;
    }
    grants.found_query = grants.query.clone();
    grants.found = found;
    keep_marked(grants);
    grants.settle(height);
    if !last {
        return Vec::new();
    }
    shared.slots.end(Slot::Search);
    grants.outdated = false;
    if grants.search_again { search_again(grants, shared, Because::NewRows, now) } else { Vec::new() }
}

fn is_trivial(grants: &Grants) -> bool {
    grants.filters.is_empty() && grants.query.is_empty() && grants.order == Order::AsSent && !grants.tree
}

/// "Only marked" is a matter of the screen: the worker knows nothing of marks.
fn keep_marked(grants: &mut Grants) {
    if !grants.only_marked {
        return;
    }
    let kept: Vec<(u32, u8)> = (0..grants.found.len(grants.rows.len()))
        .filter_map(|place| {
            Some((grants.found.at(place)?, grants.found.depth.get(place).copied().unwrap_or(0)))
        })
        .filter(|(index, _)| grants.rows.get(*index).is_some_and(|grant| grants.marks.contains(&grant.row)))
        .collect();
    let has_depth = !grants.found.depth.is_empty();
    grants.found = Found {
        order: Some(kept.iter().map(|(index, _)| *index).collect()),
        depth: if has_depth { kept.iter().map(|(_, depth)| *depth).collect() } else { Arc::from([]) },
    };
}
