//! What happens in the response.

use super::{Response, view};
use crate::app::remote::Remote;
use crate::app::{Action, Effect, Job, Model, Slot};
use crate::body::{Document, View};
use crate::domain::{CallOutcome, Clean, CopyText, Now, RequestDraft};
use crate::ui::layout;

/// A body up to this size is read at once: it takes less than a frame.
const AT_ONCE: usize = 128 << 10;

/// Shows how a call ended, and has a large body read elsewhere.
pub(crate) fn show(model: &mut Model, outcome: CallOutcome, _sent: &RequestDraft, now: Now) -> Vec<Effect> {
    // A body that is still being read is that of the call before.
    let mut effects: Vec<Effect> = model.give_up(Slot::Body).into_iter().collect();
    let Some(call) = &mut model.call else { return effects };
    let record = call.response.record;
    let mut response = Response { record, ..Response::default() };
    if let CallOutcome::Done(report) = &outcome {
        let body = report.answer.body.clone();
        let content_type = report.answer.header("content-type").map(str::to_owned);
        response.document.load(now.millis);
        if body.len() <= AT_ONCE {
            if let Some(document) = Document::open(body, content_type.as_deref(), &|| false) {
                response.take(document, now);
            }
        } else {
            let job = Job::OpenBody { body, content_type };
            effects.push(Effect::Start { ticket: model.slots.begin(Slot::Body), job });
        }
    }
    response.outcome = Some(outcome);
    call.response = response;
    effects
}

/// A large body was read.
pub(crate) fn opened(model: &mut Model, document: Document, now: Now) -> Vec<Effect> {
    if let Some(call) = &mut model.call {
        call.response.take(document, now);
    }
    Vec::new()
}

/// Carries an action out; None when it means nothing here.
pub(crate) fn act(model: &mut Model, action: Action, now: Now) -> Option<Vec<Effect>> {
    let (height, width) = view::room(model)?;
    let response = &mut model.call.as_mut()?.response;
    match action {
        Action::Up => response.step(-1, height, width),
        Action::Down => response.step(1, height, width),
        Action::HalfPageUp => response.step(-(height as isize / 2), height, width),
        Action::HalfPageDown => response.step(height as isize / 2, height, width),
        Action::PageUp => response.step(-(height as isize), height, width),
        Action::PageDown => response.step(height as isize, height, width),
        Action::Top => response.step(isize::MIN / 2, height, width),
        Action::Bottom => response.step(isize::MAX / 2, height, width),
        Action::Fold => {
            response.fold(width);
            response.step(0, height, width);
        }
        Action::FoldAll | Action::UnfoldAll => {
            response.fold_all(action == Action::FoldAll);
            response.step(0, height, width);
        }
        Action::NextView => response.next_view(),
        Action::ShowHeaders => {
            response.headers = !response.headers;
            (response.line, response.offset) = (0, 0);
        }
        Action::Wrap => {
            response.wrap = !response.wrap;
            response.step(0, height, width);
        }
        Action::CopyBody | Action::CopyValue | Action::CopyHeaders => {
            let Some(text) = response.copied(action, width) else {
                model.toasts.refuse("There is no text to copy here.", now);
                return Some(Vec::new());
            };
            return Some(vec![Effect::Copy { ticket: model.slots.begin(Slot::Clipboard), text }]);
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// Leaves what is open in the response; None when nothing is.
pub(crate) fn back(model: &mut Model, _now: Now) -> Option<Vec<Effect>> {
    let response = &mut model.call.as_mut()?.response;
    if !response.headers {
        return None;
    }
    response.headers = false;
    (response.line, response.offset) = (0, 0);
    Some(Vec::new())
}

impl Response {
    fn take(&mut self, document: Document, now: Now) {
        self.view = document.views().first().copied().unwrap_or_default();
        self.document = Remote::Ready { value: document, at: now.millis };
    }

    fn step(&mut self, by: isize, height: usize, width: usize) {
        let len = self.len(width);
        self.line = self.line.saturating_add_signed(by).min(len.saturating_sub(1));
        self.offset = layout::scroll_to(self.offset, self.line, height, len, layout::CONTEXT);
    }

    fn fold(&mut self, width: usize) {
        let Some(document) = self.document.value().cloned() else { return };
        if let (Some(tape), Some(token)) = (document.tape(), self.token(width)) {
            // A line inside of something folds what it stands in.
            let target =
                if self.folds.toggle(tape, token).is_some() { Some(token) } else { tape.parent(token) };
            if let Some(parent) = target.filter(|parent| *parent != token) {
                self.folds.set(tape, parent, true);
            }
            self.line = self.folds.line_of(target.unwrap_or(token));
        }
    }

    fn fold_all(&mut self, fold: bool) {
        let Some(document) = self.document.value() else { return };
        let Some(tape) = document.tape() else { return };
        if fold {
            self.folds.fold_below(tape, 1);
        } else {
            self.folds.unfold_all();
        }
        (self.line, self.offset) = (0, 0);
    }

    fn next_view(&mut self) {
        let views = self.document.value().map_or(&[][..], Document::views);
        let at = views.iter().position(|view| *view == self.view).unwrap_or(0);
        if let Some(next) = views.get((at + 1) % views.len().max(1)) {
            self.view = *next;
            (self.line, self.offset) = (0, 0);
        }
    }

    /// The entry under the cursor, in pretty JSON.
    fn token(&self, width: usize) -> Option<crate::body::TokenId> {
        let document = self.document.value().filter(|_| !self.headers && self.view == View::Pretty)?;
        let fit = self.fit(width);
        document.lines(self.view, &self.folds, self.line, 1, fit, None).first()?.token
    }

    /// What is copied; foreign text loses its controls (safety rule 3).
    fn copied(&self, action: Action, width: usize) -> Option<CopyText> {
        let Some(CallOutcome::Done(report)) = &self.outcome else { return None };
        let (text, label) = match action {
            Action::CopyHeaders => {
                let line = |(name, value): &(String, String)| format!("{name}: {value}");
                let lines: Vec<String> = report.answer.headers.iter().map(line).collect();
                (lines.join("\n"), "the headers")
            }
            Action::CopyValue => {
                let (document, token) = (self.document.value()?, self.token(width)?);
                let value = document
                    .string(token)
                    .unwrap_or_else(|| String::from_utf8_lossy(document.value(token)).into_owned());
                (value, "the value")
            }
            _ => (std::str::from_utf8(self.document.value()?.text()).ok()?.to_owned(), "the body"),
        };
        let text = Clean::lines(&text);
        (!text.as_str().is_empty()).then(|| CopyText::sensitive(text.as_str(), Clean::line(label)))
    }
}
