//! One text of SQL for both kinds of store. What differs between the two stands here, in [`super::sqlite`]
//! and in [`super::postgres`].

use std::time::Duration;

use sqlx::postgres::{PgConnection, PgDatabaseError, PgRow};
use sqlx::{Connection as _, Decode, Executor as _, Row as _, SqlSafeStr, SqlStr, Type};

use super::{postgres, sqlite};

/// Why a statement came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Postgres(#[from] sqlx::Error),
}

/// Calls to a file answer before they return, those to a server when it does. Whoever asks a file for
/// more than a row or two does so on a thread of their own ([`super::open::Place::run`]).
pub(super) enum Connection {
    Sqlite(rusqlite::Connection),
    Postgres(PgConnection),
}

/// A text with `$1`, `$2`… for its values.
#[derive(Clone)]
pub(super) struct Statement {
    pub(super) text: SqlStr,
    pub(super) values: Vec<Value>,
}

#[derive(Clone)]
pub(super) enum Value {
    Whole(i64),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// A statement on its way to a connection.
pub(super) struct Addressed<'c>(&'c mut Connection, Statement);

pub(super) fn query(text: impl SqlSafeStr) -> Statement {
    Statement {
        text: text.into_sql_str(),
        values: Vec::new(),
    }
}

impl Statement {
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }
}

impl Addressed<'_> {
    pub(super) fn bind(self, value: impl Into<Value>) -> Self {
        Self(self.0, self.1.bind(value))
    }

    pub(super) fn bind_all(mut self, values: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        self.1.values.extend(values.into_iter().map(Into::into));
        self
    }

    /// Says how many rows it touched.
    pub(super) async fn execute(self) -> Result<u64, Error> {
        Ok(match self.0 {
            Connection::Sqlite(db) => sqlite::execute(db, &self.1)?,
            Connection::Postgres(db) => postgres::bound(self.1).execute(db).await?.rows_affected(),
        })
    }

    pub(super) async fn fetch_optional(self) -> Result<Option<Row>, Error> {
        Ok(self.fetch_all().await?.into_iter().next())
    }

    pub(super) async fn fetch_all(self) -> Result<Vec<Row>, Error> {
        self.0.rows(self.1).await
    }
}

impl Connection {
    pub(super) fn query(&mut self, text: impl SqlSafeStr) -> Addressed<'_> {
        Addressed(self, query(text))
    }

    pub(super) async fn rows(&mut self, statement: Statement) -> Result<Vec<Row>, Error> {
        Ok(match self {
            Self::Sqlite(db) => sqlite::rows(db, &statement)?,
            Self::Postgres(db) => {
                let rows = postgres::bound(statement).fetch_all(db).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Begins a transaction that writes; there is one at a time, whoever shares the store. So a change
    /// may look first and write then, and no two wait for each other. To roll back, close the connection.
    pub(super) async fn begin(&mut self) -> Result<(), Error> {
        match self {
            Self::Sqlite(db) => sqlite::execute(db, &query("BEGIN IMMEDIATE")).map(drop)?,
            Self::Postgres(db) => db.execute(postgres::BEGIN).await.map(drop)?,
        }
        Ok(())
    }

    /// Durable, once it has answered (C-40).
    pub(super) async fn commit(&mut self) -> Result<(), Error> {
        match self {
            Self::Sqlite(db) => sqlite::execute(db, &query("COMMIT")).map(drop)?,
            Self::Postgres(db) => db.execute("COMMIT").await.map(drop)?,
        }
        Ok(())
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// From now on statements may take so long in all; a server has been told how long each may.
    pub(super) fn limit(&self, budget: Duration) -> Result<(), Error> {
        match self {
            Self::Sqlite(db) => Ok(sqlite::limit(db, budget)?),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Takes in what an abandoned statement may still send.
    pub(super) async fn settle(&mut self) -> Result<(), Error> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(db) => Ok(db.ping().await?),
        }
    }

    pub(super) async fn close(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(db) => Ok(db.close().map_err(|(_, error)| error)?),
            Self::Postgres(db) => Ok(db.close().await?),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Some(bytes.to_owned()))
    }
}

impl From<Option<&[u8]>> for Value {
    fn from(bytes: Option<&[u8]>) -> Self {
        Self::Bytes(bytes.map(<[u8]>::to_owned))
    }
}

pub(super) enum Row {
    Sqlite(sqlite::Row),
    Postgres(PgRow),
}

/// What both give as a value.
pub(super) trait Column:
    rusqlite::types::FromSql + for<'r> Decode<'r, sqlx::Postgres> + Type<sqlx::Postgres>
{
}

impl<T> Column for T where
    T: rusqlite::types::FromSql + for<'r> Decode<'r, sqlx::Postgres> + Type<sqlx::Postgres>
{
}

impl Row {
    pub(super) fn get<T: Column>(&self, column: &str) -> Result<T, Error> {
        Ok(match self {
            Self::Sqlite(row) => row.get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }
}

/// Whether a connection was gone before it was used: its server hung up, or was started anew. That says
/// nothing of the next connection.
pub(super) fn is_lost(error: &Error) -> bool {
    match error {
        Error::Sqlite(_) => false,
        Error::Postgres(sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_)) => true,
        Error::Postgres(_) => {
            sqlstate(error).is_some_and(|code| code.starts_with("08") || code.starts_with("57P"))
        }
    }
}

/// Whether the server only refused what it was given, such as a NUL in a text or a key longer than an
/// index holds: a store that refuses is up.
pub(super) fn is_refused(error: &Error) -> bool {
    sqlstate(error).is_some_and(|code| code.starts_with("22") || code.starts_with("54"))
}

/// Whether a statement took longer than it may.
pub(super) fn is_cancelled(error: &Error) -> bool {
    match error {
        Error::Sqlite(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted),
        Error::Postgres(_) => sqlstate(error) == Some("57014"),
    }
}

fn sqlstate(error: &Error) -> Option<&str> {
    let Error::Postgres(error) = error else {
        return None;
    };
    let found = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?;
    Some(found.code())
}
