//! The tables and their migrations.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::error::{HistoryError, Problem};

/// "gdhi": application id of our files.
const APPLICATION: i64 = 0x6764_6869;

/// Migrations from each version to the next, the first from an empty file. Never change one that was released.
pub(super) const STEPS: &[&str] = &[
    CALLS,
    super::verdicts::TABLES,
    super::verdicts::GRANTS,
    super::copies::TABLES,
    super::runs::PROCESS,
    super::writes::TABLES,
];

const CALLS: &str = "
    CREATE TABLE calls (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        -- Microseconds since 1970.
        at INTEGER NOT NULL,
        profile TEXT NOT NULL,
        host TEXT NOT NULL,
        grant_id TEXT NOT NULL,
        provider TEXT,
        account TEXT,
        mode TEXT NOT NULL,
        method TEXT NOT NULL,
        url TEXT NOT NULL,
        reason TEXT,
        elapsed_ms INTEGER,
        duration_ms INTEGER,
        approval TEXT,
        ending TEXT NOT NULL,
        alter_status INTEGER,
        provider_status INTEGER,
        code TEXT,
        audited TEXT NOT NULL,
        -- A held call is not forgotten before.
        held_until INTEGER,
        -- Everything else, as JSON.
        details TEXT NOT NULL,
        -- What is searched, in lower case.
        haystack TEXT NOT NULL,
        -- Bytes of the row and its bodies.
        size INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX calls_by_grant ON calls (grant_id, id);
    CREATE TABLE bodies (
        call INTEGER NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
        -- 0 what was sent, 1 what was answered.
        side INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        whole_length INTEGER NOT NULL,
        cut INTEGER NOT NULL,
        omitted TEXT,
        PRIMARY KEY (call, side)
    ) STRICT;
";

/// Configures the connection and migrates the file.
pub(super) fn prepare(connection: &mut Connection, file: &Path) -> Result<(), HistoryError> {
    let reported = |error| HistoryError::of(file, error);
    // Before anything is written: a file that is not ours, or too new, stays unchanged.
    check_version(connection, file)?;
    // `auto_vacuum` can only be set before there are tables.
    connection
        .execute_batch(
            "PRAGMA auto_vacuum = INCREMENTAL;
             PRAGMA secure_delete = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA foreign_keys = ON;
             PRAGMA synchronous = NORMAL;",
        )
        .map_err(reported)?;
    write_ahead(connection).map_err(reported)?;
    if check_version(connection, file)? < STEPS.len() {
        migrate(connection, file)?;
    }
    Ok(())
}

/// Retries for switching to WAL while another instance does the same: `SQLite` ignores the busy timeout for this
/// statement.
const WAL_TRIES: u32 = 100;
const WAL_PAUSE: Duration = Duration::from_millis(10);

fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let mut tries = 0;
    loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && tries < WAL_TRIES => {
                tries += 1;
                std::thread::sleep(WAL_PAUSE);
            }
            other => return other.map(drop),
        }
    }
}

/// The version of the file, if it is one of ours.
fn check_version(connection: &Connection, file: &Path) -> Result<usize, HistoryError> {
    // One statement, so that all three values are consistent: another instance may be creating the tables.
    let now = "SELECT (SELECT user_version FROM pragma_user_version),
                      (SELECT application_id FROM pragma_application_id),
                      (SELECT count(*) FROM sqlite_master)";
    let read = connection
        .query_row(now, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)));
    let (version, application, tables) = read.map_err(|error| HistoryError::of(file, error))?;
    let fresh = version == 0 && application == 0 && tables == 0;
    if !fresh && application != APPLICATION {
        return Err(HistoryError::new(file, Problem::Corrupt));
    }
    let known = STEPS.len();
    match usize::try_from(version) {
        Ok(version) if version <= known => Ok(version),
        _ => Err(HistoryError::new(file, Problem::Newer { found: version, known: known as i64 })),
    }
}

fn migrate(connection: &mut Connection, file: &Path) -> Result<(), HistoryError> {
    let reported = |error| HistoryError::of(file, error);
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(reported)?;
    // Another instance may have migrated it meanwhile.
    let version = check_version(&transaction, file)?;
    let steps = || {
        for step in STEPS.iter().skip(version) {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", STEPS.len() as i64)
    };
    steps().map_err(reported)?;
    transaction.commit().map_err(reported)
}
