//! Opening the SQLite file: made for its owner only, and durable or not at all (C-40).

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};

use super::error::OpenError;

/// How long SQLite itself waits for a lock; within the budget of a call.
const BUSY: Duration = Duration::from_millis(300);

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// Where the store lies, and how the writer's connection is made.
#[derive(Clone)]
pub(super) struct Place {
    path: PathBuf,
    options: SqliteConnectOptions,
}

impl Place {
    pub(super) fn new(path: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .disable_statement_logging();
        Self {
            path: path.to_owned(),
            options,
        }
    }

    /// Makes the file where there is none (SQLite gives its companions the same mode), and brings
    /// its tables up to date.
    pub(super) async fn prepare(&self) -> Result<SqliteConnection, OpenError> {
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
        let mut connection = self.writer().await?;
        MIGRATIONS
            .run(&mut connection)
            .await
            .map_err(|source| OpenError::Migrate {
                path: self.path.clone(),
                source,
            })?;
        Ok(connection)
    }

    /// The writer's connection, with its durability read back: asking for it is not having it.
    pub(super) async fn writer(&self) -> Result<SqliteConnection, OpenError> {
        let connect_error = |source| OpenError::Connect {
            path: self.path.clone(),
            source,
        };
        let mut connection = SqliteConnection::connect_with(&self.options)
            .await
            .map_err(connect_error)?;
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(&mut connection)
            .await
            .map_err(connect_error)?;
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
            .fetch_one(&mut connection)
            .await
            .map_err(connect_error)?;
        // https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL, 3 is EXTRA.
        if journal == "wal" && synchronous >= 2 {
            Ok(connection)
        } else {
            Err(OpenError::NotDurable {
                path: self.path.clone(),
                journal,
                synchronous,
            })
        }
    }

    /// A few connections that only read.
    pub(super) async fn readers(&self) -> Result<SqlitePool, OpenError> {
        SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(super::PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(self.options.clone().pragma("query_only", "on"))
            .await
            .map_err(|source| OpenError::Connect {
                path: self.path.clone(),
                source,
            })
    }
}
