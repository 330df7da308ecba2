//! What came of a call: both statuses, what it took, headers, and the body in every form.

mod view;

pub(crate) use view::draw;

use crate::app::{Action, Effect, Model};
use crate::domain::{CallOutcome, Now, RecordId, RequestDraft};

/// What came of the last call.
#[derive(Debug, Default)]
pub struct Response {
    outcome: Option<CallOutcome>,
    arriving: Option<(u64, Option<u64>)>,
    record: Option<RecordId>,
}

impl Response {
    /// How the last call ended; None = none did.
    pub fn outcome(&self) -> Option<&CallOutcome> {
        self.outcome.as_ref()
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

/// Shows how a call ended.
pub(crate) fn show(model: &mut Model, outcome: CallOutcome, _sent: &RequestDraft, _now: Now) -> Vec<Effect> {
    if let Some(call) = &mut model.call {
        let record = call.response.record;
        call.response = Response { outcome: Some(outcome), record, ..Response::default() };
    }
    Vec::new()
}

/// Carries an action out; None when it means nothing here.
pub(crate) fn act(_model: &mut Model, _action: Action, _now: Now) -> Option<Vec<Effect>> {
    None
}

/// Leaves what is open in the response; None when nothing is.
pub(crate) fn back(_model: &mut Model, _now: Now) -> Option<Vec<Effect>> {
    None
}
