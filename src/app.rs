//! The composition root: from a configuration to a server on the listeners it is given.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use secrecy::ExposeSecret as _;
use time::Duration;
use zeroize::Zeroizing;

use crate::audit;
use crate::clock::SystemClock;
use crate::config::{Config, Listen, StoreUrl};
use crate::identity::provider::Provider;
use crate::rooms::Rooms;
use crate::session::seal::Sealer;
use crate::store::{self, Store};
use crate::telemetry;
use crate::types::random_bytes;
use crate::web::{Gateway, ops, routes};

/// How long a client may take to send its headers (S-365).
const HEADERS_WITHIN: std::time::Duration = std::time::Duration::from_secs(5);

/// Why the gateway could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {source}")]
    Listen { address: String, source: std::io::Error },
    #[error("cannot open the store {path}: {source}", path = path.display())]
    Store {
        path: std::path::PathBuf,
        source: store::OpenError,
    },
    #[error("cannot read or make the key of the audit trail: {0}")]
    AuditKey(#[from] audit::KeyError),
    #[error("the store did not answer while starting")]
    Unavailable(#[from] store::Unavailable),
    #[error("providers.{id}: cannot make an HTTP client: check ca_file and outbound_proxy")]
    Client { id: String },
    #[error("cannot make an HTTP client for the vendors: check outbound_proxy")]
    Rooms,
    #[error(
        "the sealing key in the store is damaged; delete the row `sealing_key` of the settings to make a new one"
    )]
    SealingKey,
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A gateway that answers.
pub struct Running {
    pub address: String,
    pub ops_address: SocketAddr,
    pub gateway: web::Data<Gateway>,
    server: actix_web::dev::Server,
    ops: actix_web::dev::Server,
}

impl Running {
    pub fn handles(&self) -> [ServerHandle; 2] {
        [self.server.handle(), self.ops.handle()]
    }

    /// Serves until both servers have stopped.
    pub async fn wait(self) -> std::io::Result<()> {
        tokio::try_join!(self.server, self.ops)?;
        Ok(())
    }
}

/// The store that a configuration names, with its audit key.
pub async fn open_store(config: &Config) -> Result<Store, StartError> {
    let StoreUrl::Sqlite(path) = &config.store;
    let audit_key = match &config.audit.key {
        Some(key) => secrecy::SecretBox::new(Box::new(*key.expose_secret())),
        None => audit::key_beside(path)?,
    };
    let options = store::Options {
        audit_key,
        keep: config.audit.keep,
        person: config.audit.person,
    };
    let opened = Store::open(path, options, Arc::new(SystemClock)).await;
    opened.map_err(|source| StartError::Store {
        path: path.clone(),
        source,
    })
}

/// Builds the gateway and binds its listeners; `listener` takes the place of `[server] listen`.
pub async fn start(config: Config, listener: Option<TcpListener>) -> Result<Running, StartError> {
    let store = open_store(&config).await?;
    let sealer = sealer(&config, &store).await?;
    let mut providers = Vec::new();
    for settings in &config.providers {
        let provider = Provider::new(settings.clone(), config.server.outbound_proxy.as_ref());
        providers.push(provider.map_err(|_| StartError::Client {
            id: settings.id.to_string(),
        })?);
    }
    let rooms = Rooms::new(config.server.outbound_proxy.as_ref()).map_err(|_| StartError::Rooms)?;
    let listen = config.server.listen.clone();
    let ops_listen = config.server.ops_listen;
    let drain = config.server.drain;
    let prometheus = web::Data::new(telemetry::prometheus());
    let gateway = web::Data::new(Gateway::new(
        config,
        store,
        sealer,
        providers,
        rooms,
        Arc::new(SystemClock),
    ));

    let data = gateway.clone();
    let server = HttpServer::new(move || App::new().app_data(data.clone()).service(routes()))
        .client_request_timeout(HEADERS_WITHIN)
        .shutdown_timeout(seconds(drain))
        .disable_signals();
    let (server, address) = match (listener, listen) {
        (Some(listener), _) => {
            let address = listener.local_addr()?.to_string();
            (server.listen(listener)?, address)
        }
        (None, Listen::Tcp(address)) => {
            let listener = bind(address)?;
            let address = listener.local_addr()?.to_string();
            (server.listen(listener)?, address)
        }
        (None, Listen::Unix(path)) => {
            let listener = bind_unix(&path)?;
            (server.listen_uds(listener)?, format!("unix:{}", path.display()))
        }
    };
    let ops_listener = bind(ops_listen)?;
    let ops_address = ops_listener.local_addr()?;
    let data = gateway.clone();
    let ops = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(prometheus.clone())
            .configure(ops::routes)
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .listen(ops_listener)?;
    Ok(Running {
        address,
        ops_address,
        gateway,
        server: server.run(),
        ops: ops.run(),
    })
}

fn seconds(duration: Duration) -> u64 {
    duration.whole_seconds().unsigned_abs()
}

fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|source| StartError::Listen {
        address: address.to_string(),
        source,
    })
}

/// Binds a socket of our own: actix-web's binding takes the place of a living server's.
fn bind_unix(path: &Path) -> Result<UnixListener, StartError> {
    let bound = make_way(path).and_then(|()| UnixListener::bind(path));
    bound.map_err(|source| StartError::Listen {
        address: format!("unix:{}", path.display()),
        source,
    })
}

/// Removes a socket that a dead process left behind, and nothing else that may stand there.
fn make_way(path: &Path) -> std::io::Result<()> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if is_socket && std::os::unix::net::UnixStream::connect(path).is_err() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// The configured sealing keys, or the one in the store, made at the first start (lesson 20).
async fn sealer(config: &Config, store: &Store) -> Result<Sealer, StartError> {
    let origin = config.public_url.origin.clone();
    if !config.server.sealing_keys.is_empty() {
        return Ok(Sealer::new(
            config
                .server
                .sealing_keys
                .iter()
                .map(secrecy::ExposeSecret::expose_secret),
            origin,
        ));
    }
    let kept = store
        .setting_or_insert("sealing_key", || random_bytes::<32>().to_vec().into())
        .await?;
    let key: [u8; 32] = kept
        .expose_secret()
        .try_into()
        .map_err(|_| StartError::SealingKey)?;
    let key = Zeroizing::new(key);
    Ok(Sealer::new([&*key], origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_dead_socket_makes_way() {
        let dir = tempfile::tempdir().unwrap();
        let (file, socket) = (dir.path().join("usher.db"), dir.path().join("usher.sock"));
        std::fs::write(&file, "rows").unwrap();
        make_way(&file).unwrap();
        assert!(file.exists(), "a file under the name of a socket is somebody's");
        let listener = bind_unix(&socket).unwrap();
        assert!(bind_unix(&socket).is_err(), "a second server stays out");
        assert!(socket.exists(), "its server lives");
        drop(listener);
        bind_unix(&socket).unwrap();
    }
}
