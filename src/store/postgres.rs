//! A PostgreSQL database, which several replicas share.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgSslMode};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _, Row as _};
use tokio::time::timeout;

use super::db::{Statement, Value};
use super::error::OpenError;
use crate::config::{Postgres, PostgresServer, PostgresTls};

/// How long a server may take to let us in; within a batch its budget ends the wait earlier.
const CONNECT: Duration = Duration::from_secs(5);

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations/postgres");

/// The lock is that of all replicas, as SQLite's is that of its file: what a change finds is so until
/// its commit. They would stand in line in any case, for the rows of the same hour's figures, and only
/// at a place where two of them can wait for each other. The server ends a replica that falls asleep
/// in its turn ([`SESSION`]).
pub(super) const BEGIN: &str = "BEGIN; SELECT pg_advisory_xact_lock(1970497906, 1)";

/// For as long as a statement may take (C-42), so that none works on for nobody; the rest finds out
/// about machines that went without a word.
const SESSION: &str = "SET statement_timeout = 500; SET idle_in_transaction_session_timeout = 300; \
     SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";

/// Of a connection that brings the tables up to date: other replicas that start may be doing so.
const MIGRATING: &str = "SET statement_timeout = 0; SET lock_timeout = '60s'";

/// Long exports are read at the reader's speed.
const SNAPSHOT: &str = "SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = 0; \
     BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

const FOUND: &str = "SELECT current_setting('synchronous_commit') AS synchronous_commit, \
     current_setting('transaction_read_only') AS read_only, current_setting('server_encoding') AS encoding";

/// Cannot be printed: its options would show the password.
pub(super) struct Database {
    name: String,
    options: PgConnectOptions,
}

impl Database {
    pub(super) fn new(at: &Postgres) -> Self {
        let mut options = PgConnectOptions::new_without_pgpass()
            .port(at.port)
            .database(&at.database)
            .application_name("usher")
            .disable_statement_logging();
        if let Some(user) = &at.user {
            options = options.username(user);
        }
        if let Some(password) = &at.password {
            options = options.password(password.expose_secret());
        }
        options = match &at.server {
            PostgresServer::Socket(dir) => options.socket(dir).ssl_mode(PgSslMode::Disable),
            PostgresServer::Tcp { host, tls } => match tls {
                PostgresTls::Off => options.host(host).ssl_mode(PgSslMode::Disable),
                PostgresTls::Verified { authorities } => {
                    let verified = options.host(host).ssl_mode(PgSslMode::VerifyFull);
                    match authorities {
                        Some(pem) => verified.ssl_root_cert_from_pem(pem.clone()),
                        None => verified,
                    }
                }
            },
        };
        Self {
            name: at.to_string(),
            options,
        }
    }

    /// One replica after the other: the migrations run under a lock of the database.
    pub(super) async fn prepare(&self) -> Result<(), OpenError> {
        let mut connection = self.connect(MIGRATING).await?;
        let migrated = MIGRATIONS.run(&mut connection).await;
        migrated.map_err(|source| OpenError::Migrate {
            place: self.name.clone(),
            source,
        })
    }

    pub(super) async fn writer(&self) -> Result<PgConnection, OpenError> {
        let mut connection = self.connect(SESSION).await?;
        connection
            .execute("SET synchronous_commit = on")
            .await
            .map_err(|e| self.unusable(e))?;
        let found = connection.fetch_one(FOUND).await;
        let found = found.map_err(|e| self.unusable(e))?;
        let setting = |name| found.try_get::<String, _>(name).map_err(|e| self.unusable(e));
        let refuse = |found: String| {
            Err(OpenError::NotDurable {
                place: self.name.clone(),
                found,
            })
        };
        match [
            setting("synchronous_commit")?,
            setting("read_only")?,
            setting("encoding")?,
        ] {
            [commit, ..] if commit != "on" => refuse(format!("synchronous_commit is {commit}")),
            [_, read_only, _] if read_only != "off" => refuse("it only reads: name the primary".into()),
            [_, _, encoding] if encoding != "UTF8" => {
                refuse(format!("its encoding is {encoding}: make the database with UTF8"))
            }
            _ => Ok(connection),
        }
    }

    pub(super) async fn reader(&self, budget: Duration) -> Result<PgConnection, OpenError> {
        let mut connection = self.connect(SESSION).await?;
        let budget = budget.as_millis();
        let reads = format!("SET default_transaction_read_only = on; SET statement_timeout = {budget}");
        let reads = connection.execute(AssertSqlSafe(reads)).await;
        reads.map_err(|e| self.unusable(e))?;
        Ok(connection)
    }

    pub(super) async fn snapshot(&self) -> Result<PgConnection, OpenError> {
        self.connect(SNAPSHOT).await
    }

    async fn connect(&self, settings: &'static str) -> Result<PgConnection, OpenError> {
        let connected = timeout(CONNECT, async {
            let mut connection = self.options.connect().await?;
            connection.execute(settings).await?;
            Ok(connection)
        });
        match connected.await {
            Ok(connected) => connected.map_err(|e| self.unusable(e)),
            Err(_elapsed) => Err(OpenError::Silent {
                place: self.name.clone(),
            }),
        }
    }

    fn unusable(&self, source: sqlx::Error) -> OpenError {
        OpenError::Connect {
            place: self.name.clone(),
            source: source.into(),
        }
    }
}

/// A statement with its values, as the driver takes it.
pub(super) fn bound(statement: Statement) -> Query<'static, sqlx::Postgres, PgArguments> {
    let query = sqlx::query(statement.text);
    statement
        .values
        .into_iter()
        .fold(query, |query, value| match value {
            Value::Whole(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        })
}
