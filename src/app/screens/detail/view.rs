//! Draws the detail.

use ratatui::layout::Rect;

use super::content;
use crate::app::Model;
use crate::app::nav::Kind;
use crate::app::screens::grants::Focus;
use crate::domain::{Now, describe};
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, layout, text};

/// Draws the detail of the grant under the cursor.
pub(crate) fn draw(model: &Model, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let focused = model.shared.nav.screen() == Kind::Detail || model.focus == Focus::Detail;
    let Some(grant) = model.grants.selected() else {
        let inside = pen.frame(area, &[Piece::new("Detail", Role::Title)], &[], focused);
        if !model.grants.rows.is_empty() {
            pen.text(
                inside.x + 1,
                inside.y,
                inside.width.saturating_sub(2),
                "No grant is selected.",
                Role::TextDim,
            );
        }
        return;
    };
    let room = layout::inside(area);
    let lines = content::lines(model, room.width, now);
    let height = usize::from(room.height);
    let offset = model.detail.offset.min(lines.len().saturating_sub(height));
    // Beside the list, the bar at the right has to do: there the name needs the room.
    let note = if model.shared.nav.screen() == Kind::Detail && lines.len() > height {
        format!("lines {}–{} of {}", offset + 1, offset + height, lines.len())
    } else {
        String::new()
    };
    let taken = 8 + if note.is_empty() { 0 } else { text::width(&note) + 3 };
    let name = describe::grant::name(model, grant);
    let title = text::cut(&name, usize::from(area.width).saturating_sub(taken)).into_owned();
    let title = [Piece::new(title, Role::Title)];
    let inside = pen.frame(area, &title, &[Piece::new(note, Role::TextDim)], focused);
    for (y, line) in (inside.y..).zip(lines.iter().skip(offset).take(height)) {
        pen.pieces(inside.x + 1, y, inside.width.saturating_sub(2), line);
    }
    pen.scroll_bar(area, offset, height, lines.len());
}
