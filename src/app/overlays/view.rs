//! Draws what pops up.

use ratatui::layout::{Position, Rect};

use super::pick::{Pick, VISIBLE, Value};
use super::{Confirm, help};
use crate::app::action::{AppAction, CommonAction};
use crate::app::keymap::Place;
use crate::app::{Action, Model, question};
use crate::domain::{Clean, Now};
use crate::ui::paint::{Pen, Piece, wrapped};
use crate::ui::{Role, layout, text};

/// The first key of an action, as it is written.
pub(crate) fn first_key(model: &Model, place: Place, action: Action) -> String {
    let row = model.keymap.row(place, action);
    row.and_then(|row| row.keys.first()).map(ToString::to_string).unwrap_or_default()
}

/// Widest a question gets, in cells.
const QUESTION: u16 = 76;

fn question_lines(confirm: &Confirm, cells: u16) -> Vec<Vec<Piece>> {
    confirm.lines.iter().flat_map(|line| wrapped(line, usize::from(cells))).collect()
}

fn confirm_area(confirm: &Confirm, whole: Rect) -> Rect {
    // A strip of the list beside it, with the bar of its cursor, would look like a part of the question.
    let width = if whole.width < QUESTION + 8 { whole.width } else { QUESTION };
    let lines = question_lines(confirm, width.saturating_sub(4)).len() as u16;
    let input = if confirm.word.is_some() { 2 } else { 0 };
    layout::centered(whole.width, whole.height, (width, lines + input + 4))
}

/// Draws a question.
pub(crate) fn draw_confirm(model: &Model, confirm: &Confirm, now: Now, whole: Rect, pen: &mut Pen<'_>) {
    let area = confirm_area(confirm, whole);
    pen.clear(area, Role::Overlay);
    let inside = pen.frame(area, &[Piece::new(&confirm.title, Role::Title)], &[], true);
    let cells = inside.width.saturating_sub(2);
    let last = inside.bottom().saturating_sub(1);
    for (y, line) in (inside.y..last).zip(question_lines(confirm, cells)) {
        pen.pieces(inside.x + 1, y, cells, &line);
    }
    if confirm.word.is_some() {
        let line = Rect::new(inside.x + 1, last.saturating_sub(2), cells, 1);
        pen.wash(line, Role::Input);
        pen.text(line.x, line.y, 2, "› ", Role::HintKey);
        let typed = Clean::line(confirm.input.value());
        pen.text(line.x + 2, line.y, cells.saturating_sub(2), typed.as_str(), Role::Input);
    }
    let place = if confirm.word.is_some() { Place::Input } else { Place::Confirm };
    let key = |action| first_key(model, place, action);
    let mut pieces = Vec::new();
    let open = question::is_open(model, confirm.answer(), confirm.asked, now);
    // A name that is not typed yet is what is asked for; until then no key says yes.
    if confirm.word.is_none() || (confirm.is_ready() && open) {
        let role = if open { Role::HintKey } else { Role::TextDim };
        pieces.push(Piece::new(key(Action::Common(CommonAction::Accept)), role));
        pieces.push(Piece::new(format!(" {}   ", confirm.yes), Role::HintLabel));
    }
    pieces.push(Piece::new(key(Action::App(AppAction::Back)), Role::HintKey));
    pieces.push(Piece::new(" cancel", Role::HintLabel));
    pen.pieces(inside.x + 1, last, cells, &pieces);
}

/// How many lines of help are visible.
pub(crate) fn help_room(size: (u16, u16)) -> usize {
    usize::from(layout::inside(help_area(size)).height)
}

fn help_area(size: (u16, u16)) -> Rect {
    layout::centered(size.0, size.1, (92, size.1.saturating_sub(4)))
}

/// Draws the help.
pub(crate) fn draw_help(model: &Model, open: &help::Help, whole: Rect, pen: &mut Pen<'_>) {
    let area = help_area((whole.width, whole.height));
    pen.clear(area, Role::Overlay);
    let place = match open.place {
        Place::Grants | Place::Global => "the list",
        Place::Detail => "the detail",
        Place::Picker => "pickers",
        Place::Input => "the search line",
        Place::Field => "a field",
        Place::Help => "the help",
        Place::Composer => "the request",
        Place::Editor => "the body",
        Place::Response => "the response",
        Place::History => "the history",
        Place::Comparison => "the comparison",
        Place::Confirm => "questions",
        Place::Copy => "the copy menu",
        Place::Changes => "changes of files",
        Place::Scan => "ids in files",
        Place::Smoke => "the smoke test",
    };
    let lines = help::lines(&model.keymap, open.place);
    let note = [Piece::new("Esc closes", Role::TextDim)];
    let inside = pen.frame(area, &[Piece::new(format!("Keys of {place}"), Role::Title)], &note, true);
    let height = usize::from(inside.height);
    for (y, line) in (inside.y..inside.bottom()).zip(lines.iter().skip(open.offset)) {
        pen.pieces(inside.x + 1, y, inside.width.saturating_sub(2), line);
    }
    pen.scroll_bar(area, open.offset, height, lines.len());
}

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
pub(crate) fn draw_pick(pick: &Pick, whole: Rect, pen: &mut Pen<'_>) {
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

fn draw_item(item: &super::Item, labels: usize, row: Rect, pen: &mut Pen<'_>) {
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

/// Where the terminal's cursor stands in a question that takes a word.
pub(crate) fn cursor_of_question(confirm: &Confirm, whole: Rect) -> Option<Position> {
    confirm.word.as_ref()?;
    let area = confirm_area(confirm, whole);
    let cells = confirm.input.visual_cursor() as u16;
    let x = (area.x + 4 + cells).min(area.right().saturating_sub(2));
    Some(Position::new(x, area.bottom().saturating_sub(4)))
}

/// Where the terminal's cursor stands in a list that is narrowed by typing.
pub(crate) fn cursor_of_pick(pick: &Pick, whole: Rect) -> Option<Position> {
    if !pick.takes_text() {
        return None;
    }
    let inside = layout::inside(pick_area(pick, whole));
    let cells = pick.input.visual_cursor() as u16;
    Some(Position::new((inside.x + 3 + cells).min(inside.right().saturating_sub(1)), inside.y))
}

/// The place of the shown list that is at a point of the screen; for the mouse.
pub(crate) fn item_at(pick: &Pick, whole: Rect, column: u16, row: u16) -> Option<usize> {
    let inside = layout::inside(pick_area(pick, whole));
    let top = inside.y + if pick.takes_text() { 2 } else { 0 };
    if !(inside.x..inside.right()).contains(&column) || !(top..inside.bottom()).contains(&row) {
        return None;
    }
    let rows = usize::from(inside.bottom().saturating_sub(top)).min(VISIBLE);
    let offset = layout::scroll_to(pick.offset, pick.cursor, rows, pick.shown.len(), layout::CONTEXT);
    Some(offset + usize::from(row - top)).filter(|place| *place < pick.shown.len())
}
