//! Whether an action makes sense now, and why not: asked by footer, help, palette and the key handler alike.

use super::action::{
    AppAction, CallAction, CommonAction, CopyAction, ListAction, Motion, PickAction, RequestAction,
    ResponseAction, ScanAction,
};
use super::keymap::Place;
use super::model::Screen;
use super::overlays::{Overlay, Purpose};
use super::remote::Remote;
use super::screens::call::{Call, Offer, is_under_way};
use super::screens::grants::is_too_large_to_watch;
use super::screens::scan::Scan;
use super::screens::{copy, history, smoke};
use super::{Action, Model, Slot};
use crate::domain::scan::Standing;
use crate::domain::{CallOutcome, Grant, RowId};

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It can be done.
    Ready,
    /// It means nothing here and is not shown.
    Hidden,
    /// It could be done, but not now: the sentence says why.
    Blocked(&'static str),
}

use Availability::{Blocked, Hidden, Ready};

/// Whether an action makes sense now.
pub fn availability(model: &Model, action: Action) -> Availability {
    match action {
        Action::App(action) => of_program(model, action),
        Action::Move(motion) => of_motion(model, motion),
        Action::Common(action) => history::common(model, action).unwrap_or_else(|| common(model, action)),
        Action::List(action) => of_list(model, action),
        Action::Copy(action) => of_copy(model, action),
        Action::Scan(action) => of_scan(model, action),
        Action::Request(action) => of_request(model, action),
        Action::Response(action) => of_response(model, action),
        Action::Call(action) => of_call(model, action),
        Action::Smoke(action) => smoke::availability(model, action),
        Action::History(action) => history::availability(model, action),
        Action::Pick(PickAction::Toggle | PickAction::MoveEarlier | PickAction::MoveLater) => shown_if(
            matches!(model.overlays.last(), Some(Overlay::Pick(pick)) if pick.purpose == Purpose::Columns),
        ),
    }
}

fn of_program(model: &Model, action: AppAction) -> Availability {
    match action {
        AppAction::Suspend if !cfg!(unix) => Hidden,
        AppAction::TryDemo | AppAction::TypeKey => shown_if(has_no_session(model)),
        AppAction::SwitchProfile if model.slots.is_open(Slot::Smoke) => Blocked(smoke::BUSY),
        AppAction::SwitchProfile => {
            ready_if(!is_under_way(model), "A call is running; press Esc on its screen first.")
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

fn of_motion(model: &Model, motion: Motion) -> Availability {
    if model.screen == Screen::History || !model.overlays.is_empty() {
        return Ready;
    }
    match motion {
        Motion::NextPage | Motion::PreviousPage | Motion::PageDown | Motion::PageUp => {
            shown_if(!model.grants.rows.is_empty())
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
    let on_screen_of_call = model.screen == Screen::Call;
    match action {
        CommonAction::Accept => shown_if(takes_enter(model)),
        CommonAction::Search if on_screen_of_call => {
            on_call(model, |call| shown_if(!call.life.is_under_way() && call.response.can_be_searched()))
        }
        CommonAction::Filter if on_screen_of_call => {
            on_call(model, |call| shown_if(!call.life.is_under_way() && call.response.can_be_filtered()))
        }
        CommonAction::SwitchPane if on_screen_of_call => Ready,
        CommonAction::SwitchPane => {
            ready_if(model.detail_is_beside(), "Only one pane fits; Enter opens the detail.")
        }
        CommonAction::Refresh => {
            ready_if(model.session.value().is_some(), "Not connected; nothing to refresh.")
        }
        CommonAction::Search | CommonAction::Filter => once_there_are_grants(model),
    }
}

fn of_list(model: &Model, action: ListAction) -> Availability {
    let grants = &model.grants;
    match action {
        ListAction::OpenDetail | ListAction::Mark => with_grant(model, |_| Ready),
        ListAction::Parent => {
            with_grant(model, |grant| ready_if(grant.parent_grant_id.is_some(), "This grant has no parent."))
        }
        ListAction::OpenLink => with_grant(model, |grant| {
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
        ListAction::Watch if grants.watch.is_none() && is_too_large_to_watch(model) => {
            Blocked("Above 5,000 grants, refresh manually (r).")
        }
        ListAction::Watch => ready_if(model.session.value().is_some(), "Not connected; nothing to watch."),
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
        | ListAction::Tree => once_there_are_grants(model),
        ListAction::Columns
        | ListAction::Views
        | ListAction::MoreList
        | ListAction::MoreDetail
        | ListAction::MoveDetail => Ready,
    }
}

fn once_there_are_grants(model: &Model) -> Availability {
    let grants = &model.grants;
    ready_if(!grants.rows.is_empty() || !grants.filters.is_empty(), "No grants yet.")
}

fn of_request(model: &Model, action: RequestAction) -> Availability {
    match action {
        RequestAction::OpenCall => with_grant(model, |grant| {
            ready_if(matches!(grant.row, RowId::Grant(_)), "The id of this grant is unreadable.")
        }),
        RequestAction::Send => {
            on_call(model, |call| ready_if(!call.life.is_under_way(), "A call is running; Esc cancels it."))
        }
        RequestAction::RawBody | RequestAction::FormatBody => {
            on_call(model, |call| ready_if(call.composer.has_body(), "No body."))
        }
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

fn of_response(model: &Model, action: ResponseAction) -> Availability {
    on_call(model, |call| {
        let response = &call.response;
        match action {
            ResponseAction::Fold | ResponseAction::FoldAll | ResponseAction::UnfoldAll => {
                shown_if(response.document().is_some_and(|body| body.tape().is_some()))
            }
            ResponseAction::NextView | ResponseAction::Wrap => shown_if(response.document().is_some()),
            ResponseAction::CopyValue => shown_if(can_copy(call)),
            ResponseAction::CopyBody => once_filtered(call, response.document().is_some()),
            ResponseAction::SaveBody => {
                once_filtered(call, !call.life.is_under_way() && response.can_be_saved())
            }
            ResponseAction::ShowHeaders | ResponseAction::CopyHeaders => {
                shown_if(matches!(response.outcome(), Some(CallOutcome::Done(_))))
            }
            ResponseAction::NextMatch | ResponseAction::PreviousMatch => {
                shown_if(!call.life.is_under_way() && response.is_searched())
            }
        }
    })
}

fn of_call(model: &Model, action: CallAction) -> Availability {
    on_call(model, |call| {
        shown_if(match action {
            CallAction::CancelCall => call.life.is_under_way(),
            CallAction::OtherMode => Offer::OtherMode.stands(call),
            CallAction::AllowHost => Offer::AllowHost.stands(call),
            CallAction::AskAgain => Offer::AskAgain.stands(call),
            CallAction::OpenApproval | CallAction::ShowPicture => is_held(call),
        })
    })
}

/// Whether the call is held, and its link is known.
fn is_held(call: &Call) -> bool {
    Offer::OpenApproval.stands(call)
}

/// Whether there is a value to copy, or the link of a held call.
fn can_copy(call: &Call) -> bool {
    call.response.document().is_some() || is_held(call)
}

/// Whether something is open that Enter answers.
fn takes_enter(model: &Model) -> bool {
    matches!(model.place(), Place::Input | Place::Field)
        || matches!(
            model.overlays.last(),
            Some(Overlay::Pick(_) | Overlay::Confirm(_) | Overlay::Copy(_) | Overlay::Changes(_))
        )
}

fn of_copy(model: &Model, action: CopyAction) -> Availability {
    let top = model.overlays.last();
    match action {
        CopyAction::CopyId | CopyAction::CopyMenu => ready_if(copy::has_id(model), "No grant id to copy."),
        CopyAction::WriteFile => shown_if(matches!(top, Some(Overlay::Copy(_)))),
        CopyAction::Rename => shown_if(match top {
            Some(Overlay::Copy(menu)) => menu.has_name(),
            Some(Overlay::Changes(changes)) => changes.has_name(),
            _ => false,
        }),
        CopyAction::ChoosePath => shown_if(match top {
            Some(Overlay::Changes(changes)) => changes.has_path(),
            _ => model.screen == Screen::Scan,
        }),
    }
}

fn of_scan(model: &Model, action: ScanAction) -> Availability {
    const BUSY: &str = "Scanning; Esc stops.";
    let on_scan = |judge: fn(&Scan) -> Availability| {
        if model.screen == Screen::Scan { judge(&model.scan) } else { Hidden }
    };
    match action {
        ScanAction::OpenScan => Ready,
        ScanAction::ScanAgain => on_scan(|scan| ready_if(!scan.is_running(), BUSY)),
        ScanAction::StopScan => on_scan(|scan| shown_if(scan.is_running())),
        ScanAction::SwapId => on_scan(|scan| match scan.selected() {
            _ if scan.is_running() => Blocked(BUSY),
            None => Blocked("No id to replace."),
            Some(finding) => ready_if(
                finding.standing != Standing::Alive,
                "This id is live; only stale, superseded or unknown ids can be replaced.",
            ),
        }),
        ScanAction::RepairAll => on_scan(|scan| {
            if scan.is_running() {
                return Blocked(BUSY);
            }
            if !scan.whole {
                return Blocked("The list of grants is incomplete; refresh it, then scan again.");
            }
            ready_if(!scan.repairs().pairs.is_empty(), "No stale id has a unique replacement.")
        }),
    }
}

fn ready_if(condition: bool, otherwise: &'static str) -> Availability {
    if condition { Ready } else { Blocked(otherwise) }
}

fn shown_if(condition: bool) -> Availability {
    if condition { Ready } else { Hidden }
}

/// What is taken of a response is what its filter gives, once it has given it.
fn once_filtered(call: &Call, makes_sense: bool) -> Availability {
    match call.response.unfiltered() {
        Some(why) if makes_sense => Blocked(why),
        Some(_) | None => shown_if(makes_sense),
    }
}

/// Whether there is nothing to work with: then it is said how one begins.
fn has_no_session(model: &Model) -> bool {
    matches!(model.session, Remote::Failed { previous: None, .. })
}

fn on_call(model: &Model, judge: impl FnOnce(&Call) -> Availability) -> Availability {
    model.call.as_ref().filter(|_| model.screen == Screen::Call).map_or(Hidden, judge)
}

fn with_grant(model: &Model, judge: impl FnOnce(&Grant) -> Availability) -> Availability {
    model.grants.selected().map_or(Blocked("No grant selected."), judge)
}
