//! A document of a provider's: fetched where it is missing or old, by one caller at a time, and
//! kept while the provider is down (S-424, lessons 13 and 14).

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::provider::ProviderError;

/// How long an old document serves while the provider cannot be reached (S-364).
const STALE: Duration = Duration::from_hours(24);
/// How long a failure answers for itself, so that a crowd does not queue for one dead provider.
const BACK_OFF: Duration = Duration::from_secs(1);
/// How long to wait for a new document where there is an old one: of the time that a sign-in
/// has, enough must be left to go on with it.
const PATIENCE: Duration = Duration::from_secs(3);
/// C-58: how long to wait where there is none, for whoever fetches at the moment too.
const LONGEST: Duration = Duration::from_secs(11);

/// A document as it came.
pub struct Fetched<T> {
    pub value: T,
    pub fresh_for: Duration,
}

pub struct Cached<T> {
    known: Mutex<Known<T>>,
    /// Held by whoever fetches; never needed to read what is known.
    turn: tokio::sync::Mutex<()>,
}

struct Known<T> {
    document: Option<Document<T>>,
    failed: Option<(Instant, ProviderError)>,
}

struct Document<T> {
    value: Arc<T>,
    fetched: Instant,
    fresh_for: Duration,
}

impl<T> Cached<T> {
    pub fn new() -> Self {
        Self {
            known: Mutex::new(Known {
                document: None,
                failed: None,
            }),
            turn: tokio::sync::Mutex::new(()),
        }
    }

    /// The document, by `fetch` where it must be. Where there is an old one, only the caller who
    /// fetches waits, and not for long.
    pub async fn get(
        &self,
        fetch: impl Future<Output = Result<Fetched<T>, ProviderError>>,
    ) -> Result<Arc<T>, ProviderError> {
        if let Some(fresh) = self.fresh() {
            return Ok(fresh);
        }
        let turn = self.turn.try_lock();
        let old = self.usable();
        let within = match &old {
            Some(old) if turn.is_err() => return Ok(old.clone()),
            Some(_) => PATIENCE,
            None => LONGEST,
        };
        let fetched = timeout(within, async {
            let _turn = match turn {
                Ok(turn) => turn,
                Err(_) => self.turn.lock().await,
            };
            if let Some(fresh) = self.fresh() {
                return Ok(fresh);
            }
            match self.recent_failure() {
                Some(error) => old.ok_or(error),
                None => self.store(fetch.await),
            }
        });
        let fetched = fetched.await;
        fetched.unwrap_or_else(|_elapsed| self.store(Err(ProviderError::Slow)))
    }

    /// A newer document than `seen`: by `fetch` where `may_fetch` allows it, or what somebody
    /// else has fetched meanwhile; `seen` where there is none.
    pub async fn newer(
        &self,
        seen: &Arc<T>,
        may_fetch: impl FnOnce() -> bool,
        fetch: impl Future<Output = Result<Fetched<T>, ProviderError>>,
    ) -> Result<Arc<T>, ProviderError> {
        let _turn = self.turn.lock().await;
        if let Some(newer) = self.fresh().filter(|known| !Arc::ptr_eq(known, seen)) {
            return Ok(newer);
        }
        if self.recent_failure().is_some() || !may_fetch() {
            return Ok(seen.clone());
        }
        self.store(fetch.await)
    }

    /// What is known without asking, unless it is too old for any use.
    pub fn usable(&self) -> Option<Arc<T>> {
        self.younger_than(|_| STALE)
    }

    /// How long ago the document was fetched.
    pub fn age(&self) -> Option<Duration> {
        let known = self.known();
        known.document.as_ref().map(|document| document.fetched.elapsed())
    }

    /// How the last fetch failed, where it did.
    pub fn last_failure(&self) -> Option<ProviderError> {
        self.known().failed.map(|(_, error)| error)
    }

    fn fresh(&self) -> Option<Arc<T>> {
        self.younger_than(|document| document.fresh_for)
    }

    fn younger_than(&self, age: impl FnOnce(&Document<T>) -> Duration) -> Option<Arc<T>> {
        let known = self.known();
        let document = known.document.as_ref()?;
        (document.fetched.elapsed() < age(document)).then(|| document.value.clone())
    }

    fn recent_failure(&self) -> Option<ProviderError> {
        let failed = self.known().failed;
        failed
            .filter(|(at, _)| at.elapsed() < BACK_OFF)
            .map(|(_, error)| error)
    }

    fn store(&self, fetched: Result<Fetched<T>, ProviderError>) -> Result<Arc<T>, ProviderError> {
        match fetched {
            Ok(Fetched { value, fresh_for }) => {
                let value = Arc::new(value);
                let document = Some(Document {
                    value: value.clone(),
                    fetched: Instant::now(),
                    fresh_for,
                });
                *self.known() = Known {
                    document,
                    failed: None,
                };
                Ok(value)
            }
            Err(error) => {
                self.known().failed = Some((Instant::now(), error));
                self.usable().ok_or(error)
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, Known<T>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::time::advance;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);
    const SECOND: Duration = Duration::from_secs(1);
    type Answer = Result<Fetched<u8>, ProviderError>;

    #[expect(clippy::unnecessary_wraps, reason = "an answer that is good")]
    fn good(value: u8, fresh_for: Duration) -> Answer {
        Ok(Fetched { value, fresh_for })
    }

    const DOWN: Answer = Err(ProviderError::Unreachable);

    /// Is polled by nobody, for the reason given.
    fn never(why: &str) -> impl Future<Output = Answer> {
        poll_fn(move |_| panic!("fetched: {why}"))
    }

    #[tokio::test(start_paused = true)]
    async fn s_424_a_document_is_fetched_again_once_it_is_no_longer_fresh() {
        let cached = Cached::new();
        assert_eq!(*cached.get(async { good(1, HOUR) }).await.unwrap(), 1);
        advance(HOUR.saturating_sub(SECOND)).await;
        assert_eq!(*cached.get(never("fresh")).await.unwrap(), 1);
        advance(SECOND).await;
        assert_eq!(*cached.get(async { good(2, HOUR) }).await.unwrap(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn s_364_an_old_document_serves_for_a_day_while_the_provider_is_down() {
        let cached = Cached::new();
        assert_eq!(
            cached.get(async { DOWN }).await.err(),
            Some(ProviderError::Unreachable)
        );
        advance(BACK_OFF).await;
        cached.get(async { good(1, HOUR) }).await.unwrap();
        assert_eq!(cached.last_failure(), None);
        advance(STALE.saturating_sub(SECOND)).await;
        assert_eq!(*cached.get(async { DOWN }).await.unwrap(), 1);
        assert_eq!(cached.last_failure(), Some(ProviderError::Unreachable));
        advance(SECOND).await;
        assert!(cached.get(async { DOWN }).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn s_424_a_provider_that_hangs_holds_one_caller_up_and_not_for_long() {
        let cached = Cached::new();
        cached.get(async { good(1, HOUR) }).await.unwrap();
        advance(HOUR).await;
        let started = Instant::now();
        let held_up = async {
            assert_eq!(*cached.get(pending()).await.unwrap(), 1);
            assert_eq!(started.elapsed(), PATIENCE);
        };
        let others = async {
            for _ in 0..256 {
                assert_eq!(*cached.get(never("somebody does")).await.unwrap(), 1);
            }
            assert_eq!(started.elapsed(), Duration::ZERO);
        };
        tokio::join!(held_up, others);
        assert_eq!(*cached.get(never("a failure just now")).await.unwrap(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn c_58_nobody_waits_longer_for_others_than_for_the_provider() {
        let cached = Cached::new();
        let started = Instant::now();
        let waits = || async {
            let error = cached.get(pending()).await.err();
            assert_eq!(error, Some(ProviderError::Slow));
            assert_eq!(started.elapsed(), LONGEST);
        };
        tokio::join!(waits(), waits(), waits());
        assert_eq!(
            cached.get(never("a failure just now")).await.err(),
            Some(ProviderError::Slow)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn s_360_good_tokens_pass_while_newer_keys_are_waited_for() {
        let cached = Cached::new();
        let seen = cached.get(async { good(1, HOUR) }).await.unwrap();
        let waits = cached.newer(&seen, || true, pending());
        let passes = async { *cached.get(never("fresh")).await.unwrap() };
        tokio::select! {
            biased;
            _ = waits => panic!("the fetch never ends"),
            known = passes => assert_eq!(known, 1),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn s_360_a_crowd_fetches_newer_keys_once() {
        let cached = Cached::new();
        let seen = cached.get(async { good(1, HOUR) }).await.unwrap();
        let fetches = AtomicUsize::new(0);
        let newer = || {
            cached.newer(&seen, || true, async {
                fetches.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(SECOND).await;
                good(2, HOUR)
            })
        };
        let (a, b, c) = tokio::join!(newer(), newer(), newer());
        assert_eq!([*a.unwrap(), *b.unwrap(), *c.unwrap()], [2, 2, 2]);
        assert_eq!(fetches.into_inner(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn s_424_newer_keys_that_cannot_be_fetched_leave_the_old_ones() {
        let cached = Cached::new();
        let seen = cached.get(async { good(1, HOUR) }).await.unwrap();
        for may_fetch in [true, false] {
            let known = cached.newer(&seen, || may_fetch, async { DOWN }).await.unwrap();
            assert!(Arc::ptr_eq(&known, &seen));
        }
    }
}
