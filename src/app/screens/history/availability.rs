//! Whether an action makes sense in the history, and why not.

use crate::app::Slot;
use crate::app::action::{CommonAction, HistoryAction};
use crate::app::availability::Availability::{self, Blocked, Hidden, Ready};
use crate::app::model::{Model, Screen};

/// The answer for actions of the history.
pub(crate) fn availability(model: &Model, action: HistoryAction) -> Availability {
    let history = &model.history;
    let ready_if = |condition: bool, otherwise| if condition { Ready } else { Blocked(otherwise) };
    match action {
        HistoryAction::CallHistory if model.screen == Screen::History || !model.overlays.is_empty() => Hidden,
        HistoryAction::CallHistory => ready_if(model.session.value().is_some(), "No session open yet."),
        HistoryAction::NextRecord | HistoryAction::PreviousRecord => {
            let call = model.call.as_ref().filter(|_| model.screen == Screen::Call);
            let Some(call) = call else { return Hidden };
            if call.life.is_under_way() {
                return Blocked("A call is running; Esc cancels it.");
            }
            ready_if(call.response.record().is_some(), "This call is not in the history.")
        }
        HistoryAction::OpenRecord
        | HistoryAction::ResendRecord
        | HistoryAction::MarkRecord
        | HistoryAction::CompareRecords
        | HistoryAction::OnlyThisGrant
        | HistoryAction::ForgetRecord
        | HistoryAction::ForgetAllRecords
            if model.screen != Screen::History =>
        {
            Hidden
        }
        HistoryAction::OpenRecord
        | HistoryAction::ResendRecord
        | HistoryAction::MarkRecord
        | HistoryAction::CompareRecords
        | HistoryAction::ForgetRecord => {
            if history.difference.is_some() {
                return Hidden;
            }
            ready_if(history.selected().is_some(), "No call selected.")
        }
        HistoryAction::ForgetAllRecords => ready_if(
            history.loaded && !(history.rows.is_empty() && history.text().is_empty() && !history.only_hand),
            "No call to delete.",
        ),
        HistoryAction::OnlyThisGrant if history.rows.is_empty() && !history.only_hand => Hidden,
        HistoryAction::OnlyThisGrant => Ready,
    }
}

/// The answer for what other screens have too; None where the history does not have the keys.
pub(crate) fn common(model: &Model, action: CommonAction) -> Option<Availability> {
    if model.screen != Screen::History || !model.overlays.is_empty() {
        return None;
    }
    let history = &model.history;
    let shown_if = |condition: bool| if condition { Ready } else { Hidden };
    Some(match action {
        CommonAction::Refresh if model.slots.is_open(Slot::Records) => Blocked("Loading the history."),
        CommonAction::Refresh | CommonAction::SwitchPane => Ready,
        CommonAction::Accept => shown_if(history.typing),
        CommonAction::Search => shown_if(!history.rows.is_empty() || !history.text().is_empty()),
        CommonAction::Filter => return None,
    })
}
