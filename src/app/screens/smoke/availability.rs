//! Whether what belongs to smoke tests makes sense now.

use super::{Board, Smoke};
use crate::app::Slot;
use crate::app::action::SmokeAction;
use crate::app::availability::Availability::{self, Blocked, Hidden, Ready};
use crate::app::availability::{ready_if, shown_if};
use crate::app::screens::grants::Grants;
use crate::app::shared::Shared;
use crate::domain::RowId;

/// Why there is no second run beside one.
pub(crate) const BUSY: &str = "A smoke test is running; b shows it, Esc there stops it.";

/// Whether what can be done anywhere can be done now.
pub(crate) fn availability(grants: &Grants, shared: &Shared, action: SmokeAction) -> Availability {
    let running = shared.slots.is_open(Slot::Smoke);
    match action {
        SmokeAction::Test | SmokeAction::TestShown if running => Blocked(BUSY),
        SmokeAction::Test | SmokeAction::TestShown if shared.session.value().is_none() => {
            Blocked("Not connected; nothing to test.")
        }
        SmokeAction::Test if grants.marks.is_empty() => match grants.selected().map(|grant| grant.row) {
            None => Blocked("No grant to test."),
            Some(RowId::Unreadable(_)) => Blocked("The id of this grant is unreadable."),
            Some(RowId::Grant(_)) => Ready,
        },
        SmokeAction::Test => Ready,
        SmokeAction::TestShown => ready_if(grants.shown() > 0, "No grant is shown."),
        SmokeAction::StopTest | SmokeAction::TestFailures | SmokeAction::GoOn | SmokeAction::OpenResult => {
            Hidden
        }
    }
}

/// Whether what only the board has can be done now; None where that holds anywhere.
pub(super) fn on_board(smoke: &Smoke, shared: &Shared, action: SmokeAction) -> Option<Availability> {
    let running = shared.slots.is_open(Slot::Smoke);
    let board = smoke.board.as_ref();
    let on = |judge: &dyn Fn(&Board) -> Availability| board.map_or(Hidden, judge);
    Some(match action {
        SmokeAction::Test | SmokeAction::TestShown => return None,
        SmokeAction::TestFailures | SmokeAction::GoOn if running => Hidden,
        SmokeAction::StopTest => on(&|board| shown_if(board.is_running())),
        SmokeAction::TestFailures => on(&|board| ready_if(board.has_failures(), "Nothing failed.")),
        SmokeAction::GoOn => {
            on(&|board| shown_if(board.summary.as_ref().is_some_and(|summary| summary.left > 0)))
        }
        SmokeAction::OpenResult => on(&|board| ready_if(board.selected().is_some(), "No results yet.")),
    })
}
