//! Whether an action makes sense in the history, and why not.

use super::History;
use crate::app::Slot;
use crate::app::action::{CommonAction, HistoryAction};
use crate::app::availability::Availability::{self, Blocked, Hidden, Ready};
use crate::app::availability::{ready_if, shown_if};
use crate::app::shared::Shared;
use crate::domain::HistoryRow;

/// Why nothing can be done with a row where there is none.
const NOTHING: &str = "Nothing selected.";

/// Whether what only the history has can be done now; None where that holds anywhere.
pub(super) fn in_history(history: &History, action: HistoryAction) -> Option<Availability> {
    Some(match action {
        HistoryAction::NextRecord | HistoryAction::PreviousRecord => return None,
        HistoryAction::OpenRecord
        | HistoryAction::ResendRecord
        | HistoryAction::MarkRecord
        | HistoryAction::CompareRecords
        | HistoryAction::ForgetRecord
            if history.difference.is_some() =>
        {
            Hidden
        }
        HistoryAction::OpenRecord => ready_if(history.selected().is_some(), NOTHING),
        HistoryAction::ResendRecord => of_call(history, "Only calls can be sent again."),
        HistoryAction::MarkRecord => of_call(history, "Only calls can be marked."),
        // The marked ones are calls, wherever the cursor is.
        HistoryAction::CompareRecords if history.marks.len() > 1 => Ready,
        HistoryAction::CompareRecords => of_call(history, "Only calls can be compared."),
        HistoryAction::ForgetRecord => {
            of_call(history, "Writes stay in the history; only calls can be deleted.")
        }
        HistoryAction::ForgetAllRecords => {
            let has_calls = history.more || history.rows.iter().any(|row| row.call().is_some());
            let is_part = !history.text().is_empty() || history.only_hand;
            ready_if(history.loaded && (has_calls || is_part), "No call to delete.")
        }
        HistoryAction::OnlyThisGrant => {
            let row = history.selected();
            let names_none =
                row.is_some_and(|row| row.write().is_some_and(|write| write.record.latest_grant().is_none()));
            if history.hand.is_none() && names_none {
                return Some(Blocked("This write has no grant."));
            }
            shown_if(row.is_some() || history.only_hand)
        }
    })
}

/// What can only be done with a call.
fn of_call(history: &History, otherwise: &'static str) -> Availability {
    match history.selected() {
        Some(HistoryRow::Call(_)) => Ready,
        Some(HistoryRow::Write(_)) => Blocked(otherwise),
        None => Blocked(NOTHING),
    }
}

/// The answer for what other screens have too; None where that is theirs.
pub(super) fn common(history: &History, shared: &Shared, action: CommonAction) -> Option<Availability> {
    Some(match action {
        CommonAction::Refresh if shared.slots.is_open(Slot::Records) => Blocked("Loading the history."),
        CommonAction::Refresh | CommonAction::SwitchPane => Ready,
        CommonAction::Accept => shown_if(history.typing),
        CommonAction::Search => shown_if(!history.rows.is_empty() || !history.text().is_empty()),
        CommonAction::Filter => return None,
    })
}
