//! A store of either kind, in a directory of its own, and what holds it.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection, SqliteConnection};
use tempfile::TempDir;
use usher::config::{Postgres, PostgresServer, PostgresTls, StoreUrl};

use crate::bench::gateway::{self, Gateway, TOWNHALL};
use crate::bench::{clicks::count, cpu};
use crate::postgres::{self, Postgres as Server};

/// As a server is set up for a store of this size; both have the same.
const SERVER: &str = "
shared_buffers = 256MB
max_wal_size = 4GB
maintenance_work_mem = 512MB
";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// As `USHER_BENCH_STORE` has it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

pub struct Ground {
    pub directory: TempDir,
    pub url: StoreUrl,
    /// As `[store] url` has it.
    pub text: String,
    /// The PostgreSQL, and its directory.
    pub server: Option<(Server, PathBuf)>,
}

pub enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Ground {
    pub fn new(kind: Kind, pem: &str) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        gateway::write(directory.path(), "app.pem", pem);
        if kind == Kind::Sqlite {
            return Self {
                url: StoreUrl::Sqlite(directory.path().join("usher.db")),
                text: "sqlite:usher.db".into(),
                directory,
                server: None,
            };
        }
        // Beside the directory of the gateway: the server runs as somebody else.
        let place = std::env::temp_dir().join(format!(
            "usher-bench-{}",
            directory.path().file_name().expect("a name").display()
        ));
        fs::create_dir(&place).expect("a directory");
        let server = Server::at(place.clone(), SERVER, &[]);
        let text = server.database();
        let (_, database) = text.rsplit_once('/').expect("an address");
        let url = StoreUrl::Postgres(Postgres {
            server: PostgresServer::Tcp {
                host: "127.0.0.1".into(),
                tls: PostgresTls::Off,
            },
            port: server.port,
            user: Some(postgres::USER.into()),
            password: Some(postgres::PASSWORD.into()),
            database: database.into(),
        });
        Self {
            directory,
            url,
            text,
            server: Some((server, place)),
        }
    }

    /// A gateway that keeps sessions and records for so long.
    pub fn start(&self, session: &str, records: &str) -> Gateway {
        self.configure(session, records, TOWNHALL);
        Gateway::start(self.directory.path())
    }

    /// Writes the configuration of such a one.
    pub fn configure(&self, session: &str, records: &str, apps: &str) {
        let settings = format!(
            "store = {{ url = \"{}\" }}\nsession = {{ idle = \"{session}\", lifetime = \"{session}\" }}\n\
             audit = {{ key_file = \"audit.key\", keep = \"{records}\" }}",
            self.text
        );
        gateway::configure(self.directory.path(), &settings, apps);
    }

    /// What the processes of the database have used; nothing where it is part of the gateway.
    pub fn cpu_seconds(&self) -> f64 {
        self.server.as_ref().map_or(0.0, |(_, place)| {
            let pid = fs::read_to_string(place.join("data/postmaster.pid")).expect("a running server");
            let postmaster = pid.lines().next().and_then(|pid| pid.parse().ok());
            cpu::seconds_of_children(postmaster.expect("its number"))
        })
    }

    /// The size of the store's files.
    pub fn gigabytes(&self) -> f64 {
        megabytes(match &self.server {
            None => self.directory.path(),
            Some((_, place)) => place,
        }) / 1e3
    }

    pub async fn connect(&self) -> Connection {
        match &self.url {
            StoreUrl::Sqlite(path) => {
                let options = SqliteConnectOptions::new().filename(path);
                Connection::Sqlite(options.connect().await.expect("the file"))
            }
            StoreUrl::Postgres(_) => {
                let options: PgConnectOptions = self.text.parse().expect("an address");
                Connection::Postgres(options.connect().await.expect("the server"))
            }
        }
    }
}

fn megabytes(directory: &Path) -> f64 {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(found) if found.is_dir() => megabytes(&entry.path()),
        Ok(found) => count(usize::try_from(found.len() / 1000).unwrap_or_default()) / 1e3,
        Err(_) => 0.0,
    });
    sizes.sum()
}

impl Connection {
    /// Statements, each of its own: some take part in no transaction.
    pub async fn run(&mut self, texts: &str) {
        for text in texts.split("; ") {
            let text = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
            match self {
                Self::Sqlite(db) => drop(text.execute(db).await.expect(SQL)),
                Self::Postgres(db) => drop(text.execute(db).await.expect(SQL)),
            }
        }
    }

    /// The first column, as text.
    pub async fn texts(&mut self, text: &str) -> Vec<String> {
        let text = AssertSqlSafe(text.to_owned());
        match self {
            Self::Sqlite(db) => sqlx::query_scalar(text).fetch_all(db).await.expect(SQL),
            Self::Postgres(db) => sqlx::query_scalar(text).fetch_all(db).await.expect(SQL),
        }
    }

    pub async fn number(&mut self, text: &str) -> i64 {
        let text = AssertSqlSafe(text.to_owned());
        match self {
            Self::Sqlite(db) => sqlx::query_scalar(text).fetch_one(db).await.expect(SQL),
            Self::Postgres(db) => sqlx::query_scalar(text).fetch_one(db).await.expect(SQL),
        }
    }
}

const SQL: &str = "SQL that the store understands";
