//! Smoke test runs: begun, resumed, ended. At most one process at a time owns a run.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::verdicts::{MAX_TOTAL, Whose, forget};
use super::{History, HistoryError};
use crate::domain::Mode;
use crate::domain::smoke::RunId;

/// The process that owns a run. NULL once it has left the run; if the process was killed, its id stays.
pub(super) const PROCESS: &str = "ALTER TABLE runs ADD COLUMN process INTEGER";

impl History {
    /// Begins a run over `grants` grants. This process owns it until it leaves it.
    ///
    /// # Errors
    /// As for [`History::insert`].
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

    /// Ends a run, unless it covers more grants than have a verdict: a resumed part does not end the run. Deletes what
    /// exceeds the limits.
    ///
    /// # Errors
    /// As for [`History::insert`].
    pub fn end_run(&mut self, run: RunId, at: Timestamp) -> Result<(), HistoryError> {
        let days = i64::from(self.retention.days);
        self.within(|open| {
            open.execute(
                "UPDATE runs SET ended = ?2 WHERE id = ?1
                 AND (SELECT count(*) FROM verdicts WHERE run = ?1) >= coalesce(grants, 0)",
                params![run.0, at.as_microsecond()],
            )?;
            forget(open, at.as_microsecond().saturating_sub(days.saturating_mul(86_400_000_000)), MAX_TOTAL)
        })
    }

    /// Gives up ownership of a run, ended or not, so that others may resume it.
    ///
    /// # Errors
    /// As for [`History::insert`].
    pub fn leave_run(&mut self, run: RunId) -> Result<(), HistoryError> {
        self.within(|open| open.execute("UPDATE runs SET process = NULL WHERE id = ?1", [run.0]).map(drop))
    }

    /// Takes ownership of a run to resume it. Returns false if the run has ended, was deleted, has another mode, or is
    /// owned by a live process.
    ///
    /// # Errors
    /// As for [`History::insert`].
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

    /// The latest run without a live owner, if it was interrupted.
    ///
    /// # Errors
    /// As for [`History::list`].
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

/// Whether a process exists. If the id has been reused, a run that could be resumed is left alone, which does no harm.
#[cfg(unix)]
fn is_alive(process: u32) -> bool {
    let Some(process) = rustix::process::Pid::from_raw(process.cast_signed()) else { return false };
    // A process of another user exists too, though it must not be signalled (EPERM).
    rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH)
}

/// Cannot be determined on this system without extra privileges: the run of a killed process stays owned.
#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    true
}

#[cfg(test)]
#[path = "runs_tests.rs"]
mod tests;
