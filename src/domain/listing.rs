//! Request and events of the list job: plain data, shared by the screen and the command line.

use super::{Budget, Code, Diagnosis, Grant, Retry, ServerFilter, Who};

/// How much of the rate budget a walk may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spending {
    /// Three quarters: the walk runs in the background, and the user's next action must not find the budget
    /// empty.
    #[default]
    LeavesAQuarter,
    /// All of it: the user asked for the walk and waits for it.
    Everything,
}

/// A walk over the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRequest {
    /// Filters for the backend.
    pub filter: ServerFilter,
    /// Rows on the first page, 1..=1000. Small, so that something is shown after one short round trip.
    pub first_page: u16,
    /// Rows on each further page, 1..=1000 (docs/protocol/grants.md section 1).
    pub page: u16,
    /// The first row to fetch; above 0 to resume an interrupted walk.
    pub offset: u64,
    /// Stop after this many rows. `None` = fetch all.
    pub limit: Option<u64>,
    /// How much of the rate budget it may use.
    pub spending: Spending,
}

impl Default for ListRequest {
    fn default() -> Self {
        Self {
            filter: ServerFilter::default(),
            first_page: 100,
            page: 1000,
            offset: 0,
            limit: None,
            spending: Spending::default(),
        }
    }
}

/// Events of a walk, in this order: pages with notices in between, then exactly one `Done` or `Failed`.
#[derive(Clone, Debug, PartialEq)]
pub enum ListEvent {
    /// Rows arrived. A row may arrive twice, because pages shift when the list changes; the receiver keeps
    /// the newest per [`super::RowId`].
    Page {
        /// The rows, in the backend's order.
        grants: Vec<Grant>,
        /// The offset of this page.
        offset: u64,
        /// The backend's current number of rows for this filter.
        total: u64,
        /// The offset of the next page; `None` after the last one.
        next: Option<u64>,
    },
    /// The rate budget reported by the last answer.
    Budget(Budget),
    /// The walk pauses: it is rate limited, retries a temporary failure, or has used up the part of the rate
    /// budget it may use.
    Waiting {
        /// Why.
        reason: Diagnosis,
        /// The pause in milliseconds.
        millis: u64,
    },
    /// The number of unique rows differs from the total, so the walk starts over, once.
    WalkingAgain {
        /// Unique rows found so far.
        unique: u64,
        /// The backend's count.
        total: u64,
    },
    /// The walk is complete.
    Done(WalkSummary),
    /// The walk ended early; pages received so far stay valid.
    Failed(Diagnosis),
}

/// How a walk ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WalkSummary {
    /// Number of unique rows received.
    pub unique: u64,
    /// The backend's total in the last answer.
    pub total: u64,
    /// The backend's total in the first answer, to report that it changed during the walk.
    pub first_total: u64,
    /// Rows received more than once.
    pub repeated: u64,
    /// Whether every row was received. False if a limit ended the walk, or if the second walk still differed
    /// from the total.
    pub complete: bool,
}

/// Explains that a list with this many unreadable ids is incomplete; `None` if there are none.
pub fn unreadable(rows: u64) -> Option<Diagnosis> {
    (rows > 0).then(|| nameless().fact("rows", &rows.to_string()))
}

/// Explains that a grant with an unreadable id cannot be used.
pub fn nameless() -> Diagnosis {
    Diagnosis::new(Code::RowsUnreadable, Who::Alter, Retry::AfterRemedy)
}

impl WalkSummary {
    /// Explains why the list may be incomplete; `None` if it is proven complete.
    pub fn not_whole(&self) -> Option<Diagnosis> {
        let Self { unique, total, complete, .. } = self;
        (!complete).then(|| {
            Diagnosis::new(Code::ListNotWhole, Who::Alter, Retry::Later(None))
                .fact("found", &unique.to_string())
                .fact("counted", &total.to_string())
        })
    }
}
