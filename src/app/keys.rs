//! From a key to what it does: the top overlay first, then an input, then the place.

use super::action::{
    AppAction, CommonAction, CopyAction, HistoryAction, ListAction, RequestAction, ScanAction, SmokeAction,
};
use super::availability::{Availability, availability};
use super::input::Key;
use super::keymap::{Place, Resolution};
use super::model::{Focus, Screen};
use super::overlays::{Help, Overlay, items};
use super::screens::{call, changes, copy, detail, grants, history, response, scan, smoke};
use super::{
    Action, Destination, Effect, Model, Slot, confirmed, overlays, picked, split, switch, typing, views,
};
use crate::app::requests::OpenLink;
use crate::domain::{Grant, Now};
use crate::ui::Theme;

/// A key was pressed; `alone`: nothing else came with it.
pub(super) fn press(model: &mut Model, key: Key, alone: bool, now: Now) -> Vec<Effect> {
    if model.pending.is_empty() {
        model.presses.add(key, alone, now);
    }
    let place = model.place();
    if typing::takes_printable(model, place, key) {
        return typing::typed(model, place, key, now);
    }
    match model.keymap.resolve(place, &model.pending, key) {
        Resolution::Do(action) => {
            model.pending.clear();
            // Inside something that pops up, the key that leaves the program leaves only that.
            let leaves =
                action == Action::App(AppAction::Quit) && key.typed().is_some() && !model.overlays.is_empty();
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
        Resolution::Nothing => typing::typed(model, place, key, now),
    }
}

/// Carries an action out, or says why it cannot be done.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    match availability(model, action) {
        Availability::Hidden => return Vec::new(),
        Availability::Blocked(reason) if action == Action::Scan(ScanAction::RepairAll) => {
            scan::refuse_repair(model, reason, now);
            return Vec::new();
        }
        Availability::Blocked(reason) => {
            model.toasts.refuse(reason, now);
            return Vec::new();
        }
        // What was said about the key before is over.
        Availability::Ready if action != Action::App(AppAction::Back) => model.toasts.leave_behind(now),
        Availability::Ready => {}
    }
    match action {
        Action::App(AppAction::Quit) if matches!(model.overlays.last(), Some(Overlay::Confirm(_))) => {
            return confirmed::leave(model, now);
        }
        Action::App(AppAction::Quit) => return confirmed::quit(model),
        Action::App(AppAction::TryDemo) => return switch::to(model, Destination::Demo),
        Action::App(AppAction::TypeKey) => return switch::to(model, Destination::TypedKey),
        Action::App(AppAction::SwitchProfile) => return switch::ask(model),
        Action::App(AppAction::Suspend) => return vec![Effect::Suspend],
        Action::App(AppAction::Redraw) => return vec![Effect::Repaint],
        Action::App(AppAction::Back) => return back(model, now),
        Action::App(AppAction::NextTheme) => {
            next_theme(model, now);
            return Vec::new();
        }
        Action::App(AppAction::Privacy) => {
            model.privacy = !model.privacy;
            let told = if model.privacy { "Ids and names are masked." } else { "Ids and names are shown." };
            model.toasts.info(told, now);
            return Vec::new();
        }
        _ => {}
    }
    match model.overlays.last_mut() {
        Some(Overlay::Help(_)) => {
            help(model, action);
            Vec::new()
        }
        Some(Overlay::Pick(_)) => picked::act(model, action, now),
        Some(Overlay::Confirm(_)) => confirmed::act(model, action, now),
        Some(Overlay::Copy(_)) => copy::act(model, action, now),
        Some(Overlay::Changes(_)) => changes::act(model, action, now),
        Some(Overlay::Save(save)) if action == Action::Common(CommonAction::Accept) && !save.is_busy() => {
            response::write(model, now)
        }
        Some(Overlay::Save(_) | Overlay::Picture(_)) => Vec::new(),
        Some(Overlay::Page(page)) => {
            page.scroll(action, model.size);
            Vec::new()
        }
        None => below(model, action, now),
    }
}

fn below(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    match action {
        Action::App(AppAction::Help) => {
            let place = model.place();
            model.overlays.push(Overlay::Help(Help { place, offset: 0 }));
            Vec::new()
        }
        Action::App(AppAction::Palette) => {
            let palette = items::palette(model);
            model.overlays.push(Overlay::Pick(palette));
            Vec::new()
        }
        Action::History(HistoryAction::CallHistory) => history::open(model, now),
        Action::Smoke(SmokeAction::Test | SmokeAction::TestShown | SmokeAction::ShowBoard) => {
            smoke::act(model, action, now).unwrap_or_default()
        }
        action if model.screen == Screen::Smoke => smoke::act(model, action, now).unwrap_or_default(),
        action if model.screen == Screen::History => history::act(model, action, now).unwrap_or_default(),
        Action::List(ListAction::Views) => {
            views::open(model);
            Vec::new()
        }
        Action::Copy(CopyAction::CopyId) => copy::copy_ids(model),
        Action::Copy(CopyAction::CopyMenu) => copy::open(model),
        Action::Scan(ScanAction::OpenScan) => scan::open(model),
        action if model.screen == Screen::Scan => scan::act(model, action, now).unwrap_or_default(),
        Action::Common(CommonAction::Accept) if model.screen != Screen::Call => {
            // The search line is done; what it found stays.
            model.grants.typing = false;
            Vec::new()
        }
        Action::Common(CommonAction::SwitchPane) if model.screen != Screen::Call => {
            model.focus = if model.focus == Focus::List { Focus::Detail } else { Focus::List };
            Vec::new()
        }
        Action::List(ListAction::OpenDetail) if model.screen != Screen::Call => {
            model.screen = if model.screen == Screen::Detail { Screen::Grants } else { Screen::Detail };
            model.smoke.over_detail = false;
            model.detail.offset = 0;
            Vec::new()
        }
        Action::Request(RequestAction::OpenCall) => call::open(model, now),
        Action::List(ListAction::OpenLink) => open_link(model, now),
        action if model.screen != Screen::Call && split::act(model, action, now) => Vec::new(),
        action if model.screen == Screen::Call => call::act(model, action, now).unwrap_or_default(),
        action if model.place() == Place::Detail && detail::scroll(model, action, now) => Vec::new(),
        action => grants::act(model, action, now).unwrap_or_default(),
    }
}

fn open_link(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(link) = model.grants.selected().and_then(Grant::page) else { return Vec::new() };
    if model.session.value().is_some_and(|session| session.demo) {
        // An origin of the grant's own names the customer.
        let own = model.grants.selected().is_some_and(|grant| grant.api_base_url().is_some());
        if model.privacy && own {
            model.toasts.info("The demo opens no pages.", now);
        } else {
            model.toasts.info(&format!("The demo opens no pages; this one is {link}"), now);
        }
        return Vec::new();
    }
    vec![model.slots.ask(OpenLink(link))]
}

/// Leaves the innermost thing that is open.
fn back(model: &mut Model, now: Now) -> Vec<Effect> {
    let stays = match model.overlays.last_mut() {
        Some(Overlay::Copy(menu)) => copy::back(menu),
        Some(Overlay::Changes(open)) => changes::back(open),
        _ => false,
    };
    if stays {
        return Vec::new();
    }
    match model.overlays.pop() {
        // What is being planned is not wanted any more.
        Some(Overlay::Changes(_)) => return model.give_up(Slot::Change).into_iter().collect(),
        Some(Overlay::Save(save)) => return response::leave_save(model, &save, now),
        Some(Overlay::Pick(pick)) => {
            picked::leave(model, pick);
            return Vec::new();
        }
        Some(
            Overlay::Help(_)
            | Overlay::Confirm(_)
            | Overlay::Page(_)
            | Overlay::Picture(_)
            | Overlay::Copy(_),
        ) => return Vec::new(),
        None => {}
    }
    if model.screen == Screen::Call {
        return leave_call(model, now);
    }
    if model.screen == Screen::History {
        return history::back(model, now);
    }
    if model.screen == Screen::Scan {
        if let Some(effects) = scan::back(model) {
            return effects;
        }
        if !model.toasts.dismiss(now) {
            model.screen = Screen::Grants;
        }
        return Vec::new();
    }
    if model.screen == Screen::Smoke {
        if let Some(effects) = smoke::back(model) {
            return effects;
        }
        if !model.toasts.dismiss(now) {
            model.screen = Screen::Grants;
        }
        return Vec::new();
    }
    if model.grants.typing {
        model.grants.typing = false;
        model.grants.input.reset();
        return grants::typed(model, now);
    }
    if model.screen == Screen::Detail {
        let from_board = std::mem::take(&mut model.smoke.over_detail);
        model.screen = if from_board { Screen::Smoke } else { Screen::Grants };
        model.detail.offset = 0;
        return Vec::new();
    }
    let says_esc_stops = model.grants.rows.is_empty() && model.grants.walk.is_slow(now);
    if model.toasts.dismiss(now) && !says_esc_stops {
        return Vec::new();
    }
    if says_esc_stops {
        return stop_loading(model, now);
    }
    if model.focus == Focus::Detail {
        model.focus = Focus::List;
        return Vec::new();
    }
    if !model.grants.query.is_empty() {
        model.grants.input.reset();
        return grants::typed(model, now);
    }
    if model.grants.walk.is_busy() {
        return stop_loading(model, now);
    }
    if !model.grants.filters.is_empty() || model.grants.only_marked {
        return grants::act(model, Action::List(ListAction::ClearFilters), now).unwrap_or_default();
    }
    Vec::new()
}

/// Leaves the innermost thing of a call, at last its screen; what was put together stays.
fn leave_call(model: &mut Model, now: Now) -> Vec<Effect> {
    if let Some(effects) = call::back(model, now) {
        return effects;
    }
    if model.toasts.dismiss(now) { Vec::new() } else { history::leave_call(model, now) }
}

fn stop_loading(model: &mut Model, now: Now) -> Vec<Effect> {
    let effects = grants::act(model, Action::List(ListAction::StopLoading), now).unwrap_or_default();
    model.toasts.info("Stopped loading. r loads again.", now);
    effects
}

fn help(model: &mut Model, action: Action) {
    let Some(Overlay::Help(help)) = model.overlays.last() else { return };
    if action == Action::App(AppAction::Help) {
        model.overlays.pop();
        return;
    }
    let place = help.place;
    let room = overlays::help_room(model.size);
    let last = overlays::help::lines(&model.keymap, place).len().saturating_sub(room);
    if let (Some(Overlay::Help(help)), Action::Move(motion)) = (model.overlays.last_mut(), action) {
        help.offset = motion.from(help.offset, last, room);
    }
}

fn next_theme(model: &mut Model, now: Now) {
    let at =
        Theme::BUILTIN.iter().position(|name| *name == model.theme.name).unwrap_or(Theme::BUILTIN.len() - 1);
    let name = Theme::BUILTIN.get((at + 1) % Theme::BUILTIN.len()).copied().unwrap_or("dark");
    model.theme = Theme::builtin(name, model.depth).into();
    model.follows_ground = false;
    model
        .toasts
        .info(&format!("Theme: {name}. Keep it with `theme = \"{name}\"` in the configuration."), now);
}
