//! The history of calls and of writes to grants: the list of both, a call looked at again, two compared, a write in
//! full. Everything comes by messages; what is here is the part of the list that was read so far.

mod availability;
mod columns;
mod compare;
mod cursor;
mod difference;
mod foot;
mod forget;
mod names;
mod past;
mod past_outcome;
mod past_write;
mod screen;
mod update;
mod view;

use std::sync::Arc;

use tui_input::Input;

pub use compare::{CompareRow, Comparison};
pub(crate) use forget::{forget, forget_all};
pub use past::Past;
pub(crate) use past::{before_sending, beside, bring_back, forget_sent, grant_is_known, leave_call};
pub(crate) use past_outcome::when;
pub use past_write::PastWrite;
pub(crate) use past_write::PastWriteScreen;
pub(crate) use screen::HistoryScreen;
pub(crate) use update::{compared, forgotten, page, record};

use super::call::Call;
use crate::app::Ticket;
use crate::app::remote::Remote;
use crate::domain::{Diagnosis, GrantId, HistoryEnd, HistoryPolicy, HistoryRow, RecordId, RecordSummary};

/// Rows that are asked for at once.
pub const PAGE: usize = 100;

/// The list of past calls and writes as the screen knows it.
#[derive(Debug, Default)]
pub struct History {
    /// The calls and writes that were read so far, the latest first.
    pub rows: Vec<HistoryRow>,
    /// Where they end, once any were asked for.
    end: Option<HistoryEnd>,
    /// Whether anything was read at all.
    pub loaded: bool,
    /// There may be more behind the last row.
    pub more: bool,
    /// The question under way asks for the rows behind the last one.
    paging: bool,
    /// For how many rows it asks.
    limit: usize,
    /// Why there are no rows.
    pub trouble: Option<Diagnosis>,
    /// What is kept of new calls, once that is known.
    pub keep: Option<HistoryPolicy>,
    /// The search line.
    pub input: Input,
    /// Whether the search line has the keys.
    pub typing: bool,
    /// The grant that one came with.
    hand: Option<Hand>,
    /// Only what was done with that grant.
    pub only_hand: bool,
    /// The place of the cursor among the rows.
    pub place: usize,
    /// The first visible place.
    pub offset: usize,
    /// At most two calls to compare, the one that was marked first in front.
    pub marks: Vec<RecordId>,
    /// Two calls that are compared.
    pub difference: Option<Difference>,
    /// The question whose call is sent again once it is here: no answer to another one is.
    send: Option<Ticket>,
    /// What was being put together when a past call was opened, in the order in which it comes back.
    pub(super) aside: Vec<Call>,
}

/// A grant, and what it is called.
#[derive(Clone, Debug)]
struct Hand {
    grant: GrantId,
    provider: Arc<str>,
    account: String,
}

/// The comparison that is open.
#[derive(Debug)]
pub struct Difference {
    /// What differs.
    pub found: Remote<Comparison>,
    /// The first visible line.
    pub offset: usize,
}

impl History {
    /// The row under the cursor.
    pub fn selected(&self) -> Option<&HistoryRow> {
        self.rows.get(self.place)
    }

    /// The call under the cursor; None where that is a write.
    pub fn selected_call(&self) -> Option<&RecordSummary> {
        self.selected()?.call()
    }

    /// What is searched for.
    fn text(&self) -> &str {
        self.input.value().trim()
    }
}
