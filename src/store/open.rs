//! Opening the store that a configuration names, brought up to date, and durable or not at all (C-40).

use std::num::NonZero;
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::db::Connection;
use super::error::OpenError;
use super::postgres::Database;
use super::sqlite::File;
use crate::config::StoreUrl;

/// Where the store lies, and how connections to it are made.
pub(super) enum Place {
    Sqlite(File),
    Postgres(Box<Database>),
}

impl Place {
    pub(super) fn new(url: &StoreUrl) -> Self {
        match url {
            StoreUrl::Sqlite(path) => Self::Sqlite(File::new(path)),
            StoreUrl::Postgres(postgres) => Self::Postgres(Box::new(Database::new(postgres))),
        }
    }

    /// Brings the tables up to date, and makes them at the first start; the writer's connection.
    pub(super) async fn prepare(&self) -> Result<Connection, OpenError> {
        match self {
            Self::Sqlite(file) => file.prepare().await?,
            Self::Postgres(database) => database.prepare().await?,
        }
        self.writer().await
    }

    /// The writer's connection, with its durability read back: asking for it is not having it.
    pub(super) async fn writer(&self) -> Result<Connection, OpenError> {
        Ok(match self {
            Self::Sqlite(file) => Connection::Sqlite(file.writer()?),
            Self::Postgres(database) => Connection::Postgres(database.writer().await?),
        })
    }

    /// A connection that only reads, with no statement that takes longer than `budget`.
    pub(super) async fn reader(&self, budget: Duration) -> Result<Connection, OpenError> {
        Ok(match self {
            Self::Sqlite(file) => Connection::Sqlite(file.reader()?),
            Self::Postgres(database) => Connection::Postgres(database.reader(budget).await?),
        })
    }

    /// A connection that sees the store as it is now, for as long as it lives.
    pub(super) async fn snapshot(&self) -> Result<Connection, OpenError> {
        Ok(match self {
            Self::Sqlite(file) => Connection::Sqlite(file.snapshot()?),
            Self::Postgres(database) => Connection::Postgres(database.snapshot().await?),
        })
    }

    /// Does what keeps whoever calls a file waiting, for a disk or for a long search, on a thread of its own;
    /// `None` where it broke.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        match self {
            Self::Sqlite(_) => {
                let runtime = Handle::current();
                spawn_blocking(move || runtime.block_on(work)).await.ok()
            }
            Self::Postgres(_) => Some(work.await),
        }
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// How many connections may read at once.
    pub(super) fn readers(&self) -> usize {
        match self {
            // As many as there are threads that ask, and so nobody waits.
            Self::Sqlite(_) => thread::available_parallelism().map_or(1, NonZero::get) + 1,
            // A server takes a hundred in all, unless it is told otherwise.
            Self::Postgres(_) => 8,
        }
    }
}
