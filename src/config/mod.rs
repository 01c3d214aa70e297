//! What the configuration file means: immutable, valid by construction.

mod admin;
mod app;
mod client_auth;
mod digest;
mod duration;
mod encoding;
mod expectation;
mod file;
mod handover;
mod key;
pub mod key_files;
mod key_list;
mod key_place;
pub mod keys;
mod load;
mod persona;
mod preset;
mod problem;
mod provider;
pub mod reader;
mod secret;
mod server;
mod sharing;
mod site;
mod store;
mod tls;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;
use time::{Duration, OffsetDateTime};
use url::Url;

use crate::access;
use crate::claims::Recipe;
use crate::delivery::{self, Answer, Delivery, Target};
use crate::identity::Identity;
pub use crate::identity::settings::{AuthTime, ClientAuth, Provider};
use crate::mint::Window;
use crate::params::{ParamRules, Params};
use crate::session;
use crate::signer::SigningKey;
use crate::types::{AppId, Origin, ProviderId};
use crate::vendors::vonage_video::Room;

pub use client_auth::ClientKey;
pub use digest::{Changes, Digest};
pub use encoding::Encoding;
pub use expectation::{Expectation, PersonaTest};
pub use key_files::{Published, State};
pub use key_list::{KeyState, ListedKey, key_list, keys_of};
pub use key_place::{KeyPlace, Place, key_place};
pub use load::{all_keys, load, ops_listen, parse};
pub use persona::{PersonaProblem, PersonaProblems, persona};
pub use problem::{Problem, Problems, Severity};
pub(crate) use provider::provider_among;
pub use store::{Postgres, StoreUrl};
pub use store::{Server as PostgresServer, Tls as PostgresTls};
pub use tls::Tls;

/// A file that holds, with what else it says.
#[derive(Debug)]
pub struct Loaded {
    pub config: Config,
    /// `[[test]]`, in the file's order.
    pub tests: Vec<PersonaTest>,
    pub warnings: Vec<Problem>,
    pub digest: Digest,
}

#[derive(Debug)]
pub struct Config {
    pub public_url: PublicUrl,
    pub server: Server,
    /// Present where Usher ends TLS itself.
    pub tls: Option<Tls>,
    pub brand: Brand,
    pub store: StoreUrl,
    pub session: session::Limits,
    pub limits: Limits,
    pub log: Log,
    pub audit: Audit,
    /// Who may see the pages for admins; `None`: there are none.
    pub admin: Option<access::Admins>,
    /// Where traces go: the base address of a collector.
    pub otlp: Option<Url>,
    /// In the file's order.
    pub providers: Vec<Arc<Provider>>,
    /// The public halves of the keys by which providers know Usher.
    pub client_keys: Vec<ClientKey>,
    /// In the file's order, which is the portal's.
    pub apps: Vec<App>,
}

impl Config {
    pub fn provider(&self, id: &ProviderId) -> Option<&Provider> {
        self.providers.iter().map(Arc::as_ref).find(|p| p.id == *id)
    }
    /// The providers with this issuer: several, where Usher is several clients of one.
    pub fn providers_of(&self, issuer: &str) -> impl Iterator<Item = &Provider> {
        let providers = self.providers.iter().map(Arc::as_ref);
        providers.filter(move |provider| provider.issuer.as_str() == issuer)
    }
    pub fn app(&self, id: &AppId) -> Option<&App> {
        self.apps.iter().find(|a| a.id == *id)
    }
    /// Whether there is a lab.
    pub fn lab(&self) -> bool {
        self.admin.as_ref().is_some_and(|admins| admins.lab)
    }
}

/// The origin under which browsers reach Usher, the only source of absolute URLs.
#[derive(Debug, Clone)]
pub struct PublicUrl {
    pub origin: Origin,
    /// Without the port; compared with the Host header (C-30).
    pub host: String,
    /// Plain http on loopback: cookies go without `__Host-` and `Secure` (C-26).
    pub plain_http: bool,
    pub loopback: bool,
}

impl PublicUrl {
    /// An absolute URL for `path`, which starts with `/`.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

#[derive(Debug)]
pub struct Server {
    pub listen: Listen,
    pub ops_listen: SocketAddr,
    /// Whose `X-Forwarded-For` is believed; loopback unless set.
    pub trusted_proxies: Vec<IpNet>,
    pub drain: Duration,
    /// The first key seals, all open (C-27). Empty: one is made and kept in the store.
    pub sealing_keys: Vec<secrecy::SecretBox<[u8; 32]>>,
    pub outbound_proxy: Option<Url>,
}

#[derive(Debug)]
pub struct Brand {
    pub name: String,
    pub logo: Option<Image>,
    /// `#rrggbb`, lower case.
    pub accent: String,
    pub support_url: Option<Url>,
}

/// A picture from a file, read at load.
#[derive(Debug, Clone)]
pub struct Image {
    pub bytes: Vec<u8>,
    pub mime: &'static str,
    /// The file ending to serve it under: `svg`, `png`, `webp` or `jpg`.
    pub ending: &'static str,
}

/// `[limits]`; `None` where the file says 0.
#[derive(Debug)]
pub struct Limits {
    pub launches_per_minute: Option<std::num::NonZeroU32>,
    pub sign_ins_per_minute: Option<std::num::NonZeroU32>,
    pub logouts_per_minute: Option<std::num::NonZeroU32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    pub format: LogFormat,
    pub level: tracing::Level,
}

#[derive(Debug)]
pub struct Audit {
    /// HMAC key of the chain; `None`: one is made beside the SQLite file (C-41).
    pub key: Option<secrecy::SecretBox<[u8; 32]>>,
    pub keep: Duration,
    pub person: Person,
    /// Whether a denial's record says the values of claims.
    pub values: bool,
}

/// How the audit trail names a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    Plain,
    Hash,
}

/// What an app's address gets from a launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handover {
    Token,
    /// A code, which the page there trades for a token at the token API (C-32).
    Code,
}

/// One tile: a vendor, an address, a key, rules.
#[derive(Debug)]
pub struct App {
    pub id: AppId,
    pub vendor: &'static str,
    pub title: String,
    pub description: Option<String>,
    pub icon: Option<Image>,
    pub category: Option<String>,
    /// A URL or an e-mail address, as the file has it.
    pub contact: Option<String>,
    pub hidden: bool,
    pub new_tab: bool,
    pub confirm: bool,
    /// Which providers' people may come; empty: all. The access rules have them too.
    pub providers: Vec<ProviderId>,
    pub origins: Vec<Origin>,
    pub handover: Handover,
    pub params: ParamRules,
    pub access: access::Rules,
    pub recipe: Recipe,
    pub key: SigningKey,
    /// The public keys to show: the signing one, then those beside its file. Empty for a secret.
    pub published: Vec<Published>,
    /// When the file that the key came from was last written, where it came from one.
    pub key_written: Option<OffsetDateTime>,
    /// Where people arrive; none where only the token API serves the app.
    pub target: Option<Target>,
    pub delivery: Delivery,
    /// Of the token API.
    pub answer: Answer,
    /// For Vonage Video: the room whose session is made on demand.
    pub room: Option<Room>,
    pub window: Window,
    pub ttl: Duration,
    /// How far `iat` lies before our clock, for vendors whose clocks are slow.
    pub iat_backdate: Duration,
}

impl App {
    /// Whether this provider's people may come.
    pub fn takes(&self, provider: &ProviderId) -> bool {
        self.providers.is_empty() || self.providers.contains(provider)
    }

    /// What a frame around a launch grants to the pages in it (C-29): the vendor's, and ours where it frames
    /// that, since it can only pass on what it has been granted itself. Empty where nobody stands in it.
    pub fn allow_in_frame(&self, public_url: &PublicUrl) -> String {
        let vendor = self.target.as_ref().and_then(Target::origin);
        let ours = matches!(self.delivery, Delivery::PostMessage(_)).then_some(public_url.origin.as_str());
        let inside: Vec<&str> = ours.into_iter().chain(vendor.as_deref()).collect();
        if inside.is_empty() {
            return String::new();
        }
        delivery::allow(&inside)
    }

    /// Whether this person may open the app, and in which roles.
    pub fn decide<'a>(
        &self,
        identity: &'a Identity,
        params: &'a Params,
        now: OffsetDateTime,
    ) -> Result<access::Grant<'a>, access::Denial> {
        access::decide(identity, &self.access, params, (&self.id, &self.title), now)
    }

    /// Whether this person may open the app, if need be after another sign-in at the provider.
    pub fn opens_to(&self, identity: &Identity, params: &Params, now: OffsetDateTime) -> bool {
        self.decide(identity, params, now)
            .err()
            .is_none_or(|denial| denial.calls_for_sign_in())
    }

    /// The same as `decide`, told rule by rule.
    pub fn trace(&self, identity: &Identity, params: &Params, now: OffsetDateTime) -> access::Trace {
        access::trace(identity, &self.access, params, (&self.id, &self.title), now)
    }
}

#[cfg(test)]
pub(crate) mod tests;
