//! A provider at run time: its settings, its metadata and its keys.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;
use url::Url;

use super::cached::{Cached, Fetched};
use super::calls::Endpoint;
use super::jwt::Kind;
use super::keys::Keys;
pub use super::metadata::Metadata;
use super::settings;
use crate::http::{Answer, Http, HttpError, Network, Request};
use crate::types;

const METADATA_CAP: usize = 256 * 1024;
const JWKS_CAP: usize = 512 * 1024;
/// How long a document serves before it is fetched again, where the provider does not say.
const FRESH: Duration = Duration::from_hours(1);
/// The least and the most that a provider may say of its keys (S-424).
const FRESH_AT_LEAST: Duration = Duration::from_mins(5);
const FRESH_AT_MOST: Duration = Duration::from_hours(24);
const RETRY_AFTER: Duration = Duration::from_millis(200);
/// C-20.
const TOKEN_REQUESTS: usize = 256;

/// Why a provider is of no use right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    #[error("the provider could not be reached")]
    Unreachable,
    #[error("the provider took too long")]
    Slow,
    #[error("the provider's answer is too large")]
    TooLarge,
    #[error("the provider answered with a redirect")]
    Redirected,
    #[error("the provider's address is not allowed; see allow_private_network")]
    Forbidden,
    #[error("the provider's answer is not what the specification asks for")]
    WrongAnswer,
    #[error("the provider's metadata names another issuer than the configuration")]
    IssuerMismatch,
    #[error("the provider offers no PKCE with S256")]
    NoPkce,
    #[error("the provider takes no pushed authorization requests")]
    NoPar,
    #[error("the provider refused the pushed authorization request")]
    ParRefused,
    #[error("the client's key cannot sign")]
    ClientKey,
}

impl ProviderError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "provider.unreachable",
            Self::Slow => "provider.slow",
            Self::TooLarge => "provider.too_large",
            Self::Redirected => "provider.redirected",
            Self::Forbidden => "provider.address_forbidden",
            Self::WrongAnswer => "provider.wrong_answer",
            Self::IssuerMismatch => "provider.issuer_mismatch",
            Self::NoPkce => "provider.no_pkce",
            Self::NoPar => "provider.no_par",
            Self::ParRefused => "provider.par_refused",
            Self::ClientKey => "provider.client_key_unusable",
        }
    }
}

impl From<HttpError> for ProviderError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unreachable => Self::Unreachable,
            HttpError::Slow => Self::Slow,
            HttpError::TooLarge => Self::TooLarge,
            HttpError::Redirected => Self::Redirected,
            HttpError::Forbidden => Self::Forbidden,
        }
    }
}

pub struct Provider {
    pub settings: Arc<settings::Provider>,
    pub(super) http: Http,
    /// How its last answer was.
    pub(super) answers: AtomicBool,
    pub(super) token_requests: Semaphore,
    /// Pushed requests have turns of their own: strangers cause them, and must not hold up those who
    /// come back with a code.
    pub(super) pushes: Semaphore,
    metadata: Cached<Metadata>,
    keys: Cached<Keys>,
    refetches: DefaultDirectRateLimiter,
    /// Anybody may send a logout token: a flood of them must not use up what sign-ins need.
    refetches_for_logout: DefaultDirectRateLimiter,
}

impl Provider {
    pub fn new(settings: Arc<settings::Provider>, proxy: Option<&Url>) -> Result<Self, reqwest::Error> {
        let loopback = Url::parse(settings.issuer.as_str()).is_ok_and(|url| types::is_loopback(&url));
        let network = match (settings.allow_private_network, loopback) {
            (true, _) => Network::Any,
            (false, true) => Network::Loopback,
            (false, false) => Network::Public,
        };
        let http = Http::new(network, settings.ca_pem.as_deref(), proxy)?;
        // S-360: a burst of three, then one each 30 seconds.
        let quota = Quota::with_period(Duration::from_secs(30))
            .expect("30 seconds are not zero")
            .allow_burst(NonZeroU32::new(3).expect("3 is not zero"));
        Ok(Self {
            settings,
            http,
            answers: AtomicBool::new(true),
            token_requests: Semaphore::new(TOKEN_REQUESTS),
            pushes: Semaphore::new(TOKEN_REQUESTS),
            metadata: Cached::new(),
            keys: Cached::new(),
            refetches: RateLimiter::direct(quota),
            refetches_for_logout: RateLimiter::direct(quota),
        })
    }

    /// The metadata, fetched where it is missing or old.
    pub async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        self.metadata.get(self.fetch_metadata()).await
    }

    /// How the last fetch of the metadata or the keys failed, where it did.
    pub fn last_failure(&self) -> Option<ProviderError> {
        self.metadata.last_failure().or_else(|| self.keys.last_failure())
    }

    /// Whether it was well when it was last asked; nobody is asked for this.
    pub fn is_well(&self) -> bool {
        self.answers.load(Ordering::Relaxed) && self.last_failure().is_none()
    }

    /// What is known without asking: for health and for pages that must not wait.
    pub fn last_known(&self) -> Option<Arc<Metadata>> {
        self.metadata.usable()
    }

    /// How long ago the metadata were fetched, where they were.
    pub fn last_read(&self) -> Option<Duration> {
        self.metadata.age()
    }

    /// The provider's keys.
    pub async fn keys(&self) -> Result<Arc<Keys>, ProviderError> {
        self.keys.get(self.fetch_keys()).await
    }

    /// The keys again, after a token named one that is not among `seen`: fetched at most as often
    /// as the bucket for tokens of this kind allows.
    pub async fn newer_keys(&self, seen: &Arc<Keys>, kind: Kind) -> Result<Arc<Keys>, ProviderError> {
        let bucket = match kind {
            Kind::IdToken | Kind::Userinfo => &self.refetches,
            Kind::LogoutToken => &self.refetches_for_logout,
        };
        let may_fetch = || bucket.check().is_ok();
        self.keys.newer(seen, may_fetch, self.fetch_keys()).await
    }

    async fn fetch_metadata(&self) -> Result<Fetched<Metadata>, ProviderError> {
        let issuer = self.settings.issuer.as_str();
        let address = format!(
            "{}/.well-known/openid-configuration",
            issuer.strip_suffix('/').unwrap_or(issuer)
        );
        let url = Url::parse(&address).map_err(|_| ProviderError::WrongAnswer)?;
        let answer = self.document(Endpoint::Metadata, &url, METADATA_CAP).await?;
        Ok(Fetched {
            value: Metadata::parse(&answer.body, &answer.date, issuer)?,
            fresh_for: FRESH,
        })
    }

    async fn fetch_keys(&self) -> Result<Fetched<Keys>, ProviderError> {
        let metadata = self.metadata().await?;
        let answer = self
            .document(Endpoint::Keys, &metadata.jwks_uri, JWKS_CAP)
            .await?;
        Ok(Fetched {
            value: Keys::parse(&answer.body).ok_or(ProviderError::WrongAnswer)?,
            fresh_for: answer
                .max_age
                .map_or(FRESH, |age| age.clamp(FRESH_AT_LEAST, FRESH_AT_MOST)),
        })
    }

    /// A document by GET, tried twice where the provider could not be reached.
    async fn document(&self, endpoint: Endpoint, url: &Url, cap: usize) -> Result<Answer, ProviderError> {
        let mut answer = self.call(endpoint, Request::get(url, cap)).await;
        if matches!(answer, Err(HttpError::Unreachable)) {
            tokio::time::sleep(RETRY_AFTER).await;
            answer = self.call(endpoint, Request::get(url, cap)).await;
        }
        let answer = answer?;
        if answer.status == 200 {
            Ok(answer)
        } else {
            Err(ProviderError::WrongAnswer)
        }
    }
}
