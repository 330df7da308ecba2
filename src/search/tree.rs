//! The delegation tree: each grant below its nearest visible ancestor.

use std::collections::HashMap;

use super::Snapshot;
use crate::domain::GrantId;

/// Maximum number of hidden ancestors to follow; the backend allows eight hops (docs/protocol/grants.md
/// section 5).
const HIDDEN_HOPS: usize = 64;

/// No visible parent.
const ROOT: usize = usize::MAX;

/// Moves children below their parents, keeping the given order otherwise, and returns the depth of each. In a
/// cycle of parents, the first grant in the given order counts as a root.
pub fn arrange(rows: &Snapshot, order: &[u32]) -> (Vec<u32>, Vec<u8>) {
    let parents = parents(rows, order);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); order.len()];
    let mut roots = Vec::new();
    for (place, &parent) in parents.iter().enumerate() {
        match children.get_mut(parent) {
            Some(siblings) => siblings.push(place),
            None => roots.push(place),
        }
    }
    let mut out = Vec::with_capacity(order.len());
    let mut depths = Vec::with_capacity(order.len());
    let mut seen = vec![false; order.len()];
    // Members of a cycle are below no root; they follow as roots of their own.
    for start in roots.into_iter().chain(0..order.len()) {
        let mut stack = vec![(start, 0u8)];
        while let Some((place, depth)) = stack.pop() {
            let Some(seen) = seen.get_mut(place).filter(|seen| !**seen) else { continue };
            *seen = true;
            out.extend(order.get(place));
            depths.push(depth);
            let below = children.get(place).into_iter().flatten();
            stack.extend(below.rev().map(|&child| (child, depth.saturating_add(1))));
        }
    }
    (out, depths)
}

/// For each position, the position of its nearest visible ancestor, or [`ROOT`].
fn parents(rows: &Snapshot, order: &[u32]) -> Vec<usize> {
    let mut places: Vec<usize> = vec![ROOT; rows.len()];
    for (place, &row) in order.iter().enumerate() {
        if let Some(slot) = places.get_mut(row as usize) {
            *slot = place;
        }
    }
    let named: HashMap<GrantId, u32> =
        rows.iter().filter_map(|(at, grant)| Some((grant.row.grant()?, at))).collect();
    let parent_of = |row: u32| -> Option<u32> {
        let parent = rows.get(row)?.parent_grant_id.as_ref()?.grant()?;
        named.get(&parent).copied()
    };
    order
        .iter()
        .map(|&row| {
            let mut at = row;
            for _ in 0..HIDDEN_HOPS {
                let Some(parent) = parent_of(at) else { return ROOT };
                match places.get(parent as usize) {
                    Some(&place) if place != ROOT && parent != row => return place,
                    _ => at = parent,
                }
            }
            ROOT
        })
        .collect()
}
