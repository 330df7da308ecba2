//! The history: every test call without its secrets, and the latest smoke test verdicts, stored on this machine (safety
//! rules 2, 6 and 8).
//!
//! A single `SQLite` file in WAL mode, so that two instances of the program can use it at once. Everything here may
//! block on the disk or on the other instance.

mod copies;
mod error;
mod held;
mod page;
mod place;
mod rows;
mod runs;
mod schema;
mod verdicts;
mod writes;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

pub use error::HistoryError;
pub use held::HeldCall;
pub use verdicts::{KEPT_OF_EACH, Verdicts, Whose};

pub use crate::domain::HistoryPolicy;
use crate::domain::{ApprovalId, CallRecord, RecordId, RecordQuery, RecordSummary};

/// How long to wait for another instance's lock before a write fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the history is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a file.
    File(PathBuf),
    /// In memory: it ends with the program.
    Memory,
}

impl Place {
    /// Whether there may be an earlier history. Never in memory.
    pub fn is_there(&self) -> bool {
        match self {
            Self::File(file) => file.exists(),
            Self::Memory => false,
        }
    }
}

/// How much is kept, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Older calls are deleted.
    pub days: u32,
    /// Size limit in bytes; beyond it the oldest calls are deleted.
    pub bytes: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { days: 30, bytes: 100 << 20 }
    }
}

/// The calls before and after a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The next older call.
    pub older: Option<RecordId>,
    /// The next newer call.
    pub newer: Option<RecordId>,
}

/// An open history.
#[derive(Debug)]
pub struct History {
    connection: Connection,
    /// For error messages.
    file: PathBuf,
    retention: Retention,
}

impl History {
    /// Opens the history, and creates file and folder if they are missing, accessible by their owner only. Migrates a
    /// file of an older version; leaves a file that cannot be used unchanged.
    ///
    /// # Errors
    /// If there is no usable history. A folder that is a symlink or belongs to someone else is refused.
    pub fn open(file: &Path, retention: Retention) -> Result<Self, HistoryError> {
        place::prepare(file)?;
        let reported = |error| HistoryError::of(file, error);
        // Without `CREATE`: if the file has been removed meanwhile, it must not be created with other permissions.
        let connection = Connection::open_with_flags(file, place::flags()).map_err(reported)?;
        Self::with(connection, file.to_owned(), retention)
    }

    /// Opens the history at a place; see [`History::open`].
    ///
    /// # Errors
    /// If there is no usable history.
    pub fn at(place: &Place, retention: Retention) -> Result<Self, HistoryError> {
        match place {
            Place::File(file) => Self::open(file, retention),
            Place::Memory => Self::in_memory(retention),
        }
    }

    /// Creates a history that ends with the program.
    ///
    /// # Errors
    /// If memory cannot be allocated.
    pub fn in_memory(retention: Retention) -> Result<Self, HistoryError> {
        let file = PathBuf::from(":memory:");
        let connection = Connection::open_in_memory().map_err(|error| HistoryError::of(&file, error))?;
        Self::with(connection, file, retention)
    }

    fn with(mut connection: Connection, file: PathBuf, retention: Retention) -> Result<Self, HistoryError> {
        connection.busy_timeout(BUSY_TIMEOUT).map_err(|error| HistoryError::of(&file, error))?;
        schema::prepare(&mut connection, &file)?;
        Ok(Self { connection, file, retention })
    }

    fn at_this_file(&self, error: rusqlite::Error) -> HistoryError {
        HistoryError::of(&self.file, error)
    }

    /// Records a call.
    ///
    /// # Errors
    /// If the disk is full, or the other instance does not release its lock.
    pub fn insert(&mut self, record: &CallRecord) -> Result<RecordId, HistoryError> {
        self.within(|transaction| {
            let record = rows::attributed(transaction, record)?;
            rows::insert(transaction, &rows::CallRow::new(&record))
        })
    }

    /// Records the outcome of a call. A call that was deleted meanwhile is inserted again.
    ///
    /// # Errors
    /// As for [`History::insert`].
    pub fn finish(&mut self, id: RecordId, record: &CallRecord) -> Result<(), HistoryError> {
        self.within(|transaction| {
            let record = rows::attributed(transaction, record)?;
            rows::update(transaction, id, &rows::CallRow::new(&record))
        })
    }

    fn within<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, HistoryError> {
        let run = |connection: &mut Connection| {
            // `IMMEDIATE`: two writers wait for each other instead of one failing when it upgrades its lock.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        run(&mut self.connection).map_err(|error| HistoryError::of(&self.file, error))
    }

    /// The calls that match a query, latest first.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn list(&self, query: &RecordQuery) -> Result<Vec<RecordSummary>, HistoryError> {
        rows::list(&self.connection, query).map_err(|error| self.at_this_file(error))
    }

    /// Returns a call, or `None` if it was deleted.
    ///
    /// # Errors
    /// As for [`History::list`].
    pub fn get(&self, id: RecordId) -> Result<Option<CallRecord>, HistoryError> {
        rows::get(&self.connection, id).map_err(|error| self.at_this_file(error))
    }

    /// The call that was held under this approval id; the latest if there are several.
    ///
    /// # Errors
    /// As for [`History::list`].
    pub fn held(&self, approval: ApprovalId) -> Result<Option<(RecordId, CallRecord)>, HistoryError> {
        let latest = "SELECT max(id) FROM calls WHERE approval = ?1";
        let read = || {
            let id: Option<i64> =
                self.connection.query_row(latest, [approval.to_string()], |row| row.get(0))?;
            let Some(id) = id.map(RecordId) else { return Ok(None) };
            Ok(rows::get(&self.connection, id)?.map(|record| (id, record)))
        };
        read().map_err(|error| self.at_this_file(error))
    }

    /// The calls next to a call.
    ///
    /// # Errors
    /// As for [`History::list`].
    pub fn neighbours(&self, id: RecordId) -> Result<Neighbours, HistoryError> {
        let one = |sql: &str| {
            let found = self.connection.query_row(sql, [id.0], |row| row.get::<_, Option<i64>>(0));
            found.map(|id| id.map(RecordId))
        };
        let read = || {
            Ok(Neighbours {
                older: one("SELECT max(id) FROM calls WHERE id < ?1")?,
                newer: one("SELECT min(id) FROM calls WHERE id > ?1")?,
            })
        };
        read().map_err(|error| self.at_this_file(error))
    }

    /// Deletes a call; returns whether it existed.
    ///
    /// # Errors
    /// As for [`History::insert`].
    pub fn delete(&mut self, id: RecordId) -> Result<bool, HistoryError> {
        let gone = self.within(|open| open.execute("DELETE FROM calls WHERE id = ?1", [id.0]))?;
        self.settle();
        Ok(gone > 0)
    }

    /// Deletes all calls, verdicts and copies; returns the number of calls. Writes stay: they are the record of what was
    /// changed.
    ///
    /// # Errors
    /// As for [`History::insert`].
    pub fn clear(&mut self) -> Result<usize, HistoryError> {
        let gone = self.within(|open| {
            open.execute("DELETE FROM runs", [])?;
            open.execute("DELETE FROM copies", [])?;
            open.execute("DELETE FROM calls", [])
        })?;
        self.settle();
        Ok(gone)
    }

    /// Deletes calls beyond the limits; returns how many. A call that is still held is kept: only the history knows its
    /// approval id.
    ///
    /// # Errors
    /// As for [`History::insert`].
    pub fn prune(&mut self, now: Timestamp) -> Result<usize, HistoryError> {
        let Retention { days, bytes } = self.retention;
        let now = now.as_microsecond();
        let oldest = now.saturating_sub(i64::from(days).saturating_mul(86_400_000_000));
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let gone = self.within(|open| {
            let held = "(held_until IS NULL OR held_until < ?1)";
            let old = format!("DELETE FROM calls WHERE at < ?2 AND {held}");
            let mut gone = open.execute(&old, params![now, oldest])?;
            copies::forget(open, oldest)?;
            writes::forget(open, oldest)?;
            let total: i64 =
                open.query_row("SELECT coalesce(sum(size), 0) FROM calls", [], |row| row.get(0))?;
            if total > bytes {
                // Keep the newest calls that fit together.
                let first =
                    "SELECT min(id) FROM (SELECT id, sum(size) OVER (ORDER BY id DESC) AS through FROM calls)
                     WHERE through <= ?1";
                let first: Option<i64> =
                    open.query_row(first, [bytes], |row| row.get(0)).optional()?.flatten();
                let over = format!("DELETE FROM calls WHERE id < ?2 AND {held}");
                gone += open.execute(&over, params![now, first.unwrap_or(i64::MAX)])?;
            }
            Ok(gone)
        })?;
        if gone > 0 {
            self.settle();
        }
        Ok(gone)
    }

    /// Releases the space of deleted rows, and truncates the write-ahead log so that it keeps none of them. Best
    /// effort: if the other instance is reading, it happens next time.
    fn settle(&self) {
        for pragma in ["PRAGMA incremental_vacuum", "PRAGMA wal_checkpoint(TRUNCATE)"] {
            let run = || {
                let mut statement = self.connection.prepare(pragma)?;
                let mut rows = statement.query([])?;
                while rows.next()?.is_some() {}
                Ok::<_, rusqlite::Error>(())
            };
            let _ = run();
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
