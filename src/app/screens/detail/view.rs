//! Draws the detail.

use ratatui::layout::Rect;

use super::{content, family};
use crate::app::Model;
use crate::app::model::{Focus, Screen};
use crate::domain::Now;
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, text};

/// Draws the detail of the grant under the cursor.
pub(crate) fn draw(model: &Model, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let focused = model.screen == Screen::Detail || model.focus == Focus::Detail;
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
    let title =
        text::cut(&family::name_of(model, grant), usize::from(area.width.saturating_sub(8))).into_owned();
    let inside = pen.frame(area, &[Piece::new(title, Role::Title)], &[], focused);
    let lines = content::lines(model, inside.width, now);
    let height = usize::from(inside.height);
    let offset = model.detail.offset.min(lines.len().saturating_sub(height));
    for (y, line) in (inside.y..).zip(lines.iter().skip(offset).take(height)) {
        pen.pieces(inside.x + 1, y, inside.width.saturating_sub(2), line);
    }
    pen.scroll_bar(area, offset, height, lines.len());
}
