//! Smoke test verdicts, beside the calls: the latest few per grant.

use std::collections::HashMap;

use rusqlite::{Connection, Result, Row, params};

use super::rows::{count, grant, instant};
use super::{History, HistoryError};
use crate::domain::smoke::{Past, RunId, Verdict};
use crate::domain::{Clean, Code, GrantId};

/// Number of verdicts kept per grant.
pub const KEPT_OF_EACH: usize = 10;

/// Total number of verdicts kept; beyond that the oldest runs are deleted.
pub(super) const MAX_TOTAL: i64 = 500_000;

/// The scope of a verdict: the same id under another profile or backend is another grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    /// The profile; "demo" for the demo, "environment" for `ALTER_*`.
    pub profile: String,
    /// The backend's base URL.
    pub backend: String,
}

/// Verdicts by grant, latest first.
pub type Verdicts = HashMap<GrantId, Vec<Past>>;

pub(super) const TABLES: &str = "
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        -- Microseconds since 1970.
        at INTEGER NOT NULL,
        profile TEXT NOT NULL,
        backend TEXT NOT NULL,
        mode TEXT NOT NULL,
        -- Empty while it goes on, and for ever where it was interrupted.
        ended INTEGER
    ) STRICT;
    CREATE TABLE verdicts (
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        grant_id TEXT NOT NULL,
        verdict TEXT NOT NULL,
        why TEXT,
        code TEXT,
        provider_status INTEGER,
        latency_ms INTEGER,
        at INTEGER NOT NULL,
        PRIMARY KEY (grant_id, run)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX verdicts_by_run ON verdicts (run);
";

/// The number of grants in a run; NULL for runs from before this column.
pub(super) const GRANTS: &str = "ALTER TABLE runs ADD COLUMN grants INTEGER";

const COLUMNS: &str = "v.run, v.grant_id, v.verdict, v.why, v.code, v.provider_status, v.latency_ms, v.at";

impl History {
    /// Records verdicts; a second one for the same grant and run replaces the first. Verdicts of a deleted run are
    /// dropped.
    ///
    /// # Errors
    /// As for [`History::insert`].
    pub fn keep_verdicts(&mut self, verdicts: &[Past]) -> Result<(), HistoryError> {
        self.within(|open| {
            let mut statement = open.prepare_cached(
                "INSERT OR REPLACE INTO verdicts
                    (run, grant_id, verdict, why, code, provider_status, latency_ms, at)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE EXISTS (SELECT 1 FROM runs WHERE id = ?1)",
            )?;
            for past in verdicts {
                statement.execute(params![
                    past.run.0,
                    past.grant.to_string(),
                    past.verdict.name(),
                    past.why.as_ref().map(Clean::as_str),
                    past.code.map(Code::name),
                    past.provider_status,
                    past.latency_ms.map(|millis| i64::try_from(millis).unwrap_or(i64::MAX)),
                    past.at.as_microsecond(),
                ])?;
            }
            Ok(())
        })
    }

    /// The latest verdicts on these grants, at most `each` per grant, and only of runs before `before`.
    ///
    /// # Errors
    /// As for [`History::list`].
    pub fn verdicts(
        &self,
        whose: &Whose,
        grants: &[GrantId],
        each: usize,
        before: Option<RunId>,
    ) -> Result<Verdicts, HistoryError> {
        let read = || {
            let mut statement = self.connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM verdicts v JOIN runs r ON r.id = v.run
                 WHERE v.grant_id = ?1 AND r.profile = ?2 AND r.backend = ?3 AND v.run < ?4
                 ORDER BY v.run DESC LIMIT ?5"
            ))?;
            let before = before.map_or(i64::MAX, |run| run.0);
            let each = i64::try_from(each).unwrap_or(i64::MAX);
            let mut found = Verdicts::new();
            for id in grants {
                let values = params![id.to_string(), whose.profile, whose.backend, before, each];
                let rows = statement.query_map(values, past)?.collect::<Result<Vec<_>>>()?;
                let known: Vec<Past> = rows.into_iter().flatten().collect();
                if !known.is_empty() {
                    found.insert(*id, known);
                }
            }
            Ok(found)
        };
        read().map_err(|error| self.at_this_file(error))
    }

    /// All verdicts of a run.
    ///
    /// # Errors
    /// As for [`History::list`].
    pub fn verdicts_of(&self, run: RunId) -> Result<Vec<Past>, HistoryError> {
        let read = || {
            let sql = format!("SELECT {COLUMNS} FROM verdicts v WHERE v.run = ?1");
            let mut statement = self.connection.prepare_cached(&sql)?;
            let rows = statement.query_map([run.0], past)?.collect::<Result<Vec<_>>>()?;
            Ok(rows.into_iter().flatten().collect())
        };
        read().map_err(|error| self.at_this_file(error))
    }
}

/// Deletes what exceeds the limits: per grant all but the latest [`KEPT_OF_EACH`], the oldest runs beyond a total of
/// half a million verdicts, and runs from before `oldest`.
pub(super) fn forget(open: &Connection, oldest: i64, in_all: i64) -> Result<()> {
    open.execute("DELETE FROM runs WHERE at < ?1", [oldest])?;
    open.execute(
        "DELETE FROM verdicts WHERE (grant_id, run) IN (
            SELECT grant_id, run FROM (
                SELECT v.grant_id, v.run, row_number() OVER
                    (PARTITION BY v.grant_id, r.profile, r.backend ORDER BY v.run DESC) AS place
                FROM verdicts v JOIN runs r ON r.id = v.run)
            WHERE place > ?1)",
        [i64::try_from(KEPT_OF_EACH).unwrap_or(i64::MAX)],
    )?;
    open.execute(
        "DELETE FROM runs WHERE id < (
            SELECT min(run) FROM (
                SELECT run, sum(count(*)) OVER (ORDER BY run DESC) AS through FROM verdicts GROUP BY run)
            WHERE through <= ?1)",
        [in_all],
    )?;
    Ok(())
}

/// Parses a row; `None` for a verdict that only a later version knows.
fn past(row: &Row<'_>) -> Result<Option<Past>> {
    let Ok(verdict) = row.get::<_, String>(2)?.parse::<Verdict>() else { return Ok(None) };
    Ok(Some(Past {
        run: RunId(row.get(0)?),
        grant: grant(&row.get::<_, String>(1)?, 1)?,
        verdict,
        why: row.get::<_, Option<String>>(3)?.map(|why| Clean::line(&why)),
        code: row.get::<_, Option<String>>(4)?.and_then(|code| code.parse().ok()),
        provider_status: row.get(5)?,
        latency_ms: count(row.get(6)?),
        at: instant(row.get(7)?),
    }))
}

#[cfg(test)]
#[path = "verdicts_tests.rs"]
mod tests;
