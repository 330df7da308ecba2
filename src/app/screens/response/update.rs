//! What happens in the response.

use super::sheet::{Room, Sheet};
use super::{Response, input, save, view};
use crate::app::action::{CommonAction, ResponseAction};
use crate::app::discard::Discards;
use crate::app::remote::Remote;
use crate::app::requests::{CopyBody, CopyOut, OpenBody};
use crate::app::screens::call::Call;
use crate::app::shared::Shared;
use crate::app::{Action, Effect, Model, Slot};
use crate::body::{Document, Folds, READ_AT_ONCE, TokenId};
use crate::domain::{CallOutcome, Clean, CopyText, Now, RequestDraft};
use crate::ui::layout::Front;

/// The largest text that goes to a clipboard: 16 MiB.
const MOST_COPIED: usize = 16 << 20;

/// Shows how a call ended, and has a large body read elsewhere. What was searched for is over; the filter stays, for
/// the next answer is often wanted in the same way.
pub(crate) fn show(
    current: &mut Option<Call>,
    shared: &mut Shared,
    outcome: CallOutcome,
    sent: &RequestDraft,
    now: Now,
) -> Vec<Effect> {
    // A body that is still being read is that of the call before.
    let mut effects: Vec<Effect> = shared.give_up(Slot::Body).into_iter().collect();
    let Some(call) = current else { return effects };
    let before = std::mem::take(&mut call.response);
    let mut response = Response {
        record: before.record,
        wrap: before.wrap,
        name: save::name_of(sent),
        ..Response::default()
    };
    response.keep_filter(&before);
    if let CallOutcome::Done(report) = &outcome {
        let body = report.answer.body.clone();
        let content_type = report.answer.header("content-type").map(str::to_owned);
        response.headers = headers(&report.answer.headers, &shared.discards);
        response.body.load(now.millis);
        if body.len() <= READ_AT_ONCE {
            if let Some(document) = Document::open(body, content_type.as_deref(), &|| false) {
                response.take(document, &shared.discards, now);
            }
        } else {
            let job = OpenBody { body, content_type };
            effects.push(shared.slots.ask(job));
        }
    }
    response.outcome = Some(outcome);
    call.response = response;
    effects
}

/// Moves what is shown by some lines, whatever has the keys.
pub(crate) fn wheel(current: &mut Option<Call>, shared: &Shared, by: isize) {
    if let Some(room) = view::room(current.as_ref(), shared)
        && let Some(call) = current
    {
        call.response.step(by, room);
    }
}

/// The headers as a text, a line for each.
fn headers(headers: &[(String, String)], discards: &Discards) -> Option<Sheet> {
    let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let text = lines.join("\n").into_bytes().into();
    Document::open(text, Some("text/plain; charset=utf-8"), &|| false).map(|text| Sheet::new(text, discards))
}

/// A large body was read.
pub(crate) fn opened(
    current: &mut Option<Call>,
    shared: &Shared,
    document: Document,
    now: Now,
) -> Vec<Effect> {
    if let Some(call) = current {
        call.response.take(document, &shared.discards, now);
    }
    Vec::new()
}

/// Folds of a large body were changed.
pub(crate) fn folded(current: &mut Option<Call>, document: &Document, folds: Folds) {
    let Some(call) = current else { return };
    let response = &mut call.response;
    let sheets = [response.body.value_mut(), response.filter.result_mut()];
    if let Some(sheet) = sheets.into_iter().flatten().find(|sheet| sheet.document.is_same(document)) {
        sheet.folded(folds);
    }
}

/// Carries an action out; None when it means nothing here.
pub(crate) fn act(model: &mut Model, action: Action, now: Now) -> Option<Vec<Effect>> {
    if model.call.as_ref().is_some_and(input::takes_text) {
        return Some(input::act(model, action, now));
    }
    let room = view::room(model.call.as_ref(), &model.shared)?;
    let response = &mut model.call.as_mut()?.response;
    if let Action::Move(motion) = action {
        response.step(motion.lines(room.height), room);
        return Some(Vec::new());
    }
    if action == Action::Common(CommonAction::Search) {
        response.open_search();
        return Some(Vec::new());
    }
    if action == Action::Common(CommonAction::Filter) {
        response.shows_headers = false;
        response.filter.open();
        return Some(Vec::new());
    }
    let Action::Response(action) = action else { return None };
    match action {
        ResponseAction::Fold => response.change(|sheet| sheet.fold(room)),
        ResponseAction::FoldAll | ResponseAction::UnfoldAll => {
            response.change(|sheet| sheet.fold_all(action == ResponseAction::FoldAll, room));
        }
        ResponseAction::NextView => response.change(|sheet| sheet.next_view(room)),
        ResponseAction::ShowHeaders => response.shows_headers = !response.shows_headers,
        ResponseAction::Wrap => response.wrap = !response.wrap,
        ResponseAction::NextMatch | ResponseAction::PreviousMatch => {
            if !response.step_match(action == ResponseAction::NextMatch, room) {
                model.shared.toasts.refuse("Nothing matches.", now);
            }
        }
        ResponseAction::SaveBody => save::ask(&mut model.call, &mut model.shared),
        ResponseAction::CopyBody | ResponseAction::CopyValue | ResponseAction::CopyHeaders => {
            return Some(copy(model.call.as_ref(), &mut model.shared, action, room, now));
        }
    }
    Some(Vec::new())
}

/// Copies the body, the value under the cursor, or the headers. What is large is made ready elsewhere.
fn copy(
    current: Option<&Call>,
    shared: &mut Shared,
    action: ResponseAction,
    room: Room,
    now: Now,
) -> Vec<Effect> {
    let Some(response) = current.map(|call| &call.response) else { return Vec::new() };
    let Some((document, token, label)) = response.copied(action, room) else {
        shared.toasts.refuse("Nothing to copy here.", now);
        return Vec::new();
    };
    let size = token.map_or(document.text().len(), |token| document.value(token).len());
    if size > MOST_COPIED {
        shared.toasts.refuse("This is too large for a clipboard; S saves the body to a file.", now);
        return Vec::new();
    }
    if size > READ_AT_ONCE {
        let job = CopyBody { document, token, label: Clean::line(label) };
        return vec![shared.slots.ask(job)];
    }
    let Some(text) = copyable(&document, token, Clean::line(label)) else {
        shared.toasts.refuse("Nothing to copy here.", now);
        return Vec::new();
    };
    vec![shared.slots.ask(CopyOut(text))]
}

/// All of a text, or one value of it, as it may be copied: foreign text loses its controls (safety rule 3). None where
/// it is no text, or empty.
pub(crate) fn copyable(document: &Document, token: Option<TokenId>, label: Clean) -> Option<CopyText> {
    let decoded = token.and_then(|token| document.string(token));
    let bytes = token.map_or(&**document.text(), |token| document.value(token));
    let text = match &decoded {
        Some(text) => text,
        None => std::str::from_utf8(bytes).ok()?,
    };
    let text = Clean::lines(text);
    (!text.as_str().is_empty()).then(|| CopyText::sensitive(text.as_str(), label))
}

/// Leaves what is open in the response; None when nothing is.
pub(crate) fn back(current: &mut Option<Call>, shared: &Shared, _now: Now) -> Option<Vec<Effect>> {
    let call = current.as_mut()?;
    // What is not seen is not left.
    if call.front != Front::Second || call.life.is_under_way() {
        return None;
    }
    if let Some(effects) = input::back(current, shared) {
        return Some(effects);
    }
    let response = &mut current.as_mut()?.response;
    if !response.shows_headers {
        return None;
    }
    response.shows_headers = false;
    Some(Vec::new())
}

impl Response {
    fn take(&mut self, document: Document, discards: &Discards, now: Now) {
        self.body = Remote::Ready { value: Sheet::new(document, discards), at: now.millis };
        self.run_filter(now);
    }

    /// Moves the cursor by some lines.
    pub(super) fn step(&mut self, by: isize, room: Room) {
        self.change(|sheet| sheet.step(by, room));
    }

    fn change(&mut self, change: impl FnOnce(&mut Sheet)) {
        let Some(sheet) = self.sheet_mut() else { return };
        let before = sheet.byte;
        change(sheet);
        if sheet.byte != before {
            self.finding.wander();
        }
    }

    /// What an action copies: all of a text, or one value of it.
    fn copied(
        &self,
        action: ResponseAction,
        room: Room,
    ) -> Option<(Document, Option<TokenId>, &'static str)> {
        if action == ResponseAction::CopyHeaders {
            return Some((self.headers.as_ref()?.document.clone(), None, "the headers"));
        }
        if action == ResponseAction::CopyValue {
            let sheet = self.sheet().filter(|_| !self.shows_headers)?;
            return Some((sheet.document.clone(), Some(sheet.token(room)?), "the value"));
        }
        let label = match self.narrowed() {
            Some(_) if self.filter.is_cut() => "the beginning of the filter result",
            Some(_) => "the filter result",
            None => "the body",
        };
        Some((self.document()?.clone(), None, label))
    }
}
