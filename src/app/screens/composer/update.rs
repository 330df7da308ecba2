//! What happens in the request.

use super::form::Form;
use super::view::FormRoom;
use super::{Composer, Field, Typing, fill, typing};
use crate::app::action::{CommonAction, Motion, RequestAction};
use crate::app::nav::View;
use crate::app::requests::EditText;
use crate::app::screens::call::Call;
use crate::app::screens::{call, pick};
use crate::app::shared::Shared;
use crate::app::{Action, Effect, Model};
use crate::domain::{Diagnosis, DraftBody, Mode, Now};
use crate::ui::layout::Front;

/// Carries an action out; None when it means nothing here.
pub(crate) fn act(model: &mut Model, action: Action, now: Now) -> Option<Vec<Effect>> {
    let room = super::view::form_room(model.call.as_ref(), &model.shared).unwrap_or_default();
    let height = usize::from(room.area.height);
    if model.call.as_ref().is_some_and(typing::takes_text) {
        return Some(in_field(model, action, now));
    }
    let composer = &mut model.call.as_mut()?.composer;
    if let Action::Move(motion) = action {
        if let (Motion::Up | Motion::Down, Some(editor)) = (motion, composer.editor()) {
            let down = motion == Motion::Down;
            if !editor.step(down) {
                go_on(&mut model.call, &mut model.shared, down, now);
            }
            show(&mut model.call, &model.shared);
        } else {
            composer.step(motion.lines(height), room);
        }
        return Some(Vec::new());
    }
    let Action::Request(action) = action else { return None };
    match action {
        RequestAction::NextField | RequestAction::PreviousField => {
            go_on(&mut model.call, &mut model.shared, action == RequestAction::NextField, now);
        }
        RequestAction::Undo => undo(&mut model.call, &mut model.shared, now),
        RequestAction::Redo => {
            if let Some(editor) = composer.editor() {
                editor.redo();
            }
        }
        // From the editor of the body.
        RequestAction::Send => {
            composer.close_body();
            return Some(call::send(model, now));
        }
        RequestAction::EditField => match composer.field {
            Field::Send => return Some(call::send(model, now)),
            Field::Mode => composer.set_mode(composer.mode().other()),
            Field::Method
            | Field::Url
            | Field::Place(_)
            | Field::Query(_)
            | Field::NewQuery
            | Field::Header(_)
            | Field::NewHeader
            | Field::Body
            | Field::Reason
            | Field::Context(_)
            | Field::NewContext
            | Field::Timeout => {
                composer.open();
                composer.show(room);
            }
        },
        RequestAction::RemoveField => {
            let field = composer.field.clone();
            if !composer.remove(&field) {
                model.shared.toasts.refuse("This field cannot be removed.", now);
            }
            model.call.as_mut()?.composer.settle();
        }
        RequestAction::SwitchMode => composer.set_mode(composer.mode().other()),
        RequestAction::EditBody => {
            composer.field = Field::Body;
            composer.open();
            composer.show(room);
        }
        RequestAction::RawBody => raw(&mut model.call, &mut model.shared, now),
        RequestAction::FormatBody => format(&mut model.call, &mut model.shared, now),
        RequestAction::EditOutside => return Some(outside(&mut model.call, &mut model.shared)),
        RequestAction::Presets => {
            let presets = pick::presets(model);
            model.shared.nav.push(View::Pick(Box::new(presets)));
        }
        RequestAction::Operations => return Some(fill::ask(model, now)),
        RequestAction::CopyAs => {
            let languages = pick::languages(model);
            model.shared.nav.push(View::Pick(Box::new(languages)));
        }
    }
    Some(Vec::new())
}

/// While a field is edited: it is accepted, undone, or gone on from, and what is typed never runs a command.
fn in_field(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    if action == Action::Common(CommonAction::Accept) {
        typing::accept(&mut model.call, &mut model.shared, now);
    }
    if let Action::Request(action) = action {
        match action {
            RequestAction::NextField | RequestAction::PreviousField => {
                go_on(&mut model.call, &mut model.shared, action == RequestAction::NextField, now);
            }
            RequestAction::Send if typing::accept(&mut model.call, &mut model.shared, now) => {
                return call::send(model, now);
            }
            RequestAction::Undo => {
                if let Some(call) = &mut model.call {
                    call.composer.restore();
                }
            }
            RequestAction::Send
            | RequestAction::EditField
            | RequestAction::Redo
            | RequestAction::RemoveField
            | RequestAction::SwitchMode
            | RequestAction::EditBody
            | RequestAction::RawBody
            | RequestAction::FormatBody
            | RequestAction::EditOutside
            | RequestAction::Presets
            | RequestAction::Operations
            | RequestAction::CopyAs => {}
        }
    }
    show(&mut model.call, &model.shared);
    Vec::new()
}

/// Goes on to the next field or the one before.
fn go_on(current: &mut Option<Call>, shared: &mut Shared, down: bool, now: Now) {
    let Some(call) = current else { return };
    if let Err(problem) = call.composer.go_on(down) {
        shared.toasts.refuse(&problem, now);
    }
    show(current, shared);
}

/// Takes the last change back: of the body while it is edited, else of the request.
fn undo(current: &mut Option<Call>, shared: &mut Shared, now: Now) {
    let Some(call) = current else { return };
    if let Some(editor) = call.composer.editor() {
        editor.undo();
        show(current, shared);
    } else if call.composer.undo() {
        shared.toasts.info("Undone.", now);
        show(current, shared);
    } else {
        shared.toasts.refuse("Nothing to undo.", now);
    }
}

/// Lets somebody type what is missing.
pub(crate) fn fill_in(current: &mut Option<Call>, shared: &Shared, field: &Field) {
    if let Some(call) = current {
        call.front = Front::First;
        call.composer.go_to(field);
    }
    show(current, shared);
}

/// Brings the cursor into the window.
fn show(current: &mut Option<Call>, shared: &Shared) {
    if let Some(room) = super::view::form_room(current.as_ref(), shared)
        && let Some(call) = current
    {
        call.composer.show(room);
    }
}

/// Leaves the field that is open: a line is dropped, a body is taken over. None when none is open.
pub(crate) fn back(current: &mut Option<Call>, _now: Now) -> Option<Vec<Effect>> {
    let composer = &mut current.as_mut()?.composer;
    match composer.typing {
        Typing::Nothing => return None,
        Typing::Line(_) | Typing::Choice => composer.typing = Typing::Nothing,
        Typing::Body(_) => composer.close_body(),
    }
    Some(Vec::new())
}

fn raw(current: &mut Option<Call>, shared: &mut Shared, now: Now) {
    let Some(call) = current else { return };
    if call.composer.mode() == Mode::Proxy {
        let message = "Proxy mode takes JSON only; m switches to retrieve mode for other text.";
        shared.toasts.refuse(message, now);
        return;
    }
    if let Some(editor) = call.composer.editor() {
        editor.set_raw(!editor.is_raw());
        return;
    }
    call.composer.draft.body = match std::mem::take(&mut call.composer.draft.body) {
        DraftBody::Json(text) => DraftBody::Raw(text.into_bytes()),
        DraftBody::Raw(bytes) => DraftBody::Json(String::from_utf8_lossy(&bytes).into_owned()),
        DraftBody::Empty => DraftBody::Empty,
    };
}

fn format(current: &mut Option<Call>, shared: &mut Shared, now: Now) {
    let Some(call) = current else { return };
    let problem = match (&mut call.composer.typing, &mut call.composer.draft.body) {
        (Typing::Body(editor), _) => editor.format().err(),
        (_, DraftBody::Json(text)) => match crate::body::editor::format(text) {
            Ok(formatted) => {
                *text = formatted;
                None
            }
            Err(problem) => Some(problem),
        },
        _ => None,
    };
    if let Some(problem) = problem {
        shared.toasts.refuse(&format!("The body is not JSON: {problem}."), now);
    }
}

/// The body in the person's own editor.
fn outside(current: &mut Option<Call>, shared: &mut Shared) -> Vec<Effect> {
    let Some(call) = current else { return Vec::new() };
    call.composer.close_body();
    let text = call.composer.text(&Field::Body);
    let json = !matches!(call.composer.draft.body, DraftBody::Raw(_));
    vec![shared.slots.ask(EditText { text, json })]
}

/// The editor has ended. What was in the body before stays where it failed.
pub(crate) fn edited(
    current: &mut Option<Call>,
    shared: &mut Shared,
    result: Result<String, Diagnosis>,
    now: Now,
) -> Vec<Effect> {
    let Some(call) = current else { return Vec::new() };
    match result {
        Ok(text) => call.composer.set_body(text),
        Err(diagnosis) => shared.toasts.failure(&diagnosis, now),
    }
    Vec::new()
}

impl Composer {
    fn set_body(&mut self, text: String) {
        self.remember();
        // An editor ends the last line, whether or not it was ended before.
        let text = text.strip_suffix('\n').map(str::to_owned).unwrap_or(text);
        self.draft.body = match &self.draft.body {
            _ if text.trim().is_empty() => DraftBody::Empty,
            DraftBody::Raw(_) => DraftBody::Raw(text.into_bytes()),
            DraftBody::Empty | DraftBody::Json(_) => DraftBody::Json(text),
        };
    }

    /// Where the cursor stands among the fields.
    pub(super) fn place(&self, fields: &[Field]) -> usize {
        fields.iter().position(|field| *field == self.field).unwrap_or(0)
    }

    /// Moves the cursor by some fields.
    fn step(&mut self, by: isize, room: FormRoom) {
        let fields = self.fields();
        let at = self.place(&fields);
        let to = at.saturating_add_signed(by).min(fields.len().saturating_sub(1));
        if let Some(field) = fields.get(to) {
            self.field = field.clone();
        }
        self.show(room);
    }

    /// Brings the cursor into the window.
    pub(super) fn show(&mut self, room: FormRoom) {
        let form = Form::new(self, super::view::cells(room.area), room.masked);
        self.offset = form.window(self.offset, usize::from(room.area.height));
    }
}
