//! Draws a list to pick from.

use ratatui::layout::{Position, Rect};

use super::{Item, Pick, VISIBLE, Value};
use crate::domain::Clean;
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, layout, text};

fn pick_area(pick: &Pick, whole: Rect) -> Rect {
    let widest = pick
        .items
        .iter()
        .take(400)
        .map(|item| {
            text::width(item.label.as_str())
                + text::width(item.note.as_str())
                + text::width(item.right.as_str())
        })
        .max()
        .unwrap_or(0);
    let width = (widest as u16 + 14).clamp(46, 100);
    let lines = pick.items.len().min(VISIBLE) as u16 + u16::from(pick.takes_text()) * 2 + 2;
    let area = layout::centered(whole.width, whole.height, (width, lines));
    // Near the top, so that the list does not jump while it is narrowed.
    Rect { y: (whole.height / 8).min(area.y), ..area }
}

/// Draws a list to pick from.
pub(super) fn draw(pick: &Pick, whole: Rect, pen: &mut Pen<'_>) {
    let area = pick_area(pick, whole);
    pen.clear(area, Role::Overlay);
    let note = place_of(pick);
    let inside = pen.frame(
        area,
        &[Piece::new(pick.title.clone(), Role::Title)],
        &[Piece::new(note, Role::TextDim)],
        true,
    );
    let mut top = inside.y;
    if pick.takes_text() {
        let x = pen.text(inside.x + 1, top, 2, "› ", Role::HintKey);
        let typed = Clean::line(pick.input.value());
        if typed.as_str().is_empty() {
            let hint = if pick.free { "(type to filter, or enter a value)" } else { "(type to filter)" };
            pen.text(x + 1, top, inside.right().saturating_sub(x + 2), hint, Role::TextDim);
        } else {
            pen.text(x, top, inside.right().saturating_sub(x + 1), typed.as_str(), Role::Input);
        }
        top += 2;
    }
    if pick.shown.is_empty() {
        pen.text(inside.x + 1, top, inside.width.saturating_sub(2), "Nothing matches.", Role::TextDim);
    }
    let rows = usize::from(inside.bottom().saturating_sub(top)).min(VISIBLE);
    let offset = layout::scroll_to(pick.offset, pick.cursor, rows, pick.shown.len(), layout::CONTEXT);
    let labels = pick.items.iter().map(|item| text::width(item.label.as_str())).max().unwrap_or(0).min(36);
    for (line, (place, index)) in pick.shown.iter().enumerate().skip(offset).take(rows).enumerate() {
        let Some(item) = pick.items.get(*index) else { continue };
        let row = Rect::new(inside.x, top + line as u16, inside.width, 1);
        draw_item(item, labels, row, pen);
        if place == pick.cursor {
            pen.wash(row, Role::Cursor);
            pen.text(row.x, row.y, 1, "▌", Role::CursorBar);
        }
    }
    pen.scroll_bar(area, offset, rows, pick.shown.len());
}

/// Where the cursor stands in a list that is longer than its window. The line for "any" is no value and does not
/// count.
fn place_of(pick: &Pick) -> String {
    if pick.shown.len() <= VISIBLE {
        return String::new();
    }
    let first = pick.shown.first().and_then(|index| pick.items.get(*index));
    let any = usize::from(first.is_some_and(|item| item.value == Value::Text(String::new())));
    match pick.cursor + 1 - any {
        0 => (pick.shown.len() - any).to_string(),
        place => format!("{place} of {}", pick.shown.len() - any),
    }
}

fn draw_item(item: &Item, labels: usize, row: Rect, pen: &mut Pen<'_>) {
    let right = row.right().saturating_sub(1);
    let mut x = row.x + 2;
    if let Some(on) = item.on {
        let (sign, role) = if on { ("✓ ", Role::ScopeHeld) } else { ("· ", Role::TextDim) };
        x = pen.text(x, row.y, 2, sign, role);
    }
    let blocked = item.blocked.is_some();
    let note_from = x + labels as u16 + 2;
    let right_from = pen.text_right(
        right,
        row.y,
        24,
        item.right.as_str(),
        if blocked { Role::TextDim } else { Role::HintKey },
    );
    let label_role = if blocked { Role::TextDim } else { Role::TextStrong };
    pen.text(x, row.y, right_from.saturating_sub(x + 1).min(labels as u16), item.label.as_str(), label_role);
    let note = item.blocked.as_deref().unwrap_or(item.note.as_str());
    if right_from > note_from + 2 {
        pen.text(note_from, row.y, right_from - note_from - 1, note, Role::TextDim);
    }
}

/// Where the terminal's cursor stands in a list that is narrowed by typing.
pub(super) fn text_cursor(pick: &Pick, whole: Rect) -> Option<Position> {
    if !pick.takes_text() {
        return None;
    }
    let inside = layout::inside(pick_area(pick, whole));
    let cells = pick.input.visual_cursor() as u16;
    Some(Position::new((inside.x + 3 + cells).min(inside.right().saturating_sub(1)), inside.y))
}

/// The place of the shown list that is at a point of the screen; for the mouse.
pub(super) fn item_at(pick: &Pick, whole: Rect, column: u16, row: u16) -> Option<usize> {
    let inside = layout::inside(pick_area(pick, whole));
    let top = inside.y + if pick.takes_text() { 2 } else { 0 };
    if !(inside.x..inside.right()).contains(&column) || !(top..inside.bottom()).contains(&row) {
        return None;
    }
    let rows = usize::from(inside.bottom().saturating_sub(top)).min(VISIBLE);
    let offset = layout::scroll_to(pick.offset, pick.cursor, rows, pick.shown.len(), layout::CONTEXT);
    Some(offset + usize::from(row - top)).filter(|place| *place < pick.shown.len())
}
