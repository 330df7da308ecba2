//! What came of a call: both statuses, what it took, headers, and the body in every form.

mod told;
mod update;
mod view;

pub(crate) use update::{act, back, opened, show};
pub(crate) use view::draw;

use crate::app::remote::Remote;
use crate::body::{Document, Folds, View};
use crate::domain::{CallOutcome, RecordId};
use crate::ui::paint::Piece;

/// What came of the last call.
#[derive(Debug, Default)]
pub struct Response {
    outcome: Option<CallOutcome>,
    arriving: Option<(u64, Option<u64>)>,
    record: Option<RecordId>,
    /// What the history has to say of it, where it is a past call.
    past: Option<PastLines>,
    /// The body, read.
    document: Remote<Document>,
    /// How it is looked at.
    view: View,
    folds: Folds,
    /// Headers stand where the body does.
    headers: bool,
    /// Long lines go on below; text only.
    wrap: bool,
    /// The line under the cursor.
    line: usize,
    /// The first visible line.
    offset: usize,
}

/// What the history has to say of a past call.
#[derive(Debug)]
pub struct PastLines {
    /// In lines, made clean.
    pub lines: Vec<Vec<Piece>>,
    /// They stand in place of what is said of the outcome, else below it.
    pub instead: bool,
}

impl Response {
    /// How the last call ended; None = none did.
    pub fn outcome(&self) -> Option<&CallOutcome> {
        self.outcome.as_ref()
    }

    /// The body, once it was read.
    pub fn document(&self) -> Option<&Document> {
        self.document.value()
    }

    /// Where the history keeps the call.
    pub fn record(&self) -> Option<RecordId> {
        self.record
    }

    /// What is shown is a past call.
    pub(crate) fn is_past(&mut self, id: RecordId, told: PastLines) {
        self.record = Some(id);
        self.past = Some(told);
    }

    /// How far the reading of the body is.
    pub(crate) fn reading(&self) -> &Remote<Document> {
        &self.document
    }

    /// The history has begun to keep the call.
    pub(crate) fn recorded(&mut self, id: RecordId) {
        self.record = Some(id);
    }

    /// How much of a body has come, and of how much, while it comes.
    pub fn arriving(&self) -> Option<(u64, Option<u64>)> {
        self.arriving
    }

    /// More of it has come.
    pub(crate) fn arrives(&mut self, received: u64, total: Option<u64>) {
        self.arriving = Some((received, total));
    }
}
