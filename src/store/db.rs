//! One text of SQL for both kinds of store: an enum over their connections. What differs between the
//! two stands here, in [`super::sqlite`] and in [`super::postgres`].

use sqlx::postgres::{PgArguments, PgConnection, PgDatabaseError, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Connection as _, Decode, Encode, Executor as _, Row as _, SqlSafeStr, Type};

use super::postgres;

pub(super) enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Connection {
    pub(super) fn query(&mut self, text: impl SqlSafeStr) -> Statement<'_> {
        match self {
            Self::Sqlite(db) => Statement::Sqlite(db, sqlx::query(text)),
            Self::Postgres(db) => Statement::Postgres(db, sqlx::query(text)),
        }
    }

    /// Begins a transaction that writes; there is one at a time, whoever shares the store. So a change
    /// may look first and write then, and no two wait for each other. To roll back, close the connection.
    pub(super) async fn begin(&mut self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(db) => db.execute("BEGIN IMMEDIATE").await.map(drop),
            Self::Postgres(db) => db.execute(postgres::BEGIN).await.map(drop),
        }
    }

    /// Durable, once it has answered (C-40).
    pub(super) async fn commit(&mut self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(db) => db.execute("COMMIT").await.map(drop),
            Self::Postgres(db) => db.execute("COMMIT").await.map(drop),
        }
    }

    /// Takes in what an abandoned statement may still send.
    pub(super) async fn settle(&mut self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(db) => db.ping().await,
            Self::Postgres(db) => db.ping().await,
        }
    }

    pub(super) async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(db) => db.close().await,
            Self::Postgres(db) => db.close().await,
        }
    }
}

/// A statement on its way to a connection.
pub(super) enum Statement<'c> {
    Sqlite(&'c mut SqliteConnection, Query<'static, Sqlite, SqliteArguments>),
    Postgres(&'c mut PgConnection, Query<'static, Postgres, PgArguments>),
}

/// What both take for a value.
pub(super) trait Value<'t>:
    Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres>
{
}

impl<'t, T> Value<'t> for T where T: Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres> {}

impl Statement<'_> {
    pub(super) fn bind<'t>(self, value: impl Value<'t>) -> Self {
        match self {
            Self::Sqlite(db, query) => Self::Sqlite(db, query.bind(value)),
            Self::Postgres(db, query) => Self::Postgres(db, query.bind(value)),
        }
    }

    /// Says how many rows it touched.
    pub(super) async fn execute(self) -> Result<u64, sqlx::Error> {
        match self {
            Self::Sqlite(db, query) => Ok(query.execute(db).await?.rows_affected()),
            Self::Postgres(db, query) => Ok(query.execute(db).await?.rows_affected()),
        }
    }

    pub(super) async fn fetch_optional(self) -> Result<Option<Row>, sqlx::Error> {
        match self {
            Self::Sqlite(db, query) => Ok(query.fetch_optional(db).await?.map(Row::Sqlite)),
            Self::Postgres(db, query) => Ok(query.fetch_optional(db).await?.map(Row::Postgres)),
        }
    }

    pub(super) async fn fetch_all(self) -> Result<Vec<Row>, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(db, query) => query.fetch_all(db).await?.into_iter().map(Row::Sqlite).collect(),
            Self::Postgres(db, query) => query
                .fetch_all(db)
                .await?
                .into_iter()
                .map(Row::Postgres)
                .collect(),
        })
    }
}

pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What both give as a value.
pub(super) trait Column:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl<T> Column for T where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl Row {
    pub(super) fn get<T: Column>(&self, column: &str) -> Result<T, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }
}

/// Whether a connection was gone before it was used: its server hung up, or was started anew. That says
/// nothing of the next connection.
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        error => sqlstate(error).is_some_and(|code| code.starts_with("08") || code.starts_with("57P")),
    }
}

/// Whether the server only refused what it was given, such as a NUL in a text or a key longer than an
/// index holds: a store that refuses is up.
pub(super) fn is_refused(error: &sqlx::Error) -> bool {
    sqlstate(error).is_some_and(|code| code.starts_with("22") || code.starts_with("54"))
}

/// Whether a statement took longer than the server was told to let it.
pub(super) fn is_cancelled(error: &sqlx::Error) -> bool {
    sqlstate(error) == Some("57014")
}

fn sqlstate(error: &sqlx::Error) -> Option<&str> {
    let found = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?;
    Some(found.code())
}
