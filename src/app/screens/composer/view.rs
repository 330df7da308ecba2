//! Draws the request.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::screens::call::Call;
use crate::domain::Clean;
use crate::ui::Role;
use crate::ui::layout::Front;
use crate::ui::paint::{Pen, Piece};

/// Draws the request with its border.
pub(crate) fn draw(_model: &Model, call: &Call, area: Rect, pen: &mut Pen<'_>) {
    let draft = call.composer.draft();
    let title = [Piece::new("Request", Role::Title)];
    let note = [Piece::new(draft.mode.to_string(), Role::TextDim)];
    let inside = pen.frame(area, &title, &note, call.front == Front::First);
    let line = [
        Piece::new(format!("{} ", Clean::line(&draft.method)), Role::TextStrong),
        Piece::new(Clean::line(&draft.url).to_string(), Role::Text),
    ];
    pen.pieces(inside.x + 1, inside.y, inside.width.saturating_sub(2), &line);
}
