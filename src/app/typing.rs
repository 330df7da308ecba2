//! Typing: characters and pasted texts go to the innermost thing that takes them.

use tui_input::InputRequest;

use super::input::Key;
use super::keymap::Place;
use super::model::Screen;
use super::overlays::Overlay;
use super::overlays::pick::edit_line;
use super::screens::{changes, composer, copy, grants, history, response, scan};
use super::{Effect, Model, confirmed};
use crate::domain::{Clean, Now};

/// A text was pasted: into the input that is open, else nowhere.
pub(super) fn paste(model: &mut Model, text: &str, now: Now) -> Vec<Effect> {
    if let Some(Overlay::Pick(pick)) = model.overlays.last_mut() {
        pick.paste(text);
        return Vec::new();
    }
    if let Some(Overlay::Save(save)) = model.overlays.last_mut() {
        let room = if save.is_busy() { 0 } else { 4_096 };
        for character in Clean::line(text.trim()).as_str().chars().take(room) {
            save.input.handle(InputRequest::InsertChar(character));
        }
        return Vec::new();
    }
    if let Some(Overlay::Confirm(confirm)) = model.overlays.last_mut() {
        let room = if confirm.word.is_some() { 400 } else { 0 };
        for character in Clean::line(text.trim()).as_str().chars().take(room) {
            confirm.input.handle(InputRequest::InsertChar(character));
        }
        return Vec::new();
    }
    if let Some(Overlay::Copy(_) | Overlay::Changes(_)) = model.overlays.last() {
        for character in Clean::line(text.trim()).as_str().chars().take(400) {
            typed(model, Place::Input, Key::char(character), now);
        }
        return Vec::new();
    }
    if !model.overlays.is_empty() || matches!(model.screen, Screen::Detail | Screen::Smoke) {
        return Vec::new();
    }
    if model.screen == Screen::History {
        return history::paste(model, text);
    }
    if response::takes_text(model) {
        return response::paste(model, text, now);
    }
    if model.screen == Screen::Scan {
        scan::paste(model, text);
        return Vec::new();
    }
    if model.screen == Screen::Call {
        return composer::paste(model, text, now);
    }
    // On the list, a pasted id or name is something to look for.
    model.grants.typing = true;
    for character in Clean::line(text.trim()).as_str().chars().take(400) {
        model.grants.input.handle(InputRequest::InsertChar(character));
    }
    grants::typed(model, now)
}

/// Whether a key that types a character types it here, before any binding.
pub(super) fn takes_printable(model: &Model, place: Place, key: Key) -> bool {
    let is_open = match place {
        Place::Input | Place::Field | Place::Editor => true,
        Place::Picker => matches!(model.overlays.last(), Some(Overlay::Pick(pick)) if pick.takes_text()),
        Place::Global
        | Place::Confirm
        | Place::Grants
        | Place::Detail
        | Place::Help
        | Place::Composer
        | Place::Response
        | Place::History
        | Place::Comparison
        | Place::Copy
        | Place::Changes
        | Place::Scan
        | Place::Smoke => false,
    };
    is_open && key.typed().is_some()
}

/// A key for the text that is open.
pub(super) fn typed(model: &mut Model, place: Place, key: Key, now: Now) -> Vec<Effect> {
    match place {
        Place::Picker => {
            if let Some(Overlay::Pick(pick)) = model.overlays.last_mut() {
                pick.edit(key);
            }
            Vec::new()
        }
        Place::Confirm => {
            confirmed::other_key(model, now);
            Vec::new()
        }
        Place::Editor | Place::Field => composer::typed(model, key, now),
        Place::Input => typed_in_line(model, key, now),
        Place::Global
        | Place::Grants
        | Place::Detail
        | Place::Help
        | Place::Composer
        | Place::Response
        | Place::History
        | Place::Comparison
        | Place::Copy
        | Place::Changes
        | Place::Scan
        | Place::Smoke => Vec::new(),
    }
}

/// A key for the line of text that is open: the one on top, then the screen's.
fn typed_in_line(model: &mut Model, key: Key, now: Now) -> Vec<Effect> {
    let in_response = response::takes_text(model);
    match model.overlays.last_mut() {
        Some(Overlay::Copy(menu)) => copy::typed(menu, key),
        Some(Overlay::Changes(open)) => changes::typed(open, key),
        Some(Overlay::Confirm(confirm)) => _ = edit_line(&mut confirm.input, key),
        Some(Overlay::Save(save)) if save.is_busy() => {}
        Some(Overlay::Save(save)) => {
            edit_line(&mut save.input, key);
        }
        _ if in_response => return response::typed(model, key, now),
        _ if model.screen == Screen::Scan => scan::typed(model, key),
        _ if model.screen == Screen::History => return history::typed(model, key),
        _ => {
            edit_line(&mut model.grants.input, key);
            return grants::typed(model, now);
        }
    }
    Vec::new()
}
