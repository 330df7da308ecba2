//! A past call on the screen of calls: the request as it was kept, what came of it, and the way back.

use jiff::Timestamp;

use super::{past_outcome, update};
use crate::app::Model;
use crate::app::nav::{Kind, View};
use crate::app::requests::ReadRecord;
use crate::app::screens::call::{self, Call};
use crate::app::screens::composer;
use crate::app::screens::confirm::Then;
use crate::app::screens::grants::ChangeMark;
use crate::app::screens::grants::Grants;
use crate::app::screens::history::History;
use crate::app::screens::{response, smoke};
use crate::app::shared::Shared;
use crate::app::{Effect, Slot, private};
use crate::domain::{CallRecord, Grant, GrantId, Now, RecordId, RequestDraft, RowId, ServerFilter, Which};
use crate::ui::layout::Front;

/// That the call on the screen is a past one, and was not sent again yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// When it was made.
    pub at: Timestamp,
    /// Under which profile.
    pub profile: String,
    /// The request as it was opened: while the composer holds it, nothing was written.
    draft: RequestDraft,
}

/// Opens a past call, and sends it again where that was asked for. What was being put together is put aside until the
/// past call is left; a call that is under way is not.
pub(super) fn show(
    model: &mut Model,
    id: RecordId,
    record: &CallRecord,
    send: bool,
    now: Now,
) -> Vec<Effect> {
    if asks_to_send(&model.shared) {
        return Vec::new();
    }
    if call::is_under_way(model.call.as_ref()) {
        model.shared.toasts.refuse("A call is running; press Esc on its screen first.", now);
        return Vec::new();
    }
    if model.shared.nav.screen() == Kind::Call && model.call.as_ref().is_some_and(is_typed_into) {
        // What is typed next is meant for the field, not for another call.
        return Vec::new();
    }
    let takes_its_place = match (model.shared.nav.screen(), &model.call) {
        (Kind::History | Kind::Smoke, _) => false,
        // A past call gives way; what was put together stays below, unless something does already.
        (Kind::Call, Some(call)) => {
            call.past.is_some() && (!model.history.aside.is_empty() || is_untouched(call))
        }
        // The history was left meanwhile.
        (Kind::Call, None) | (_, _) => return Vec::new(),
    };
    let known = known(&model.grants, record.grant).cloned();
    let gone = known.is_none();
    let mut call = Call::new(record.grant, known.unwrap_or_else(|| unknown_grant(record)));
    call.composer.reopen_record(record);
    let draft = call.composer.draft().clone();
    call.past = Some(Past { at: record.at, profile: record.profile.clone(), draft: draft.clone() });
    call.front = Front::Second;
    let mut effects: Vec<Effect> = model.shared.give_up(Slot::Operations).into_iter().collect();
    if let Some(before) = model.call.replace(call) {
        put_aside(&mut model.history, before);
    }
    if !takes_its_place {
        model.shared.nav.push(View::Call);
    }
    let (outcome, mut message) = past_outcome::describe(record, now);
    message.entries.extend(smoke::caveat(&model.smoke, id));
    effects.extend(response::show(&mut model.call, &mut model.shared, outcome, &draft, now));
    if let Some(call) = &mut model.call {
        call.response.is_past(id, message);
    }
    if send {
        effects.extend(call::send(model, now));
    } else if gone {
        let message = why_gone(model);
        model.shared.toasts.warning(&message, now);
    }
    effects
}

/// Keeps a call for later. What was put aside first is what one was at, and comes back first; of the others only what
/// was not sent is worth keeping.
fn put_aside(history: &mut History, call: Call) {
    let is_first = history.aside.is_empty() && !is_untouched(&call);
    if is_first || call.composer.is_unsent() {
        history.aside.push(call);
    }
}

/// Brings the call with this grant back that was put aside; None where none was.
pub(crate) fn bring_back(model: &mut Model, grant: RowId, now: Now) -> Option<Vec<Effect>> {
    let at = model.history.aside.iter().position(|call| call.grant.row == grant)?;
    let call = model.history.aside.remove(at);
    Some(change_to(model, Some(call), now))
}

/// Whether a field or the body has the keys.
fn is_typed_into(call: &Call) -> bool {
    composer::takes_text(call) || composer::is_body_open(call)
}

/// Whether it is being asked if the call on the screen is to be sent: yes is about that one.
fn asks_to_send(shared: &Shared) -> bool {
    shared.nav.popups().iter().any(|popup| {
        let sends = |then: &Then| matches!(then, Then::Send(_) | Then::AllowHost(_));
        matches!(popup, View::Confirm(confirm) if sends(&confirm.then))
    })
}

/// Asks for the call before or after the one on the screen.
pub(crate) fn beside(model: &mut Model, newer: bool) -> Vec<Effect> {
    let Some(id) = model.call.as_ref().and_then(|call| call.response.record()) else { return Vec::new() };
    let which = if newer { Which::Newer(id) } else { Which::Older(id) };
    vec![model.shared.slots.ask(ReadRecord(which))]
}

/// Whether the call on the screen was opened from the history.
pub(super) fn came_from_history(shared: &Shared) -> bool {
    shared.nav.below() == Kind::History
}

/// Leaves the screen of calls. A past call that nobody changed gives way to what was put aside for it; one that was
/// changed or sent only to what was not sent yet.
pub(crate) fn leave_call(model: &mut Model, now: Now) -> Vec<Effect> {
    let mut effects: Vec<Effect> = Vec::new();
    if model.call.as_ref().is_some_and(is_untouched) {
        effects.extend(take_back(model, now));
        if model.shared.nav.screen() == Kind::Call && model.call.is_some() {
            return effects;
        }
    } else {
        // It is a call like any other now: nothing leads back to those before it, but for what would be lost.
        forget_sent(&mut model.history);
        let gives_way =
            model.call.as_ref().is_some_and(|call| call.past.is_some() || !call.composer.is_unsent());
        if gives_way && !model.history.aside.is_empty() {
            effects.extend(take_back(model, now));
            if model.shared.nav.screen() == Kind::Call {
                return effects;
            }
        } else {
            model.shared.nav.forget(Kind::Call);
        }
    }
    leave_nothing(model);
    effects.extend(model.shared.give_up(Slot::Record));
    if model.shared.nav.screen() == Kind::History {
        effects.extend(update::enter(&mut model.history, &mut model.shared));
    }
    effects
}

/// Leaves the screen that is shown, and what is below it where that shows nothing any more.
pub(super) fn leave_screen(model: &mut Model) {
    model.shared.nav.leave();
    leave_nothing(model);
}

/// Leaves the screen of calls where there is no call.
fn leave_nothing(model: &mut Model) {
    while model.shared.nav.screen() == Kind::Call && model.call.is_none() {
        model.shared.nav.leave();
    }
}

/// Drops what was put aside and is not worth keeping for itself: it was sent as it is.
pub(crate) fn forget_sent(history: &mut History) {
    history.aside.retain(|call| call.composer.is_unsent());
}

/// Leaves a call for the view below it, and puts the call back that it took the place of.
pub(super) fn take_back(model: &mut Model, now: Now) -> Vec<Effect> {
    model.shared.nav.leave();
    let aside = &mut model.history.aside;
    let before = if aside.is_empty() { None } else { Some(aside.remove(0)) };
    change_to(model, before, now)
}

/// Puts another call, or none, in the place of the one that is there; that is kept where it was not sent.
fn change_to(model: &mut Model, call: Option<Call>, now: Now) -> Vec<Effect> {
    let mut effects = call::give_up(&mut model.shared);
    let left = std::mem::replace(&mut model.call, call);
    model.history.aside.extend(left.filter(|left| left.composer.is_unsent()));
    let Some(call) = &mut model.call else { return effects };
    if let (true, Some(outcome)) = (call.response.is_reading(), call.response.outcome()) {
        // Its body was still being read when it was put aside.
        let (outcome, draft) = (outcome.clone(), call.composer.draft().clone());
        effects.extend(response::show(&mut model.call, &mut model.shared, outcome, &draft, now));
    }
    effects
}

/// Whether the call is a past one as it was opened.
pub(super) fn is_untouched(call: &Call) -> bool {
    let as_opened = |past: &Past| past.draft == *call.composer.draft();
    !call.life.is_under_way() && call.past.as_ref().is_some_and(as_opened)
}

/// Looks the grant of a past call up in the list, before it is used for anything: what the history says of it is no
/// proof that it is still there, or was ever this application's.
///
/// # Errors
/// It is not there, in a sentence.
pub(crate) fn before_sending(model: &mut Model) -> Result<(), String> {
    let Some(call) = model.call.as_ref().filter(|call| call.past.is_some()) else { return Ok(()) };
    let found = known(&model.grants, call.composer.draft().grant).cloned();
    match (found, &mut model.call) {
        (Some(grant), Some(call)) => {
            call.grant = grant;
            Ok(())
        }
        _ => Err(why_gone(model)),
    }
}

/// Whether the grant of the call on the screen may be used: it came from the list, or is in it.
pub(crate) fn grant_is_known(grants: &Grants, call: &Call) -> bool {
    call.past.is_none() || known(grants, call.composer.draft().grant).is_some()
}

fn known(grants: &Grants, id: GrantId) -> Option<&Grant> {
    let row = RowId::Grant(id);
    let gone = grants.changes.get(&row) == Some(&ChangeMark::Gone);
    grants.rows.find(row).filter(|_| !gone)
}

fn why_gone(model: &Model) -> String {
    let here = model.shared.session.value().and_then(|session| session.write_policy.profile.as_deref());
    let there = model.call.as_ref().and_then(|call| Some(call.past.as_ref()?.profile.as_str()));
    // Without a profile, a session is one of those that have no name of their own.
    let elsewhere =
        |there: &&str| Some(*there) != here && (here.is_some() || !CallRecord::NAMELESS.contains(there));
    if let Some(there) = there.filter(elsewhere) {
        let there = private::name(&model.shared, there);
        return format!("This call was made with another application, {there}; @ switches profiles.");
    }
    let message = if model.grants.walk.has_all(&ServerFilter::default()) {
        "The grant of this call is no longer in the list; press c on another grant."
    } else {
        "The grant of this call is not loaded yet."
    };
    message.to_owned()
}

/// What the history knows of a grant that the list does not have.
fn unknown_grant(record: &CallRecord) -> Grant {
    let mut grant = Grant::blank(RowId::Grant(record.grant));
    grant.provider = record.provider.as_deref().unwrap_or_default().into();
    grant.account_identifier = record.account.as_deref().map(Into::into);
    grant
}
