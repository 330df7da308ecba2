//! What came of a call: both statuses, what it took, headers, and the body in every form.

mod told;
mod update;
mod view;

pub(crate) use update::{act, back, opened, show};
pub(crate) use view::draw;

use crate::app::remote::Remote;
use crate::body::{Document, Folds, View};
use crate::domain::{CallOutcome, RecordId};

/// What came of the last call.
#[derive(Debug, Default)]
pub struct Response {
    outcome: Option<CallOutcome>,
    arriving: Option<(u64, Option<u64>)>,
    record: Option<RecordId>,
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
