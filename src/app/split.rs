//! How list and detail share the screen.

use super::action::ListAction;
use super::nav::Kind;
use super::shared::Shared;
use crate::app::screens::grants::Grants;
use crate::domain::{Now, Side};
use crate::ui::layout;

/// Hundredths of the room by which one key moves the border.
const STEP: u16 = 5;

/// Moves the border between list and detail, or the detail to another side.
pub(super) fn act(grants: &mut Grants, shared: &mut Shared, action: ListAction, now: Now) {
    if shared.nav.screen() == Kind::Detail {
        shared.toasts.refuse("The detail is full screen; Esc returns to the list.", now);
        return;
    }
    let (width, height) = shared.size;
    if action == ListAction::MoveDetail {
        let sides = [Side::Right, Side::Below, Side::Hidden];
        let stands = layout::side(width, height, shared.split.side);
        let at = sides.iter().position(|side| *side == stands).unwrap_or(0);
        let others = (1..sides.len()).filter_map(|by| sides.get((at + by) % sides.len()));
        let next = others.copied().find(|side| layout::side(width, height, *side) == *side);
        let Some(next) = next else {
            shared.toasts.refuse("Only one pane fits; Enter opens the detail.", now);
            return;
        };
        shared.split.side = next;
        // What was right for a width is not for a height.
        shared.split.list = None;
    } else {
        let Some(areas) = shared.areas().filter(|areas| areas.detail.is_some()) else {
            shared.toasts.refuse("The detail is hidden; | shows it if there is room.", now);
            return;
        };
        let stacked = layout::side(width, height, shared.split.side) == Side::Below;
        let (list, whole) = if stacked {
            (areas.list.height, areas.list.height + areas.detail.map_or(0, |detail| detail.height))
        } else {
            (areas.list.width, width)
        };
        // To the nearest step: the border stands where cells allow.
        let percent = (u32::from(list) * 100 + u32::from(whole) / 2) / u32::from(whole.max(1));
        let step = (percent as u16 + STEP / 2) / STEP * STEP;
        let step = if action == ListAction::MoreList { step + STEP } else { step.saturating_sub(STEP) };
        let before = shared.split;
        shared.split.list = Some(step.clamp(STEP, 100 - STEP) as u8);
        let now_there = shared.areas();
        if now_there.map(|areas| areas.list) == Some(areas.list) {
            shared.split = before;
            shared.toasts.refuse("No more room.", now);
        }
    }
    let rows = shared.list_height();
    grants.fit(rows);
}
