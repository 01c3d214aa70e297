//! One file, made for its owner only.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Executor as _};

use super::checkpoint::LOG_PAGES;
use super::error::OpenError;

/// How long SQLite itself waits for a lock; within the budget of a call.
const BUSY: Duration = Duration::from_millis(300);

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations/sqlite");

pub(super) struct File {
    path: PathBuf,
    options: SqliteConnectOptions,
}

impl File {
    pub(super) fn new(path: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .pragma("wal_autocheckpoint", LOG_PAGES)
            .disable_statement_logging();
        Self {
            path: path.to_owned(),
            options,
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
        let mut connection = self.writer().await?;
        let migrated = MIGRATIONS.run(&mut connection).await;
        migrated.map_err(|source| OpenError::Migrate {
            place: self.name(),
            source,
        })
    }

    pub(super) async fn writer(&self) -> Result<SqliteConnection, OpenError> {
        let mut connection = self.connect(&self.options).await?;
        let mut pragma = async |text: &'static str| {
            let value = sqlx::query_scalar::<_, String>(text);
            value
                .fetch_one(&mut connection)
                .await
                .map_err(|e| self.unusable(e))
        };
        let journal = pragma("SELECT journal_mode FROM pragma_journal_mode").await?;
        let synchronous = pragma("SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous").await?;
        // https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL, 3 is EXTRA.
        if journal == "wal" && ["2", "3"].contains(&synchronous.as_str()) {
            return Ok(connection);
        }
        Err(OpenError::NotDurable {
            place: self.name(),
            found: format!("journal_mode is {journal}, synchronous is {synchronous}: put it on a local disk"),
        })
    }

    pub(super) async fn reader(&self) -> Result<SqliteConnection, OpenError> {
        self.connect(&self.options.clone().pragma("query_only", "on"))
            .await
    }

    pub(super) async fn snapshot(&self) -> Result<SqliteConnection, OpenError> {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .read_only(true)
            .disable_statement_logging();
        let mut connection = self.connect(&options).await?;
        let begun = connection.execute("BEGIN").await;
        begun.map_err(|e| self.unusable(e))?;
        Ok(connection)
    }

    async fn connect(&self, options: &SqliteConnectOptions) -> Result<SqliteConnection, OpenError> {
        options.connect().await.map_err(|e| self.unusable(e))
    }

    fn unusable(&self, source: sqlx::Error) -> OpenError {
        OpenError::Connect {
            place: self.name(),
            source,
        }
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }
}
