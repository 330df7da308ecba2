//! What happens inside a question, and after a yes.

use super::action::CommonAction;
use super::effect::{Destination, ExitReason};
use super::overlays::{Confirm, Overlay, Then};
use super::remote::Remote;
use super::screens::{call, history, response, smoke};
use super::{Action, Effect, Model, question, switch};
use crate::domain::{Now, WritePermit};
use crate::ui::Role;
use crate::ui::paint::Piece;

/// Carries out an action inside the question on top.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    if action != Action::Common(CommonAction::Accept) {
        return Vec::new();
    }
    let Some(Overlay::Confirm(confirm)) = model.overlays.last() else { return Vec::new() };
    if !confirm.is_ready() {
        let word = confirm.word.clone().unwrap_or_default();
        model.toasts.refuse(&format!("Type {word} first; esc cancels."), now);
        return Vec::new();
    }
    if !question::may_answer(confirm.answer(), confirm.asked, model.presses) {
        model.toasts.refuse(question::TOO_FAST, now);
        return Vec::new();
    }
    let Some(Overlay::Confirm(confirm)) = model.overlays.pop() else { return Vec::new() };
    match confirm.then {
        Then::Send(draft) => call::fire(model, *draft, Some(WritePermit::confirmed()), now),
        Then::AllowHost(host) => {
            if let Some(open) = &mut model.call {
                open.composer.allow(&host);
            }
            call::send(model, now)
        }
        Then::Replace { path, body } => response::replace(model, path, body),
        Then::Forget(id) => history::forget(model, id),
        Then::ForgetAll => history::forget_all(model),
        Then::Test(asked) => smoke::begin(model, *asked),
        Then::OpenCall(row) => call::replace(model, row),
        Then::Switch(to) => switch::to(model, to),
        Then::Quit => vec![Effect::Quit(reason(model))],
    }
}

/// The key that leaves the program was pressed inside a question: it is a no, and never a yes.
pub(super) fn leave(model: &mut Model, now: Now) -> Vec<Effect> {
    match model.overlays.last() {
        Some(Overlay::Confirm(confirm)) if confirm.then == Then::Quit => other_key(model, now),
        _ => _ = model.overlays.pop(),
    }
    Vec::new()
}

/// A key was pressed that answers nothing: it is said which ones do.
pub(super) fn other_key(model: &mut Model, now: Now) {
    if let Some(Overlay::Confirm(confirm)) = model.overlays.last() {
        let told = format!("Press y to {}, n to cancel.", confirm.yes);
        model.toasts.refuse(&told, now);
    }
}

/// Leaves the program, or asks first where something would be lost.
pub(super) fn quit(model: &mut Model) -> Vec<Effect> {
    let lost = would_be_lost(model);
    if lost.is_empty() {
        return vec![Effect::Quit(reason(model))];
    }
    model.overlays.push(Overlay::Confirm(Confirm::new("Quit grantdeck?", lost, "quit", Then::Quit)));
    Vec::new()
}

/// Leaves for another session, or asks first where something would be lost.
pub(super) fn switch(model: &mut Model, to: Destination) -> Vec<Effect> {
    let lost = would_be_lost(model);
    if lost.is_empty() {
        return switch::to(model, to);
    }
    let then = Then::Switch(to);
    model.overlays.push(Overlay::Confirm(Confirm::new("Switch profile?", lost, "switch", then)));
    Vec::new()
}

/// What is under way or was not sent yet, a line each.
fn would_be_lost(model: &Model) -> Vec<Vec<Piece>> {
    let lost =
        [call::under_way_in_words(model), smoke::under_way_in_words(model), call::unsent_in_words(model)];
    lost.into_iter().flatten().map(|told| vec![Piece::new(told, Role::Text)]).collect()
}

/// Why the person leaves: a screen that never got a session has failed, and scripts want to know.
fn reason(model: &Model) -> ExitReason {
    match &model.session {
        Remote::Failed { diagnosis, .. } => ExitReason::Failed(Box::new(diagnosis.clone())),
        _ => ExitReason::User,
    }
}
