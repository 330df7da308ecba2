//! Whether what belongs to smoke tests makes sense now.

use crate::app::action::SmokeAction;
use crate::app::availability::Availability::{self, Blocked, Hidden, Ready};
use crate::app::model::Screen;
use crate::app::{Model, Slot};
use crate::domain::RowId;

/// Why there is no second run beside one.
pub(crate) const BUSY: &str = "A smoke test is running; b shows it, Esc there stops it.";

/// The answer for actions of smoke tests.
pub(crate) fn availability(model: &Model, action: SmokeAction) -> Availability {
    let board = model.smoke.board.as_ref();
    let shown = board.filter(|_| model.screen == Screen::Smoke);
    let running = model.slots.is_open(Slot::Smoke);
    let ready_if = |condition: bool, otherwise| if condition { Ready } else { Blocked(otherwise) };
    match action {
        SmokeAction::Test | SmokeAction::TestShown if running => Blocked(BUSY),
        SmokeAction::TestFailures | SmokeAction::GoOn if running => Hidden,
        SmokeAction::Test | SmokeAction::TestShown if model.session.value().is_none() => {
            Blocked("Not connected; nothing to test.")
        }
        SmokeAction::Test if model.grants.marks.is_empty() => {
            match model.grants.selected().map(|grant| grant.row) {
                None => Blocked("No grant to test."),
                Some(RowId::Unreadable(_)) => Blocked("The id of this grant is unreadable."),
                Some(RowId::Grant(_)) => Ready,
            }
        }
        SmokeAction::Test => Ready,
        SmokeAction::TestShown => ready_if(model.grants.shown() > 0, "No grant is shown."),
        SmokeAction::ShowBoard if model.screen == Screen::Smoke => Ready,
        SmokeAction::ShowBoard => {
            ready_if(board.is_some(), "Nothing tested yet; t tests this grant, T all shown.")
        }
        SmokeAction::StopTest => {
            shown.map_or(Hidden, |board| if board.is_running() { Ready } else { Hidden })
        }
        SmokeAction::TestFailures => {
            shown.map_or(Hidden, |board| ready_if(board.has_failures(), "Nothing failed."))
        }
        SmokeAction::GoOn => shown.map_or(Hidden, |board| match &board.summary {
            Some(summary) if summary.left > 0 => Ready,
            Some(_) | None => Hidden,
        }),
        SmokeAction::OpenResult => {
            shown.map_or(Hidden, |board| ready_if(board.selected().is_some(), "No results yet."))
        }
    }
}
