//! The columns of the list, and what a call or a write has in them.

use super::{names, past_outcome};
use crate::app::screens::grants::Grants;
use crate::app::shared::Shared;
use crate::domain::{Clean, HistoryRow, Now, RecordSummary, WriteRecord, words};
use crate::ui::Role;
use crate::ui::paint::Pen;

/// Cells before the first column: cursor bar, mark, a sign.
pub(super) const GUTTER: u16 = 3;
/// Cells between two columns.
const GAP: u16 = 2;

type Cell = (String, Role);

/// The columns, in cells; zero where there is no room for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    when: u16,
    method: u16,
    what: u16,
    account: u16,
    pub(super) mode: u16,
    alter: u16,
    result: u16,
    took: u16,
}

impl Columns {
    /// The columns of a list that is this wide.
    pub(super) fn of_list(width: u16) -> Self {
        Self::lay_out(width.saturating_sub(GUTTER + 1))
    }

    fn lay_out(room: u16) -> Self {
        let wide = room >= 90;
        let mut columns = Self {
            when: if wide { 12 } else { 4 },
            method: 7,
            what: 0,
            account: 0,
            mode: if wide { 8 } else { 0 },
            alter: 5,
            result: 12,
            took: if room >= 70 { 7 } else { 0 },
        };
        let fixed = [columns.when, columns.method, columns.mode, columns.alter, columns.result, columns.took];
        let used: u16 = fixed.into_iter().filter(|cells| *cells > 0).map(|cells| cells + GAP).sum();
        let left = room.saturating_sub(used + if wide { GAP } else { 0 });
        // Where a call went tells calls apart; with whom, accounts. Most accounts fit in 34 cells.
        // Where there is no room, the lines at the bottom tell whose call it was.
        columns.account = if wide { (left * 2 / 5).min(40) } else { 0 };
        columns.what = left - columns.account;
        columns
    }

    /// Each column's head, cells, and whether it is set to the right.
    fn placed(self) -> [(&'static str, u16, bool); 8] {
        [
            ("WHEN", self.when, false),
            ("METHOD", self.method, false),
            ("WHAT", self.what, false),
            ("ACCOUNT", self.account, false),
            ("MODE", self.mode, false),
            ("ALTER", self.alter, true),
            ("RESULT", self.result, false),
            ("TOOK", self.took, true),
        ]
    }

    fn each(self, x: u16, cells: [Cell; 8], y: u16, pen: &mut Pen<'_>) {
        let mut x = x;
        for ((_, width, right), (message, role)) in self.placed().into_iter().zip(cells) {
            if width == 0 {
                continue;
            }
            if right {
                pen.text_right(x + width, y, width, &message, role);
            } else {
                pen.text(x, y, width, &message, role);
            }
            x += width + GAP;
        }
    }

    /// Draws the heads.
    pub(super) fn heads(self, x: u16, y: u16, pen: &mut Pen<'_>) {
        self.each(x, self.placed().map(|(head, _, _)| (head.to_owned(), Role::Head)), y, pen);
    }

    /// Draws a row.
    pub(super) fn draw(
        self,
        grants: &Grants,
        shared: &Shared,
        row: &HistoryRow,
        now: Now,
        (x, y): (u16, u16),
        pen: &mut Pen<'_>,
    ) {
        let when = if self.when > 4 {
            past_outcome::ago(row.at(), now)
        } else {
            words::short(now.wall.duration_since(row.at()))
        };
        let account = names::account(grants, shared, row);
        let [method, what, mode, alter, answer, took] = match row {
            HistoryRow::Call(call) => of_call(shared, call),
            HistoryRow::Write(write) => of_write(shared, &write.record),
        };
        let cells = [(when, Role::TextDim), method, what, (account, Role::Text), mode, alter, answer, took];
        self.each(x, cells, y, pen);
    }
}

/// Method, URL, mode, both answers, and how long it took.
fn of_call(shared: &Shared, call: &RecordSummary) -> [Cell; 6] {
    let result = call.result();
    let url = names::called(shared, call);
    let short = url.strip_prefix("https://").unwrap_or(&url);
    let took = call.elapsed_ms.map(|millis| words::millis(std::time::Duration::from_millis(millis)));
    [
        (Clean::brief(&call.method).to_string(), Role::TextStrong),
        (short.to_owned(), Role::Text),
        (call.mode.to_string(), Role::TextDim),
        (call.alter_status.map(|status| status.to_string()).unwrap_or_default(), Role::Text),
        (result.text, Role::of(result.tone)),
        (took.unwrap_or_default(), Role::TextDim),
    ]
}

/// A write has no method or URL, but what was done, and how that ended.
fn of_write(shared: &Shared, write: &WriteRecord) -> [Cell; 6] {
    let result = write.result();
    let nothing = || (String::new(), Role::Text);
    [
        ("write".to_owned(), Role::Changed),
        (names::done(shared, write), Role::TextStrong),
        nothing(),
        nothing(),
        (result.text, Role::of(result.tone)),
        nothing(),
    ]
}
