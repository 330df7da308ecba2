//! From a key to what it does: what is the same everywhere, then the view on top.

use strum::IntoEnumIterator;

use super::action::{Action, AppAction};
use super::availability::Availability;
use super::available::availability;
use super::input::Key;
use super::keymap::{Place, Resolution};
use super::nav::{Kind, View};
use super::screens::confirm::{self, Then};
use super::screens::help::Help;
use super::screens::pick::items;
use super::shared::Shared;
use super::{Destination, Effect, Model, switch};
use crate::domain::Now;
use crate::ui::Theme;

/// A key was pressed; `alone`: nothing else came with it.
pub(super) fn press(model: &mut Model, key: Key, alone: bool, now: Now) -> Vec<Effect> {
    if model.pending.is_empty() {
        model.shared.presses.add(key, alone, now);
    }
    if model.shared.areas().is_none() && !asks_to_quit(model) {
        return press_unseen(model, key);
    }
    let top = model.top();
    if key.typed().is_some() && top.takes_text(model) {
        return top.typed(model, key, now);
    }
    match model.shared.keymap.resolve(top.place(model), &model.pending, key) {
        Resolution::Do(action) => {
            model.pending.clear();
            // Inside something that pops up, the key that leaves the program leaves only that.
            let quits = action == Action::App(AppAction::Quit);
            let leaves = quits && key.typed().is_some() && !model.shared.nav.popups().is_empty();
            act(model, if leaves { Action::App(AppAction::Back) } else { action }, now)
        }
        Resolution::Pending => {
            if model.pending.is_empty() {
                model.pending_since = now.millis;
            }
            model.pending.push(key);
            Vec::new()
        }
        Resolution::Nothing if !model.pending.is_empty() => {
            model.pending.clear();
            Vec::new()
        }
        Resolution::Nothing => top.typed(model, key, now),
    }
}

/// Whether the question before leaving the program is open: it is the only one that a tiny terminal shows.
pub(super) fn asks_to_quit(model: &Model) -> bool {
    matches!(model.shared.nav.top(), View::Confirm(confirm) if confirm.then == Then::Quit)
}

/// A key was pressed where the terminal is too small to show what it would act on: only leaving is possible.
fn press_unseen(model: &mut Model, key: Key) -> Vec<Effect> {
    model.pending.clear();
    let action = model.shared.keymap.resolve(Place::Global, &[], key);
    if matches!(action, Resolution::Do(Action::App(AppAction::Quit))) {
        return confirm::quit(model);
    }
    Vec::new()
}

/// Carries an action out, or says why it cannot be done.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    match availability(model, action) {
        Availability::Hidden => return Vec::new(),
        Availability::Blocked(reason) => {
            model.top().refuse(model, action, reason, now);
            return Vec::new();
        }
        // What was said about the key before is over.
        Availability::Ready if action != Action::App(AppAction::Back) => {
            model.shared.toasts.leave_behind(now);
        }
        Availability::Ready => {}
    }
    if let Action::App(action) = action {
        return program(model, action, now);
    }
    if let Action::Open(action) = action {
        // What pops up is left before another screen is opened.
        if !model.shared.nav.popups().is_empty() {
            return Vec::new();
        }
        let kind = Kind::opened_by(action);
        return kind.screen().open(model, kind, now);
    }
    if model.shared.nav.popups().is_empty()
        && let Some(effects) = Kind::iter().find_map(|kind| kind.screen().act_anywhere(model, action, now))
    {
        return effects;
    }
    model.top().act(model, action, now)
}

/// What an action of the program does, the same everywhere.
fn program(model: &mut Model, action: AppAction, now: Now) -> Vec<Effect> {
    match action {
        AppAction::Quit => return model.top().quit(model, now).unwrap_or_else(|| confirm::quit(model)),
        AppAction::Back => {
            // Nobody has to press it twice: the notice goes, and the key does what it does without one.
            model.shared.toasts.dismiss(now);
            return model.top().back(model, now);
        }
        AppAction::TryDemo => return switch::to(model, Destination::Demo),
        AppAction::TypeKey => return switch::to(model, Destination::TypedKey),
        AppAction::SwitchProfile => return switch::ask(&mut model.shared),
        AppAction::Suspend => return vec![Effect::Suspend],
        AppAction::Redraw => return vec![Effect::Repaint],
        AppAction::NextTheme => next_theme(&mut model.shared, now),
        AppAction::Privacy => {
            model.shared.privacy = !model.shared.privacy;
            let message =
                if model.shared.privacy { "Ids and names are masked." } else { "Ids and names are shown." };
            model.shared.toasts.info(message, now);
        }
        AppAction::Help if model.shared.nav.top().kind() == Kind::Help => {
            model.shared.nav.pop();
        }
        AppAction::Palette if !model.shared.nav.popups().is_empty() => {}
        AppAction::Help => {
            model.shared.nav.push(View::Help(Box::new(Help { place: model.place(), offset: 0 })));
        }
        AppAction::Palette => {
            let palette = items::palette(model);
            model.shared.nav.push(View::Pick(Box::new(palette)));
        }
    }
    Vec::new()
}

fn next_theme(shared: &mut Shared, now: Now) {
    let at =
        Theme::BUILTIN.iter().position(|name| *name == shared.theme.name).unwrap_or(Theme::BUILTIN.len() - 1);
    let name = Theme::BUILTIN.get((at + 1) % Theme::BUILTIN.len()).copied().unwrap_or("dark");
    shared.theme = Theme::builtin(name, shared.depth).into();
    shared.follows_background = false;
    shared
        .toasts
        .info(&format!("Theme: {name}. Keep it with `theme = \"{name}\"` in the configuration."), now);
}
