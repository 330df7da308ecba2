//! Draws a question.

use ratatui::layout::{Position, Rect};

use super::Confirm;
use crate::app::action::{AppAction, CommonAction};
use crate::app::keymap::Place;
use crate::app::shared::Shared;
use crate::app::{Action, question};
use crate::domain::{Clean, Now};
use crate::ui::paint::{Pen, Piece, wrapped};
use crate::ui::{Role, layout};

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
pub(super) fn draw(shared: &Shared, confirm: &Confirm, now: Now, whole: Rect, pen: &mut Pen<'_>) {
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
    let key = |action| shared.keymap.first_key(place, action);
    let mut pieces = Vec::new();
    let open = question::is_open(shared.presses, confirm.answer(), confirm.asked, now);
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

/// Where the terminal's cursor stands in a question that takes a word.
pub(super) fn text_cursor(confirm: &Confirm, whole: Rect) -> Option<Position> {
    confirm.word.as_ref()?;
    let area = confirm_area(confirm, whole);
    let cells = confirm.input.visual_cursor() as u16;
    let x = (area.x + 4 + cells).min(area.right().saturating_sub(2));
    Some(Position::new(x, area.bottom().saturating_sub(4)))
}
