//! The composition root: from a configuration to a server on the listeners it is given.

mod listen;
mod reload;
mod tls;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use secrecy::{ExposeSecret as _, SecretBox};
use time::Duration;
use zeroize::Zeroizing;

use crate::audit;
use crate::clock::{SystemClock, WatchedClock};
use crate::config::{Config, Loaded, StoreUrl};
use crate::identity::provider::Provider;
use crate::identity::settings;
use crate::rooms::Rooms;
use crate::session::seal::Sealer;
use crate::store::{self, Store};
use crate::telemetry;
use crate::types::random_bytes;
use crate::web::gateway::{Gateway, Lasting, Live, Parts};
use crate::web::{ops, routes};

use self::listen::{Listener, Passed};
pub use self::reload::{ReloadError, Reloaded, reload};

/// How long a client may take to send its headers (S-365).
const HEADERS_WITHIN: std::time::Duration = std::time::Duration::from_secs(5);

/// Why the gateway could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {source}")]
    Listen { address: String, source: std::io::Error },
    #[error(transparent)]
    Store(#[from] store::OpenError),
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
    #[error("[tls] is set, and systemd passes a unix socket: take one of the two away")]
    TlsOverUnix,
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A gateway that answers.
pub struct Running {
    pub address: String,
    pub ops_address: SocketAddr,
    pub live: web::Data<Live>,
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
    let options = store::Options {
        audit_key: audit_key(config)?,
        keep: config.audit.keep,
        person: config.audit.person,
        values: config.audit.values,
    };
    Ok(Store::open(&config.store, options, Arc::new(SystemClock)).await?)
}

/// The key of the audit trail; beside an SQLite file one is made at first.
pub fn audit_key(config: &Config) -> Result<SecretBox<[u8; 32]>, StartError> {
    match (&config.audit.key, &config.store) {
        (Some(key), _) => Ok(SecretBox::new(Box::new(*key.expose_secret()))),
        (None, StoreUrl::Sqlite(path)) => Ok(audit::key_beside(path)?),
        (None, StoreUrl::Postgres(_)) => unreachable!("C-53: a configuration with PostgreSQL has a key"),
    }
}

/// Builds the gateway and binds its listeners; `listener` takes the place of `[server] listen`.
pub async fn start(loaded: Loaded, listener: Option<TcpListener>) -> Result<Running, StartError> {
    let config = &loaded.config;
    let store = open_store(config).await?;
    let parts = Parts {
        sealer: sealer(config, &store).await?,
        providers: config
            .providers
            .iter()
            .map(|settings| provider(settings, config))
            .collect::<Result<_, _>>()?,
        rooms: rooms(config)?,
    };
    let (listen, ops_listen) = (config.server.listen.clone(), config.server.ops_listen);
    let (drain, ends_tls) = (config.server.drain, config.tls.is_some());
    let prometheus = web::Data::new(telemetry::prometheus());
    let lasting = Lasting::new(store, Arc::new(WatchedClock::start()));
    let live = web::Data::new(Live::new(Gateway::new(loaded, parts, 1, lasting)));

    listen::make_room();
    let mut passed = Passed::from_env();
    let listener = match listener {
        Some(listener) => Listener::Tcp(listener),
        None => passed.listener(&listen)?,
    };
    let address = listener.address()?;
    let data = live.clone();
    let server = HttpServer::new(move || App::new().app_data(data.clone()).service(routes()))
        .client_request_timeout(HEADERS_WITHIN)
        .shutdown_timeout(seconds(drain))
        .disable_signals();
    let server = match listener {
        Listener::Tcp(listener) if ends_tls => {
            server.listen_rustls_0_23(listener, tls::server_config(live.clone()))?
        }
        Listener::Tcp(listener) => server.listen(listener)?,
        Listener::Unix(_) if ends_tls => return Err(StartError::TlsOverUnix),
        Listener::Unix(listener) => server.listen_uds(listener)?,
    };
    let ops_listener = passed.ops_listener(ops_listen)?;
    let ops_address = ops_listener.local_addr()?;
    let data = live.clone();
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
        live,
        server: server.run(),
        ops: ops.run(),
    })
}

fn provider(settings: &Arc<settings::Provider>, config: &Config) -> Result<Arc<Provider>, StartError> {
    let provider = Provider::new(Arc::clone(settings), config.server.outbound_proxy.as_ref());
    provider.map(Arc::new).map_err(|_| StartError::Client {
        id: settings.id.to_string(),
    })
}

fn rooms(config: &Config) -> Result<Arc<Rooms>, StartError> {
    let rooms = Rooms::new(config.server.outbound_proxy.as_ref());
    rooms.map(Arc::new).map_err(|_| StartError::Rooms)
}

fn seconds(duration: Duration) -> u64 {
    duration.whole_seconds().unsigned_abs()
}

/// The configured sealing keys, or the one in the store, made at the first start (lesson 20).
async fn sealer(config: &Config, store: &Store) -> Result<Arc<Sealer>, StartError> {
    let origin = config.public_url.origin.clone();
    if !config.server.sealing_keys.is_empty() {
        let keys = config.server.sealing_keys.iter();
        let keys = keys.map(secrecy::ExposeSecret::expose_secret);
        return Ok(Arc::new(Sealer::new(keys, origin)));
    }
    let kept = store
        .setting_or_insert("sealing_key", || random_bytes::<32>().to_vec().into())
        .await?;
    let key: [u8; 32] = kept
        .expose_secret()
        .try_into()
        .map_err(|_| StartError::SealingKey)?;
    let key = Zeroizing::new(key);
    Ok(Arc::new(Sealer::new([&*key], origin)))
}
