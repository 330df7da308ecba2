//! What actions and answers do to the list.

use tui_input::Input;

use super::plan::Because;
use super::{Choice, Focus, search_again, walk};
use crate::app::action::ListAction;
use crate::app::nav::View;
use crate::app::requests::ask_for_names;
use crate::app::screens::pick::items;
use crate::app::{Effect, Model, Slot};
use crate::domain::column::Order;
use crate::domain::{Column, ListEvent, Look, Now, Reference, RowId, SavedView, words};
use crate::search::Query;

/// Carries out an action on the list.
pub(super) fn act(model: &mut Model, action: ListAction, now: Now) -> Vec<Effect> {
    let pick = |model: &mut Model, choice: Choice| {
        let pick = items::values(model, choice, now);
        model.shared.nav.push(View::Pick(Box::new(pick)));
        Vec::new()
    };
    match action {
        ListAction::FilterProvider => pick(model, Choice::Provider),
        ListAction::FilterStatus => pick(model, Choice::Status),
        ListAction::FilterAccount => pick(model, Choice::Account),
        ListAction::FilterLabel => pick(model, Choice::Label),
        ListAction::FilterKind => pick(model, Choice::Kind),
        ListAction::FilterHealth => pick(model, Choice::Health),
        ListAction::PreviousProvider | ListAction::NextProvider => {
            let provider = super::cycle(model, action == ListAction::NextProvider);
            set_filter(model, Choice::Provider, provider.as_deref().unwrap_or(""), now)
        }
        ListAction::ClearFilters => clear_filters(model, now),
        ListAction::Sort => {
            let menu = items::sort(model);
            model.shared.nav.push(View::Pick(Box::new(menu)));
            Vec::new()
        }
        ListAction::ReverseSort => match model.grants.order {
            Order::By { column, descending } => {
                set_order(model, Order::By { column, descending: !descending }, now)
            }
            Order::AsSent => {
                model.shared.toasts.refuse("The list is in backend order; press s to sort by a column.", now);
                Vec::new()
            }
        },
        ListAction::WorstFirst => {
            let worst = Order::By { column: Column::Health, descending: false };
            let order = if model.grants.order == worst { Order::AsSent } else { worst };
            model.grants.moved = false;
            set_order(model, order, now)
        }
        ListAction::Columns => {
            let menu = items::columns(model);
            model.shared.nav.push(View::Pick(Box::new(menu)));
            Vec::new()
        }
        ListAction::Mark => mark(model),
        ListAction::MarkAll => {
            let grants = &mut model.grants;
            let all: Vec<RowId> =
                (0..grants.shown()).filter_map(|place| grants.at(place)).map(|grant| grant.row).collect();
            grants.marks.extend(all);
            grants.count_hidden();
            Vec::new()
        }
        ListAction::ClearMarks => {
            model.grants.marks.clear();
            model.grants.hidden_marks = 0;
            if std::mem::take(&mut model.grants.only_marked) {
                search_again(model, Because::NewQuestion, now)
            } else {
                Vec::new()
            }
        }
        ListAction::OnlyMarked => {
            model.grants.only_marked = !model.grants.only_marked;
            search_again(model, Because::NewQuestion, now)
        }
        ListAction::Tree => {
            model.grants.tree = !model.grants.tree;
            search_again(model, Because::NewQuestion, now)
        }
        ListAction::Parent => go_to_parent(model, now),
        ListAction::Watch => watch(model, now),
        ListAction::StopLoading => walk::stop(model),
        // What is the same in the detail was done before.
        ListAction::OpenLink
        | ListAction::Views
        | ListAction::MoreList
        | ListAction::MoreDetail
        | ListAction::MoveDetail => Vec::new(),
    }
}

/// Opens the menu of all filters.
pub(super) fn filter(model: &mut Model) -> Vec<Effect> {
    let menu = items::filter_menu(model);
    model.shared.nav.push(View::Pick(Box::new(menu)));
    Vec::new()
}

/// Takes an event of the walk in.
pub(crate) fn walked(model: &mut Model, event: ListEvent, now: Now) -> Vec<Effect> {
    let (changed, mut effects) = walk::apply(model, event, now);
    if changed {
        effects.extend(search_again(model, Because::NewRows, now));
    }
    effects
}

/// Sets one filter; an empty value clears it.
pub(crate) fn set_filter(model: &mut Model, choice: Choice, value: &str, now: Now) -> Vec<Effect> {
    model.grants.filters.set(choice, value);
    filters_changed(model, now)
}

/// Clears filters, search and "only marked".
pub(crate) fn clear_filters(model: &mut Model, now: Now) -> Vec<Effect> {
    let grants = &mut model.grants;
    grants.filters = super::Filters::default();
    grants.only_marked = false;
    grants.input.reset();
    grants.query = Query::default();
    grants.typing = false;
    filters_changed(model, now)
}

/// Shows the list as a view has it.
pub(crate) fn show(model: &mut Model, view: SavedView, now: Now) -> Vec<Effect> {
    let SavedView { look: Look { filters, order, columns }, search } = view;
    let grants = &mut model.grants;
    (grants.filters, grants.order, grants.columns) = (filters, order, columns);
    (grants.only_marked, grants.typing, grants.moved) = (false, false, false);
    grants.query = Query::parse(&search);
    grants.input = Input::new(search);
    model.shared.nav.home();
    model.focus = Focus::List;
    filters_changed(model, now)
}

fn filters_changed(model: &mut Model, now: Now) -> Vec<Effect> {
    let was_loading = model.shared.slots.is_open(Slot::Walk);
    let mut effects = walk::follow_filter(model, now);
    if effects.is_empty() && !was_loading && model.grants.walk.phase == super::WalkPhase::Stopped {
        model.shared.toasts.info("Loading was stopped; filters apply to the loaded rows. r reloads.", now);
    }
    effects.extend(search_again(model, Because::NewQuestion, now));
    effects
}

/// The search line changed.
pub(crate) fn typed(model: &mut Model, now: Now) -> Vec<Effect> {
    let query = Query::parse(model.grants.input.value());
    if query == model.grants.query {
        return Vec::new();
    }
    model.grants.query = query;
    search_again(model, Because::NewQuestion, now)
}

/// Orders the list. The cursor stays on its grant; whoever is at the top stays at the top, to see what is first
/// now.
pub(crate) fn set_order(model: &mut Model, order: Order, now: Now) -> Vec<Effect> {
    if model.grants.place == 0 {
        model.grants.moved = false;
    }
    model.grants.order = order;
    search_again(model, Because::NewQuestion, now)
}

fn mark(model: &mut Model) -> Vec<Effect> {
    let height = model.shared.list_height();
    let grants = &mut model.grants;
    if let Some(row) = grants.cursor {
        if !grants.marks.remove(&row) {
            grants.marks.insert(row);
        }
        grants.count_hidden();
        grants.go_to(grants.place + 1, height);
    }
    Vec::new()
}

fn go_to_parent(model: &mut Model, now: Now) -> Vec<Effect> {
    let height = model.shared.list_height();
    let parent =
        model.grants.selected().and_then(|grant| grant.parent_grant_id.as_ref()).and_then(Reference::grant);
    let Some(parent) = parent.map(RowId::Grant) else { return Vec::new() };
    if model.grants.go_to_row(parent, height) {
        model.detail.offset = 0;
    } else if model.grants.rows.position(parent).is_some() {
        model.shared.toasts.refuse("The parent is hidden by the filters; x clears them.", now);
    } else {
        model.shared.toasts.refuse("The parent is not visible to this key or not loaded yet.", now);
    }
    Vec::new()
}

pub(super) fn refresh(model: &mut Model, now: Now) -> Vec<Effect> {
    // What the last attempt had to say is over.
    model.shared.toasts.dismiss(now);
    let before = model.grants.rows.len();
    let mut effects = walk::refresh(model, now);
    // Without the rows that were gone, every index is another one.
    let because = if model.grants.rows.len() == before { Because::NewRows } else { Because::NewQuestion };
    effects.extend(search_again(model, because, now));
    if model.shared.catalog.value().is_none() {
        effects.extend(ask_for_names(&mut model.shared, now));
    }
    effects
}

fn watch(model: &mut Model, now: Now) -> Vec<Effect> {
    if model.grants.watch.take().is_some() {
        model.shared.toasts.info("Auto-refresh off.", now);
        return Vec::new();
    }
    model.grants.watch_again(&model.shared, now);
    let every = words::count(model.shared.watch_seconds());
    model.shared.toasts.info(&format!("Auto-refresh every {every} seconds."), now);
    Vec::new()
}
