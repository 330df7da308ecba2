//! Writes to grants, stored beside the calls: which act on which grant. There is no column for a token or a link.

use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::{History, HistoryError};
use crate::domain::{GrantId, HistoryQuery, StoredWrite, WriteId, WriteOutcome, WriteRecord};

/// Maximum number of writes kept; the oldest are deleted beyond it.
const MAX_TOTAL: i64 = 100_000;

pub(super) const TABLES: &str = "
    CREATE TABLE writes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        -- Microseconds since 1970.
        at INTEGER NOT NULL,
        profile TEXT NOT NULL,
        backend TEXT NOT NULL,
        act TEXT NOT NULL,
        grant_id TEXT,
        new_grant_id TEXT,
        provider TEXT,
        account TEXT,
        agent TEXT,
        reason TEXT,
        outcome TEXT NOT NULL,
        code TEXT,
        request_id TEXT
    ) STRICT;
    CREATE INDEX writes_by_grant ON writes (grant_id, id);
";

const COLUMNS: &str = "at, profile, backend, act, grant_id, new_grant_id, provider, account, agent, reason, outcome, code, request_id";

impl History {
    /// Inserts a write and returns its id.
    ///
    /// # Errors
    /// See [`History::insert`].
    pub fn keep_write(&mut self, record: &WriteRecord) -> Result<WriteId, HistoryError> {
        self.within(|open| {
            let act: &str = record.act.into();
            let outcome: &str = record.outcome.into();
            open.execute(
                &format!(
                    "INSERT INTO writes ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
                ),
                params![
                    record.at.as_microsecond(),
                    record.profile,
                    record.backend,
                    act,
                    record.grant.map(|id| id.to_string()),
                    record.new_grant.map(|id| id.to_string()),
                    record.provider,
                    record.account,
                    record.agent,
                    record.reason,
                    outcome,
                    record.code,
                    record.request_id,
                ],
            )?;
            let id = open.last_insert_rowid();
            open.execute("DELETE FROM writes WHERE id <= ?1", [id - MAX_TOTAL])?;
            Ok(WriteId(id))
        })
    }

    /// Updates a write with its outcome.
    ///
    /// # Errors
    /// See [`History::insert`].
    pub fn end_write(&mut self, id: WriteId, record: &WriteRecord) -> Result<(), HistoryError> {
        let outcome: &str = record.outcome.into();
        self.within(|open| {
            open.execute(
                "UPDATE writes SET outcome = ?2, code = ?3, request_id = ?4, grant_id = ?5, new_grant_id = ?6,
                 account = ?7 WHERE id = ?1",
                params![
                    id.0,
                    outcome,
                    record.code,
                    record.request_id,
                    record.grant.map(|id| id.to_string()),
                    record.new_grant.map(|id| id.to_string()),
                    record.account,
                ],
            )
            .map(drop)
        })
    }

    /// Returns the writes that match a query, latest first.
    ///
    /// # Errors
    /// See [`History::list`].
    pub fn writes(&self, query: &HistoryQuery) -> Result<Vec<StoredWrite>, HistoryError> {
        let before = query.after.map_or(WriteId(i64::MAX), |end| end.write);
        list(&self.connection, query, before).map_err(|error| self.at_this_file(error))
    }
}

/// The writes before one that match a query. Words are compared here: there are few writes, and in `SQLite` only ASCII
/// has lower case.
pub(super) fn list(
    connection: &Connection,
    query: &HistoryQuery,
    before: WriteId,
) -> rusqlite::Result<Vec<StoredWrite>> {
    let sql = format!(
        "SELECT {COLUMNS}, id FROM writes WHERE id < ?1 AND (?2 IS NULL OR profile = ?2)
         AND (?3 IS NULL OR grant_id = ?3 OR new_grant_id = ?3) ORDER BY id DESC"
    );
    let words: Vec<String> = query.text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![before.0, query.profile, query.grant.map(|id| id.to_string())])?;
    let mut found = Vec::new();
    while found.len() < query.limit
        && let Some(row) = rows.next()?
    {
        // Skip acts that only a newer version knows.
        let Some(record) = record(row)? else { continue };
        if record.is_found_by(&words) {
            found.push(StoredWrite { id: WriteId(row.get(13)?), record });
        }
    }
    Ok(found)
}

fn record(row: &Row<'_>) -> rusqlite::Result<Option<WriteRecord>> {
    let id = |index: usize| -> rusqlite::Result<Option<GrantId>> {
        Ok(row.get::<_, Option<String>>(index)?.as_deref().and_then(GrantId::parse))
    };
    let (at, act): (i64, String) = (row.get(0)?, row.get(3)?);
    let (Ok(at), Ok(act)) = (Timestamp::from_microsecond(at), act.parse()) else { return Ok(None) };
    Ok(Some(WriteRecord {
        at,
        profile: row.get(1)?,
        backend: row.get(2)?,
        act,
        grant: id(4)?,
        new_grant: id(5)?,
        provider: row.get(6)?,
        account: row.get(7)?,
        agent: row.get(8)?,
        reason: row.get(9)?,
        outcome: WriteOutcome::from_str(&row.get::<_, String>(10)?).unwrap_or_default(),
        code: row.get(11)?,
        request_id: row.get(12)?,
    }))
}

/// Deletes the writes from before `oldest`.
pub(super) fn forget(open: &Connection, oldest: i64) -> rusqlite::Result<usize> {
    open.execute("DELETE FROM writes WHERE at < ?1", [oldest])
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Retention;
    use crate::domain::{Code, Diagnosis, Retry, Who, WriteAct};

    #[test]
    fn writes_come_back_as_they_ended_the_latest_first() {
        let mut history = History::in_memory(Retention::default()).unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut first = WriteRecord::begin(WriteAct::Revoke, at(1_000));
        first.grant = Some(GrantId(Uuid::from_u128(7)));
        first.reason = Some("left".to_owned());
        let second = WriteRecord::begin(WriteAct::Connect, at(2_000));
        let others = WriteRecord { profile: "acme".to_owned(), ..second.clone() };
        let id = history.keep_write(&first).unwrap();
        history.keep_write(&second).unwrap();
        history.keep_write(&others).unwrap();
        let refused = Diagnosis::new(Code::PolicyViolation, Who::Alter, Retry::No).fact("request", "req-1");
        let ended = first.ended(WriteOutcome::Failed, Some(&refused));
        assert_eq!(ended.request_id.as_deref(), Some("req-1"));
        history.end_write(id, &ended).unwrap();
        let of = |profile: &str, limit| {
            let query = HistoryQuery { profile: Some(profile.to_owned()), limit, ..HistoryQuery::default() };
            history.writes(&query).unwrap().into_iter().map(|write| write.record).collect::<Vec<_>>()
        };
        assert_eq!(of("", 10), [second.clone(), ended]);
        assert_eq!(of("", 1), [second]);
        assert_eq!(of("acme", 10), [others]);
    }
}
