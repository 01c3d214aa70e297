//! One file, made for its owner only.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::types::{FromSql, ToSqlOutput, Value as Found, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, ToSql};
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::checkpoint::LOG_PAGES;
use super::db::{self, Statement, Value};
use super::error::OpenError;

/// How long SQLite itself waits for a lock; within the budget of a call.
const BUSY: Duration = Duration::from_millis(300);

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations/sqlite");

/// So many statements stay prepared in a connection; there are fewer.
const PREPARED: usize = 100;

/// KiB of pages that the writer keeps: the upper ones of every index, with ten million records too.
const CACHE: i64 = 16_384;

/// How many steps SQLite takes between two looks at the clock.
const STEPS: i32 = 10_000;

pub(super) struct File {
    path: PathBuf,
}

impl File {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Makes the file where there is none (SQLite gives its companions the same mode).
    pub(super) async fn prepare(&self) -> Result<(), OpenError> {
        let made = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&self.path);
        made.map_err(|source| OpenError::File {
            path: self.path.clone(),
            source,
        })?;
        drop(self.writer()?);
        let migrated = async {
            let options = SqliteConnectOptions::new().filename(&self.path);
            let mut connection = options.disable_statement_logging().connect().await?;
            MIGRATIONS.run(&mut connection).await?;
            Ok(connection.close().await?)
        };
        migrated.await.map_err(|source| OpenError::Migrate {
            place: self.name(),
            source,
        })
    }

    pub(super) fn writer(&self) -> Result<Connection, OpenError> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let settings = |connection: &Connection| -> rusqlite::Result<(String, i64)> {
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "full")?;
            connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
            connection.pragma_update(None, "cache_size", -CACHE)?;
            connection.pragma_update(None, "temp_store", "memory")?;
            let journal = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
            let synchronous = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
            Ok((journal, synchronous))
        };
        let (journal, synchronous) = settings(&connection).map_err(|e| self.unusable(e))?;
        // https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL, 3 is EXTRA.
        if journal == "wal" && [2, 3].contains(&synchronous) {
            return Ok(connection);
        }
        Err(OpenError::NotDurable {
            place: self.name(),
            found: format!("journal_mode is {journal}, synchronous is {synchronous}: put it on a local disk"),
        })
    }

    pub(super) fn reader(&self) -> Result<Connection, OpenError> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let reads = connection.pragma_update(None, "query_only", "on");
        reads.map_err(|e| self.unusable(e))?;
        Ok(connection)
    }

    pub(super) fn snapshot(&self) -> Result<Connection, OpenError> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let begun = connection.execute_batch("BEGIN");
        begun.map_err(|e| self.unusable(e))?;
        Ok(connection)
    }

    fn connect(&self, access: OpenFlags) -> Result<Connection, OpenError> {
        let opened = Connection::open_with_flags(&self.path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX);
        let connection = opened.map_err(|e| self.unusable(e))?;
        connection.busy_timeout(BUSY).map_err(|e| self.unusable(e))?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        Ok(connection)
    }

    fn unusable(&self, source: rusqlite::Error) -> OpenError {
        OpenError::Connect {
            place: self.name(),
            source: source.into(),
        }
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// Interrupts what goes on for longer than that from now on.
pub(super) fn limit(connection: &Connection, budget: Duration) -> rusqlite::Result<()> {
    let began = Instant::now();
    connection.progress_handler(STEPS, Some(move || began.elapsed() > budget))
}

/// Says how many rows it touched.
pub(super) fn execute(connection: &Connection, statement: &Statement) -> rusqlite::Result<u64> {
    Ok(prepare(connection, statement)?.raw_execute()? as u64)
}

pub(super) fn rows(connection: &Connection, statement: &Statement) -> rusqlite::Result<Vec<db::Row>> {
    let mut prepared = prepare(connection, statement)?;
    let names: Arc<[String]> = prepared.column_names().into_iter().map(str::to_owned).collect();
    let mut found = Vec::new();
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next()? {
        let values = (0..names.len()).map(|column| row.get(column));
        found.push(db::Row::Sqlite(Row {
            values: values.collect::<Result<_, _>>()?,
            names: Arc::clone(&names),
        }));
    }
    Ok(found)
}

fn prepare<'c>(connection: &'c Connection, statement: &Statement) -> rusqlite::Result<CachedStatement<'c>> {
    // SQLite takes `$1` for a name, and looks for it among all; `?1` is a place.
    let text = statement.text.as_str().replace('$', "?");
    let mut prepared = connection.prepare_cached(&text)?;
    for (index, value) in statement.values.iter().enumerate() {
        prepared.raw_bind_parameter(index + 1, value)?;
    }
    Ok(prepared)
}

/// A row, copied out.
pub(super) struct Row {
    names: Arc<[String]>,
    values: Vec<Found>,
}

impl Row {
    pub(super) fn get<T: FromSql>(&self, column: &str) -> rusqlite::Result<T> {
        let index = self.names.iter().position(|name| name == column);
        let index = index.ok_or_else(|| rusqlite::Error::InvalidColumnName(column.to_owned()))?;
        let found = ValueRef::from(&self.values[index]);
        T::column_result(found).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(index, found.data_type(), Box::new(error))
        })
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Whole(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
            Self::Bytes(bytes) => bytes.to_sql(),
        }
    }
}
