//! What follows from what is shown: after every message the search, the rows, the folds and the filter are brought up
//! to date, so that no key has to think of all of them.

use super::view;
use crate::app::screens::call::Call;
use crate::app::shared::Shared;
use crate::app::{Effect, Slot};
use crate::domain::Now;

/// Brings up to date what depends on what is shown. What takes long is begun elsewhere.
pub(crate) fn catch_up(current: &mut Option<Call>, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let mut effects = Vec::new();
    if let Some(call) = current {
        // A call that was put aside comes back without those who were at it.
        call.response.resume(shared.slots.is_open(Slot::Filter), shared.slots.is_open(Slot::BodySearch), now);
    }
    if let Some(call) = current
        && let Some(job) = call.response.due_filter(now)
    {
        effects.push(shared.slots.ask(job));
    }
    let Some(room) = view::room(current.as_ref(), shared) else { return effects };
    let Some(response) = current.as_mut().map(|call| &mut call.response) else { return effects };
    if let Some(job) = response.search_what_is_shown(room) {
        effects.push(shared.slots.ask(job));
    }
    // What nobody waits for any more.
    let idle =
        [(Slot::BodySearch, response.finding.is_running()), (Slot::Filter, response.filter.is_running())];
    for (slot, _) in idle.into_iter().filter(|(_, wanted)| !wanted) {
        if shared.slots.is_open(slot) {
            shared.slots.end(slot);
            effects.push(Effect::Cancel(slot));
        }
    }
    let Some(sheet) = response.sheet_mut() else { return effects };
    if let Some(job) = sheet.missing_folds(shared.slots.is_open(Slot::Folds)) {
        effects.push(shared.slots.ask(job));
    }
    sheet.lay(room);
    if let Some(job) = sheet.missing_rows(shared.slots.is_open(Slot::Wrap), room) {
        effects.push(shared.slots.ask(job));
    }
    effects
}
