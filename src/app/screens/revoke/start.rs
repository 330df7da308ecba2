//! From a key to a plan: which grants are meant, and which part of the list has to be read.

use std::sync::Arc;

use tui_input::Input;

use super::{RevokeState, Revoking, Subject, update};
use crate::app::nav::View;
use crate::app::requests::PlanRevoke;
use crate::app::screens::grants::Grants;
use crate::app::shared::Shared;
use crate::app::{Effect, Model, manage};
use crate::domain::revoke::PlanRequest;
use crate::domain::{GrantId, Now, RowId};

/// Rows on one page of the list: so many cost one request.
const PAGE: u64 = 1_000;

/// Opens the revocation of the marked grants, or of the one that is meant where none is marked. One that is under way is
/// shown.
pub(super) fn open(model: &mut Model, now: Now) -> Vec<Effect> {
    model.grants.typing = false;
    if model.revoking.as_ref().is_some_and(Revoking::is_running) {
        model.shared.nav.reopen(View::Revoke);
        return Vec::new();
    }
    let (subject, wanted) = wanted(model);
    if wanted.is_empty() {
        model.shared.toasts.refuse("These ids are unreadable; nothing to revoke.", now);
        return Vec::new();
    }
    let providers = providers(&model.grants, &wanted);
    let revoking = Revoking {
        subject,
        request: PlanRequest { wanted, providers },
        reason: Input::default(),
        state: RevokeState::Reading { rows: None, pause: None },
        cursor: 0,
        offset: 0,
        scroll: 0,
    };
    model.revoking = Some(revoking);
    // What was said before is about something else.
    model.shared.toasts.dismiss(now);
    model.shared.nav.reopen(View::Revoke);
    read(model.revoking.as_mut(), &mut model.shared)
}

/// Reads the list.
pub(super) fn read(revoking: Option<&mut Revoking>, shared: &mut Shared) -> Vec<Effect> {
    let Some(revoking) = revoking else { return Vec::new() };
    revoking.state = RevokeState::Reading { rows: None, pause: None };
    vec![shared.slots.ask(PlanRevoke(revoking.request.clone()))]
}

/// The grants that are meant, in the order of the list.
fn wanted(model: &Model) -> (Subject, Vec<GrantId>) {
    let grants = &model.grants;
    if grants.marks.is_empty() || !model.shown().shows_grants() {
        let id = manage::subject(model).and_then(|grant| grant.row.grant());
        return (Subject { count: 1, ..Subject::default() }, id.into_iter().collect());
    }
    let mut places: Vec<u32> = grants.marks.iter().filter_map(|row| grants.rows.position(*row)).collect();
    places.sort_unstable();
    let ids = places.iter().filter_map(|place| grants.rows.get(*place)?.row.grant());
    let ids: Vec<GrantId> = ids.collect();
    let subject = Subject {
        count: ids.len(),
        hidden: grants.hidden_marks,
        unreadable: grants.marks.len() - ids.len(),
        marked: true,
    };
    (subject, ids)
}

/// The providers whose grants are read, where that takes no more requests than the whole list does; else none.
fn providers(grants: &Grants, wanted: &[GrantId]) -> Vec<Arc<str>> {
    let rows = wanted.iter().filter_map(|id| grants.rows.find(RowId::Grant(*id)));
    let mut providers: Vec<Arc<str>> = rows.map(|grant| Arc::clone(&grant.provider)).collect();
    providers.sort_unstable();
    providers.dedup();
    let pages = |rows: u64| rows.div_ceil(PAGE).max(1);
    let of = |provider: &Arc<str>| grants.per_provider.get(provider).copied().unwrap_or_default();
    let some: u64 = providers.iter().map(|provider| pages(of(provider).into())).sum();
    let is_known = providers.iter().all(|provider| !provider.is_empty());
    if is_known && some <= pages(grants.rows.len() as u64) { providers } else { Vec::new() }
}

/// Enter was pressed before anything was confirmed.
pub(super) fn go_on(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(revoking) = &model.revoking else { return Vec::new() };
    match &revoking.state {
        RevokeState::Reading { .. } => {
            model.shared.toasts.refuse("The list is still being read.", now);
            Vec::new()
        }
        RevokeState::Refused(_) => read(model.revoking.as_mut(), &mut model.shared),
        RevokeState::Planned(facts) if facts.plan.targets.is_empty() => update::nothing_to_do(model, now),
        RevokeState::Planned(_) => {
            super::question::ask(model);
            Vec::new()
        }
        RevokeState::Running(_) => Vec::new(),
    }
}
