//! One message in, a changed model and a list of effects out. This file only routes.

use strum::IntoEnumIterator;

use super::effect::ExitReason;
use super::msg::Signal;
use super::nav::Kind;
use super::requests::OpenSession;
use super::screens::grants;
use super::shared::Shared;
use super::{Answer, Discarded, Effect, Model, Msg, Ticket, keys, remember, screen};
use crate::app::screens::grants::Grants;
use crate::domain::Now;
use crate::ui::Theme;

/// The only way a model changes.
pub fn update(model: &mut Model, msg: Msg, now: Now) -> Vec<Effect> {
    model.revision += 1;
    let mut effects = apply(model, msg, now);
    effects.extend(model.shown().catch_up(model, now));
    if !model.shared.nav.popups().is_empty() {
        effects.extend(model.top().catch_up(model, now));
    }
    effects.extend(remember::catch_up(model));
    effects.extend(model.shared.discards.take().into_iter().map(Effect::Discard));
    effects
}

fn apply(model: &mut Model, msg: Msg, now: Now) -> Vec<Effect> {
    match msg {
        Msg::Start { width, height } => {
            model.shared.size = (width, height);
            model.shared.session.load(now.millis);
            vec![model.shared.slots.ask(OpenSession)]
        }
        Msg::Key(key) => keys::press(model, key, true, now),
        Msg::Burst(key) => keys::press(model, key, false, now),
        // Nobody aims at what is not shown.
        Msg::Mouse(_) | Msg::Paste(_) if model.shared.areas().is_none() => Vec::new(),
        Msg::Mouse(mouse) => screen::mouse(model, mouse, now),
        Msg::Paste(text) => {
            model.shared.presses.paste(now);
            model.top().paste(model, &text, now)
        }
        Msg::Resize { width, height } => {
            model.shared.size = (width, height);
            for kind in Kind::iter() {
                kind.screen().resized(model);
            }
            Vec::new()
        }
        Msg::Focus(_) => {
            // Nothing on the screen depends on the window's focus.
            model.revision -= 1;
            Vec::new()
        }
        Msg::Background(background) => {
            if model.shared.follows_background && model.shared.theme.name != background.theme() {
                model.shared.theme = Theme::builtin(background.theme(), model.shared.depth).into();
            } else {
                model.revision -= 1;
            }
            Vec::new()
        }
        Msg::Resumed => vec![Effect::Repaint],
        Msg::Wake => wake(&mut model.grants, &mut model.shared, now),
        Msg::Signal(Signal::Interrupt) => vec![Effect::Quit(ExitReason::Interrupted)],
        Msg::Signal(Signal::Terminate) => vec![Effect::Quit(ExitReason::Terminated)],
        Msg::Answer { ticket, answer } => take_answer(model, ticket, answer, now),
        Msg::Budget(budget) => {
            model.shared.budget = Some(budget);
            Vec::new()
        }
        Msg::Fault(diagnosis) => {
            model.shared.toasts.failure(&diagnosis, now);
            Vec::new()
        }
    }
}

fn wake(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    shared.toasts.expire(now);
    grants::tick(grants, shared, now)
}

/// The one place where stale answers are dropped, and where a question ends that has one answer.
fn take_answer(model: &mut Model, ticket: Ticket, answer: Box<Answer>, now: Now) -> Vec<Effect> {
    if !model.shared.slots.is_current(ticket) {
        model.revision -= 1;
        return vec![Effect::Discard(Discarded::Answer(answer))];
    }
    if !answer.is_one_of_several() {
        model.shared.slots.end(ticket.slot);
    }
    answer.take_in(model, ticket, now)
}
