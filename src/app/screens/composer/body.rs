//! The editor of a request's body: lines of text, and whether they are JSON.

use ratatui_textarea::{CursorMove, Input, Key as AreaKey, TextArea};

use crate::app::input::{Key, KeyCode};
use crate::body::{JsonProblem, editor};
use crate::domain::DraftBody;

/// How many steps back can be taken.
const UNDO: usize = 500;

/// The text that is being edited.
#[derive(Clone, Debug)]
pub struct BodyEditor {
    area: TextArea<'static>,
    /// What is wrong with it as JSON; None = nothing, or it is raw.
    problem: Option<JsonProblem>,
    raw: bool,
}

impl BodyEditor {
    /// An editor with a body in it.
    pub fn new(body: &DraftBody) -> Self {
        let (text, raw) = match body {
            DraftBody::Empty => (String::new(), false),
            DraftBody::Json(text) => (text.clone(), false),
            DraftBody::Raw(bytes) => (String::from_utf8_lossy(bytes).into_owned(), true),
        };
        // The text that is here at first is no change that could be undone.
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.set_max_histories(UNDO);
        let mut editor = Self { area, problem: None, raw };
        editor.check();
        // What is wrong is what it was opened for.
        if let Some(problem) = &editor.problem {
            let place = |counted: usize| u16::try_from(counted.saturating_sub(1)).unwrap_or(u16::MAX);
            editor.area.move_cursor(CursorMove::Jump(place(problem.line), place(problem.column)));
        }
        editor
    }

    /// The body as it is written now.
    pub fn body(&self) -> DraftBody {
        let text = self.text();
        match self.raw {
            _ if text.trim().is_empty() => DraftBody::Empty,
            false => DraftBody::Json(text),
            true => DraftBody::Raw(text.into_bytes()),
        }
    }

    /// The text.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Puts another text in its place; one step back undoes it.
    pub fn replace(&mut self, text: &str) {
        self.area.select_all();
        self.area.cut();
        self.area.insert_str(text);
        self.check();
    }

    /// Puts a text in at the cursor.
    pub fn insert(&mut self, text: &str) {
        self.area.insert_str(text);
        self.check();
    }

    /// Moves the cursor by a line; false where it stands on the last one in that direction.
    pub fn step(&mut self, down: bool) -> bool {
        let (row, _) = self.cursor();
        let (edge, to) =
            if down { (self.lines().len().saturating_sub(1), CursorMove::Down) } else { (0, CursorMove::Up) };
        self.area.cancel_selection();
        if row != edge {
            self.area.move_cursor(to);
        }
        row != edge
    }

    /// Puts the cursor where a form enters it: on the first line from above, on the last from below; where it is no JSON,
    /// it stays where that is.
    pub fn enter(&mut self, from_above: bool) {
        if self.problem.is_some() {
            return;
        }
        self.area.move_cursor(if from_above { CursorMove::Top } else { CursorMove::Bottom });
    }

    /// Takes the last change back.
    pub fn undo(&mut self) {
        self.area.undo();
        self.check();
    }

    /// Makes a change again that was taken back.
    pub fn redo(&mut self) {
        self.area.redo();
        self.check();
    }

    /// A key that is no action.
    pub fn press(&mut self, key: Key) {
        if key == Key::ctrl('u') {
            if self.cursor().1 > 0 {
                self.area.delete_line_by_head();
                self.check();
            }
            return;
        }
        let code = match key.code {
            KeyCode::Char(character) => AreaKey::Char(character),
            KeyCode::Enter => AreaKey::Enter,
            KeyCode::Tab => AreaKey::Tab,
            KeyCode::Backspace => AreaKey::Backspace,
            KeyCode::Delete => AreaKey::Delete,
            KeyCode::Up => AreaKey::Up,
            KeyCode::Down => AreaKey::Down,
            KeyCode::Left => AreaKey::Left,
            KeyCode::Right => AreaKey::Right,
            KeyCode::Home => AreaKey::Home,
            KeyCode::End => AreaKey::End,
            KeyCode::PageUp => AreaKey::PageUp,
            KeyCode::PageDown => AreaKey::PageDown,
            KeyCode::F(_) | KeyCode::Esc | KeyCode::Insert => return,
        };
        self.area.input(Input { key: code, ctrl: key.ctrl, alt: key.alt, shift: key.shift });
        self.check();
    }

    /// Brings JSON into the usual form.
    ///
    /// # Errors
    /// Why it is none.
    pub fn format(&mut self) -> Result<(), JsonProblem> {
        let formatted = editor::format(&self.text())?;
        self.replace(&formatted);
        self.area.move_cursor(CursorMove::Top);
        Ok(())
    }

    /// What is wrong with it as JSON.
    pub fn problem(&self) -> Option<&JsonProblem> {
        self.problem.as_ref()
    }

    /// Whether it is sent as it is, and not as JSON.
    pub fn is_raw(&self) -> bool {
        self.raw
    }

    /// Chooses whether it is sent as it is.
    pub fn set_raw(&mut self, raw: bool) {
        self.raw = raw;
        self.check();
    }

    /// The lines.
    pub fn lines(&self) -> &[String] {
        self.area.lines()
    }

    /// Line and column of the cursor, in characters.
    pub fn cursor(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0, cursor.1)
    }

    fn check(&mut self) {
        let text = self.text();
        let empty = self.raw || text.trim().is_empty();
        self.problem = if empty { None } else { editor::check(&text).err() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editor_opens_where_its_text_is_no_json() {
        let mut editor = BodyEditor::new(&DraftBody::Json("{\"a\": 1,\n\"b\": x}".to_owned()));
        assert_eq!(editor.cursor(), (1, 5));
        editor.enter(true);
        assert_eq!(editor.cursor(), (1, 5));
        editor = BodyEditor::new(&DraftBody::Json("{\"title\":\"x\",".to_owned()));
        editor.press(Key::char('"'));
        assert_eq!(editor.text(), "{\"title\":\"x\",\"");
    }

    #[test]
    fn ctrl_u_deletes_to_the_start_of_the_line_and_undo_never_takes_what_was_there_at_first() {
        let mut editor = BodyEditor::new(&DraftBody::Json("{\"a\": 1,\n\"b\": 2}".to_owned()));
        editor.press(Key::ctrl('u'));
        editor.undo();
        assert_eq!(editor.text(), "{\"a\": 1,\n\"b\": 2}", "nothing was changed yet");
        assert!(editor.step(true) && !editor.step(true), "there are two lines");
        editor.press(Key::plain(KeyCode::End));
        editor.press(Key::ctrl('u'));
        assert_eq!(editor.text(), "{\"a\": 1,\n");
        editor.press(Key::ctrl('u'));
        assert_eq!(editor.text(), "{\"a\": 1,\n", "the line before stays");
        editor.undo();
        assert_eq!(editor.text(), "{\"a\": 1,\n\"b\": 2}");
        editor.redo();
        assert_eq!(editor.text(), "{\"a\": 1,\n");
    }
}
