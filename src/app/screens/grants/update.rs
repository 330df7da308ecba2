//! What actions and answers do to the list.

use tui_input::Input;

use super::plan::Because;
use super::{Choice, Focus, Grants, search_again, walk};
use crate::app::action::ListAction;
use crate::app::nav::View;
use crate::app::requests::ask_for_names;
use crate::app::screens::pick::items;
use crate::app::shared::Shared;
use crate::app::{Effect, Model, Slot};
use crate::domain::column::Order;
use crate::domain::{Column, Grant, ListEvent, Look, Now, Reference, RowId, SavedView, words};
use crate::search::Query;

/// Carries out an action on the list.
pub(super) fn act(model: &mut Model, action: ListAction, now: Now) -> Vec<Effect> {
    let pick = |model: &mut Model, choice: Choice| {
        let pick = items::values(&model.grants, &model.shared, choice, now);
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
            let provider = super::cycle(&model.grants, &model.shared, action == ListAction::NextProvider);
            set_filter(
                &mut model.grants,
                &mut model.shared,
                Choice::Provider,
                provider.as_deref().unwrap_or(""),
                now,
            )
        }
        ListAction::ClearFilters => clear_filters(&mut model.grants, &mut model.shared, now),
        ListAction::Sort => {
            let menu = items::sort(&model.grants);
            model.shared.nav.push(View::Pick(Box::new(menu)));
            Vec::new()
        }
        ListAction::ReverseSort => match model.grants.order {
            Order::By { column, descending } => set_order(
                &mut model.grants,
                &mut model.shared,
                Order::By { column, descending: !descending },
                now,
            ),
            Order::AsSent => {
                model.shared.toasts.refuse("The list is in backend order; press s to sort by a column.", now);
                Vec::new()
            }
        },
        ListAction::WorstFirst => {
            let worst = Order::By { column: Column::Health, descending: false };
            let order = if model.grants.order == worst { Order::AsSent } else { worst };
            model.grants.moved = false;
            set_order(&mut model.grants, &mut model.shared, order, now)
        }
        ListAction::Columns => {
            let menu = items::columns(&model.grants);
            model.shared.nav.push(View::Pick(Box::new(menu)));
            Vec::new()
        }
        ListAction::Mark => mark(&mut model.grants, &model.shared),
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
                search_again(&mut model.grants, &mut model.shared, Because::NewQuestion, now)
            } else {
                Vec::new()
            }
        }
        ListAction::OnlyMarked => {
            model.grants.only_marked = !model.grants.only_marked;
            search_again(&mut model.grants, &mut model.shared, Because::NewQuestion, now)
        }
        ListAction::Tree => {
            model.grants.tree = !model.grants.tree;
            search_again(&mut model.grants, &mut model.shared, Because::NewQuestion, now)
        }
        ListAction::Parent => go_to_parent(model, now),
        ListAction::Watch => watch(&mut model.grants, &mut model.shared, now),
        ListAction::StopLoading => walk::stop(&mut model.grants, &mut model.shared),
        // What is the same in the detail was done before.
        ListAction::OpenLink
        | ListAction::Views
        | ListAction::MoreList
        | ListAction::MoreDetail
        | ListAction::MoveDetail => Vec::new(),
    }
}

/// Opens the menu of all filters.
pub(super) fn filter(grants: &Grants, shared: &mut Shared) -> Vec<Effect> {
    let menu = items::filter_menu(grants, shared);
    shared.nav.push(View::Pick(Box::new(menu)));
    Vec::new()
}

/// Takes an event of the walk in.
pub(crate) fn walked(grants: &mut Grants, shared: &mut Shared, event: ListEvent, now: Now) -> Vec<Effect> {
    let (changed, mut effects) = walk::apply(grants, shared, event, now);
    if changed {
        effects.extend(search_again(grants, shared, Because::NewRows, now));
    }
    effects
}

/// Takes rows in that were read beside the walk; the cursor goes to `at`, where it is shown.
pub(crate) fn take_in(
    grants: &mut Grants,
    shared: &mut Shared,
    rows: Vec<Grant>,
    at: Option<RowId>,
    now: Now,
) -> Vec<Effect> {
    let changed = grants.put(rows);
    let effects = if changed { search_again(grants, shared, Because::NewRows, now) } else { Vec::new() };
    if let Some(row) = at.filter(|row| grants.rows.find(*row).is_some()) {
        (grants.cursor, grants.moved) = (Some(row), true);
        grants.settle(shared.list_height());
    }
    effects
}

/// Reads the list anew, as somebody else sees it; how it looks stays.
pub(crate) fn start_over(model: &mut Model, now: Now) -> Vec<Effect> {
    let old = std::mem::take(&mut model.grants);
    model.grants = Grants {
        filters: old.filters,
        order: old.order,
        tree: old.tree,
        columns: old.columns,
        ..Grants::default()
    };
    model.detail.offset = 0;
    let mut effects: Vec<Effect> =
        [Slot::Walk, Slot::Search].into_iter().filter_map(|slot| model.shared.give_up(slot)).collect();
    effects.extend(walk::open(&mut model.grants, &mut model.shared, now));
    effects
}

/// Sets one filter; an empty value clears it.
pub(crate) fn set_filter(
    grants: &mut Grants,
    shared: &mut Shared,
    choice: Choice,
    value: &str,
    now: Now,
) -> Vec<Effect> {
    grants.filters.set(choice, value);
    filters_changed(grants, shared, now)
}

/// Clears filters, search and "only marked".
pub(crate) fn clear_filters(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    grants.filters = super::Filters::default();
    grants.only_marked = false;
    grants.input.reset();
    grants.query = Query::default();
    grants.typing = false;
    filters_changed(grants, shared, now)
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
    filters_changed(&mut model.grants, &mut model.shared, now)
}

fn filters_changed(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let was_loading = shared.slots.is_open(Slot::Walk);
    let mut effects = walk::follow_filter(grants, shared, now);
    if effects.is_empty() && !was_loading && grants.walk.phase == super::WalkPhase::Stopped {
        shared.toasts.info("Loading was stopped; filters apply to the loaded rows. r reloads.", now);
    }
    effects.extend(search_again(grants, shared, Because::NewQuestion, now));
    effects
}

/// The search line changed.
pub(crate) fn typed(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let query = Query::parse(grants.input.value());
    if query == grants.query {
        return Vec::new();
    }
    grants.query = query;
    search_again(grants, shared, Because::NewQuestion, now)
}

/// Orders the list. The cursor stays on its grant; whoever is at the top stays at the top, to see what is first
/// now.
pub(crate) fn set_order(grants: &mut Grants, shared: &mut Shared, order: Order, now: Now) -> Vec<Effect> {
    if grants.place == 0 {
        grants.moved = false;
    }
    grants.order = order;
    search_again(grants, shared, Because::NewQuestion, now)
}

fn mark(grants: &mut Grants, shared: &Shared) -> Vec<Effect> {
    let height = shared.list_height();
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

pub(super) fn refresh(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    // What the last attempt had to say is over.
    shared.toasts.dismiss(now);
    let before = grants.rows.len();
    let mut effects = walk::refresh(grants, shared, now);
    // Without the rows that were gone, every index is another one.
    let because = if grants.rows.len() == before { Because::NewRows } else { Because::NewQuestion };
    effects.extend(search_again(grants, shared, because, now));
    if shared.catalog.value().is_none() {
        effects.extend(ask_for_names(shared, now));
    }
    effects
}

fn watch(grants: &mut Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    if grants.watch.take().is_some() {
        shared.toasts.info("Auto-refresh off.", now);
        return Vec::new();
    }
    grants.watch_again(shared, now);
    let every = words::count(shared.watch_seconds());
    shared.toasts.info(&format!("Auto-refresh every {every} seconds."), now);
    Vec::new()
}
