//! What the list job is asked and what it reports: plain data that the screen and the command line share.

use super::{Budget, Code, Diagnosis, Grant, Retry, ServerFilter, Who};

/// How much of the rate budget a walk may spend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spending {
    /// Three quarters: it goes on in the background, and what the user does next must not find the budget empty.
    #[default]
    LeavesAQuarter,
    /// All of it: the walk is what the user asked for and waits for.
    Everything,
}

/// One walk over the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRequest {
    /// What the backend is to filter by.
    pub filter: ServerFilter,
    /// Rows in the first page, 1..=1000. Small, so that something is on screen after one short round trip.
    pub first_page: u16,
    /// Rows in each further page, 1..=1000 (docs/protocol/grants.md section 1).
    pub page: u16,
    /// Where to begin; above 0 when an interrupted walk goes on.
    pub offset: u64,
    /// Stop once this many rows are here. None = all of them.
    pub limit: Option<u64>,
    /// How much of the rate budget it may spend.
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

/// What a walk reports, in this order: pages (with notices between them), then exactly one `Done` or `Failed`.
#[derive(Clone, Debug, PartialEq)]
pub enum ListEvent {
    /// Rows arrived. A row may come twice (offset pages shift while the list moves); the reader keeps one per
    /// [`super::RowId`], the newest.
    Page {
        /// The rows, in the backend's order.
        grants: Vec<Grant>,
        /// Where this page began.
        offset: u64,
        /// The backend's count of rows for this filter, at this moment.
        total: u64,
        /// Where the next page begins; None after the last one.
        next: Option<u64>,
    },
    /// The rate budget as the last answer told it.
    Budget(Budget),
    /// The walk pauses: rate limit, a momentary failure that is being retried, or a rate budget of which nothing
    /// is left that this walk may spend.
    Waiting {
        /// Why.
        reason: Diagnosis,
        /// How long, in milliseconds.
        millis: u64,
    },
    /// Unique rows and total disagreed, so the walk begins again, once.
    WalkingAgain {
        /// Unique rows found so far.
        unique: u64,
        /// The backend's count.
        total: u64,
    },
    /// Nothing more to come.
    Done(WalkSummary),
    /// The walk ended early; what came before stays valid.
    Failed(Diagnosis),
}

/// How a walk ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WalkSummary {
    /// Unique rows that were seen.
    pub unique: u64,
    /// The backend's count in the last answer.
    pub total: u64,
    /// The backend's count in the first answer, to say that it changed underneath.
    pub first_total: u64,
    /// Rows that came more than once.
    pub repeated: u64,
    /// Whether every row that the backend counts was seen (false when a limit ended the walk, or when a second
    /// walk still disagreed with the total).
    pub complete: bool,
}

/// Why a list with so many rows whose id cannot be read is not the whole answer; None where there are none.
pub fn unreadable(rows: u64) -> Option<Diagnosis> {
    (rows > 0).then(|| nameless().fact("rows", &rows.to_string()))
}

/// Why a grant whose id cannot be read is of no use.
pub fn nameless() -> Diagnosis {
    Diagnosis::new(Code::RowsUnreadable, Who::Alter, Retry::AfterRemedy)
}

impl WalkSummary {
    /// Why the rows are not all of the list, where they are not proven to be.
    pub fn not_whole(&self) -> Option<Diagnosis> {
        let Self { unique, total, complete, .. } = self;
        (!complete).then(|| {
            Diagnosis::new(Code::ListNotWhole, Who::Alter, Retry::Later(None))
                .fact("found", &unique.to_string())
                .fact("counted", &total.to_string())
        })
    }
}
