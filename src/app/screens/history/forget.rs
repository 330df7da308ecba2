//! Calls that are taken out of the history: what happens is said before.

use super::History;
use crate::app::Effect;
use crate::app::requests::ForgetRecords;
use crate::app::screens::confirm::{Confirm, Then};
use crate::app::shared::Shared;
use crate::domain::{Clean, RecordId};
use crate::ui::Role;
use crate::ui::paint::Piece;

/// What must be typed before all calls are forgotten.
const WORD: &str = "forget";

/// The question before one call is forgotten.
pub(super) fn ask_one(history: &History, shared: &Shared) -> Option<Confirm> {
    let row = history.selected_call()?;
    let mut lines = vec![
        vec![
            Piece::new(format!("{} ", Clean::brief(&row.method)), Role::TextStrong),
            Piece::new(super::names::called(shared, row), Role::Text),
        ],
        Vec::new(),
        vec![Piece::new(
            "Deletes the call from the history on this machine. It does not undo the call, and Alter keeps its log.",
            Role::Text,
        )],
    ];
    if row.ending == crate::domain::Ending::Held {
        lines.push(vec![Piece::new(
            "It is held for approval; its id is stored nowhere else.",
            Role::HealthSoon,
        )]);
    }
    Some(Confirm::new("Delete this call?", lines, "delete it", Then::Forget(row.id)))
}

/// The question before all calls are forgotten.
pub(super) fn ask_all() -> Confirm {
    let lines = vec![
        vec![Piece::new(
            "Deletes every call of every profile from the history on this machine. This cannot be undone.",
            Role::Text,
        )],
        vec![Piece::new(
            "It does not undo the calls, and Alter keeps its log. Ids of held calls are stored nowhere else.",
            Role::Text,
        )],
        vec![Piece::new("Writes to grants stay: they are the record of what was changed.", Role::Text)],
        Vec::new(),
        vec![Piece::new(format!("Type {WORD} to confirm."), Role::TextDim)],
    ];
    Confirm::new("Delete all calls?", lines, "delete all", Then::ForgetAll).typed(WORD)
}

/// One call is forgotten.
pub(crate) fn forget(history: &mut History, shared: &mut Shared, id: RecordId) -> Vec<Effect> {
    history.marks.retain(|marked| *marked != id);
    vec![shared.slots.ask(ForgetRecords(Some(id)))]
}

/// All calls are forgotten.
pub(crate) fn forget_all(history: &mut History, shared: &mut Shared) -> Vec<Effect> {
    history.marks.clear();
    vec![shared.slots.ask(ForgetRecords(None))]
}
