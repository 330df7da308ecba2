//! The detail of the grant under the cursor, beside the list or on a screen of its own.

pub mod content;
mod view;

use super::super::{Action, Model};
use crate::app::action::Motion;
use crate::domain::Now;
use crate::ui::layout::{self, Middle};

pub(crate) use view::draw;

/// Where the detail is scrolled to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// The first visible line; the view never scrolls past the last.
    pub offset: usize,
}

/// Scrolls the detail; false when the action is no scrolling. Pages go to the next grant of the list.
pub(crate) fn scroll(model: &mut Model, action: Action, now: Now) -> bool {
    let Action::Move(motion) = action else { return false };
    let Some(area) = area(model) else { return false };
    let beside = match motion {
        Motion::NextPage => Some(Motion::Down),
        Motion::PreviousPage => Some(Motion::Up),
        Motion::Up
        | Motion::Down
        | Motion::HalfPageUp
        | Motion::HalfPageDown
        | Motion::PageUp
        | Motion::PageDown
        | Motion::Top
        | Motion::Bottom => None,
    };
    if let Some(motion) = beside {
        return super::grants::act(model, Action::Move(motion), now).is_some();
    }
    let room = layout::inside(area);
    let height = usize::from(room.height);
    let last = content::lines(model, room.width, now).len().saturating_sub(height);
    model.detail.offset = motion.from(model.detail.offset, last, height);
    true
}

/// Where the detail is drawn, border included.
pub(crate) fn area(model: &Model) -> Option<ratatui::layout::Rect> {
    let areas = model.areas()?;
    if model.screen == super::super::model::Screen::Detail {
        return layout::areas(model.size.0, model.size.1, Middle::Whole).map(|areas| areas.list);
    }
    areas.detail
}
