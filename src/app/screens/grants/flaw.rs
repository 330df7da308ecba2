//! What always holds of the list.

use super::Grants;

impl Grants {
    /// The rule that is broken where `height` rows are in sight; None is the only right answer.
    pub(super) fn flaw(&self, height: usize) -> Option<&'static str> {
        let shown = self.shown();
        let under_cursor = self.at(self.place).map(|grant| grant.row);
        let counted: u32 = self.per_provider.values().sum();
        let mut named = self.marks.iter().chain(self.changes.keys());
        let rules = [
            (self.cursor.is_some() || shown == 0, "rows are shown and none is under the cursor"),
            (self.cursor.is_none() || self.place < shown, "the cursor is past the end"),
            (self.cursor.is_none() || under_cursor == self.cursor, "place and row disagree"),
            (
                height == 0 || shown == 0 || (self.offset..self.offset + height).contains(&self.place),
                "the cursor is out of sight",
            ),
            (named.all(|row| self.rows.position(*row).is_some()), "a mark on a row that is not there"),
            (counted as usize == self.rows.len(), "the chips miscount"),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map(|(_, rule)| rule)
    }
}
