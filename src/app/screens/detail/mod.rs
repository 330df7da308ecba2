//! The detail of the grant under the cursor, beside the list or on a screen of its own.

pub mod content;
mod view;

use super::super::{Action, Model};
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
    let Some(area) = area(model) else { return false };
    let room = layout::inside(area);
    let height = usize::from(room.height);
    let lines = content::lines(model, room.width, now).len();
    let last = lines.saturating_sub(height);
    let offset = model.detail.offset.min(last);
    model.detail.offset = match action {
        Action::Up => offset.saturating_sub(1),
        Action::Down => (offset + 1).min(last),
        Action::HalfPageUp => offset.saturating_sub(height / 2),
        Action::HalfPageDown => (offset + height / 2).min(last),
        Action::PageUp => offset.saturating_sub(height),
        Action::PageDown => (offset + height).min(last),
        Action::Top => 0,
        Action::Bottom => last,
        Action::NextPage => return super::grants::act(model, Action::Down, now).is_some(),
        Action::PreviousPage => return super::grants::act(model, Action::Up, now).is_some(),
        _ => return false,
    };
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
