//! The lines of search and filter while they have the keys.

use tui_input::{Input, InputRequest};

use super::{Response, filter, finding, view};
use crate::app::action::{CommonAction, Motion, RequestAction};
use crate::app::input::Key;
use crate::app::screens::call::{self, Call};
use crate::app::shared::Shared;
use crate::app::text_input::edit_line;
use crate::app::{Action, Effect, Model};
use crate::domain::{Clean, Now};
use crate::ui::layout::Front;

/// The longest text that is pasted, in characters.
const LONGEST: usize = 4_096;

/// Whether one of the lines has the keys.
pub(crate) fn takes_text(call: &Call) -> bool {
    call.front == Front::Second && !call.life.is_under_way() && call.response.input().is_some()
}

/// A key that is no action goes into the line.
pub(crate) fn typed(current: &mut Option<Call>, key: Key, now: Now) -> Vec<Effect> {
    if let Some(input) = current.as_mut().and_then(|call| call.response.input_mut()) {
        edit_line(input, key);
    }
    changed(current, now)
}

/// A text was pasted into the line.
pub(crate) fn paste(current: &mut Option<Call>, text: &str, now: Now) -> Vec<Effect> {
    if let Some(input) = current.as_mut().and_then(|call| call.response.input_mut()) {
        for character in Clean::line(text.trim()).as_str().chars().take(LONGEST) {
            input.handle(InputRequest::InsertChar(character));
        }
    }
    changed(current, now)
}

fn changed(current: &mut Option<Call>, now: Now) -> Vec<Effect> {
    if let Some(call) = current {
        call.response.search_anew();
    }
    filter::changed(current, now);
    Vec::new()
}

/// An action while a line has the keys.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    let Some(room) = view::room(model.call.as_ref(), &model.shared) else { return Vec::new() };
    let Some(call) = &mut model.call else { return Vec::new() };
    let response = &mut call.response;
    let searches = response.finding.input().is_some();
    if action == Action::Common(CommonAction::Accept) {
        accept(model);
    } else if action == Action::Request(RequestAction::Send) {
        accept(model);
        return call::send(model, now);
    } else if let Action::Move(motion @ (Motion::Up | Motion::Down)) = action {
        if searches {
            response.step_match(motion == Motion::Down, room);
        } else {
            filter::recall(model, motion == Motion::Up, now);
        }
    } else if let Action::Move(motion @ (Motion::PageUp | Motion::PageDown)) = action {
        response.step(motion.lines(room.height), room);
    }
    Vec::new()
}

/// The line is done; what it found or narrowed stays.
fn accept(model: &mut Model) {
    if let Some(call) = &mut model.call {
        call.response.close_search();
    }
    filter::accept(model);
}

/// Leaves the innermost thing: the line, the search, the filter. None when there is none.
pub(super) fn back(current: &mut Option<Call>, shared: &mut Shared) -> Option<Vec<Effect>> {
    let response = &current.as_ref()?.response;
    let filters = response.filter.input().is_some() || response.filter.is_on();
    match response.filter.input() {
        None if response.finding.is_seen() => {
            finding::leave(current, shared);
            Some(Vec::new())
        }
        _ if filters => Some(filter::leave(current)),
        _ => None,
    }
}

impl Response {
    /// The line that has the keys.
    pub(super) fn input(&self) -> Option<&Input> {
        self.finding.input().or_else(|| self.filter.input())
    }

    fn input_mut(&mut self) -> Option<&mut Input> {
        if self.finding.input().is_some() { self.finding.input_mut() } else { self.filter.input_mut() }
    }

    /// No line has the keys any more; what they hold stays.
    pub(crate) fn close_lines(&mut self) {
        self.close_search();
        self.filter.close();
    }
}
