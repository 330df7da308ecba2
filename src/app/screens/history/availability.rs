//! Whether an action makes sense in the history, and why not.

use super::History;
use crate::app::Slot;
use crate::app::action::{CommonAction, HistoryAction};
use crate::app::availability::Availability::{self, Blocked, Hidden, Ready};
use crate::app::availability::{ready_if, shown_if};
use crate::app::shared::Shared;

/// Whether what only the history has can be done now; None where that holds anywhere.
pub(super) fn in_history(history: &History, action: HistoryAction) -> Option<Availability> {
    Some(match action {
        HistoryAction::NextRecord | HistoryAction::PreviousRecord => return None,
        HistoryAction::OpenRecord
        | HistoryAction::ResendRecord
        | HistoryAction::MarkRecord
        | HistoryAction::CompareRecords
        | HistoryAction::ForgetRecord => {
            if history.difference.is_some() {
                return Some(Hidden);
            }
            ready_if(history.selected().is_some(), "No call selected.")
        }
        HistoryAction::ForgetAllRecords => ready_if(
            history.loaded && !(history.rows.is_empty() && history.text().is_empty() && !history.only_hand),
            "No call to delete.",
        ),
        HistoryAction::OnlyThisGrant => shown_if(!history.rows.is_empty() || history.only_hand),
    })
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
