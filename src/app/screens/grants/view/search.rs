//! The search line of the list.

use ratatui::layout::{Position, Rect};

use crate::app::screens::grants::Grants;
use crate::app::shared::Shared;
use crate::domain::{Clean, Now};
use crate::ui::paint::Pen;
use crate::ui::{Role, text};

const PROMPT: &str = " / ";

/// Draws the search line while it has the keys.
pub(crate) fn search_line(
    grants: &Grants,
    shared: &Shared,
    now: Now,
    area: Rect,
    right: u16,
    pen: &mut Pen<'_>,
) {
    let note = match grants.query.mistakes.first() {
        Some(mistake) => (Clean::brief(&mistake.to_string()).to_string(), Role::HealthBroken),
        None => (super::position(grants, shared.list_height(), now), Role::TextDim),
    };
    let mut x = pen.text(area.x, area.y, 3, PROMPT, Role::HintKey);
    if grants.input.value().is_empty() {
        let hint = "(account, provider, label, id, scope:gmail, health:expired, -label:test)";
        pen.text(x + 1, area.y, right.saturating_sub(x + 1), hint, Role::TextDim);
        return;
    }
    let room = right.saturating_sub(x);
    let typed = Clean::line(grants.input.value());
    let scroll = grants.input.visual_scroll(usize::from(room.saturating_sub(1)));
    let visible = text::skip(typed.as_str(), scroll);
    x = pen.text(x, area.y, room, visible, Role::Input);
    let left = right.saturating_sub(x + 3);
    if usize::from(left) > 8 {
        pen.text_right(right, area.y, left, &text::cut(&note.0, usize::from(left)), note.1);
    }
}

/// Where the terminal's cursor stands while the search line has the keys.
pub(crate) fn search_cursor(grants: &Grants, area: Rect) -> Option<Position> {
    if !grants.typing {
        return None;
    }
    let room = usize::from(area.width.saturating_sub(6));
    let scroll = grants.input.visual_scroll(room);
    let cells = grants.input.visual_cursor().saturating_sub(scroll) as u16;
    Some(Position::new((area.x + PROMPT.len() as u16 + cells).min(area.right() - 1), area.y))
}
