//! Log of copied ids, beside the calls: which id, in which format and by which route, never the text that was copied.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{History, HistoryError, Whose};
use crate::domain::GrantId;
use crate::domain::copy::{Copies, IdCopy};

/// Total number of copies kept; beyond that the oldest are deleted.
pub(super) const MAX_TOTAL: i64 = 100_000;

pub(super) const TABLES: &str = "
    CREATE TABLE copies (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        -- Microseconds since 1970.
        at INTEGER NOT NULL,
        profile TEXT NOT NULL,
        backend TEXT NOT NULL,
        grant_id TEXT NOT NULL,
        format TEXT NOT NULL,
        route TEXT NOT NULL
    ) STRICT;
    CREATE INDEX copies_by_grant ON copies (profile, backend, grant_id, at);
";

impl History {
    /// Records that ids were copied.
    ///
    /// # Errors
    /// As for [`History::insert`].
    pub fn keep_copies(&mut self, whose: &Whose, copies: &[IdCopy]) -> Result<(), HistoryError> {
        self.within(|open| {
            let mut statement = open.prepare_cached(
                "INSERT INTO copies (at, profile, backend, grant_id, format, route)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for copy in copies {
                statement.execute(params![
                    copy.at.as_microsecond(),
                    whose.profile,
                    whose.backend,
                    copy.grant.to_string(),
                    copy.format.name(),
                    copy.route.name(),
                ])?;
            }
            open.execute("DELETE FROM copies WHERE id <= (SELECT max(id) FROM copies) - ?1", [MAX_TOTAL])?;
            Ok(())
        })
    }

    /// How often each id was copied, and when last.
    ///
    /// # Errors
    /// As for [`History::list`].
    pub fn copies(&self, whose: &Whose) -> Result<HashMap<GrantId, Copies>, HistoryError> {
        let read = || {
            let mut statement = self.connection.prepare_cached(
                "SELECT grant_id, count(*), max(at) FROM copies
                 WHERE profile = ?1 AND backend = ?2 GROUP BY grant_id",
            )?;
            let rows = statement.query_map(params![whose.profile, whose.backend], |row| {
                let times: i64 = row.get(1)?;
                let last: i64 = row.get(2)?;
                Ok((row.get::<_, String>(0)?, times, last))
            })?;
            let mut found = HashMap::new();
            for row in rows {
                let (id, times, last) = row?;
                // Skip rows with an invalid id or time: this program did not write them.
                if let (Some(id), Ok(last)) = (GrantId::parse(&id), Timestamp::from_microsecond(last)) {
                    let times = u32::try_from(times).unwrap_or(u32::MAX);
                    found.insert(id, Copies { times, last });
                }
            }
            Ok(found)
        };
        read().map_err(|error| self.at_this_file(error))
    }
}

/// Deletes copies from before `oldest`.
pub(super) fn forget(open: &Connection, oldest: i64) -> rusqlite::Result<usize> {
    open.execute("DELETE FROM copies WHERE at < ?1", [oldest])
}

#[cfg(test)]
#[path = "copies_tests.rs"]
mod tests;
