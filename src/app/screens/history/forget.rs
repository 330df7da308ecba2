//! Calls that are taken out of the history: what happens is said before.

use crate::app::overlays::{Confirm, Then};
use crate::app::{Effect, Job, Model, Slot, private};
use crate::domain::{Clean, RecordId};
use crate::ui::Role;
use crate::ui::paint::Piece;

/// What must be typed before all calls are forgotten.
const WORD: &str = "forget";

/// The question before one call is forgotten.
pub(super) fn ask_one(model: &Model) -> Option<Confirm> {
    let row = model.history.selected()?;
    let mut lines = vec![
        vec![
            Piece::new(format!("{} ", Clean::line(&row.method)), Role::TextStrong),
            Piece::new(private::url(model, &row.url), Role::Text),
        ],
        Vec::new(),
        vec![Piece::new(
            "It is taken out of the history on this machine. What the call did stays done, and what Alter \
             recorded of it stays there.",
            Role::Text,
        )],
    ];
    if row.ending == crate::domain::Ending::Held {
        lines.push(vec![Piece::new(
            "It was held for approval: its id is kept nowhere else.",
            Role::HealthSoon,
        )]);
    }
    Some(Confirm::new("Forget this call?", lines, "forget it", Then::Forget(row.id)))
}

/// The question before all calls are forgotten.
pub(super) fn ask_all() -> Confirm {
    let lines = vec![
        vec![Piece::new(
            "Every call of every profile is taken out of the history on this machine, shown here or not. It cannot \
             be taken back.",
            Role::Text,
        )],
        vec![Piece::new(
            "What the calls did stays done, and what Alter recorded stays there. The ids of calls that are held for \
             approval are kept nowhere else.",
            Role::Text,
        )],
        Vec::new(),
        vec![Piece::new(format!("Type {WORD} to go on."), Role::TextDim)],
    ];
    Confirm::new("Forget all calls?", lines, "forget all", Then::ForgetAll).typed(WORD)
}

/// One call is forgotten.
pub(crate) fn forget(model: &mut Model, id: RecordId) -> Vec<Effect> {
    model.history.marks.retain(|marked| *marked != id);
    vec![Effect::Start { ticket: model.slots.begin(Slot::Forget), job: Job::Forget(Some(id)) }]
}

/// All calls are forgotten.
pub(crate) fn forget_all(model: &mut Model) -> Vec<Effect> {
    model.history.marks.clear();
    vec![Effect::Start { ticket: model.slots.begin(Slot::Forget), job: Job::Forget(None) }]
}
