//! Reads calls and writes as one list, page by page.

use super::{History, HistoryError, rows, writes};
use crate::domain::history::merged;
use crate::domain::{HistoryEnd, HistoryQuery, HistorySlice, RecordId, RecordQuery, WriteId};

impl History {
    /// The calls and writes that match a query, latest first.
    ///
    /// # Errors
    /// As for [`History::list`].
    pub fn page(&self, query: &HistoryQuery) -> Result<HistorySlice, HistoryError> {
        let read = || {
            // What comes after the first page was read belongs to no later page.
            let start = query.after.map_or_else(|| self.newest(), Ok)?;
            let of_calls = RecordQuery {
                text: query.text.clone(),
                grant: query.grant,
                profile: query.profile.clone(),
                ending: None,
                before: Some(start.call),
                limit: query.limit,
            };
            let calls = rows::list(&self.connection, &of_calls)?;
            let writes = writes::list(&self.connection, query, start.write)?;
            let rows = merged(calls, writes, query.limit);
            Ok(HistorySlice { end: start.after(&rows), rows })
        };
        read().map_err(|error| self.at_this_file(error))
    }

    /// The end before everything: just after the latest call and write.
    fn newest(&self) -> rusqlite::Result<HistoryEnd> {
        let sql = "SELECT coalesce((SELECT max(id) FROM calls), 0) + 1, coalesce((SELECT max(id) FROM writes), 0) + 1";
        self.connection.query_row(sql, [], |row| {
            Ok(HistoryEnd { call: RecordId(row.get(0)?), write: WriteId(row.get(1)?) })
        })
    }
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
