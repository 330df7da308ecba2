//! Held calls known to the history.

use jiff::Timestamp;
use rusqlite::params;

use super::rows::{approval, grant};
use super::{History, HistoryError};
use crate::domain::{ApprovalId, GrantId};

/// A call that waits for approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldCall {
    /// Id of the approval.
    pub approval: ApprovalId,
    /// The grant used.
    pub grant: GrantId,
    /// HTTP method.
    pub method: String,
    /// URL.
    pub url: String,
}

impl History {
    /// A profile's held calls to a backend that have not expired by `now`, latest first.
    ///
    /// # Errors
    /// As for [`History::list`].
    pub fn held_calls(
        &self,
        profile: &str,
        host: &str,
        now: Timestamp,
    ) -> Result<Vec<HeldCall>, HistoryError> {
        let read = || -> rusqlite::Result<Vec<HeldCall>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT approval, grant_id, method, url FROM calls
                 WHERE ending = 'held' AND held_until > ?1 AND profile = ?2 AND host = ?3 ORDER BY id DESC",
            )?;
            let rows = statement.query_map(params![now.as_microsecond(), profile, host], |row| {
                let Some(approval) = approval(row.get(0)?) else { return Ok(None) };
                let id: String = row.get(1)?;
                Ok(Some(HeldCall { approval, grant: grant(&id, 1)?, method: row.get(2)?, url: row.get(3)? }))
            })?;
            rows.filter_map(Result::transpose).collect()
        };
        read().map_err(|error| self.at_this_file(error))
    }
}
