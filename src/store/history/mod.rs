//! The history: every test call without its secrets, and the latest verdicts of smoke tests, kept on this machine
//! (safety rules 2, 6 and 8).
//!
//! One file of `SQLite`, in WAL mode, so that two instances of the program can use it at once. Everything here may
//! wait for the disk or for the other instance: never call it on a thread that has something else to do.

mod copies;
mod error;
mod held;
mod place;
mod rows;
mod runs;
mod schema;
mod verdicts;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

pub use error::HistoryError;
pub use held::HeldCall;
pub use verdicts::{KEPT_OF_EACH, Verdicts, Whose};

pub use crate::domain::HistoryPolicy;
use crate::domain::{ApprovalId, CallRecord, RecordId, RecordQuery, RecordSummary};

/// How long another instance may hold the file before a write is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the history is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a file.
    File(PathBuf),
    /// In memory: it ends with the program.
    Memory,
}

impl Place {
    /// Whether anything can have been kept there before. In memory nothing is.
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
    /// Older calls are forgotten.
    pub days: u32,
    /// Beyond so many bytes the oldest calls are forgotten.
    pub bytes: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { days: 30, bytes: 100 << 20 }
    }
}

/// The calls before and after one in the history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The next older one.
    pub older: Option<RecordId>,
    /// The next newer one.
    pub newer: Option<RecordId>,
}

/// The open history.
#[derive(Debug)]
pub struct History {
    connection: Connection,
    /// For messages.
    file: PathBuf,
    retention: Retention,
}

impl History {
    /// Opens the history, and makes file and folder where they are missing, for their owner alone. A file of an
    /// older version is brought up to date; one that cannot be used is left as it is.
    ///
    /// # Errors
    /// Why there is no history. A folder that is a link or somebody else's is refused.
    pub fn open(file: &Path, retention: Retention) -> Result<Self, HistoryError> {
        place::prepare(file)?;
        let reported = |error| HistoryError::of(file, error);
        // Without `CREATE`: whoever took the file away meanwhile does not get one with other rights in its place.
        let connection = Connection::open_with_flags(file, place::flags()).map_err(reported)?;
        Self::with(connection, file.to_owned(), retention)
    }

    /// Opens the history where it is; see there.
    ///
    /// # Errors
    /// Why there is none.
    pub fn at(place: &Place, retention: Retention) -> Result<Self, HistoryError> {
        match place {
            Place::File(file) => Self::open(file, retention),
            Place::Memory => Self::in_memory(retention),
        }
    }

    /// A history that ends with the program.
    ///
    /// # Errors
    /// No memory.
    pub fn in_memory(retention: Retention) -> Result<Self, HistoryError> {
        let file = PathBuf::from(":memory:");
        let connection = Connection::open_in_memory().map_err(|error| HistoryError::of(&file, error))?;
        Self::with(connection, file, retention)
    }

    fn with(mut connection: Connection, file: PathBuf, retention: Retention) -> Result<Self, HistoryError> {
        connection.busy_timeout(PATIENCE).map_err(|error| HistoryError::of(&file, error))?;
        schema::prepare(&mut connection, &file)?;
        Ok(Self { connection, file, retention })
    }

    fn at_this_file(&self, error: rusqlite::Error) -> HistoryError {
        HistoryError::of(&self.file, error)
    }

    /// Keeps a call.
    ///
    /// # Errors
    /// The disk is full, or the other instance does not let go of the file.
    pub fn insert(&mut self, record: &CallRecord) -> Result<RecordId, HistoryError> {
        self.within(|transaction| {
            let record = rows::attributed(transaction, record)?;
            rows::insert(transaction, &rows::Row::of(&record))
        })
    }

    /// Keeps what became of a call. One that was forgotten meanwhile is remembered again.
    ///
    /// # Errors
    /// See [`History::insert`].
    pub fn finish(&mut self, id: RecordId, record: &CallRecord) -> Result<(), HistoryError> {
        self.within(|transaction| {
            let record = rows::attributed(transaction, record)?;
            rows::update(transaction, id, &rows::Row::of(&record))
        })
    }

    fn within<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, HistoryError> {
        let run = |connection: &mut Connection| {
            // At once, so that two writers wait for each other instead of one giving up half-way.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        run(&mut self.connection).map_err(|error| HistoryError::of(&self.file, error))
    }

    /// The calls that are asked for, the latest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn list(&self, query: &RecordQuery) -> Result<Vec<RecordSummary>, HistoryError> {
        rows::list(&self.connection, query).map_err(|error| self.at_this_file(error))
    }

    /// One call; None where it is forgotten.
    ///
    /// # Errors
    /// See [`History::list`].
    pub fn get(&self, id: RecordId) -> Result<Option<CallRecord>, HistoryError> {
        rows::get(&self.connection, id).map_err(|error| self.at_this_file(error))
    }

    /// The call that was held under this handle, if there was one; the latest, should there be several.
    ///
    /// # Errors
    /// See [`History::list`].
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

    /// The calls next to one.
    ///
    /// # Errors
    /// See [`History::list`].
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

    /// Forgets one call; whether there was one.
    ///
    /// # Errors
    /// See [`History::insert`].
    pub fn delete(&mut self, id: RecordId) -> Result<bool, HistoryError> {
        let gone = self.within(|open| open.execute("DELETE FROM calls WHERE id = ?1", [id.0]))?;
        self.settle();
        Ok(gone > 0)
    }

    /// Forgets all calls, verdicts and copies; how many calls there were.
    ///
    /// # Errors
    /// See [`History::insert`].
    pub fn clear(&mut self) -> Result<usize, HistoryError> {
        let gone = self.within(|open| {
            open.execute("DELETE FROM runs", [])?;
            open.execute("DELETE FROM copies", [])?;
            open.execute("DELETE FROM calls", [])
        })?;
        self.settle();
        Ok(gone)
    }

    /// Forgets what is older or more than is to be kept; how many calls. A call that is still held is not among
    /// them: nothing else knows its handle.
    ///
    /// # Errors
    /// See [`History::insert`].
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
            let total: i64 =
                open.query_row("SELECT coalesce(sum(size), 0) FROM calls", [], |row| row.get(0))?;
            if total > bytes {
                // The newest ones that fit together stay.
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

    /// Gives the space of what is forgotten back, and lets nothing of it stay in the log. As well as it goes: where
    /// the other instance reads at this moment, it happens next time.
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
