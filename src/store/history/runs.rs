//! Runs of smoke tests: begun, gone on with, over. Each is at most one process's at a time.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::verdicts::{KEPT_IN_ALL, Whose, forget};
use super::{History, HistoryError};
use crate::domain::Mode;
use crate::domain::smoke::RunId;

/// Whose a run is at the moment. Empty once it was left; where its process was killed, it stays.
pub(super) const PROCESS: &str = "ALTER TABLE runs ADD COLUMN process INTEGER";

impl History {
    /// A run over so many grants begins. It is this process's until it is left.
    ///
    /// # Errors
    /// See [`History::insert`].
    pub fn begin_run(
        &mut self,
        whose: &Whose,
        mode: Mode,
        grants: u32,
        at: Timestamp,
    ) -> Result<RunId, HistoryError> {
        let mode: &str = mode.into();
        self.within(|open| {
            open.execute(
                "INSERT INTO runs (at, profile, backend, mode, grants, process) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![at.as_microsecond(), whose.profile, whose.backend, mode, grants, std::process::id()],
            )?;
            Ok(RunId(open.last_insert_rowid()))
        })
    }

    /// A run is over, unless it is about more grants than have a verdict: a part of it that was gone on with does not
    /// end it. What is beyond the bounds is forgotten.
    ///
    /// # Errors
    /// See [`History::insert`].
    pub fn end_run(&mut self, run: RunId, at: Timestamp) -> Result<(), HistoryError> {
        let days = i64::from(self.retention.days);
        self.within(|open| {
            open.execute(
                "UPDATE runs SET ended = ?2 WHERE id = ?1
                 AND (SELECT count(*) FROM verdicts WHERE run = ?1) >= coalesce(grants, 0)",
                params![run.0, at.as_microsecond()],
            )?;
            forget(open, at.as_microsecond().saturating_sub(days.saturating_mul(86_400_000_000)), KEPT_IN_ALL)
        })
    }

    /// This process is done with a run, whether it is over or not: others may go on with it.
    ///
    /// # Errors
    /// See [`History::insert`].
    pub fn leave_run(&mut self, run: RunId) -> Result<(), HistoryError> {
        self.within(|open| open.execute("UPDATE runs SET process = NULL WHERE id = ?1", [run.0]).map(drop))
    }

    /// Makes a run this process's, to go on with it. False where that cannot be: it is over, forgotten, of another
    /// mode, or a process has it still going.
    ///
    /// # Errors
    /// See [`History::insert`].
    pub fn take_up_run(&mut self, whose: &Whose, mode: Mode, run: RunId) -> Result<bool, HistoryError> {
        let mode: &str = mode.into();
        self.within(|open| {
            let sql = "SELECT process FROM runs
                       WHERE id = ?1 AND profile = ?2 AND backend = ?3 AND mode = ?4 AND ended IS NULL";
            let values = params![run.0, whose.profile, whose.backend, mode];
            let found = open.query_row(sql, values, |row| row.get::<_, Option<u32>>(0)).optional()?;
            let free = found.is_some_and(|process| !process.is_some_and(is_alive));
            if free {
                open.execute(
                    "UPDATE runs SET process = ?2 WHERE id = ?1",
                    params![run.0, std::process::id()],
                )?;
            }
            Ok(free)
        })
    }

    /// The latest run that no process has going, where it was interrupted.
    ///
    /// # Errors
    /// See [`History::list`].
    pub fn interrupted_run(&self, whose: &Whose) -> Result<Option<RunId>, HistoryError> {
        let read = || {
            let mut statement = self.connection.prepare_cached(
                "SELECT id, process, ended IS NULL FROM runs WHERE profile = ?1 AND backend = ?2 ORDER BY id DESC",
            )?;
            let mut rows = statement.query(params![whose.profile, whose.backend])?;
            while let Some(row) = rows.next()? {
                let (process, open): (Option<u32>, bool) = (row.get(1)?, row.get(2)?);
                if !open || !process.is_some_and(is_alive) {
                    return Ok(open.then_some(RunId(row.get(0)?)));
                }
            }
            Ok(None)
        };
        read().map_err(|error| self.at_this_file(error))
    }
}

/// Whether there is such a process. It may be another one with the same number: then a run is left alone that could
/// be gone on with, and nothing is mixed.
#[cfg(unix)]
fn is_alive(process: u32) -> bool {
    let Some(process) = rustix::process::Pid::from_raw(process.cast_signed()) else { return false };
    // One of somebody else's may not be asked, and is there.
    rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH)
}

/// Nothing tells it there without more rights than are needed: a run whose process was killed stays its own.
#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    true
}

#[cfg(test)]
#[path = "runs_tests.rs"]
mod tests;
