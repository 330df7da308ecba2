//! The lines of search and filter while they have the keys.

use tui_input::{Input, InputRequest};

use super::{Response, view};
use crate::app::action::{CommonAction, Motion, RequestAction};
use crate::app::input::Key;
use crate::app::requests::Filtered;
use crate::app::screens::call::{self, Call};
use crate::app::shared::Shared;
use crate::app::text_input::edit_line;
use crate::app::{Action, Effect, Model, Slot};
use crate::body::Matches;
use crate::domain::{Clean, JqProblem, Now};
use crate::ui::layout::Front;

/// The longest text that is pasted, in characters.
const LONGEST: usize = 4_096;

/// How many filters are remembered for a session.
const REMEMBERED: usize = 100;

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
        call.response.refilter(now);
    }
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
            recall_filter(model, motion == Motion::Up, now);
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
    accept_filter(model);
}

/// Leaves the innermost thing: the line, the search, the filter. None when there is none.
pub(super) fn back(current: &mut Option<Call>, shared: &Shared) -> Option<Vec<Effect>> {
    let response = &current.as_ref()?.response;
    let filters = response.filter.input().is_some() || response.filter.is_on();
    match response.filter.input() {
        None if response.finding.is_seen() => {
            leave_search(current, shared);
            Some(Vec::new())
        }
        _ if filters => Some(leave_filter(current)),
        _ => None,
    }
}

/// The filter gave something, or cannot.
pub(crate) fn filtered(
    current: &mut Option<Call>,
    shared: &Shared,
    result: Result<Filtered, JqProblem>,
) -> Vec<Effect> {
    if let Some(call) = current {
        call.response.filtered(result, &shared.discards);
    }
    Vec::new()
}

/// The filter goes, and with it what it gave.
fn leave_filter(current: &mut Option<Call>) -> Vec<Effect> {
    if let Some(call) = current {
        call.response.drop_filter();
    }
    Vec::new()
}

/// The line is done; the filter stays, and is remembered.
fn accept_filter(model: &mut Model) {
    let Some(call) = &mut model.call else { return };
    let Some(typed) = call.response.filter.close() else { return };
    model.past_filters.retain(|past| *past != typed);
    model.past_filters.push(typed);
    let surplus = model.past_filters.len().saturating_sub(REMEMBERED);
    model.past_filters.drain(..surplus);
}

/// Goes through the filters of this session.
fn recall_filter(model: &mut Model, older: bool, now: Now) {
    let Some(call) = &mut model.call else { return };
    call.response.filter.recall(&model.past_filters, older);
    call.response.refilter(now);
}

/// More was found in a large body.
pub(crate) fn searched(
    current: &mut Option<Call>,
    shared: &mut Shared,
    found: Matches,
    last: bool,
) -> Vec<Effect> {
    if last {
        shared.slots.end(Slot::BodySearch);
    }
    let room = view::room(current.as_ref(), shared);
    if let Some(call) = current {
        call.response.searched(found, last, room);
    }
    Vec::new()
}

/// The search goes.
fn leave_search(current: &mut Option<Call>, shared: &Shared) {
    let room = view::room(current.as_ref(), shared);
    if let Some(call) = current {
        call.response.drop_search(room);
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

    /// Whether a filter is being typed.
    pub(crate) fn is_filter_typed(&self) -> bool {
        self.finding.input().is_none() && self.filter.input().is_some()
    }

    /// No line has the keys any more; what they hold stays.
    pub(crate) fn close_lines(&mut self) {
        self.close_search();
        self.filter.close();
    }
}
