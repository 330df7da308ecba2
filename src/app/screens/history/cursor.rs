//! Where the cursor is: on a call or a write, found again by its id when the list is read again.

use super::History;
use crate::domain::{HistoryRow, HistoryRowId, RecordId};
use crate::ui::layout;

impl History {
    /// Puts the cursor on a place of the list.
    pub(super) fn go_to(&mut self, place: usize, height: usize) {
        self.place = place.min(self.rows.len().saturating_sub(1));
        self.fit(height);
    }

    /// Finds the row under the cursor again in other rows; where it is gone, the one in its place.
    pub(super) fn settle(&mut self, before: Option<HistoryRowId>, height: usize) {
        let again = before.and_then(|id| self.rows.iter().position(|row| row.id() == id));
        self.go_to(again.unwrap_or(self.place), height);
    }

    /// The window has another height now.
    pub(crate) fn fit(&mut self, height: usize) {
        self.offset = layout::scroll_to(self.offset, self.place, height, self.rows.len(), layout::CONTEXT);
    }

    /// Marks a call, or takes its mark away. Of more than two the one that was marked first loses its own.
    pub(super) fn mark(&mut self, id: RecordId) {
        if let Some(at) = self.marks.iter().position(|marked| *marked == id) {
            self.marks.remove(at);
            return;
        }
        if self.marks.len() > 1 {
            self.marks.remove(0);
        }
        self.marks.push(id);
    }

    /// The rule that is broken; None is the only right answer.
    pub(super) fn flaw(&self) -> Option<&'static str> {
        let calls = self.rows.iter().filter_map(HistoryRow::call).map(|call| call.id);
        let writes = self.rows.iter().filter_map(HistoryRow::write).map(|write| write.id);
        let are_ordered =
            calls.is_sorted_by(|id, next| id > next) && writes.is_sorted_by(|id, next| id > next);
        let rules = [
            (self.place < self.rows.len().max(1), "the cursor is past the last row"),
            (self.offset <= self.place, "the cursor is above the window of rows"),
            (self.marks.len() <= 2, "more than two calls are marked"),
            (are_ordered, "calls or writes are shown twice or in another order"),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map(|(_, rule)| rule)
    }
}
