//! Sorting: by a column, or best match first. Keys are computed once per row, not once per comparison.

use std::cmp::Ordering;

use super::Snapshot;
use crate::domain::{Column, Grant, Health, Moment, Now, RowId};

/// A matching row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Index into the rows.
    pub(super) row: u32,
    /// Its score; 0 if the query has no words.
    pub(super) score: u32,
}

/// A sort key: the first 16 bytes as a number, which decides nearly every comparison, and the whole text if
/// it is longer.
struct Key {
    head: u128,
    text: Option<Box<str>>,
}

/// Sorts row indices by a column: stable, ignoring case, rows without a value last in both directions.
pub fn by_column(rows: &Snapshot, order: &mut [u32], column: Column, descending: bool, now: Now) {
    let mut keyed: Vec<(Option<Key>, u32)> =
        order.iter().map(|&row| (rows.get(row).and_then(|grant| key(grant, column, now)), row)).collect();
    keyed.sort_by(|(a, _), (b, _)| match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) => {
            let ascending = a.head.cmp(&b.head).then_with(|| a.text.cmp(&b.text));
            if descending { ascending.reverse() } else { ascending }
        }
    });
    for (place, (_, row)) in order.iter_mut().zip(keyed) {
        *place = row;
    }
}

/// Sorts hits by score, best first; then by health (healthy first), last use (most recent first) and id.
pub(super) fn by_score(rows: &Snapshot, hits: &mut [Hit], now: Now) {
    hits.sort_by_cached_key(|hit| {
        let grant = rows.get(hit.row);
        let health = grant.map(|grant| std::cmp::Reverse(Health::of(grant, now.wall)));
        let used = grant.and_then(|grant| grant.last_used_at.as_ref()?.at());
        let id = grant.map(|grant| grant.row);
        (u32::MAX - hit.score, health, std::cmp::Reverse(used), id, hit.row)
    });
}

fn key(grant: &Grant, column: Column, now: Now) -> Option<Key> {
    match column {
        Column::Provider => text(&grant.provider),
        Column::Account => text(grant.account()),
        Column::Label => text(grant.label.as_deref()?),
        Column::Health => number(Health::of(grant, now.wall) as u128),
        Column::Status => text(grant.status.as_str()),
        Column::Kind => text(grant.kind.as_str()),
        Column::Principal => text(grant.principal_type.as_str()),
        Column::Access => text(grant.access_via.as_str()),
        Column::Scopes if grant.secret.is_some() => None,
        // Test results are local and not part of the row.
        Column::Test => None,
        Column::Scopes => number(grant.scopes.len() as u128),
        Column::Ends => instant(grant.grant_expires_at.as_ref()),
        Column::Used => instant(grant.last_used_at.as_ref()),
        Column::Created => instant(grant.created_at.as_ref()),
        Column::Depth => number(signed(i128::from(grant.depth))),
        Column::Id => match grant.row {
            RowId::Grant(id) => number(id.0.as_u128()),
            RowId::Unreadable(_) => None,
        },
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every kind of key may be missing; the table reads evenly")]
fn number(head: u128) -> Option<Key> {
    Some(Key { head, text: None })
}

fn instant(moment: Option<&Moment>) -> Option<Key> {
    number(signed(moment?.at()?.as_nanosecond()))
}

/// Maps signed to unsigned numbers, preserving their order.
fn signed(value: i128) -> u128 {
    (value as u128) ^ (1 << 127)
}

fn text(value: &str) -> Option<Key> {
    if value.is_empty() {
        return None;
    }
    let lowered = if value.is_ascii() { value.to_ascii_lowercase() } else { value.to_lowercase() };
    let mut head = [0; 16];
    head.iter_mut().zip(lowered.as_bytes()).for_each(|(to, from)| *to = *from);
    Some(Key {
        head: u128::from_be_bytes(head),
        text: (lowered.len() > 16).then(|| lowered.into_boxed_str()),
    })
}
