//! Fields while they are being edited.

use tui_input::{Input, InputRequest};

use super::{BodyEditor, Composer, Field, Typing, fill};
use crate::app::Effect;
use crate::app::input::{Key, KeyCode};
use crate::app::screens::call::Call;
use crate::app::shared::Shared;
use crate::app::text_input::edit_line;
use crate::domain::{Clean, Now, code};

/// The longest text that is pasted into one line, in characters; a URL can be as long (docs/protocol/calls.md A3).
const LONGEST_LINE: usize = 65_536;

/// Whether a field has the keys.
pub(crate) fn takes_text(call: &Call) -> bool {
    matches!(call.composer.typing, Typing::Line(_) | Typing::Choice)
}

/// Whether the editor of the body has the keys.
pub(crate) fn is_body_open(call: &Call) -> bool {
    matches!(call.composer.typing, Typing::Body(_))
}

/// A key that is no action goes into the field that is open.
pub(crate) fn typed(current: &mut Option<Call>, shared: &Shared, key: Key, _now: Now) -> Vec<Effect> {
    let Some(call) = current else { return Vec::new() };
    match &mut call.composer.typing {
        Typing::Line(input) => {
            edit_line(input, key);
        }
        Typing::Body(editor) => editor.press(key),
        Typing::Choice if is_switch(key) => call.composer.set_mode(call.composer.mode().other()),
        Typing::Choice | Typing::Nothing => {}
    }
    if let Some(room) = super::view::form_room(current.as_ref(), shared)
        && let Some(call) = current
    {
        call.composer.show(room);
    }
    Vec::new()
}

/// Whether a key goes to the next of a few words.
fn is_switch(key: Key) -> bool {
    [Key::char(' '), Key::plain(KeyCode::Left), Key::plain(KeyCode::Right)].contains(&key)
}

/// A text was pasted: into the field that is open; a curl command fills the whole request.
pub(crate) fn paste(current: &mut Option<Call>, shared: &mut Shared, text: &str, now: Now) -> Vec<Effect> {
    let Some(call) = current else { return Vec::new() };
    match &mut call.composer.typing {
        Typing::Body(editor) => editor.insert(text),
        _ if code::paste::is_command(text) => fill::pasted(current, shared, text, now),
        Typing::Line(input) => {
            for character in Clean::line(text.trim()).as_str().chars().take(LONGEST_LINE) {
                input.handle(InputRequest::InsertChar(character));
            }
        }
        Typing::Choice | Typing::Nothing => {
            let message = "Only curl commands can be pasted here; press Enter to edit a field.";
            shared.toasts.refuse(message, now);
        }
    }
    Vec::new()
}

/// Takes over what was typed into a line; it stays open where it cannot stand there.
pub(crate) fn accept(current: &mut Option<Call>, shared: &mut Shared, now: Now) -> bool {
    let Some(call) = current else { return true };
    match call.composer.close_line() {
        Ok(()) => true,
        Err(problem) => {
            shared.toasts.refuse(&problem, now);
            false
        }
    }
}

impl Composer {
    /// Gives the keys to the field under the cursor.
    pub(super) fn open(&mut self) {
        match &self.field {
            Field::Body => {
                self.typing = Typing::Body(Box::new(BodyEditor::new(&self.draft.body)));
            }
            // It is a word to be replaced, not a text to be gone on with.
            Field::Method => self.typing = Typing::Line(Input::default()),
            Field::Mode => self.typing = Typing::Choice,
            Field::Send => {}
            field @ (Field::Url
            | Field::Place(_)
            | Field::Query(_)
            | Field::NewQuery
            | Field::Header(_)
            | Field::NewHeader
            | Field::Reason
            | Field::Context(_)
            | Field::NewContext
            | Field::Timeout) => self.typing = Typing::Line(Input::new(self.text(field))),
        }
    }

    /// Takes over what was typed into a line.
    ///
    /// # Errors
    /// Why it cannot stand there; the line stays open.
    pub(super) fn close_line(&mut self) -> Result<(), String> {
        let Typing::Line(input) = &self.typing else {
            if matches!(self.typing, Typing::Choice) {
                self.typing = Typing::Nothing;
            }
            return Ok(());
        };
        let text = input.value().to_owned();
        let field = self.field.clone();
        if field != Field::Method || !text.trim().is_empty() {
            self.set(&field, &text)?;
        }
        self.typing = Typing::Nothing;
        self.settle();
        Ok(())
    }

    /// Takes over the body that was edited.
    pub(super) fn close_body(&mut self) {
        if let Typing::Body(editor) = std::mem::take(&mut self.typing) {
            self.remember();
            self.draft.body = editor.body();
        }
    }

    /// Takes over what is typed and goes on to the next field, which is edited too; what sends is no field.
    ///
    /// # Errors
    /// Why what was typed cannot stand there; the line stays open.
    pub(super) fn go_on(&mut self, down: bool) -> Result<(), String> {
        let at = self.place(&self.fields());
        let removed = match (&self.typing, &self.field) {
            (Typing::Line(input), Field::Query(_) | Field::Header(_) | Field::Context(_)) => {
                input.value().trim().is_empty()
            }
            _ => false,
        };
        self.close_line()?;
        self.close_body();
        let fields = self.fields();
        let to = match (down, removed) {
            // What stood below has moved up.
            (true, true) => at,
            (true, false) => at + 1,
            (false, _) => at.saturating_sub(1),
        };
        if let Some(field) = fields.get(to.clamp(1, fields.len().saturating_sub(1))) {
            self.field = field.clone();
        }
        self.open();
        if let Typing::Body(editor) = &mut self.typing {
            editor.enter(down);
        }
        Ok(())
    }

    /// The field that is edited, with what was typed where no request fills it.
    pub(super) fn opened(&self) -> Option<(Field, Option<Input>)> {
        match &self.typing {
            Typing::Line(input) => {
                let is_own = matches!(
                    self.field,
                    Field::Reason | Field::Context(_) | Field::NewContext | Field::Timeout
                );
                Some((self.field.clone(), is_own.then(|| input.clone())))
            }
            Typing::Choice => Some((self.field.clone(), None)),
            Typing::Nothing | Typing::Body(_) => None,
        }
    }

    /// Goes on editing after the whole request was filled: a key that was meant for the field must not send.
    pub(super) fn go_on_with(&mut self, field: &Field, typed: Option<Input>) {
        self.go_to(if *field == Field::Method { &Field::Url } else { field });
        if let Some(typed) = typed {
            self.typing = Typing::Line(typed);
        }
    }

    /// The field that is edited, as it was before.
    pub(super) fn restore(&mut self) {
        if let Typing::Line(_) = self.typing {
            self.open();
        }
    }

    /// The body that is being edited.
    pub(super) fn editor(&mut self) -> Option<&mut BodyEditor> {
        match &mut self.typing {
            Typing::Body(editor) => Some(editor),
            Typing::Nothing | Typing::Line(_) | Typing::Choice => None,
        }
    }

    /// Keeps the cursor on a field that is there.
    pub(super) fn settle(&mut self) {
        let fields = self.fields();
        if !fields.contains(&self.field) {
            self.field = match &self.field {
                Field::Query(_) => Field::NewQuery,
                Field::Header(_) => Field::NewHeader,
                Field::Context(_) => Field::NewContext,
                Field::Send
                | Field::Method
                | Field::Url
                | Field::Place(_)
                | Field::NewQuery
                | Field::NewHeader
                | Field::Body
                | Field::Reason
                | Field::NewContext
                | Field::Mode
                | Field::Timeout => Field::Url,
            };
        }
    }
}
