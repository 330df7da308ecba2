//! Whether an action makes sense now: what holds on every screen.

use super::action::{Action, AppAction, CommonAction, CopyAction, ListAction, Motion, RequestAction};
use super::availability::Availability::{self, Blocked, Hidden, Ready};
use super::availability::{ready_if, shown_if};
use super::nav::Kind;
use super::remote::Remote;
use super::screens::call::is_under_way;
use super::screens::grants::{is_too_large_to_watch, with_grant};
use super::screens::{copy, revoke, smoke};
use super::shared::Shared;
use super::{Model, Slot, manage};
use crate::app::screens::grants::Grants;

/// Whether an action makes sense now: what the view on top says, else what holds anywhere.
pub(crate) fn availability(model: &Model, action: Action) -> Availability {
    model.top().availability(model, action).unwrap_or_else(|| anywhere(model, action))
}

/// What holds where no view says otherwise. What belongs to one view means nothing in the others.
fn anywhere(model: &Model, action: Action) -> Availability {
    if let Action::Open(action) = action {
        return Kind::opened_by(action).screen().can_open(model);
    }
    if let Action::App(action) = action {
        return of_program(model, action);
    }
    if let Action::Move(motion) = action {
        return of_motion(&model.grants, &model.shared, motion);
    }
    if let Action::Common(action) = action {
        return common(model, action);
    }
    if let Action::List(action) = action {
        return of_list(&model.grants, &model.shared, action);
    }
    if let Action::Copy(CopyAction::CopyId | CopyAction::CopyMenu) = action {
        return ready_if(copy::has_id(&model.grants), "No grant id to copy.");
    }
    if let Action::Request(action) = action {
        return of_request(action);
    }
    if let Action::Manage(action) = action {
        return manage::availability(model, action);
    }
    if let Action::Smoke(action) = action {
        return smoke::availability(&model.grants, &model.shared, action);
    }
    Hidden
}

fn of_program(model: &Model, action: AppAction) -> Availability {
    match action {
        AppAction::Suspend if !cfg!(unix) => Hidden,
        AppAction::TryDemo | AppAction::TypeKey => shown_if(has_no_session(&model.shared)),
        AppAction::SwitchProfile if model.shared.slots.is_open(Slot::Smoke) => Blocked(smoke::BUSY),
        AppAction::SwitchProfile if model.revoking.as_ref().is_some_and(revoke::Revoking::is_running) => {
            Blocked(revoke::BUSY)
        }
        AppAction::SwitchProfile => {
            ready_if(!is_under_way(model.call.as_ref()), "A call is running; press Esc on its screen first.")
        }
        AppAction::Quit
        | AppAction::Back
        | AppAction::Help
        | AppAction::Palette
        | AppAction::Redraw
        | AppAction::Suspend
        | AppAction::Privacy
        | AppAction::NextTheme => Ready,
    }
}

fn of_motion(grants: &Grants, shared: &Shared, motion: Motion) -> Availability {
    if !shared.nav.popups().is_empty() {
        return Ready;
    }
    match motion {
        Motion::NextPage | Motion::PreviousPage | Motion::PageDown | Motion::PageUp => {
            shown_if(!grants.rows.is_empty())
        }
        Motion::Up
        | Motion::Down
        | Motion::HalfPageUp
        | Motion::HalfPageDown
        | Motion::Top
        | Motion::Bottom => Ready,
    }
}

fn common(model: &Model, action: CommonAction) -> Availability {
    match action {
        CommonAction::Accept => shown_if(model.place().takes_text()),
        CommonAction::SwitchPane => {
            ready_if(model.shared.detail_is_beside(), "Only one pane fits; Enter opens the detail.")
        }
        CommonAction::Refresh => {
            ready_if(model.shared.session.value().is_some(), "Not connected; nothing to refresh.")
        }
        CommonAction::Search | CommonAction::Filter => once_there_are_grants(&model.grants),
    }
}

fn of_list(grants: &Grants, shared: &Shared, action: ListAction) -> Availability {
    match action {
        ListAction::Mark => with_grant(grants, |_| Ready),
        ListAction::Parent => {
            with_grant(grants, |grant| ready_if(grant.parent_grant_id.is_some(), "This grant has no parent."))
        }
        ListAction::OpenLink => with_grant(grants, |grant| {
            ready_if(grant.page().is_some(), "No web page known for this provider.")
        }),
        ListAction::MarkAll => ready_if(grants.shown() > 0, "No grant is shown."),
        ListAction::ClearMarks | ListAction::OnlyMarked => {
            ready_if(!grants.marks.is_empty(), "No grants marked; Space marks one.")
        }
        ListAction::ClearFilters => {
            let narrowed =
                !grants.filters.is_empty() || !grants.input.value().is_empty() || grants.only_marked;
            ready_if(narrowed, "No filter is set.")
        }
        ListAction::StopLoading => ready_if(grants.walk.is_busy(), "Nothing is being loaded."),
        ListAction::Watch if grants.watch.is_none() && is_too_large_to_watch(grants) => {
            Blocked("Above 5,000 grants, refresh manually (r).")
        }
        ListAction::Watch => ready_if(shared.session.value().is_some(), "Not connected; nothing to watch."),
        ListAction::FilterProvider
        | ListAction::PreviousProvider
        | ListAction::NextProvider
        | ListAction::FilterStatus
        | ListAction::FilterAccount
        | ListAction::FilterLabel
        | ListAction::FilterKind
        | ListAction::FilterHealth
        | ListAction::Sort
        | ListAction::ReverseSort
        | ListAction::WorstFirst
        | ListAction::Tree => once_there_are_grants(grants),
        ListAction::Columns
        | ListAction::Views
        | ListAction::MoreList
        | ListAction::MoreDetail
        | ListAction::MoveDetail => Ready,
    }
}

fn once_there_are_grants(grants: &Grants) -> Availability {
    ready_if(!grants.rows.is_empty() || !grants.filters.is_empty(), "No grants yet.")
}

fn of_request(action: RequestAction) -> Availability {
    match action {
        RequestAction::Send | RequestAction::RawBody | RequestAction::FormatBody => Hidden,
        RequestAction::EditField
        | RequestAction::NextField
        | RequestAction::PreviousField
        | RequestAction::Undo
        | RequestAction::Redo
        | RequestAction::RemoveField
        | RequestAction::SwitchMode
        | RequestAction::EditBody
        | RequestAction::EditOutside
        | RequestAction::Presets
        | RequestAction::Operations
        | RequestAction::CopyAs => Ready,
    }
}

/// Whether there is nothing to work with: then it is said how one begins.
pub(crate) fn has_no_session(shared: &Shared) -> bool {
    matches!(shared.session, Remote::Failed { previous: None, .. })
}
