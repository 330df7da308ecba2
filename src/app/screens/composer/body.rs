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
        let mut editor = Self { area: TextArea::default(), problem: None, raw };
        editor.replace(&text);
        editor.area.move_cursor(CursorMove::Top);
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
        self.area.set_max_histories(UNDO);
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

    /// A key that is no action.
    pub fn press(&mut self, key: Key) {
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
