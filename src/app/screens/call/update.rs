//! What happens on the screen of a call.

use super::life::Stopped;
use super::{Call, fire, offer};
use crate::app::action::{CallAction, CommonAction, HistoryAction, RequestAction, ResponseAction};
use crate::app::nav::View;
use crate::app::requests::{CopyOut, OpenLink};
use crate::app::screens::confirm::{Confirm, Then};
use crate::app::screens::grants::Grants;
use crate::app::screens::picture::{LeadsTo, Picture};
use crate::app::screens::{composer, history, response};
use crate::app::shared::Shared;
use crate::app::{Action, Effect, Model, Slot, Ticket};
use crate::domain::connect::SessionLink;
use crate::domain::describe::outcome::was_sent;
use crate::domain::{CallEvent, CallOutcome, Clean, CopyText, Diagnosis, Mode, Now, RowId, words};
use crate::ui::Role;
use crate::ui::layout::Front;
use crate::ui::paint::Piece;

/// Opens the screen for the grant under the cursor. What was put together for the same grant before is still
/// there; a call that is under way is looked at first.
pub(super) fn open(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(row) = model.grants.selected().map(|grant| grant.row) else { return Vec::new() };
    if !matches!(row, RowId::Grant(_)) {
        return Vec::new();
    }
    let mut effects = Vec::new();
    let same = model.call.as_ref().is_some_and(|call| call.grant.row == row);
    if !same && is_under_way(model.call.as_ref()) {
        model.shared.toasts.warning("This call is still running; Esc cancels it.", now);
    } else if !same && let Some(back) = history::bring_back(model, row, now) {
        effects = back;
    } else if !same && let Some(lost) = fire::unsent_in_words(model.call.as_ref(), &model.shared) {
        let lines = vec![vec![Piece::new(lost, Role::Text)]];
        let question = Confirm::new("Discard it?", lines, "discard it", Then::OpenCall(row));
        model.shared.nav.push(View::Confirm(Box::new(question)));
        return Vec::new();
    } else if !same {
        return replace(&mut model.call, &model.grants, &mut model.shared, row);
    }
    model.shared.nav.open(View::Call);
    if let Some(call) = model.call.as_mut().filter(|call| !call.life.is_under_way()) {
        // Whoever comes from the list comes to ask.
        call.front = Front::First;
    }
    effects
}

/// Begins a call with another grant; what was put together before is lost.
pub(crate) fn replace(
    current: &mut Option<Call>,
    grants: &Grants,
    shared: &mut Shared,
    row: RowId,
) -> Vec<Effect> {
    let RowId::Grant(id) = row else { return Vec::new() };
    let Some(grant) = grants.rows.find(row) else { return Vec::new() };
    let mut call = Call::new(id, grant.clone());
    if let Some(session) = shared.session.value() {
        call.composer.say(&session.attribution);
        if session.mode == Mode::Retrieve {
            call.composer.set_mode(Mode::Retrieve);
        }
    }
    *current = Some(call);
    shared.nav.open(View::Call);
    // What the call before asked for is not for this one.
    super::give_up(shared)
}

/// Whether a call is on its way or held.
pub(crate) fn is_under_way(current: Option<&Call>) -> bool {
    current.is_some_and(|call| call.life.is_under_way())
}

/// Carries an action out; None when it means nothing here.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Option<Vec<Effect>> {
    let call = model.call.as_mut()?;
    if let Action::Call(action) = action {
        return act_on_call(model, action, now);
    }
    if action == Action::Common(CommonAction::SwitchPane) {
        call.front = if call.front == Front::First { Front::Second } else { Front::First };
        return Some(Vec::new());
    }
    if let Action::History(action @ (HistoryAction::NextRecord | HistoryAction::PreviousRecord)) = action {
        return Some(history::beside(model, action == HistoryAction::NextRecord));
    }
    if action == Action::Request(RequestAction::Send) && call.front == Front::Second {
        return Some(fire::send(model, now));
    }
    if action == Action::Response(ResponseAction::CopyValue)
        && let Some(link) = offer::approval_link(call)
    {
        let text = CopyText::sensitive(link, Clean::line("the approval link"));
        return Some(vec![model.shared.slots.ask(CopyOut(text))]);
    }
    match call.front {
        Front::First => composer::act(model, action, now),
        Front::Second => response::act(model, action, now),
    }
}

/// Carries out an action on a call that is under way, held or was refused; None when it means nothing now.
fn act_on_call(model: &mut Model, action: CallAction, now: Now) -> Option<Vec<Effect>> {
    let call = model.call.as_mut()?;
    match action {
        CallAction::CancelCall => Some(stop(&mut model.call, &mut model.shared, now)),
        CallAction::OtherMode => {
            call.composer.set_mode(call.composer.mode().other());
            Some(fire::send(model, now))
        }
        CallAction::AllowHost => {
            let question = allow(&offer::host_to_allow(call)?);
            model.shared.nav.push(View::Confirm(Box::new(question)));
            Some(Vec::new())
        }
        CallAction::AskAgain => Some(fire::ask_again(&mut model.call, &mut model.shared, now)),
        CallAction::ShowPicture if model.shared.privacy => {
            model.shared.toasts.refuse("Hidden in privacy mode; z shows it.", now);
            Some(Vec::new())
        }
        CallAction::ShowPicture => {
            let link = offer::approval_link(call)?;
            model.shared.nav.push(View::Picture(Box::new(Picture::new(&link, LeadsTo::Approval))));
            Some(Vec::new())
        }
        CallAction::OpenApproval => {
            let link = offer::approval_link(call)?;
            Some(vec![model.shared.slots.ask(OpenLink::Session(SessionLink::new(link)))])
        }
    }
}

/// A credential goes to a host that nobody vouches for only where its name was typed again on purpose.
fn allow(host: &str) -> Confirm {
    let lines = vec![
        vec![
            Piece::new(format!("{host} "), Role::TextStrong),
            Piece::new("is not a known host of this provider.", Role::Text),
        ],
        vec![Piece::new("In retrieve mode it receives the credential of this grant.", Role::Text)],
        Vec::new(),
        vec![Piece::new(format!("Type {host} to allow it for this call."), Role::TextDim)],
    ];
    Confirm::new("Send the credential to this host?", lines, "allow and send", Then::AllowHost(host.into()))
        .typed(host)
}

/// Leaves the innermost thing of this screen; None when nothing of it is open any more.
pub(super) fn back(current: &mut Option<Call>, shared: &mut Shared, now: Now) -> Option<Vec<Effect>> {
    if let Some(effects) = composer::back(current, now).or_else(|| response::back(current, shared, now)) {
        return Some(effects);
    }
    if is_under_way(current.as_ref()) {
        return Some(stop(current, shared, now));
    }
    None
}

/// Stops waiting for the call that is under way, and says what that means.
fn stop(current: &mut Option<Call>, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let Some(call) = current else { return Vec::new() };
    let mut effects = vec![Effect::Cancel(Slot::Call)];
    match call.life.stopped() {
        Stopped::Nothing => return Vec::new(),
        // The slot stays open for the answer.
        Stopped::Asked => {}
        // The slot stays open here too: whether the audit log could be told of it comes later.
        Stopped::Ended(outcome) => effects.extend(stopped(current, shared, outcome, now)),
    }
    effects
}

/// It was stopped, and this is what that means.
fn stopped(current: &mut Option<Call>, shared: &mut Shared, outcome: CallOutcome, now: Now) -> Vec<Effect> {
    let message = match &outcome {
        CallOutcome::Cancelled { may_have_happened } => {
            format!("Cancelled. {}", was_sent(*may_have_happened))
        }
        CallOutcome::Done(_) | CallOutcome::Kept(_) | CallOutcome::Failed(_) => {
            "Stopped waiting. The call stays held; r checks again.".to_owned()
        }
    };
    let effects = finish(current, shared, outcome, now);
    shared.toasts.info(&message, now);
    effects
}

/// The call has ended, one way or another.
fn finish(current: &mut Option<Call>, shared: &mut Shared, outcome: CallOutcome, now: Now) -> Vec<Effect> {
    let Some(call) = current else { return Vec::new() };
    let Some(draft) = call.life.ended() else { return Vec::new() };
    for overlay in shared.nav.popups_mut() {
        if let View::Picture(picture) = overlay {
            picture.end();
        }
    }
    response::show(current, shared, outcome, &draft, now)
}

/// Takes an event of the call in.
pub(crate) fn answer(
    current: &mut Option<Call>,
    shared: &mut Shared,
    ticket: Ticket,
    event: CallEvent,
    now: Now,
) -> Vec<Effect> {
    let Some(call) = current else { return Vec::new() };
    match event {
        CallEvent::Sent => {
            call.life.leaves(true);
            Vec::new()
        }
        CallEvent::Waiting { reason, millis } => {
            call.life.leaves(false);
            let pause = words::countdown(jiff::SignedDuration::from_millis(millis.cast_signed()));
            let why = reason.headline();
            shared.toasts.info(&format!("{why} Trying again in {pause}."), now);
            Vec::new()
        }
        // That it was cancelled was said already where it was known here.
        CallEvent::Progress { .. } | CallEvent::Cancelled { .. } if !call.life.is_under_way() => Vec::new(),
        CallEvent::Progress { received, total } => {
            call.response.arrives(received, total);
            Vec::new()
        }
        CallEvent::Held(held) => {
            call.life.held(held, now);
            Vec::new()
        }
        CallEvent::Standing(standing) => {
            call.life.stands(standing);
            Vec::new()
        }
        CallEvent::Done(report) => finish(current, shared, CallOutcome::Done(report), now),
        CallEvent::Kept(held) => finish(current, shared, CallOutcome::Kept(held), now),
        CallEvent::Failed(diagnosis) => finish(current, shared, CallOutcome::Failed(diagnosis), now),
        CallEvent::Cancelled { may_have_happened } => {
            stopped(current, shared, CallOutcome::Cancelled { may_have_happened }, now)
        }
        CallEvent::Recorded(id) => {
            call.response.recorded(id);
            Vec::new()
        }
        CallEvent::NotRecorded(why) => {
            shared.toasts.info_next(why.headline(), now);
            Vec::new()
        }
        CallEvent::NotAudited(why) => {
            shared.slots.end(ticket.slot);
            let why = why.as_ref().map_or("", Diagnosis::headline);
            shared.toasts.warning(&format!("Not audited: Alter did not receive the audit row. {why}"), now);
            Vec::new()
        }
    }
}

impl Call {
    /// Who carries the call out.
    pub(crate) fn mode(&self) -> Mode {
        self.composer.mode()
    }
}
