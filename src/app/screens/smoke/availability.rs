//! Whether what belongs to smoke tests makes sense now.

use crate::app::availability::Availability::{self, Blocked, Hidden, Ready};
use crate::app::model::Screen;
use crate::app::{Action, Model, Slot};
use crate::domain::RowId;

/// The answer for actions of smoke tests; None for all others.
pub(crate) fn availability(model: &Model, action: Action) -> Option<Availability> {
    const BUSY: &str = "A smoke test is under way; b shows it, Esc there stops it.";
    let board = model.smoke.board.as_ref();
    let shown = board.filter(|_| model.screen == Screen::Smoke);
    let running = model.slots.is_open(Slot::Smoke);
    let ready_if = |condition: bool, otherwise| if condition { Ready } else { Blocked(otherwise) };
    Some(match action {
        Action::Test | Action::TestShown | Action::TestFailures | Action::GoOn if running => match action {
            Action::TestFailures | Action::GoOn => Hidden,
            _ => Blocked(BUSY),
        },
        Action::Test | Action::TestShown if model.session.value().is_none() => {
            Blocked("There is no connection to test with.")
        }
        Action::Test if model.grants.marks.is_empty() => match model.grants.selected().map(|grant| grant.row)
        {
            None => Blocked("There is no grant to test."),
            Some(RowId::Unreadable(_)) => Blocked("The id of this grant could not be read."),
            Some(RowId::Grant(_)) => Ready,
        },
        Action::SwitchProfile if running => Blocked(BUSY),
        Action::Test => Ready,
        Action::TestShown => ready_if(model.grants.shown() > 0, "No grant is shown."),
        Action::ShowBoard if model.screen == Screen::Smoke => Ready,
        Action::ShowBoard => {
            ready_if(board.is_some(), "Nothing was tested yet; t tests this grant, T all shown.")
        }
        Action::StopTest => shown.map_or(Hidden, |board| if board.is_running() { Ready } else { Hidden }),
        Action::TestFailures => {
            shown.map_or(Hidden, |board| ready_if(board.has_failures(), "Nothing failed."))
        }
        Action::GoOn => shown.map_or(Hidden, |board| match &board.summary {
            Some(summary) if summary.left > 0 => Ready,
            _ => Hidden,
        }),
        Action::OpenResult => {
            shown.map_or(Hidden, |board| ready_if(board.selected().is_some(), "There is no result yet."))
        }
        _ => return None,
    })
}
