//! The list of grants: rows that stream in, filters, search, order, marks, change marks, cursor.

mod arrival;
mod chips;
mod cursor;
mod ended;
mod flaw;
mod plan;
mod screen;
mod update;
mod view;
mod walk;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tui_input::Input;

pub use crate::domain::{Choice, Filters};
pub(crate) use chips::{chips, cycle};
pub(crate) use cursor::{move_cursor, with_grant};
pub(crate) use ended::{ended, gone, lost_by, read_again, revoked};
pub(crate) use plan::{search_again, show_found};
pub(crate) use screen::{GrantsScreen, act_on_grants, press_chip};
pub(crate) use update::{set_filter, set_order, show, start_over, take_in, walked};
pub(crate) use view::{draw_chips, explained};
pub use walk::{Ending, WATCH_AT_MOST, Walk, WalkPhase};
pub(crate) use walk::{is_too_large_to_watch, open as begin_first_walk, tick};

use crate::domain::column::Order;
use crate::domain::{Column, Grant, RowId};
use crate::search::{Found, Query, Relatives, Rows};

/// What happened to a row since the last refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeMark {
    /// It was not there before.
    New,
    /// Something about it is different.
    Changed,
    /// A complete walk no longer found it.
    Gone,
}

/// Which pane has the keys on the main screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// The list.
    #[default]
    List,
    /// The detail.
    Detail,
}

/// Loading that takes longer than this many milliseconds is said to take long, and how to stop it.
pub const PATIENCE: u64 = 2_000;

/// The list as the screen knows it.
#[derive(Debug)]
pub struct Grants {
    /// All rows that are here.
    pub rows: Rows,
    /// How many rows of each provider are here.
    pub per_provider: HashMap<Arc<str>, u32>,
    /// Who belongs to whom among them.
    pub relatives: Relatives,
    /// The walk that brings them.
    pub walk: Walk,
    /// What narrows the list, the search aside.
    pub filters: Filters,
    /// The search line.
    pub input: Input,
    /// Whether the search line has the keys.
    pub typing: bool,
    /// The search line, parsed.
    pub query: Query,
    /// How the list is ordered.
    pub order: Order,
    /// Children below parents.
    pub tree: bool,
    /// Only marked rows are shown.
    pub only_marked: bool,
    /// The rows that are shown, and for how many rows that was worked out.
    pub found: Found,
    /// The query behind `found`, to light up what matched.
    pub found_query: Query,
    /// New rows came while a search was under way: search again when it is done.
    pub search_again: bool,
    /// `found` answers an earlier question, or only a part of this one.
    pub outdated: bool,
    /// The row under the cursor.
    pub cursor: Option<RowId>,
    /// Its place among the shown rows.
    pub place: usize,
    /// The first visible place.
    pub offset: usize,
    /// Whether the person moved: until then the cursor stays at the top while rows stream in.
    pub moved: bool,
    /// How many marked rows are not shown; worked out when rows or marks change, for a frame has no time to count.
    pub hidden_marks: usize,
    /// Marked rows; they survive filters.
    pub marks: HashSet<RowId>,
    /// Rows that this program revoked. No such id lives again, so where a list that lags behind still shows one as live,
    /// it is not.
    pub(super) ended: HashSet<RowId>,
    /// What is new, changed or gone since the last refresh.
    pub changes: HashMap<RowId, ChangeMark>,
    /// The columns that are shown.
    pub columns: Vec<Column>,
    /// Refresh by itself: when, in [`crate::domain::Now::millis`].
    pub watch: Option<u64>,
}

impl Default for Grants {
    fn default() -> Self {
        Self {
            rows: Rows::default(),
            per_provider: HashMap::new(),
            relatives: Relatives::default(),
            walk: Walk::default(),
            filters: Filters::default(),
            input: Input::default(),
            typing: false,
            query: Query::default(),
            order: Order::AsSent,
            tree: false,
            only_marked: false,
            found: Found::default(),
            found_query: Query::default(),
            search_again: false,
            outdated: false,
            cursor: None,
            place: 0,
            offset: 0,
            moved: false,
            hidden_marks: 0,
            marks: HashSet::new(),
            ended: HashSet::new(),
            changes: HashMap::new(),
            columns: Column::DEFAULT.to_vec(),
            watch: None,
        }
    }
}

impl Grants {
    /// How many rows are shown.
    pub fn shown(&self) -> usize {
        self.found.len(self.rows.len())
    }

    /// The row at a place of the shown list.
    pub fn at(&self, place: usize) -> Option<&Grant> {
        self.rows.get(self.found.at(place)?)
    }

    /// The grant under the cursor.
    pub fn selected(&self) -> Option<&Grant> {
        self.rows.find(self.cursor?)
    }

    /// Counts the marked rows that are not among the shown ones.
    pub(super) fn count_hidden(&mut self) {
        let shown = if self.marks.is_empty() {
            0
        } else {
            let shown = (0..self.shown()).filter_map(|place| self.at(place));
            shown.filter(|grant| self.marks.contains(&grant.row)).count()
        };
        self.hidden_marks = self.marks.len() - shown;
    }

    /// Whether something narrows the list beyond what the backend filters by.
    pub fn is_narrowed_here(&self) -> bool {
        self.filters.kind.is_some()
            || self.filters.health.is_some()
            || !self.query.is_empty()
            || self.only_marked
    }
}
