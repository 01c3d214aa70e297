//! `[store]`: one SQLite file, or a PostgreSQL database that several replicas share.
//!
//! ```text
//! sqlite:usher.db                                    beside the configuration
//! postgres://usher:password@db.example.com/usher     TLS, and the server's certificate must hold
//!   …?sslrootcert=db-ca.pem                          where its authority is your own
//!   …?sslmode=disable                                in the clear, over a network that you trust
//! postgres:///usher?host=/run/postgresql             a socket on this machine
//! ```
//!
//! `libpq` would begin with `sslmode=prefer`, which anybody between the two can talk down; so there are
//! only `verify-full`, the default for every host but loopback, and `disable`.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::file::Tolerance;
use super::reader::{Item, Table};
use super::secret::{plain_at, secret};
use super::{Audit, keys};

const SQLITE: &str = "is \"sqlite:\" and a file, such as \"sqlite:usher.db\"";
const POSTGRES: &str = "is such as \"postgres://usher@db.example.com/usher\"";

#[derive(Debug, Clone)]
pub enum StoreUrl {
    Sqlite(PathBuf),
    Postgres(Postgres),
}

/// Where a database is, and who we are there.
#[derive(Debug, Clone)]
pub struct Postgres {
    pub server: Server,
    pub port: u16,
    /// `None`: `PGUSER`, or the user of the operating system that we run as.
    pub user: Option<String>,
    /// `None`: `PGPASSWORD`, where the server asks for one.
    pub password: Option<SecretString>,
    pub database: String,
}

#[derive(Debug, Clone)]
pub enum Server {
    /// The directory of its socket.
    Socket(PathBuf),
    Tcp {
        host: String,
        tls: Tls,
    },
}

#[derive(Debug, Clone)]
pub enum Tls {
    Off,
    /// The certificate must be the host's, from a public authority or from one of these (PEM).
    Verified {
        authorities: Option<Vec<u8>>,
    },
}

/// Without user and password.
impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(postgres) => postgres.fmt(f),
        }
    }
}

impl fmt::Display for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (port, database) = (self.port, &self.database);
        match &self.server {
            Server::Socket(dir) => write!(f, "postgres:///{database}?host={}", dir.display()),
            Server::Tcp { host, .. } if host.contains(':') => {
                write!(f, "postgres://[{host}]:{port}/{database}")
            }
            Server::Tcp { host, .. } => write!(f, "postgres://{host}:{port}/{database}"),
        }
    }
}

pub(super) fn store(file: &Table<'_>, tolerance: &Tolerance) -> Option<StoreUrl> {
    const KEYS: [&str; 3] = ["url", "url_file", "url_env"];
    let default = StoreUrl::Sqlite(file.source.relative("usher.db"));
    if !file.has("store") {
        return Some(default);
    }
    let table = file.table("store", keys::STORE.keys)?;
    let Some(item) = KEYS.into_iter().find_map(|key| table.get(key)) else {
        return Some(default);
    };
    let url = secret(&table, KEYS, tolerance)?;
    match url.split_once(':') {
        Some(("sqlite", path)) if !path.is_empty() && !path.starts_with("//") && !path.contains('?') => {
            Some(StoreUrl::Sqlite(file.source.relative(path)))
        }
        Some(("sqlite", _)) => refuse(&item, SQLITE),
        Some(("postgres" | "postgresql", _)) => postgres(&url, &item).map(StoreUrl::Postgres),
        // The scheme only: such a URL holds a password.
        _ => refuse(&item, "begins with \"sqlite:\" or \"postgres://\""),
    }
}

/// C-53: what one replica has written another must be able to prove.
pub(super) fn demand_audit_key(file: &Table<'_>, store: Option<&StoreUrl>, audit: &Audit) {
    let given = file.get("audit").and_then(|item| item.entries());
    let given = given.is_some_and(|keys| keys.iter().any(|(key, _)| *key == "key_file"));
    let place = file.get("audit").or_else(|| file.get("store"));
    if let (Some(StoreUrl::Postgres(_)), Some(mut place)) = (store, place)
        && audit.key.is_none()
        && !given
    {
        "audit.key_file".clone_into(&mut place.name);
        place.error_with(
            "is missing: with PostgreSQL it is required, and every replica has the same",
            "openssl rand -base64 32",
        );
    }
}

fn refuse<T>(item: &Item<'_>, message: &str) -> Option<T> {
    item.error(message);
    None
}

/// Nothing of the URL is ever said again but which of its parts is wrong (C-39).
fn postgres(text: &str, item: &Item<'_>) -> Option<Postgres> {
    let Ok(url) = Url::parse(text) else {
        return refuse(item, POSTGRES);
    };
    let [mut dir, mut sslmode, mut sslrootcert] = [None, None, None];
    for (name, value) in url.query_pairs() {
        let place = match name.as_ref() {
            "host" if value.starts_with('/') => &mut dir,
            "host" => return refuse(item, "has host= for the directory of a socket only"),
            "sslmode" => &mut sslmode,
            "sslrootcert" => &mut sslrootcert,
            _ => return refuse(item, "has a parameter other than host, sslmode and sslrootcert"),
        };
        *place = Some(value.into_owned());
    }
    let host = match url.host() {
        Some(Host::Domain(name)) => Some(decoded(name)?),
        Some(Host::Ipv4(address)) => Some(address.to_string()),
        Some(Host::Ipv6(address)) => Some(address.to_string()),
        None => None,
    };
    let server = match (host, dir) {
        (Some(host), None) if !host.starts_with('/') => {
            let tls = tls(item, is_local(&host), sslmode.as_deref(), sslrootcert.as_deref())?;
            Server::Tcp { host, tls }
        }
        (Some(dir), None) | (None, Some(dir)) if sslmode.is_none() && sslrootcert.is_none() => {
            Server::Socket(dir.into())
        }
        (Some(_), Some(_)) => return refuse(item, "names two hosts"),
        (None, None) => return refuse(item, &format!("names no host: it {POSTGRES}")),
        _ => {
            return refuse(
                item,
                "has sslmode or sslrootcert for a socket, which stays on this machine",
            );
        }
    };
    let database = url.path().strip_prefix('/').and_then(decoded);
    let database = database.filter(|name| !name.is_empty() && !name.contains('/'));
    if database.is_none() || url.fragment().is_some() {
        return refuse(item, &format!("names no database: it {POSTGRES}"));
    }
    Some(Postgres {
        server,
        port: url.port().unwrap_or(5432),
        user: decoded(url.username()).filter(|name| !name.is_empty()),
        password: url.password().and_then(decoded).map(SecretString::from),
        database: database?,
    })
}

fn tls(item: &Item<'_>, local: bool, mode: Option<&str>, authority: Option<&str>) -> Option<Tls> {
    match (mode, authority) {
        (Some("verify-full"), _) | (None, Some(_)) => {}
        (None, None) if !local => {}
        (None, None) => return Some(Tls::Off),
        (Some("disable"), None) => {
            if !local {
                item.warn(
                    "has sslmode=disable: whoever sits between reads the password and all that is kept",
                );
            }
            return Some(Tls::Off);
        }
        (Some("disable"), Some(_)) => return refuse(item, "has sslrootcert, and sslmode=disable"),
        _ => {
            return refuse(
                item,
                "has an sslmode other than verify-full and disable: any other can be talked down, or does not \
                 look whom it speaks to; where the server's authority is your own, add sslrootcert=FILE",
            );
        }
    }
    let authorities = match authority {
        Some(name) => Some(plain_at(item, &item.source.relative(name))?),
        None => None,
    };
    Some(Tls::Verified { authorities })
}

fn is_local(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn decoded(text: &str) -> Option<String> {
    let bytes = Zeroizing::new(percent_decode_str(text).collect::<Vec<u8>>());
    let text = std::str::from_utf8(&bytes).ok()?;
    (!text.contains('\0')).then(|| text.to_owned())
}
