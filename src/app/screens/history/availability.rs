//! Whether an action makes sense in the history, and why not.

use crate::app::availability::Availability;
use crate::app::model::{Model, Screen};
use crate::app::{Action, Slot};

/// What is to be said of an action because of the history; None where other rules hold.
pub(crate) fn availability(model: &Model, action: Action) -> Option<Availability> {
    let ready_if = |condition: bool, otherwise| {
        Some(if condition { Availability::Ready } else { Availability::Blocked(otherwise) })
    };
    match action {
        Action::CallHistory if model.screen == Screen::History || !model.overlays.is_empty() => {
            return Some(Availability::Hidden);
        }
        Action::CallHistory => {
            return ready_if(
                model.session.value().is_some(),
                "There is no session yet whose calls are kept.",
            );
        }
        Action::NextRecord | Action::PreviousRecord => {
            let call = model.call.as_ref().filter(|_| model.screen == Screen::Call);
            let Some(call) = call else { return Some(Availability::Hidden) };
            if call.life.is_under_way() {
                return Some(Availability::Blocked("A call is under way; Esc cancels it."));
            }
            return ready_if(call.response.record().is_some(), "This call is not in the history.");
        }
        _ => {}
    }
    let history = &model.history;
    if model.screen != Screen::History {
        let is_ours = matches!(
            action,
            Action::OpenRecord
                | Action::ResendRecord
                | Action::MarkRecord
                | Action::CompareRecords
                | Action::OnlyThisGrant
                | Action::ForgetRecord
                | Action::ForgetAllRecords
        );
        return is_ours.then_some(Availability::Hidden);
    }
    if !model.overlays.is_empty() {
        return None;
    }
    let compared = history.difference.is_some();
    match action {
        Action::OpenRecord
        | Action::ResendRecord
        | Action::MarkRecord
        | Action::CompareRecords
        | Action::ForgetRecord => {
            if compared {
                return Some(Availability::Hidden);
            }
            ready_if(history.selected().is_some(), "There is no call to do that with.")
        }
        Action::ForgetAllRecords => ready_if(
            history.loaded && !(history.rows.is_empty() && history.text().is_empty() && !history.only_hand),
            "There is no call to forget.",
        ),
        Action::OnlyThisGrant if history.rows.is_empty() && !history.only_hand => Some(Availability::Hidden),
        Action::Refresh => ready_if(!model.slots.is_open(Slot::Records), "The history is being read."),
        Action::Accept => Some(if history.typing { Availability::Ready } else { Availability::Hidden }),
        Action::Search if history.rows.is_empty() && history.text().is_empty() => Some(Availability::Hidden),
        Action::Search
        | Action::OnlyThisGrant
        | Action::Up
        | Action::Down
        | Action::PageUp
        | Action::PageDown
        | Action::HalfPageUp
        | Action::HalfPageDown
        | Action::Top
        | Action::Bottom
        | Action::SwitchPane => Some(Availability::Ready),
        _ => None,
    }
}
