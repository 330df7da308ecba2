//! How list and detail share the screen.

use super::Model;
use super::action::ListAction;
use super::nav::Kind;
use crate::domain::{Now, Side};
use crate::ui::layout;

/// Hundredths of the room by which one key moves the border.
const STEP: u16 = 5;

/// Moves the border between list and detail, or the detail to another side.
pub(super) fn act(model: &mut Model, action: ListAction, now: Now) {
    if model.shared.nav.screen() == Kind::Detail {
        model.shared.toasts.refuse("The detail is full screen; Esc returns to the list.", now);
        return;
    }
    let (width, height) = model.shared.size;
    if action == ListAction::MoveDetail {
        let sides = [Side::Right, Side::Below, Side::Hidden];
        let stands = layout::side(width, height, model.shared.split.side);
        let at = sides.iter().position(|side| *side == stands).unwrap_or(0);
        let others = (1..sides.len()).filter_map(|by| sides.get((at + by) % sides.len()));
        let next = others.copied().find(|side| layout::side(width, height, *side) == *side);
        let Some(next) = next else {
            model.shared.toasts.refuse("Only one pane fits; Enter opens the detail.", now);
            return;
        };
        model.shared.split.side = next;
        // What was right for a width is not for a height.
        model.shared.split.list = None;
    } else {
        let Some(areas) = model.shared.areas().filter(|areas| areas.detail.is_some()) else {
            model.shared.toasts.refuse("The detail is hidden; | shows it if there is room.", now);
            return;
        };
        let stacked = layout::side(width, height, model.shared.split.side) == Side::Below;
        let (list, whole) = if stacked {
            (areas.list.height, areas.list.height + areas.detail.map_or(0, |detail| detail.height))
        } else {
            (areas.list.width, width)
        };
        // To the nearest step: the border stands where cells allow.
        let percent = (u32::from(list) * 100 + u32::from(whole) / 2) / u32::from(whole.max(1));
        let step = (percent as u16 + STEP / 2) / STEP * STEP;
        let step = if action == ListAction::MoreList { step + STEP } else { step.saturating_sub(STEP) };
        let before = model.shared.split;
        model.shared.split.list = Some(step.clamp(STEP, 100 - STEP) as u8);
        let now_there = model.shared.areas();
        if now_there.map(|areas| areas.list) == Some(areas.list) {
            model.shared.split = before;
            model.shared.toasts.refuse("No more room.", now);
        }
    }
    let rows = model.shared.list_height();
    model.grants.fit(rows);
}
