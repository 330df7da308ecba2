//! Whether an action makes sense now, and why not: asked by footer, help, palette and the key handler alike.

use super::keymap::Place;
use super::model::Screen;
use super::overlays::{Overlay, Purpose};
use super::remote::Remote;
use super::screens::call::{Call, Offer, is_under_way};
use super::screens::grants::is_too_large_to_watch;
use super::screens::scan::Scan;
use super::screens::{copy, history, smoke};
use super::{Action, Model};
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
    let said = history::availability(model, action).or_else(|| smoke::availability(model, action));
    if let Some(said) = said.or_else(|| of_files(model, action)) {
        return said;
    }
    let grants = &model.grants;
    match action {
        Action::Suspend if !cfg!(unix) => Hidden,
        Action::TryDemo | Action::TypeKey => shown_if(has_no_session(model)),
        Action::SwitchProfile => {
            ready_if(!is_under_way(model), "A call is under way; press Esc on its screen first.")
        }
        Action::Accept => shown_if(takes_enter(model)),
        Action::OpenCall => with_grant(model, |grant| {
            ready_if(matches!(grant.row, RowId::Grant(_)), "The id of this grant could not be read.")
        }),
        Action::Send => {
            on_call(model, |call| ready_if(!call.life.is_under_way(), "A call is under way; Esc cancels it."))
        }
        Action::RawBody | Action::FormatBody => {
            on_call(model, |call| ready_if(call.composer.has_body(), "There is no body."))
        }
        Action::CancelCall => on_call(model, |call| shown_if(call.life.is_under_way())),
        Action::OtherMode => on_call(model, |call| shown_if(Offer::OtherMode.stands(call))),
        Action::AllowHost => on_call(model, |call| shown_if(Offer::AllowHost.stands(call))),
        Action::Fold | Action::FoldAll | Action::UnfoldAll => on_call(model, |call| {
            shown_if(call.response.document().is_some_and(|body| body.tape().is_some()))
        }),
        Action::NextView | Action::Wrap => {
            on_call(model, |call| shown_if(call.response.document().is_some()))
        }
        Action::CopyValue => on_call(model, |call| shown_if(can_copy(call))),
        Action::CopyBody | Action::SaveBody => on_call(model, |call| once_filtered(call, action)),
        Action::ShowHeaders | Action::CopyHeaders => {
            on_call(model, |call| shown_if(matches!(call.response.outcome(), Some(CallOutcome::Done(_)))))
        }
        Action::Search | Action::Filter if model.screen == Screen::Call => {
            on_call(model, |call| shown_if(!call.life.is_under_way() && call.response.can(action)))
        }
        Action::NextMatch | Action::PreviousMatch => {
            on_call(model, |call| shown_if(!call.life.is_under_way() && call.response.can(action)))
        }
        Action::AskAgain => on_call(model, |call| shown_if(Offer::AskAgain.stands(call))),
        Action::OpenApproval | Action::ShowPicture => on_call(model, |call| shown_if(is_held(call))),
        Action::SwitchPane if model.screen == Screen::Call => Ready,
        Action::Toggle | Action::MoveEarlier | Action::MoveLater => shown_if(
            matches!(model.overlays.last(), Some(Overlay::Pick(pick)) if pick.purpose == Purpose::Columns),
        ),
        Action::SwitchPane => ready_if(
            model.detail_is_beside(),
            "This terminal shows one pane at a time: Enter opens the detail.",
        ),
        Action::NextPage | Action::PreviousPage | Action::PageDown | Action::PageUp
            if grants.rows.is_empty() && model.overlays.is_empty() =>
        {
            Hidden
        }
        Action::OpenDetail | Action::Mark => with_grant(model, |_| Ready),
        Action::Parent => with_grant(model, |grant| {
            ready_if(grant.parent_grant_id.is_some(), "This grant was not delegated from another one.")
        }),
        Action::OpenLink => {
            with_grant(model, |grant| ready_if(grant.page().is_some(), "No page is known for this provider."))
        }
        Action::MarkAll => ready_if(grants.shown() > 0, "No grant is shown."),
        Action::ClearMarks | Action::OnlyMarked => {
            ready_if(!grants.marks.is_empty(), "No grant is marked; Space marks one.")
        }
        Action::ClearFilters => {
            let narrowed =
                !grants.filters.is_empty() || !grants.input.value().is_empty() || grants.only_marked;
            ready_if(narrowed, "No filter is set.")
        }
        Action::StopLoading => ready_if(grants.walk.is_busy(), "Nothing is being loaded."),
        Action::Refresh => {
            ready_if(model.session.value().is_some(), "There is no connection to refresh from.")
        }
        Action::Watch if grants.watch.is_none() && is_too_large_to_watch(model) => {
            Blocked("Above 5,000 grants, refresh by hand (r).")
        }
        Action::Watch => ready_if(model.session.value().is_some(), "There is no connection to watch."),
        Action::Search
        | Action::FilterProvider
        | Action::PreviousProvider
        | Action::NextProvider
        | Action::Filter
        | Action::FilterStatus
        | Action::FilterAccount
        | Action::FilterLabel
        | Action::FilterKind
        | Action::FilterHealth
        | Action::Sort
        | Action::ReverseSort
        | Action::WorstFirst
        | Action::Tree => {
            ready_if(!grants.rows.is_empty() || !grants.filters.is_empty(), "No grant is here yet.")
        }
        _ => Ready,
    }
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

/// Of the actions on ids and files; None for all others.
fn of_files(model: &Model, action: Action) -> Option<Availability> {
    Some(match action {
        Action::CopyId | Action::CopyMenu => {
            ready_if(copy::has_id(model), "There is no grant whose id could be copied.")
        }
        Action::WriteFile => shown_if(matches!(model.overlays.last(), Some(Overlay::Copy(_)))),
        Action::Rename => shown_if(match model.overlays.last() {
            Some(Overlay::Copy(menu)) => menu.has_name(),
            Some(Overlay::Changes(changes)) => changes.has_name(),
            _ => false,
        }),
        Action::ChoosePath => shown_if(match model.overlays.last() {
            Some(Overlay::Changes(changes)) => changes.has_path(),
            _ => model.screen == Screen::Scan,
        }),
        Action::ScanAgain => {
            on_scan(model, |scan| ready_if(!scan.is_running(), "It is being scanned; Esc stops that."))
        }
        Action::StopScan => on_scan(model, |scan| shown_if(scan.is_running())),
        Action::SwapId => on_scan(model, |scan| match scan.selected() {
            _ if scan.is_running() => Blocked("It is being scanned; Esc stops that."),
            None => Blocked("There is no id to swap."),
            Some(finding) => ready_if(
                finding.standing != Standing::Alive,
                "This id is alive; only one that is stale, superseded or unknown is replaced.",
            ),
        }),
        Action::RepairAll => on_scan(model, |scan| {
            if scan.is_running() {
                return Blocked("It is being scanned; Esc stops that.");
            }
            if !scan.whole {
                return Blocked("The list of grants is not whole; refresh it, then scan again.");
            }
            ready_if(!scan.repairs().pairs.is_empty(), "Nothing is stale that has a certain successor.")
        }),
        _ => return None,
    })
}

fn ready_if(condition: bool, otherwise: &'static str) -> Availability {
    if condition { Ready } else { Blocked(otherwise) }
}

fn shown_if(condition: bool) -> Availability {
    if condition { Ready } else { Hidden }
}

/// What is taken of a response is what its filter gives, once it has given it.
fn once_filtered(call: &Call, action: Action) -> Availability {
    let makes_sense = match action {
        Action::SaveBody => !call.life.is_under_way() && call.response.can(action),
        _ => call.response.document().is_some(),
    };
    match call.response.unfiltered() {
        Some(why) if makes_sense => Blocked(why),
        _ => shown_if(makes_sense),
    }
}

/// Whether there is nothing to work with: then it is said how one begins.
fn has_no_session(model: &Model) -> bool {
    matches!(model.session, Remote::Failed { previous: None, .. })
}

fn on_call(model: &Model, judge: impl FnOnce(&Call) -> Availability) -> Availability {
    model.call.as_ref().filter(|_| model.screen == Screen::Call).map_or(Hidden, judge)
}

fn on_scan(model: &Model, judge: impl FnOnce(&Scan) -> Availability) -> Availability {
    if model.screen == Screen::Scan { judge(&model.scan) } else { Hidden }
}

fn with_grant(model: &Model, judge: impl FnOnce(&Grant) -> Availability) -> Availability {
    model.grants.selected().map_or(Blocked("There is no grant to do that with."), judge)
}
