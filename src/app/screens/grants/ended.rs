//! Rows that a request of this program changed are different at once, without reading the list again.

use super::plan::Because;
use super::{ChangeMark, Grants, search_again};
use crate::app::Effect;
use crate::app::shared::Shared;
use crate::domain::{Grant, GrantId, Now, Reference, RowId, Status};

/// Shows rows as revoked, and takes their marks off.
pub(crate) fn revoked(
    grants: &mut Grants,
    shared: &mut Shared,
    rows: impl IntoIterator<Item = RowId>,
    now: Now,
) -> Vec<Effect> {
    let mut any = false;
    for row in rows {
        any |= grants.marks.remove(&row);
        let live = grants.rows.find(row).filter(|grant| grant.status != Status::Revoked);
        if let Some(grant) = live.cloned() {
            any = true;
            grants.rows.put(Grant { status: Status::Revoked, ..grant });
        }
    }
    shown_again(grants, shared, any, now)
}

/// Remembers rows as revoked for good, and shows them so.
pub(crate) fn ended(
    grants: &mut Grants,
    shared: &mut Shared,
    rows: impl IntoIterator<Item = RowId>,
    now: Now,
) -> Vec<Effect> {
    let rows: Vec<RowId> = rows.into_iter().collect();
    grants.ended.extend(&rows);
    revoked(grants, shared, rows, now)
}

/// Says of rows that the list no longer has them, and takes their marks off.
pub(crate) fn gone(
    grants: &mut Grants,
    shared: &mut Shared,
    rows: impl IntoIterator<Item = RowId>,
    now: Now,
) -> Vec<Effect> {
    let mut any = false;
    for row in rows.into_iter().filter(|row| grants.rows.position(*row).is_some()) {
        any |= grants.marks.remove(&row);
        any |= grants.changes.insert(row, ChangeMark::Gone) != Some(ChangeMark::Gone);
    }
    shown_again(grants, shared, any, now)
}

/// Shows that an agent has lost a grant. Where it was the only one, whatever was passed on was its own, and ended.
pub(crate) fn lost_by(
    grants: &mut Grants,
    shared: &mut Shared,
    id: GrantId,
    agent: GrantId,
    now: Now,
) -> Vec<Effect> {
    let Some(mut grant) = grants.rows.find(RowId::Grant(id)).cloned() else { return Vec::new() };
    let others = |of: &Grant| -> Vec<Reference> {
        let agents = of.delegated_agent_ids().iter();
        agents.filter(|other| other.grant() != Some(agent)).cloned().collect()
    };
    let left = others(&grant);
    let mut below = Vec::new();
    if left.is_empty() {
        let mut next = vec![id];
        while let Some(parent) = next.pop() {
            let children = grants.relatives.children(parent).iter().filter(|child| !below.contains(*child));
            let children: Vec<RowId> = children.copied().collect();
            next.extend(children.iter().filter_map(|child| child.grant()));
            below.extend(children);
        }
    }
    grant.extra_mut().delegated_agent_ids = left;
    grants.rows.put(grant);
    let mut effects = revoked(grants, shared, below, now);
    effects.extend(shown_again(grants, shared, true, now));
    effects
}

/// Shows rows as they were just read, where the list has them.
pub(crate) fn read_again<'a>(
    grants: &mut Grants,
    shared: &mut Shared,
    rows: impl IntoIterator<Item = &'a Grant>,
    now: Now,
) -> Vec<Effect> {
    let mut any = false;
    for fresh in rows {
        let is_other = grants.rows.find(fresh.row).is_some_and(|known| {
            // Relations and counts are worked out from the whole list.
            known != fresh && known.provider == fresh.provider && !grants.ended.contains(&fresh.row)
        });
        if is_other {
            any = true;
            grants.rows.put(fresh.clone());
        }
    }
    shown_again(grants, shared, any, now)
}

fn shown_again(grants: &mut Grants, shared: &mut Shared, any: bool, now: Now) -> Vec<Effect> {
    if !any {
        return Vec::new();
    }
    grants.count_hidden();
    search_again(grants, shared, Because::NewRows, now)
}
