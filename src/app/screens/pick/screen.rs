//! What happens inside a list to pick from, and once something was picked.

use ratatui::layout::Position;

use super::{Pick, Purpose, VISIBLE, Value, items, view};
use crate::app::action::{Action, AppAction, CommonAction, Motion, PickAction};
use crate::app::availability::Availability::{self, Ready};
use crate::app::availability::shown_if;
use crate::app::input::Key;
use crate::app::keymap::Place;
use crate::app::nav::View;
use crate::app::screen::{Hints, Screen};
use crate::app::screens::grants::Grants;
use crate::app::screens::{composer, confirm, connect, grants, revoke, scan};
use crate::app::shared::Shared;
use crate::app::{Effect, Model, keys, views};
use crate::domain::Now;
use crate::domain::column::{Column, Order};
use crate::ui::layout::Areas;
use crate::ui::paint::Pen;

/// A list to pick from.
pub(crate) struct PickScreen;

impl Screen for PickScreen {
    fn place(&self, _model: &Model) -> Place {
        Place::Picker
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        act(model, action, now)
    }

    fn draw(&self, model: &Model, _now: Now, _areas: Areas, pen: &mut Pen<'_>) {
        if let View::Pick(pick) = model.shared.nav.top() {
            view::draw(pick, model.shared.whole(), pen);
        }
    }

    fn back(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        if let Some(View::Pick(pick)) = model.shared.nav.pop() {
            leave(&mut model.grants, *pick);
        }
        Vec::new()
    }

    fn availability(&self, model: &Model, action: Action) -> Option<Availability> {
        let View::Pick(pick) = model.shared.nav.top() else { return None };
        if let Action::Pick(PickAction::Toggle | PickAction::MoveEarlier | PickAction::MoveLater) = action {
            let is_switched = pick.purpose == Purpose::Scopes && action == Action::Pick(PickAction::Toggle);
            return Some(shown_if(pick.purpose == Purpose::Columns || is_switched));
        }
        (action == Action::Common(CommonAction::Accept)).then_some(Ready)
    }

    fn takes_text(&self, model: &Model) -> bool {
        matches!(model.shared.nav.top(), View::Pick(pick) if pick.takes_text())
    }

    fn typed(&self, model: &mut Model, key: Key, _now: Now) -> Vec<Effect> {
        if let Some(View::Pick(pick)) = model.shared.nav.popup_mut() {
            // No scope has a space in its name.
            if pick.purpose == Purpose::Scopes && key.typed() == Some(' ') {
                connect::toggle(pick);
            } else {
                pick.edit(key);
            }
        }
        Vec::new()
    }

    fn paste(&self, model: &mut Model, text: &str, _now: Now) -> Vec<Effect> {
        if let Some(View::Pick(pick)) = model.shared.nav.popup_mut() {
            pick.paste(text);
        }
        Vec::new()
    }

    fn press(&self, model: &mut Model, at: Position, now: Now) -> Vec<Effect> {
        let whole = model.shared.whole();
        let Some(View::Pick(pick)) = model.shared.nav.popup_mut() else { return Vec::new() };
        let Some(place) = view::item_at(pick, whole, at.x, at.y) else {
            return keys::act(model, Action::App(AppAction::Back), now);
        };
        pick.go_to(place);
        if pick.purpose == Purpose::Scopes {
            connect::toggle(pick);
            return Vec::new();
        }
        if pick.takes_text() {
            return accept(model, now);
        }
        toggle(&mut model.grants, &mut model.shared);
        Vec::new()
    }

    fn scroll(&self, model: &mut Model, motion: Motion, _at: Position, now: Now) -> Vec<Effect> {
        act(model, Action::Move(motion), now)
    }

    fn text_cursor(&self, model: &Model, _areas: Areas) -> Option<Position> {
        let View::Pick(pick) = model.shared.nav.top() else { return None };
        view::text_cursor(pick, model.shared.whole())
    }

    fn label(&self, model: &Model, action: Action) -> Option<&'static str> {
        let goes_on = matches!(model.shared.nav.top(), View::Pick(pick) if pick.purpose == Purpose::Scopes);
        (goes_on && action == Action::Common(CommonAction::Accept)).then_some("go on")
    }

    fn hints(&self, model: &Model) -> Hints {
        if self.takes_text(model) { Hints::NoCharacters } else { Hints::All }
    }
}

/// Carries out an action inside the list on top.
fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    let Some(View::Pick(pick)) = model.shared.nav.popup_mut() else { return Vec::new() };
    if let Action::Move(motion) = action {
        if let Motion::Up | Motion::Down = motion {
            pick.step(motion.lines(1));
        } else {
            pick.go_to(motion.from(pick.cursor, pick.shown.len(), VISIBLE));
        }
    } else if let Action::Pick(action) = action {
        match action {
            PickAction::Toggle if pick.purpose == Purpose::Scopes => connect::toggle(pick),
            PickAction::Toggle => toggle(&mut model.grants, &mut model.shared),
            PickAction::MoveEarlier => shift(&mut model.grants, &mut model.shared, -1),
            PickAction::MoveLater => shift(&mut model.grants, &mut model.shared, 1),
        }
    } else if action == Action::Common(CommonAction::Accept) {
        return accept(model, now);
    }
    Vec::new()
}

/// The item under the cursor was picked.
fn accept(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(View::Pick(pick)) = model.shared.nav.pop() else { return Vec::new() };
    let Some(item) = pick.chosen() else { return Vec::new() };
    if let Some(reason) = &item.blocked {
        model.shared.toasts.refuse(reason, now);
        return Vec::new();
    }
    match (pick.purpose, &item.value) {
        (Purpose::Palette, Value::Action(action)) => keys::act(model, *action, now),
        (Purpose::Palette, Value::View(command)) => views::run(model, command, now),
        (Purpose::FilterMenu, Value::Choice(choice)) => {
            let values = items::values(&model.grants, &model.shared, *choice, now);
            model.shared.nav.push(View::Pick(Box::new(values)));
            Vec::new()
        }
        (Purpose::Value(choice), Value::Text(value)) => {
            model.grants.moved = false;
            grants::set_filter(&mut model.grants, &mut model.shared, choice, value, now)
        }
        (Purpose::Sort, Value::Column(column)) => sort_by(&mut model.grants, &mut model.shared, *column, now),
        (Purpose::Replacement, Value::Grant(id)) => scan::picked(&model.scan, &mut model.shared, *id),
        (Purpose::Agent, Value::Agent(agent)) => revoke::picked(model, &pick.about, *agent),
        (Purpose::Preset | Purpose::Operation | Purpose::Language, value) => {
            composer::picked(&mut model.call, &mut model.shared, value)
        }
        (Purpose::Provider | Purpose::Scopes, _) => connect::chosen(model, &pick),
        (Purpose::Session, Value::Session(to)) => confirm::switch(model, to.clone()),
        (Purpose::Sort, Value::AsSent) => {
            grants::set_order(&mut model.grants, &mut model.shared, Order::AsSent, now)
        }
        _ => Vec::new(),
    }
}

/// Orders the list by a column; by the same column again, the other way round.
pub(crate) fn sort_by(grants: &mut Grants, shared: &mut Shared, column: Column, now: Now) -> Vec<Effect> {
    if !Column::sortable().any(|sortable| sortable == column) {
        shared.toasts.refuse("The list cannot be sorted by test results; b shows failures first.", now);
        return Vec::new();
    }
    let descending = match grants.order {
        Order::By { column: by, descending } if by == column => !descending,
        Order::AsSent | Order::By { .. } => column.starts_descending(),
    };
    grants::set_order(grants, shared, Order::By { column, descending }, now)
}

/// Switches a line where it stands, so that the same key takes it back. The last column stays: without it there
/// would be no list.
fn toggle(grants: &mut Grants, shared: &mut Shared) {
    let Some(View::Pick(pick)) = shared.nav.popup_mut() else { return };
    let others_on =
        pick.items.iter().enumerate().any(|(at, item)| at != pick.cursor && item.on == Some(true));
    let Some(item) = pick.items.get_mut(pick.cursor) else { return };
    item.on = item.on.map(|on| !on || !others_on);
    take_columns(grants, shared);
}

/// The list on top was left without taking anything: what it showed while it was open is taken back.
fn leave(grants: &mut Grants, pick: Pick) {
    if pick.purpose == Purpose::Columns {
        grants.columns = pick.before;
    }
}

fn shift(grants: &mut Grants, shared: &mut Shared, by: isize) {
    let Some(View::Pick(pick)) = shared.nav.popup_mut() else { return };
    if pick.purpose != Purpose::Columns {
        return;
    }
    let from = pick.cursor;
    let to = from.saturating_add_signed(by).min(pick.items.len().saturating_sub(1));
    pick.items.swap(from, to);
    pick.go_to(to);
    take_columns(grants, shared);
}

/// The list shows the chosen columns at once.
fn take_columns(grants: &mut Grants, shared: &Shared) {
    let View::Pick(pick) = shared.nav.top() else { return };
    if pick.purpose != Purpose::Columns {
        return;
    }
    let on: Vec<Column> = pick
        .items
        .iter()
        .filter(|item| item.on == Some(true))
        .filter_map(|item| match item.value {
            Value::Column(column) => Some(column),
            Value::Action(_)
            | Value::Choice(_)
            | Value::Text(_)
            | Value::AsSent
            | Value::Preset(_)
            | Value::Operation(_)
            | Value::Language(_)
            | Value::Session(_)
            | Value::Grant(_)
            | Value::Agent(_)
            | Value::View(_) => None,
        })
        .collect();
    if !on.is_empty() {
        grants.columns = on;
    }
}
