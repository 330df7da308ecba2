//! Moving the cursor and the window.

use crate::app::{Action, Model};

/// Carries a motion out; false when the action is none.
pub(super) fn move_cursor(model: &mut Model, action: Action) -> bool {
    let height = model.list_height();
    let grants = &mut model.grants;
    let half = (height / 2).max(1);
    match action {
        Action::Up => grants.go_to(grants.place.saturating_sub(1), height),
        Action::Down => grants.go_to(grants.place + 1, height),
        Action::HalfPageUp => grants.go_to(grants.place.saturating_sub(half), height),
        Action::HalfPageDown => grants.go_to(grants.place + half, height),
        Action::PageUp | Action::PreviousPage => grants.page(false, height),
        Action::PageDown | Action::NextPage => grants.page(true, height),
        Action::Top => grants.go_to(0, height),
        Action::Bottom => grants.go_to(usize::MAX, height),
        _ => return false,
    }
    model.detail.offset = 0;
    true
}
