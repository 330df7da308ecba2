//! What came of a call: both statuses, what it took, headers, and the body in every form.

mod catch_up;
mod filter;
mod finding;
mod input;
mod outcome_lines;
mod save;
mod sheet;
mod update;
mod view;

pub(crate) use catch_up::catch_up;
pub(crate) use input::{filtered, paste, searched, takes_text, typed};
pub(crate) use outcome_lines::{HELD, laid};
pub(crate) use save::{leave as leave_save, replace, saved, write};
pub(crate) use update::{act, back, copyable, folded, opened, show, wheel};
pub(crate) use view::{draw, height, text_cursor};

use self::filter::Filter;
use self::finding::Finding;
use self::sheet::Sheet;
use crate::app::remote::Remote;
use crate::body::Document;
use crate::domain::describe::Section;
use crate::domain::{CallOutcome, Now, RecordId};

/// What came of the last call.
#[derive(Debug, Default)]
pub struct Response {
    outcome: Option<CallOutcome>,
    arriving: Option<(u64, Option<u64>)>,
    record: Option<RecordId>,
    /// What a file of the body is called at first, without what tells its kind.
    name: String,
    /// What the history has to say of it, where it is a past call.
    past: Option<PastLines>,
    /// The body, read.
    body: Remote<Sheet>,
    /// The headers as a text.
    headers: Option<Sheet>,
    /// Headers stand where the body does.
    shows_headers: bool,
    /// Long lines go on below; text only.
    wrap: bool,
    /// What narrows the body.
    filter: Filter,
    /// What is looked for.
    finding: Finding,
}

/// What the history has to say of a past call.
#[derive(Debug)]
pub struct PastLines {
    /// Entry by entry.
    pub entries: Section,
    /// They stand in place of what is said of the outcome, else below it.
    pub instead: bool,
}

impl Response {
    /// How the last call ended; None = none did.
    pub fn outcome(&self) -> Option<&CallOutcome> {
        self.outcome.as_ref()
    }

    /// What is shown, once it was read: the body, or what a filter gave.
    pub fn document(&self) -> Option<&Document> {
        self.narrowed().or_else(|| self.body.value()).map(|sheet| &sheet.document)
    }

    /// Where the history keeps the call.
    pub fn record(&self) -> Option<RecordId> {
        self.record
    }

    /// What is shown is a past call.
    pub(crate) fn is_past(&mut self, id: RecordId, message: PastLines) {
        self.record = Some(id);
        self.past = Some(message);
    }

    /// Whether the body is still being read.
    pub(crate) fn is_reading(&self) -> bool {
        matches!(self.body, Remote::Loading { .. })
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

    /// The line under the cursor, and the first visible line.
    pub fn cursor(&self) -> Option<(usize, usize)> {
        self.sheet().map(|sheet| (sheet.line, sheet.offset))
    }

    /// Whether there is a text to search.
    pub(crate) fn can_be_searched(&self) -> bool {
        self.sheet().is_some()
    }

    /// Whether something is searched for.
    pub(crate) fn is_searched(&self) -> bool {
        self.finding.is_on()
    }

    /// Whether there is JSON to filter.
    pub(crate) fn can_be_filtered(&self) -> bool {
        self.body.value().is_some_and(|body| body.document.tape().is_some())
    }

    /// Whether there is anything to save.
    pub(crate) fn can_be_saved(&self) -> bool {
        self.document().is_some_and(|document| !document.body().is_empty())
    }

    /// Why what is shown is not what the filter gives, where one is set that could give something.
    pub(crate) fn unfiltered(&self) -> Option<&'static str> {
        self.filter.unready()
    }

    /// When the picture changes by itself, in [`Now::millis`].
    pub(crate) fn next_wake(&self, now: Now) -> Option<u64> {
        self.filter.next_wake(now)
    }

    /// What the filter gave, while it is on.
    fn narrowed(&self) -> Option<&Sheet> {
        self.filter.result().filter(|_| self.filter.is_on())
    }

    /// What stands below the head.
    fn sheet(&self) -> Option<&Sheet> {
        if self.shows_headers { self.headers.as_ref() } else { self.narrowed().or_else(|| self.body.value()) }
    }

    fn sheet_mut(&mut self) -> Option<&mut Sheet> {
        if self.shows_headers {
            return self.headers.as_mut();
        }
        if self.narrowed().is_some() { self.filter.result_mut() } else { self.body.value_mut() }
    }
}
