//! The list of grants as a view, and what it has in common with the detail.

use ratatui::layout::{Position, Rect};
use tui_input::InputRequest;

use super::{Choice, Focus, Grants, set_filter, update, view};
use crate::app::action::{Action, AppAction, CommonAction, CopyAction, ListAction, Motion};
use crate::app::input::Key;
use crate::app::keymap::Place;
use crate::app::requests::OpenLink;
use crate::app::screen::{NOTCH, Screen};
use crate::app::screens::{copy, detail, pick, smoke};
use crate::app::shared::Shared;
use crate::app::text_input::edit_line;
use crate::app::{Effect, Model, keys, split, views};
use crate::domain::{Clean, Grant, Now};
use crate::ui::layout::{self, Areas};
use crate::ui::paint::Pen;

/// The list, with the detail beside or below it where there is room.
pub(crate) struct GrantsScreen;

impl Screen for GrantsScreen {
    fn place(&self, model: &Model) -> Place {
        if model.grants.typing {
            Place::Input
        } else if model.focus == Focus::Detail && model.shared.detail_is_beside() {
            Place::Detail
        } else {
            Place::Grants
        }
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        act_on_grants(model, action, now)
    }

    fn draw(&self, model: &Model, now: Now, areas: Areas, pen: &mut Pen<'_>) {
        view::draw_chips(&model.grants, &model.shared, areas.chips, pen);
        view::draw(model, now, areas.list, pen);
        if let Some(area) = areas.detail {
            detail::draw(model, now, area, pen);
        }
    }

    fn back(&self, model: &mut Model, now: Now) -> Vec<Effect> {
        if model.grants.typing {
            model.grants.typing = false;
            model.grants.input.reset();
            return update::typed(&mut model.grants, &mut model.shared, now);
        }
        if says_esc_stops(&model.grants, now) {
            return stop_loading(&mut model.grants, &mut model.shared, now);
        }
        if model.focus == Focus::Detail {
            model.focus = Focus::List;
            return Vec::new();
        }
        if !model.grants.query.is_empty() {
            model.grants.input.reset();
            return update::typed(&mut model.grants, &mut model.shared, now);
        }
        if model.grants.walk.is_busy() {
            return stop_loading(&mut model.grants, &mut model.shared, now);
        }
        if !model.grants.filters.is_empty() || model.grants.only_marked {
            return update::clear_filters(&mut model.grants, &mut model.shared, now);
        }
        Vec::new()
    }

    fn is_noise(&self, model: &Model, action: Action) -> bool {
        // A list that is slow is still being loaded: the time does not matter.
        action == Action::App(AppAction::Back) && is_at_rest(model)
    }

    fn back_only_closes(&self, model: &Model, _now: Now) -> bool {
        is_at_rest(model)
    }

    fn typed(&self, model: &mut Model, key: Key, now: Now) -> Vec<Effect> {
        if !model.grants.typing {
            return Vec::new();
        }
        edit_line(&mut model.grants.input, key);
        update::typed(&mut model.grants, &mut model.shared, now)
    }

    fn paste(&self, model: &mut Model, text: &str, now: Now) -> Vec<Effect> {
        // A pasted id or name is something to look for.
        model.grants.typing = true;
        for character in Clean::line(text.trim()).as_str().chars().take(400) {
            model.grants.input.handle(InputRequest::InsertChar(character));
        }
        update::typed(&mut model.grants, &mut model.shared, now)
    }

    fn press(&self, model: &mut Model, at: Position, now: Now) -> Vec<Effect> {
        let Some(areas) = model.shared.areas() else { return Vec::new() };
        if areas.chips.contains(at) {
            return press_chip(model, at.x, areas.chips, now);
        }
        if areas.detail.is_some_and(|area| area.contains(at)) {
            model.focus = Focus::Detail;
            return Vec::new();
        }
        if areas.list.contains(at) { press_list(model, at, areas.list, now) } else { Vec::new() }
    }

    fn scroll(&self, model: &mut Model, motion: Motion, at: Position, now: Now) -> Vec<Effect> {
        let Some(areas) = model.shared.areas() else { return Vec::new() };
        for _ in 0..NOTCH {
            if areas.detail.is_some_and(|area| area.contains(at)) {
                detail::scroll(model, motion, now);
            } else {
                super::cursor::move_cursor(model, motion);
            }
        }
        Vec::new()
    }

    fn text_cursor(&self, model: &Model, areas: Areas) -> Option<Position> {
        view::search_cursor(&model.grants, areas.footer)
    }

    fn types_in_footer(&self, model: &Model) -> bool {
        model.grants.typing
    }

    fn draw_typed(&self, model: &Model, now: Now, area: Rect, right: u16, pen: &mut Pen<'_>) {
        view::search_line(&model.grants, &model.shared, now, area, right, pen);
    }

    fn shows_grants(&self) -> bool {
        true
    }

    fn catch_up(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        smoke::ask_about_what_is_seen(&mut model.smoke, &model.grants, &mut model.shared)
    }

    fn flaw(&self, model: &Model) -> Option<&'static str> {
        model.grants.flaw(model.shared.list_height())
    }

    fn resized(&self, model: &mut Model) {
        let rows = model.shared.list_height();
        model.grants.fit(rows);
    }
}

/// Carries an action out that is the same on the list and in the detail.
pub(crate) fn act_on_grants(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    if let Action::Move(motion) = action {
        if model.place() == Place::Detail {
            detail::scroll(model, motion, now);
        } else {
            super::cursor::move_cursor(model, motion);
        }
    } else if let Action::List(action) = action {
        return act_on_list(model, action, now);
    } else if let Action::Common(action) = action {
        return act_as_others(model, action, now);
    } else if action == Action::Copy(CopyAction::CopyId) {
        return copy::copy_ids(&model.grants, &mut model.shared);
    } else if action == Action::Copy(CopyAction::CopyMenu) {
        return copy::open(model);
    }
    Vec::new()
}

fn act_on_list(model: &mut Model, action: ListAction, now: Now) -> Vec<Effect> {
    if action == ListAction::OpenLink {
        return open_link(&model.grants, &mut model.shared, now);
    }
    if action == ListAction::Views {
        views::open(model);
        return Vec::new();
    }
    if let ListAction::MoreList | ListAction::MoreDetail | ListAction::MoveDetail = action {
        split::act(&mut model.grants, &mut model.shared, action, now);
        return Vec::new();
    }
    update::act(model, action, now)
}

/// What other screens have too, each in its own way.
fn act_as_others(model: &mut Model, action: CommonAction, now: Now) -> Vec<Effect> {
    match action {
        // The search line is done; what it found stays.
        CommonAction::Accept => model.grants.typing = false,
        CommonAction::SwitchPane => {
            model.focus = if model.focus == Focus::List { Focus::Detail } else { Focus::List };
        }
        CommonAction::Search => {
            // The search belongs to the list, wherever it is asked for.
            model.shared.nav.home();
            model.focus = Focus::List;
            model.grants.typing = true;
        }
        CommonAction::Filter => return update::filter(&model.grants, &mut model.shared),
        CommonAction::Refresh => return update::refresh(&mut model.grants, &mut model.shared, now),
    }
    Vec::new()
}

/// Opens the page that belongs to the grant under the cursor.
fn open_link(grants: &Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let Some(link) = grants.selected().and_then(Grant::page) else { return Vec::new() };
    if shared.session.value().is_some_and(|session| session.demo) {
        // An origin of the grant's own names the customer.
        let own = grants.selected().is_some_and(|grant| grant.api_base_url().is_some());
        if shared.privacy && own {
            shared.toasts.info("The demo opens no pages.", now);
        } else {
            shared.toasts.info(&format!("The demo opens no pages; this one is {link}"), now);
        }
        return Vec::new();
    }
    vec![shared.slots.ask(OpenLink::Page(link))]
}

/// Whether there is nothing to leave: no search, filter or loading, and the list itself has the keys.
fn is_at_rest(model: &Model) -> bool {
    let grants = &model.grants;
    let narrowed = !grants.query.is_empty() || !grants.filters.is_empty() || grants.only_marked;
    !(grants.typing || model.focus == Focus::Detail || narrowed || grants.walk.is_busy())
}

/// Whether the list has nothing but the words that the key stops the loading.
fn says_esc_stops(grants: &Grants, now: Now) -> bool {
    grants.rows.is_empty() && grants.walk.is_slow(now)
}

fn stop_loading(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let effects = super::walk::stop(grants, shared);
    shared.toasts.info("Stopped loading. r loads again.", now);
    effects
}

/// A chip of a provider was pressed: only its grants are shown.
pub(crate) fn press_chip(model: &mut Model, column: u16, area: Rect, now: Now) -> Vec<Effect> {
    let (spots, hidden) = view::spots(&model.grants, &model.shared, area.width);
    let hit = spots.iter().find(|spot| (spot.x..spot.x + spot.width).contains(&column));
    match hit {
        Some(spot) => {
            let provider = spot.provider.clone();
            set_filter(
                &mut model.grants,
                &mut model.shared,
                Choice::Provider,
                provider.as_deref().unwrap_or(""),
                now,
            )
        }
        None if hidden > 0 && spots.last().is_some_and(|last| column > last.x + last.width) => {
            keys::act(model, Action::List(ListAction::FilterProvider), now)
        }
        None => Vec::new(),
    }
}

fn press_list(model: &mut Model, at: Position, area: Rect, now: Now) -> Vec<Effect> {
    model.focus = Focus::List;
    let inside = layout::inside(area);
    if at.y == inside.y {
        return match view::column_at(model, at.x) {
            Some(column) => pick::sort_by(&mut model.grants, &mut model.shared, column, now),
            None => Vec::new(),
        };
    }
    let Some(line) = at.y.checked_sub(inside.y + 1) else { return Vec::new() };
    let place = model.grants.offset + usize::from(line);
    if place < model.grants.shown() {
        let height = model.shared.list_height();
        model.grants.go_to(place, height);
        model.detail.offset = 0;
    }
    Vec::new()
}
