//! What happens inside a question, and after a yes.

use ratatui::layout::Position;
use tui_input::InputRequest;

use super::{Confirm, Then, view};
use crate::app::action::{Action, CommonAction, Motion};
use crate::app::availability::Availability;
use crate::app::effect::{Destination, ExitReason};
use crate::app::input::Key;
use crate::app::keymap::Place;
use crate::app::nav::View;
use crate::app::remote::Remote;
use crate::app::screen::{Hints, Screen};
use crate::app::screens::{call, connect, history, response, revoke, smoke};
use crate::app::shared::Shared;
use crate::app::text_input::edit_line;
use crate::app::{Effect, Model, question, switch};
use crate::domain::{Clean, Now, WritePermit};
use crate::ui::Role;
use crate::ui::layout::Areas;
use crate::ui::paint::{Pen, Piece};

/// A question before something that cannot be taken back.
pub(crate) struct ConfirmScreen;

/// The longest name that is pasted, in characters.
const LONGEST: usize = 400;

impl Screen for ConfirmScreen {
    fn place(&self, model: &Model) -> Place {
        let is_typed = matches!(model.shared.nav.top(), View::Confirm(confirm) if confirm.word.is_some());
        if is_typed { Place::Input } else { Place::Confirm }
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        act(model, action, now)
    }

    fn draw(&self, model: &Model, now: Now, _areas: Areas, pen: &mut Pen<'_>) {
        if let View::Confirm(confirm) = model.shared.nav.top() {
            view::draw(&model.shared, confirm, now, model.shared.whole(), pen);
        }
    }

    fn availability(&self, _model: &Model, action: Action) -> Option<Availability> {
        (action == Action::Common(CommonAction::Accept)).then_some(Availability::Ready)
    }

    /// It is a no, and never a yes.
    fn quit(&self, model: &mut Model, now: Now) -> Option<Vec<Effect>> {
        if matches!(model.shared.nav.top(), View::Confirm(confirm) if confirm.then == Then::Quit) {
            other_key(&mut model.shared, now);
        } else {
            model.shared.nav.pop();
        }
        Some(Vec::new())
    }

    fn typed(&self, model: &mut Model, key: Key, now: Now) -> Vec<Effect> {
        match model.shared.nav.popup_mut() {
            Some(View::Confirm(confirm)) if confirm.word.is_some() => _ = edit_line(&mut confirm.input, key),
            _ => other_key(&mut model.shared, now),
        }
        Vec::new()
    }

    fn paste(&self, model: &mut Model, text: &str, _now: Now) -> Vec<Effect> {
        if let Some(View::Confirm(confirm)) = model.shared.nav.popup_mut()
            && confirm.word.is_some()
        {
            for character in Clean::line(text.trim()).as_str().chars().take(LONGEST) {
                confirm.input.handle(InputRequest::InsertChar(character));
            }
        }
        Vec::new()
    }

    // What cannot be taken back is not answered by a click that missed.
    fn scroll(&self, _model: &mut Model, _motion: Motion, _at: Position, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    fn text_cursor(&self, model: &Model, _areas: Areas) -> Option<Position> {
        let View::Confirm(confirm) = model.shared.nav.top() else { return None };
        view::text_cursor(confirm, model.shared.whole())
    }

    fn hints(&self, _model: &Model) -> Hints {
        Hints::None
    }

    fn catch_up(&self, model: &mut Model, now: Now) -> Vec<Effect> {
        say_what_would_be_lost_now(model, now);
        if let Some(View::Confirm(confirm)) = model.shared.nav.popup_mut() {
            confirm.asked.get_or_insert(now.millis);
        }
        Vec::new()
    }

    fn next_wake(&self, model: &Model, now: Now) -> Option<u64> {
        let View::Confirm(confirm) = model.shared.nav.top() else { return None };
        question::opens_at(confirm.answer(), confirm.asked, model.shared.presses)
            .filter(|at| *at > now.millis)
    }
}

/// Carries out an action inside the question on top.
fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    if action != Action::Common(CommonAction::Accept) {
        return Vec::new();
    }
    let View::Confirm(confirm) = model.shared.nav.top() else { return Vec::new() };
    if !confirm.is_ready() {
        // Several words are an account and an id: the lines say them, as far as they may be shown.
        let word = confirm.word.as_deref().filter(|_| confirm.or.is_empty());
        let what = word.map_or_else(|| "one of the two".to_owned(), |word| Clean::brief(word).to_string());
        model.shared.toasts.refuse(&format!("Type {what} first; esc cancels."), now);
        return Vec::new();
    }
    if !question::may_answer(confirm.answer(), confirm.asked, model.shared.presses) {
        model.shared.toasts.refuse(question::TOO_FAST, now);
        return Vec::new();
    }
    let Some(View::Confirm(confirm)) = model.shared.nav.pop() else { return Vec::new() };
    match confirm.then {
        Then::Send(draft) => call::fire(model, *draft, Some(WritePermit::confirmed()), now),
        Then::AllowHost(host) => {
            if let Some(open) = &mut model.call {
                open.composer.allow(&host);
            }
            call::send(model, now)
        }
        Then::Replace { path, body } => response::replace(&mut model.shared, path, body),
        Then::Forget(id) => history::forget(&mut model.history, &mut model.shared, id),
        Then::ForgetAll => history::forget_all(&mut model.history, &mut model.shared),
        Then::Test(asked) => smoke::begin(&mut model.smoke, &mut model.grants, &mut model.shared, *asked),
        Then::Connect(planned) => connect::begin(model, planned),
        Then::StopWaiting => connect::stop_waiting(model, now),
        Then::Revoke(plan) => revoke::begin(model, plan, now),
        Then::RevokeAccess(access) => revoke::take_away(model, *access, now),
        Then::OpenCall(row) => call::replace(&mut model.call, &model.grants, &mut model.shared, row),
        Then::Switch(to) => switch::to(model, to),
        Then::Quit => vec![Effect::Quit(reason(&model.shared))],
    }
}

/// A key was pressed that answers nothing: it is said which ones do.
fn other_key(shared: &mut Shared, now: Now) {
    if let View::Confirm(confirm) = shared.nav.top() {
        let message = format!("Press y to {}, n to cancel.", confirm.yes);
        shared.toasts.refuse(&message, now);
    }
}

/// Leaves the program, or asks first where something would be lost.
pub(crate) fn quit(model: &mut Model) -> Vec<Effect> {
    let lost = would_be_lost(model);
    if lost.is_empty() {
        return vec![Effect::Quit(reason(&model.shared))];
    }
    model.shared.nav.push(View::Confirm(Box::new(Confirm::new("Quit grantdeck?", lost, "quit", Then::Quit))));
    Vec::new()
}

/// Leaves for another session, or asks first where something would be lost.
pub(crate) fn switch(model: &mut Model, to: Destination) -> Vec<Effect> {
    let lost = would_be_lost(model);
    if lost.is_empty() {
        return switch::to(model, to);
    }
    let then = Then::Switch(to);
    model.shared.nav.push(View::Confirm(Box::new(Confirm::new("Switch profile?", lost, "switch", then))));
    Vec::new()
}

/// A question before leaving says what would be lost now, not when it was opened. Other words have to be read before
/// a key answers them.
fn say_what_would_be_lost_now(model: &mut Model, now: Now) {
    if !matches!(model.shared.nav.top(), View::Confirm(open) if matches!(open.then, Then::Quit | Then::Switch(_)))
    {
        return;
    }
    let mut lines = would_be_lost(model);
    if lines.is_empty() {
        lines.push(vec![Piece::new("It has ended meanwhile; nothing would be lost.", Role::Text)]);
    }
    if let Some(View::Confirm(confirm)) = model.shared.nav.popup_mut()
        && confirm.lines != lines
    {
        (confirm.lines, confirm.asked) = (lines, Some(now.millis));
    }
}

/// What is under way or was not sent yet, a line each.
fn would_be_lost(model: &Model) -> Vec<Vec<Piece>> {
    let under_way = [
        revoke::under_way_in_words(model.revoking.as_ref()),
        revoke::access_in_words(&model.shared),
        call::under_way_in_words(model.call.as_ref()),
        smoke::under_way_in_words(&model.smoke),
        connect::under_way_in_words(&model.connect),
    ];
    let lost = under_way.into_iter().flatten().chain(call::all_unsent_in_words(model));
    lost.map(|message| vec![Piece::new(message, Role::Text)]).collect()
}

/// Why the person leaves: a screen that never got a session has failed, and scripts want to know.
fn reason(shared: &Shared) -> ExitReason {
    match &shared.session {
        Remote::Failed { diagnosis, .. } => ExitReason::Failed(Box::new(diagnosis.clone())),
        Remote::Idle | Remote::Loading { .. } | Remote::Ready { .. } => ExitReason::User,
    }
}
