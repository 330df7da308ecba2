//! Draws the copy menu: the formats at the left, what would be copied at the right.

use ratatui::layout::{Position, Rect};
use strum::IntoEnumIterator;
use unicode_segmentation::UnicodeSegmentation;

use super::{CopyMenu, whose};
use crate::app::shared::Shared;
use crate::app::{Model, private};
use crate::domain::clean::head;
use crate::domain::{Clean, CopyFormat};
use crate::ui::layout;
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, text};

/// Cells of the list of formats.
const FORMATS: u16 = 20;

/// Lines below the list and the preview: the name, and what the format is for.
const BELOW: u16 = 3;

fn area(whole: Rect) -> Rect {
    let formats = CopyFormat::iter().count() as u16;
    // Room for a function of code where the terminal has it.
    let height = (formats + BELOW + 2).max(whole.height * 3 / 5);
    layout::centered(whole.width, whole.height, (112, height.min(24)))
}

/// Draws the menu.
pub(super) fn draw(model: &Model, menu: &CopyMenu, whole: Rect, pen: &mut Pen<'_>) {
    let area = area(whole);
    pen.clear(area, Role::Overlay);
    let hidden = match menu.hidden {
        0 => String::new(),
        hidden => format!("{hidden} of them hidden by the filters"),
    };
    let title = format!("Copy {}", whose(&model.shared, &menu.grants));
    let note = [Piece::new(hidden, Role::TextDim)];
    let inside = pen.frame(area, &[Piece::new(title, Role::Title)], &note, true);
    let body = Rect { height: inside.height.saturating_sub(BELOW), ..inside };
    list(menu, body, pen);
    preview(model, menu, body, pen);
    below(&model.shared, menu, inside, pen);
}

fn list(menu: &CopyMenu, body: Rect, pen: &mut Pen<'_>) {
    let (first, cursor) = window(menu, body);
    for (y, (place, format)) in (body.y..body.bottom()).zip(CopyFormat::iter().enumerate().skip(first)) {
        let row = Rect::new(body.x, y, FORMATS, 1);
        let role = if place == cursor { Role::TextStrong } else { Role::Text };
        pen.text(row.x + 2, y, FORMATS - 2, &format.row().label, role);
        if place == cursor {
            pen.wash(row, Role::Cursor);
            pen.text(row.x, y, 1, "▌", Role::CursorBar);
        }
    }
}

/// The first format that is visible, and the place of the chosen one.
fn window(menu: &CopyMenu, body: Rect) -> (usize, usize) {
    let cursor = CopyFormat::iter().position(|format| format == menu.format).unwrap_or(0);
    let count = CopyFormat::iter().count();
    (layout::scroll_to(0, cursor, usize::from(body.height), count, layout::CONTEXT), cursor)
}

fn preview(model: &Model, menu: &CopyMenu, body: Rect, pen: &mut Pen<'_>) {
    let edge = body.x + FORMATS;
    for y in body.y..body.bottom() {
        pen.text(edge, y, 1, "│", Role::Border);
    }
    let x = edge + 2;
    let cells = body.right().saturating_sub(x + 1);
    let comment = menu.format.row().comment.as_deref();
    let lines = menu.preview(model);
    let height = usize::from(body.height);
    let offset = menu.offset.min(lines.len().saturating_sub(1));
    let mut y = body.y;
    for line in lines.iter().skip(offset).take(height) {
        let is_comment = comment.is_some_and(|mark| line.starts_with(mark));
        let role = if is_comment { Role::TextDim } else { Role::Text };
        // No more of it than there is room for.
        let room = 4 * usize::from(cells) * usize::from(body.bottom() - y);
        for part in folded(head(line, room), usize::from(cells)) {
            if y >= body.bottom() {
                break;
            }
            pen.text(x, y, cells, &part, role);
            y += 1;
        }
    }
    if lines.len() > height {
        let area = Rect { x: body.x.saturating_sub(1), width: body.width + 2, ..body };
        let area = Rect { y: area.y.saturating_sub(1), height: area.height + 2, ..area };
        pen.scroll_bar(area, offset, height, lines.len());
    }
}

/// A line of code in pieces that fit; unlike prose it keeps its blanks.
fn folded(line: &str, cells: usize) -> Vec<String> {
    let (mut parts, mut part, mut taken) = (Vec::new(), String::new(), 0);
    for cluster in line.graphemes(true) {
        let width = text::width(cluster);
        if taken + width > cells && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            taken = 0;
        }
        part.push_str(cluster);
        taken += width;
    }
    parts.push(part);
    parts
}

fn below(shared: &Shared, menu: &CopyMenu, inside: Rect, pen: &mut Pen<'_>) {
    let cells = inside.width.saturating_sub(2);
    let y = inside.bottom().saturating_sub(2);
    if let Some(line) = name_line(menu, inside) {
        let label = if menu.naming.is_some() { "Name › " } else { "Name   " };
        let x = pen.text(inside.x + 1, line.y, cells, label, Role::Head);
        let name = Clean::line(menu.name.value());
        let name =
            if menu.naming.is_some() { name.to_string() } else { private::name(shared, name.as_str()) };
        let role = if menu.naming.is_some() { Role::Input } else { Role::TextStrong };
        if menu.naming.is_some() {
            pen.wash(Rect::new(x, line.y, line.right().saturating_sub(x), 1), Role::Input);
        }
        pen.text(x, line.y, line.right().saturating_sub(x), &name, role);
    }
    let help = if shared.privacy { "Masked on screen; copied in full." } else { &menu.format.row().help };
    pen.text(inside.x + 1, y + 1, cells, help, Role::TextDim);
}

fn name_line(menu: &CopyMenu, inside: Rect) -> Option<Rect> {
    let y = inside.bottom().saturating_sub(2);
    menu.has_name().then(|| Rect::new(inside.x + 1, y, inside.width.saturating_sub(2), 1))
}

/// Where the terminal's cursor stands while the name is edited.
pub(super) fn text_cursor(menu: &CopyMenu, whole: Rect) -> Option<Position> {
    menu.naming.as_ref()?;
    let line = name_line(menu, layout::inside(area(whole)))?;
    let cells = menu.name.visual_cursor() as u16;
    Some(Position::new((line.x + 7 + cells).min(line.right().saturating_sub(1)), line.y))
}

/// The format at a point of the screen; for the mouse.
pub(super) fn format_at(menu: &CopyMenu, whole: Rect, column: u16, row: u16) -> Option<CopyFormat> {
    let inside = layout::inside(area(whole));
    let body = Rect { height: inside.height.saturating_sub(BELOW), width: FORMATS, ..inside };
    let (first, _) = window(menu, body);
    let place = body.contains(Position::new(column, row)).then(|| usize::from(row - body.y) + first)?;
    CopyFormat::iter().nth(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_keeps_its_blanks_when_it_is_folded() {
        assert_eq!(folded("    ab  cd", 6), ["    ab", "  cd"]);
        assert_eq!(folded("", 6), [""]);
        assert_eq!(folded("田中田", 3), ["田", "中", "田"]);
        assert_eq!(folded("田", 1), ["田"]);
    }
}
