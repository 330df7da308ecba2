//! What happens inside a list to pick from, and once something was picked.

use super::action::{CommonAction, Motion, PickAction};
use super::overlays::pick::{VISIBLE, Value};
use super::overlays::{Overlay, Pick, Purpose, items};
use super::screens::{composer, grants, scan};
use super::{Action, Effect, Model, confirmed, keys, views};
use crate::domain::Now;
use crate::domain::column::{Column, Order};

/// Carries out an action inside the list on top.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    let Some(Overlay::Pick(pick)) = model.overlays.last_mut() else { return Vec::new() };
    match action {
        Action::Move(Motion::Up) => pick.step(-1),
        Action::Move(Motion::Down) => pick.step(1),
        Action::Move(motion) => pick.go_to(motion.from(pick.cursor, pick.shown.len(), VISIBLE)),
        Action::Pick(PickAction::Toggle) => toggle(model),
        Action::Pick(PickAction::MoveEarlier) => shift(model, -1),
        Action::Pick(PickAction::MoveLater) => shift(model, 1),
        Action::Common(CommonAction::Accept) => return accept(model, now),
        _ => {}
    }
    Vec::new()
}

/// The item under the cursor was picked.
pub(super) fn accept(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(Overlay::Pick(pick)) = model.overlays.pop() else { return Vec::new() };
    let Some(item) = pick.chosen() else { return Vec::new() };
    if let Some(reason) = &item.blocked {
        model.toasts.refuse(reason, now);
        return Vec::new();
    }
    match (pick.purpose, &item.value) {
        (Purpose::Palette, Value::Action(action)) => keys::act(model, *action, now),
        (Purpose::Palette, Value::View(command)) => views::run(model, command, now),
        (Purpose::FilterMenu, Value::Choice(choice)) => {
            let values = items::values(model, *choice, now);
            model.overlays.push(Overlay::Pick(values));
            Vec::new()
        }
        (Purpose::Value(choice), Value::Text(value)) => {
            model.grants.moved = false;
            grants::set_filter(model, choice, value, now)
        }
        (Purpose::Sort, Value::Column(column)) => sort_by(model, *column, now),
        (Purpose::Replacement, Value::Grant(id)) => scan::picked(model, *id),
        (Purpose::Preset | Purpose::Operation | Purpose::Language, value) => composer::picked(model, value),
        (Purpose::Session, Value::Session(to)) => confirmed::switch(model, to.clone()),
        (Purpose::Sort, Value::AsSent) => grants::set_order(model, Order::AsSent, now),
        _ => Vec::new(),
    }
}

/// Orders the list by a column; by the same column again, the other way round.
pub(super) fn sort_by(model: &mut Model, column: Column, now: Now) -> Vec<Effect> {
    if !Column::sortable().any(|sortable| sortable == column) {
        model.toasts.refuse("The list cannot be sorted by test results; b shows failures first.", now);
        return Vec::new();
    }
    let descending = match model.grants.order {
        Order::By { column: by, descending } if by == column => !descending,
        _ => column.starts_descending(),
    };
    grants::set_order(model, Order::By { column, descending }, now)
}

/// Switches a line where it stands, so that the same key takes it back. The last column stays: without it there
/// would be no list.
fn toggle(model: &mut Model) {
    let Some(Overlay::Pick(pick)) = model.overlays.last_mut() else { return };
    let others_on =
        pick.items.iter().enumerate().any(|(at, item)| at != pick.cursor && item.on == Some(true));
    let Some(item) = pick.items.get_mut(pick.cursor) else { return };
    item.on = item.on.map(|on| !on || !others_on);
    take_columns(model);
}

/// The list on top was left without taking anything: what it showed while it was open is taken back.
pub(super) fn leave(model: &mut Model, pick: Pick) {
    if pick.purpose == Purpose::Columns {
        model.grants.columns = pick.before;
    }
}

fn shift(model: &mut Model, by: isize) {
    let Some(Overlay::Pick(pick)) = model.overlays.last_mut() else { return };
    if pick.purpose != Purpose::Columns {
        return;
    }
    let from = pick.cursor;
    let to = from.saturating_add_signed(by).min(pick.items.len().saturating_sub(1));
    pick.items.swap(from, to);
    pick.go_to(to);
    take_columns(model);
}

/// The list shows the chosen columns at once.
fn take_columns(model: &mut Model) {
    let Some(Overlay::Pick(Pick { purpose: Purpose::Columns, items, .. })) = model.overlays.last() else {
        return;
    };
    let on: Vec<Column> = items
        .iter()
        .filter(|item| item.on == Some(true))
        .filter_map(|item| match item.value {
            Value::Column(column) => Some(column),
            _ => None,
        })
        .collect();
    if !on.is_empty() {
        model.grants.columns = on;
    }
}
