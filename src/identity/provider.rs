//! A provider at run time: its metadata and keys, fetched lazily, one fetch at a time, kept when
//! the provider is down (lessons 13 and 14).

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{Mutex, Semaphore};
use url::Url;

use super::keys::Keys;
pub use super::metadata::Metadata;
use super::settings;
use crate::http::{Answer, Http, HttpError, Network};
use crate::types;

const METADATA_CAP: usize = 256 * 1024;
const JWKS_CAP: usize = 512 * 1024;
/// How long a document serves before it is fetched again.
const FRESH: Duration = Duration::from_hours(1);
/// How long old keys serve while the provider cannot be reached (S-364).
const STALE: Duration = Duration::from_hours(24);
/// How long a failure answers for itself, so that a crowd does not queue for one dead provider.
const BACK_OFF: Duration = Duration::from_secs(1);
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

/// A document of the provider's, and how the last try to fetch it went.
struct Slot<T> {
    value: Option<(Instant, Arc<T>)>,
    failed: Option<(Instant, ProviderError)>,
}

impl<T> Slot<T> {
    const EMPTY: Self = Self {
        value: None,
        failed: None,
    };

    fn younger_than(&self, age: Duration) -> Option<Arc<T>> {
        self.value
            .as_ref()
            .filter(|(at, _)| at.elapsed() < age)
            .map(|(_, value)| value.clone())
    }

    fn store(&mut self, fetched: Result<T, ProviderError>) -> Result<Arc<T>, ProviderError> {
        match fetched {
            Ok(value) => {
                let value = Arc::new(value);
                *self = Self {
                    value: Some((Instant::now(), value.clone())),
                    failed: None,
                };
                Ok(value)
            }
            Err(error) => {
                self.failed = Some((Instant::now(), error));
                self.younger_than(STALE).ok_or(error)
            }
        }
    }

    fn recent_failure(&self) -> Option<ProviderError> {
        self.failed
            .filter(|(at, _)| at.elapsed() < BACK_OFF)
            .map(|(_, error)| error)
    }
}

pub struct Provider {
    pub settings: Arc<settings::Provider>,
    pub http: Http,
    pub(super) token_requests: Semaphore,
    /// Pushed requests have turns of their own: strangers cause them, and must not hold up those who
    /// come back with a code.
    pub(super) pushes: Semaphore,
    metadata: Mutex<Slot<Metadata>>,
    keys: Mutex<Slot<Keys>>,
    refetches: DefaultDirectRateLimiter,
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
            token_requests: Semaphore::new(TOKEN_REQUESTS),
            pushes: Semaphore::new(TOKEN_REQUESTS),
            metadata: Mutex::new(Slot::EMPTY),
            keys: Mutex::new(Slot::EMPTY),
            refetches: RateLimiter::direct(quota),
        })
    }

    /// The metadata, fetched where it is missing or old. Whoever asks meanwhile waits for the
    /// one fetch.
    pub async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        let mut slot = self.metadata.lock().await;
        if let Some(fresh) = slot.younger_than(FRESH) {
            return Ok(fresh);
        }
        if let Some(error) = slot.recent_failure() {
            return slot.younger_than(STALE).ok_or(error);
        }
        let fetched = self.fetch_metadata().await;
        slot.store(fetched)
    }

    /// How the last fetch of the metadata failed, where it did.
    pub fn last_failure(&self) -> Option<ProviderError> {
        self.metadata
            .try_lock()
            .ok()
            .and_then(|slot| slot.failed.map(|(_, error)| error))
    }

    /// What is known without asking: for health and for pages that must not wait.
    pub fn last_known(&self) -> Option<Arc<Metadata>> {
        self.metadata
            .try_lock()
            .ok()
            .and_then(|slot| slot.younger_than(STALE))
    }

    /// The provider's keys.
    pub async fn keys(&self) -> Result<Arc<Keys>, ProviderError> {
        let mut slot = self.keys.lock().await;
        if let Some(fresh) = slot.younger_than(FRESH) {
            return Ok(fresh);
        }
        if let Some(error) = slot.recent_failure() {
            return slot.younger_than(STALE).ok_or(error);
        }
        let fetched = self.fetch_keys().await;
        slot.store(fetched)
    }

    /// The keys again, after a token named one that is not among `seen`: fetched at most as often
    /// as the token bucket allows, or whatever somebody else has fetched meanwhile.
    pub async fn newer_keys(&self, seen: &Arc<Keys>) -> Result<Arc<Keys>, ProviderError> {
        let mut slot = self.keys.lock().await;
        if let Some(newer) = slot.younger_than(FRESH).filter(|keys| !Arc::ptr_eq(keys, seen)) {
            return Ok(newer);
        }
        if self.refetches.check().is_err() {
            return Ok(seen.clone());
        }
        let fetched = self.fetch_keys().await;
        slot.store(fetched)
    }

    async fn fetch_metadata(&self) -> Result<Metadata, ProviderError> {
        let issuer = self.settings.issuer.as_str();
        let address = format!(
            "{}/.well-known/openid-configuration",
            issuer.strip_suffix('/').unwrap_or(issuer)
        );
        let url = Url::parse(&address).map_err(|_| ProviderError::WrongAnswer)?;
        let answer = self.document(&url, METADATA_CAP).await?;
        Metadata::parse(&answer.body, &answer.date, issuer)
    }

    async fn fetch_keys(&self) -> Result<Keys, ProviderError> {
        let metadata = self.metadata().await?;
        let answer = self.document(&metadata.jwks_uri, JWKS_CAP).await?;
        Keys::parse(&answer.body).ok_or(ProviderError::WrongAnswer)
    }

    /// A document by GET, tried twice where the provider could not be reached.
    async fn document(&self, url: &Url, cap: usize) -> Result<Answer, ProviderError> {
        let mut answer = self.http.get(url, cap).await;
        if matches!(answer, Err(HttpError::Unreachable)) {
            tokio::time::sleep(RETRY_AFTER).await;
            answer = self.http.get(url, cap).await;
        }
        let answer = answer?;
        if answer.status == 200 {
            Ok(answer)
        } else {
            Err(ProviderError::WrongAnswer)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_364_what_was_read_serves_on_while_the_provider_is_down() {
        let mut slot = Slot::EMPTY;
        assert_eq!(
            slot.store(Err(ProviderError::Slow)),
            Err(ProviderError::Slow),
            "nothing to serve"
        );
        assert_eq!(slot.recent_failure(), Some(ProviderError::Slow));
        assert_eq!(slot.store(Ok(7)).as_deref(), Ok(&7));
        assert_eq!(slot.recent_failure(), None, "a success makes good");
        assert_eq!(slot.store(Err(ProviderError::Unreachable)).as_deref(), Ok(&7));
    }
}
