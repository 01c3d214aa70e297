//! The gateway as one configuration makes it, and which one is in service.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpResponse;
use actix_web::http::header;
use arc_swap::ArcSwap;
use time::OffsetDateTime;

use super::assets::Assets;
use super::limits::PerMinute;
use super::tally::FailedSignIns;
use crate::clock::Clock;
use crate::config::{Config, Digest, Loaded, PersonaTest, Problem};
use crate::drift::{Standing, Watch};
use crate::identity::provider::Provider;
use crate::rooms::Rooms;
use crate::session::cookie::Jar;
use crate::session::seal::Sealer;
use crate::store::Store;
use crate::types::{Issuer, ProviderId, Subject};

/// Everything that a request needs, built once for each configuration. A request has one from its
/// beginning to its end (S-373).
pub struct Gateway {
    pub config: Config,
    pub digest: Digest,
    /// What is shown of the digest.
    pub fingerprint: String,
    /// What the configuration is warned of.
    pub warnings: Vec<Problem>,
    /// Its `[[test]]`.
    pub tests: Vec<PersonaTest>,
    pub sealer: Arc<Sealer>,
    pub jar: Jar,
    pub providers: Vec<Arc<Provider>>,
    pub rooms: Arc<Rooms>,
    pub assets: Assets,
    /// The claims that the configuration reads.
    pub watch: Watch,
    /// When the configuration was read.
    pub loaded: OffsetDateTime,
    /// How many configurations there have been since the start, this one included.
    pub generation: u64,
    pub lasting: Lasting,
}

/// What outlives a configuration. Cheap to clone.
#[derive(Clone)]
pub struct Lasting {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub counters: Arc<Counters>,
    pub drift: Arc<Standing>,
    /// When the process started.
    pub started: OffsetDateTime,
    draining: Arc<AtomicBool>,
}

/// What was counted; the limits are the configuration's.
pub struct Counters {
    pub launches: PerMinute<(Issuer, Subject)>,
    pub failed_sign_ins: PerMinute<IpAddr>,
    pub sign_outs: PerMinute<IpAddr>,
    pub refused_logouts: PerMinute<IpAddr>,
    /// For the hourly figures.
    pub failures: FailedSignIns,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            launches: PerMinute::new("launches_per_minute"),
            failed_sign_ins: PerMinute::new("sign_ins_per_minute"),
            sign_outs: PerMinute::new("logouts_per_minute"),
            refused_logouts: PerMinute::new("logouts_per_minute"),
            failures: FailedSignIns::default(),
        }
    }
}

impl Lasting {
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            started: clock.now(),
            clock,
            counters: Arc::default(),
            drift: Arc::default(),
            draining: Arc::default(),
        }
    }

    /// From now on `/readyz` says no.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// What a configuration is built into, besides itself.
pub struct Parts {
    pub sealer: Arc<Sealer>,
    /// In the configuration's order.
    pub providers: Vec<Arc<Provider>>,
    pub rooms: Arc<Rooms>,
}

impl Gateway {
    pub fn new(loaded: Loaded, parts: Parts, generation: u64, lasting: Lasting) -> Self {
        let Loaded {
            config,
            tests,
            warnings,
            digest,
        } = loaded;
        let Parts {
            sealer,
            providers,
            rooms,
        } = parts;
        Self {
            jar: Jar {
                plain_http: config.public_url.plain_http,
            },
            assets: Assets::new(&config.brand, &config.apps),
            watch: Watch::of(&config),
            config,
            fingerprint: digest.fingerprint(&sealer),
            digest,
            warnings,
            tests,
            sealer,
            providers,
            rooms,
            loaded: lasting.clock.now(),
            generation,
            lasting,
        }
    }

    pub fn store(&self) -> &Store {
        &self.lasting.store
    }

    pub fn counters(&self) -> &Counters {
        &self.lasting.counters
    }

    pub(super) fn provider(&self, id: &ProviderId) -> Option<&Provider> {
        self.providers
            .iter()
            .map(Arc::as_ref)
            .find(|provider| provider.settings.id == *id)
    }

    pub(super) fn append_cookie(response: &mut HttpResponse, cookie: &str) {
        if let Ok(value) = header::HeaderValue::from_str(cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

/// The gateway in service, swapped whole on reload.
pub struct Live(ArcSwap<Gateway>);

impl Live {
    pub fn new(gateway: Gateway) -> Self {
        Self(ArcSwap::from_pointee(gateway))
    }

    pub fn gateway(&self) -> Arc<Gateway> {
        self.0.load_full()
    }

    /// Requests that are under way end with the one that they began with.
    pub fn replace(&self, gateway: Gateway) {
        self.0.store(Arc::new(gateway));
    }
}
