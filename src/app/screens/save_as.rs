//! Where a body is to be saved: a path that is typed, and what came of the attempts so far.

use ratatui::layout::{Position, Rect};
use tui_input::{Input, InputRequest};

use crate::app::action::{Action, AppAction, CommonAction, Motion};
use crate::app::input::Key;
use crate::app::keymap::Place;
use crate::app::nav::View;
use crate::app::screen::{Hints, Screen};
use crate::app::screens::response;
use crate::app::text_input::edit_line;
use crate::app::{Effect, Model};
use crate::domain::{Body, Clean, Now};
use crate::ui::layout::Areas;
use crate::ui::paint::{Pen, Piece, wrapped};
use crate::ui::{Role, layout, text};

/// Widest it gets, in cells.
const WIDTH: u16 = 76;

/// The path that is asked for.
#[derive(Debug)]
pub struct SaveAs {
    /// What the person should know.
    lines: Vec<Vec<Piece>>,
    /// The path as typed so far.
    pub input: Input,
    /// What is written.
    pub body: Body,
    /// Why the last attempt failed, and what to do.
    problem: Vec<Clean>,
    /// It is being written.
    busy: bool,
}

impl SaveAs {
    /// Asks for a path, beginning with one that makes sense.
    pub fn new(lines: Vec<Vec<Piece>>, input: Input, body: Body) -> Self {
        Self { lines, input, body, problem: Vec::new(), busy: false }
    }

    /// It is being written.
    pub fn begin(&mut self) {
        self.busy = true;
        self.problem.clear();
    }

    /// It was not written, and why.
    pub fn end(&mut self, problem: Vec<Clean>) {
        self.busy = false;
        self.problem = problem;
    }

    /// Whether it is being written: then nothing is typed.
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    fn message(&self, cells: u16) -> Vec<Vec<Piece>> {
        let problem = self.problem.iter().enumerate().map(|(at, line)| {
            let sign = if at == 0 { "✗ " } else { "  " };
            vec![Piece::new(sign, Role::HealthBroken), Piece::new(line.as_str(), Role::Text)]
        });
        let lines = self.lines.iter().cloned().chain(problem);
        lines.flat_map(|line| wrapped(&line, usize::from(cells))).collect()
    }

    fn area(&self, whole: Rect) -> Rect {
        let width = WIDTH.min(whole.width.saturating_sub(2));
        let lines = self.message(width.saturating_sub(4)).len() as u16;
        layout::centered(whole.width, whole.height, (width, lines + 6))
    }

    /// Draws it; `keys` are those that save and leave.
    fn draw(&self, keys: [String; 2], whole: Rect, pen: &mut Pen<'_>) {
        let area = self.area(whole);
        pen.clear(area, Role::Overlay);
        let inside = pen.frame(area, &[Piece::new("Save to a file", Role::Title)], &[], true);
        let cells = inside.width.saturating_sub(2);
        let last = inside.bottom().saturating_sub(1);
        let line = Rect::new(inside.x + 1, inside.y, cells, 1);
        pen.wash(line, Role::Input);
        pen.text(line.x, line.y, 2, "› ", Role::HintKey);
        let room = cells.saturating_sub(2);
        let typed = Clean::line(self.input.value());
        let scroll = self.input.visual_scroll(usize::from(room.saturating_sub(1)));
        pen.text(line.x + 2, line.y, room, text::skip(typed.as_str(), scroll), Role::Input);
        for (y, line) in (inside.y + 2..last).zip(self.message(cells)) {
            pen.pieces(inside.x + 1, y, cells, &line);
        }
        if self.busy {
            pen.text(inside.x + 1, last, cells, "Writing…", Role::TextDim);
            return;
        }
        let [save, leave] = keys;
        let pieces = [
            Piece::new(save, Role::HintKey),
            Piece::new(" save it   ", Role::HintLabel),
            Piece::new(leave, Role::HintKey),
            Piece::new(" cancel   ", Role::HintLabel),
            Piece::new("~ is your home", Role::TextDim),
        ];
        pen.pieces(inside.x + 1, last, cells, &pieces);
    }

    /// Where the terminal's cursor stands.
    fn cursor(&self, whole: Rect) -> Option<Position> {
        let inside = layout::inside(self.area(whole));
        let room = usize::from(inside.width.saturating_sub(4));
        let scroll = self.input.visual_scroll(room.saturating_sub(1));
        let cells = self.input.visual_cursor().saturating_sub(scroll).min(room.saturating_sub(1)) as u16;
        (!self.busy).then(|| Position::new(inside.x + 3 + cells, inside.y))
    }
}

/// The longest path that is pasted, in characters.
const LONGEST: usize = 4_096;

/// The path of a file.
pub(crate) struct SaveScreen;

impl Screen for SaveScreen {
    fn place(&self, _model: &Model) -> Place {
        Place::Input
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        let is_idle = matches!(model.shared.nav.top(), View::Save(save) if !save.is_busy());
        let accepts = action == Action::Common(CommonAction::Accept);
        if is_idle && accepts { response::write(&mut model.shared, now) } else { Vec::new() }
    }

    fn draw(&self, model: &Model, _now: Now, _areas: Areas, pen: &mut Pen<'_>) {
        let keys = [Action::Common(CommonAction::Accept), Action::App(AppAction::Back)];
        if let View::Save(save) = model.shared.nav.top() {
            save.draw(
                keys.map(|action| model.shared.keymap.first_key(Place::Input, action)),
                model.shared.whole(),
                pen,
            );
        }
    }

    fn back(&self, model: &mut Model, now: Now) -> Vec<Effect> {
        match model.shared.nav.pop() {
            Some(View::Save(save)) => response::leave_save(&mut model.shared, &save, now),
            _ => Vec::new(),
        }
    }

    fn typed(&self, model: &mut Model, key: Key, _now: Now) -> Vec<Effect> {
        if let Some(View::Save(save)) = model.shared.nav.popup_mut()
            && !save.is_busy()
        {
            edit_line(&mut save.input, key);
        }
        Vec::new()
    }

    fn paste(&self, model: &mut Model, text: &str, _now: Now) -> Vec<Effect> {
        if let Some(View::Save(save)) = model.shared.nav.popup_mut()
            && !save.is_busy()
        {
            for character in Clean::line(text.trim()).as_str().chars().take(LONGEST) {
                save.input.handle(InputRequest::InsertChar(character));
            }
        }
        Vec::new()
    }

    fn scroll(&self, _model: &mut Model, _motion: Motion, _at: Position, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    fn text_cursor(&self, model: &Model, _areas: Areas) -> Option<Position> {
        let View::Save(save) = model.shared.nav.top() else { return None };
        save.cursor(model.shared.whole())
    }

    fn hints(&self, _model: &Model) -> Hints {
        Hints::None
    }
}
