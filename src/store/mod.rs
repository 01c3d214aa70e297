//! What outlives a request: sessions, redeemed states, the audit trail, the sealing key.
//!
//! Reads go through a few connections (`readers`; for admins, two more at a `desk`), all writes through one
//! task (`writer`). A file is asked where the question arises, a server where the store's own tasks run, and a
//! batch for a file is made on a thread of its own. Every call ends within [`BUDGET`]; when the store fails,
//! callers are turned away at once until a probe goes through (C-42).
//!
//! It is one SQLite file, or a PostgreSQL database that several replicas share; the statements are the
//! same (`db`). Nothing is remembered between two calls, so that what one replica writes is so for all
//! others at their next. Those that write take turns (`postgres::BEGIN`), a batch each.

mod binding;
mod change;
mod checkpoint;
mod clean_up;
mod conditions;
mod db;
mod desk;
mod error;
mod health;
mod logout;
mod open;
mod people;
mod postgres;
mod probe;
mod read;
mod readers;
mod retention;
mod rollup;
mod session_row;
mod sessions;
mod sightings;
mod sqlite;
#[cfg(test)]
mod tests;
mod trail;
mod trail_page;
mod trail_reader;
mod writer;

use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration as StdDuration;

use secrecy::{SecretBox, SecretSlice};
use time::{Duration, OffsetDateTime};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tracing::{Instrument as _, Span};
use uuid::Uuid;

pub use self::binding::Binding;
use self::change::{Applied, Change, Redeemed};
pub use self::clean_up::Cleaned;
pub use self::desk::{Desk, MANY};
pub use self::error::{LaunchError, OpenError, SignInError, Unavailable};
use self::health::Health;
use self::open::Place;
pub use self::people::Behind;
use self::readers::Readers;
pub use self::rollup::{Figure, Tally};
pub use self::trail_page::Page;
pub use self::trail_reader::{Proof, ReadError, TrailReader};
use self::writer::{BATCH, Order, Write, Writer};
use crate::audit::{Chain, ChainKey, Head, Naming, Occasion, PlainReceipt, Receipt, Record, Row};
use crate::clock::Clock;
use crate::config::{Person, StoreUrl};
use crate::session::{SessionKey, csrf};
use crate::signer::SignedToken;
use crate::types::AppId;

/// How long a statement, or the transaction of a batch, may take (C-42).
pub const BUDGET: StdDuration = StdDuration::from_millis(500);

/// How long a caller stands in line while the store works: a crowd is no failure, and whoever is sent away
/// only comes again. Proxies wait for a minute.
pub const PATIENCE: StdDuration = StdDuration::from_secs(20);

/// What the store needs to know besides its place.
pub struct Options {
    /// HMAC key of the audit chain, from `[audit] key_file` or [`crate::audit::key_beside`].
    pub audit_key: SecretBox<[u8; 32]>,
    /// How long audit rows are kept.
    pub keep: Duration,
    pub person: Person,
    /// Whether decisions say the values of claims; not where people stand as hashes.
    pub values: bool,
}

/// What must hold for a launch to be recorded; nothing, by default.
#[derive(Default)]
pub struct Terms {
    /// The hash of what works once, a confirm page's CSRF value or a handover code; remembered for
    /// longer than either is good.
    pub redeem: Option<[u8; 32]>,
    pub binding: Option<Binding>,
}

/// Figures of this process, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Transactions committed.
    pub commits: u64,
    /// Audit rows written.
    pub records: u64,
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    orders: mpsc::Sender<Order>,
    readers: Arc<Readers>,
    /// For the pages for admins: no launch waits behind them, and what they meet opens no breaker.
    desk: Arc<Readers>,
    health: Arc<Health>,
    /// Of the chain that this process writes.
    head: Arc<Mutex<Option<Head>>>,
    key: Arc<ChainKey>,
    naming: Naming,
    keep: Duration,
    clock: Arc<dyn Clock>,
    /// Where the store's own tasks run, which is not where requests do.
    runtime: Handle,
}

impl Store {
    /// Opens the store, brings its tables up to date (and makes an SQLite file, mode 0600, where there is
    /// none), and starts the tasks that write and probe. Fails where a commit would not be durable (C-40).
    pub async fn open(url: &StoreUrl, options: Options, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let place = Arc::new(Place::new(url));
        let connection = place.prepare().await?;
        let readers = Arc::new(Readers::new(Arc::clone(&place)));
        let desk = Arc::new(Readers::for_admins(Arc::clone(&place)));
        let key = Arc::new(ChainKey::new(&options.audit_key));
        let health = Arc::new(Health::new());
        let head = Arc::new(Mutex::new(None));
        let (orders, queue) = mpsc::channel(4 * BATCH);
        let writer = Writer {
            place,
            connection: Some(connection),
            key: Arc::clone(&key),
            chain: Chain::new(),
            health: Arc::clone(&health),
            head: Arc::clone(&head),
        };
        tokio::spawn(writer.run(queue));
        let inner = Arc::new(Inner {
            orders,
            readers,
            desk,
            health,
            head,
            key,
            naming: match options.person {
                Person::Hash => Naming::Hashed,
                Person::Plain if options.values => Naming::Open,
                Person::Plain => Naming::Plain,
            },
            keep: options.keep,
            clock,
            runtime: Handle::current(),
        });
        tokio::spawn(probe::watch(inner.health.watch(), Arc::downgrade(&inner)));
        if let StoreUrl::Sqlite(_) = url {
            tokio::spawn(checkpoint::run(Arc::downgrade(&inner)));
        }
        Ok(Self(inner))
    }

    /// Records a launch; the receipt, and in it the token, comes after the durable commit (C-1).
    pub async fn launch(
        &self,
        token: SignedToken,
        record: Record,
        terms: Terms,
    ) -> Result<Receipt, LaunchError> {
        let id = record.id;
        let record = record.with_token(token.facts());
        self.launched(record, terms).await?;
        Ok(Receipt::after_commit(token, id))
    }

    /// Records a launch that carries no token; the receipt comes after the durable commit (C-1).
    pub async fn launch_plain(&self, record: Record, terms: Terms) -> Result<PlainReceipt, LaunchError> {
        let id = record.id;
        self.launched(record, terms).await?;
        Ok(PlainReceipt::after_commit(id))
    }

    async fn launched(&self, record: Record, terms: Terms) -> Result<(), LaunchError> {
        let redeem = terms.redeem.map(|hash| self.redeemed(hash, csrf::LIFETIME));
        let binding = terms.binding;
        match self
            .write(Change::Launch { redeem, binding }, Some(record))
            .await?
        {
            Applied::Rows(_) => Ok(()),
            Applied::AlreadyRedeemed | Applied::LoggedOut => Err(LaunchError::AlreadyRedeemed),
            Applied::Rebound => Err(LaunchError::EmailRebound),
        }
    }

    /// Lets go of what an app has bound for the person with this subject or e-mail address, and says
    /// how many bindings that were; no record where there was none.
    pub async fn clear_bindings(
        &self,
        app: &AppId,
        person: &str,
        record: Record,
    ) -> Result<u64, Unavailable> {
        let change = Change::ClearBindings {
            app: app.clone(),
            person: person.to_owned(),
        };
        self.write_rows(change, Some(record)).await
    }

    /// Records what has no other effect, such as a denial.
    pub async fn record(&self, record: Record) -> Result<(), Unavailable> {
        self.write(Change::None, Some(record)).await.map(drop)
    }

    /// Notes when a session was last used. Goes with the next batch; dropped when the queue is full.
    pub fn touch(&self, key: SessionKey, at: OffsetDateTime) {
        if self.is_up() {
            let touch = Write {
                change: Change::Touch(key, at),
                row: None,
                reply: None,
            };
            // A full queue has better things to do.
            let _ = self.0.orders.try_send(Order::Write(Box::new(touch)));
        }
    }

    /// The value kept under `name`; what `make` gives is put there first if there is none (C-27).
    pub async fn setting_or_insert(
        &self,
        name: &'static str,
        make: impl FnOnce() -> SecretSlice<u8> + Send,
    ) -> Result<SecretSlice<u8>, Unavailable> {
        if let Some(value) = self.setting(name).await? {
            return Ok(value);
        }
        self.write(Change::Setting(name, make()), None).await?;
        // Another replica may have been first, and then its value is the one.
        self.setting(name).await?.ok_or(Unavailable)
    }

    /// Keeps the session of a room, and says which one it has: the first that was kept.
    pub async fn keep_room(
        &self,
        application_id: Uuid,
        room: &str,
        session_id: String,
    ) -> Result<String, Unavailable> {
        let change = Change::Room {
            application_id,
            room: room.to_owned(),
            session_id,
            now: self.now(),
        };
        self.write(change, None).await?;
        self.room(application_id, room).await?.ok_or(Unavailable)
    }

    /// Adds counted events to the hourly roll-ups (C-44).
    pub async fn add_to_rollup(&self, tallies: Vec<Tally>) -> Result<(), Unavailable> {
        self.write(Change::Rollup(tallies), None).await.map(drop)
    }

    /// What records are made of: something that happens now, to a browser with this address.
    pub fn occasion(&self, now: OffsetDateTime, address: Option<IpAddr>) -> Occasion {
        let reference = self.0.key.reference(now);
        Occasion {
            now,
            reference,
            address,
        }
    }

    /// The trail as the pages for admins read it.
    pub fn trail(&self) -> TrailReader {
        TrailReader::beside(Arc::clone(&self.0.desk), Arc::clone(&self.0.key))
    }

    /// Whether the breaker is closed (C-42).
    pub fn is_up(&self) -> bool {
        self.0.health.is_up()
    }

    pub fn counts(&self) -> Counts {
        Counts {
            commits: self.0.health.commits.load(Ordering::Relaxed),
            records: self.0.health.records.load(Ordering::Relaxed),
        }
    }

    /// Logs the head of this process's chain as event `audit.head`; called each minute (C-41).
    /// `audit verify --heads` takes these as lines of `writer seq mac`.
    pub fn log_head(&self) {
        let head = self.0.head.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(Head { writer, seq, mac }) = head {
            tracing::info!(event = "audit.head", writer, seq, mac);
        }
    }

    /// Writes what is queued, then closes the store. Every later call is `Unavailable`.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.0.orders.send(Order::Close(done)).await.is_ok() {
            // An error means that the writer is gone, which is what was asked for.
            let _ = closed.await;
        }
        self.0.readers.close().await;
        self.0.desk.close().await;
    }

    /// What was redeemed is remembered for as long as it would be good, so that it cannot come again.
    fn redeemed(&self, hash: [u8; 32], lifetime: Duration) -> Redeemed {
        Redeemed {
            hash,
            until: self.now() + lifetime,
        }
    }

    fn now(&self) -> OffsetDateTime {
        self.0.clock.now()
    }

    async fn write_rows(&self, change: Change, record: Option<Record>) -> Result<u64, Unavailable> {
        match self.write(change, record).await? {
            Applied::Rows(rows) => Ok(rows),
            Applied::AlreadyRedeemed | Applied::LoggedOut | Applied::Rebound => Ok(0),
        }
    }

    async fn write(&self, change: Change, record: Option<Record>) -> Result<Applied, Unavailable> {
        if self.is_up() {
            let span = match record {
                Some(_) => tracing::info_span!(target: "trace", "store.commit"),
                None => Span::none(),
            };
            let row = record.map(|record| Row::of(record, self.0.naming, &self.0.key));
            tokio::select! {
                biased;
                answer = self.0.send(change, row).instrument(span) => answer,
                () = self.0.health.down() => Err(Unavailable),
            }
        } else {
            Err(Unavailable)
        }
    }
}

impl Inner {
    /// Queues a write and waits for its commit. The writer counts what fails, and leaves out what
    /// nobody waits for any more.
    async fn send(&self, change: Change, row: Option<Row>) -> Result<Applied, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let write = Write {
            change,
            row,
            reply: Some(reply),
        };
        let answered = timeout(PATIENCE, async {
            self.orders.send(Order::Write(Box::new(write))).await.ok()?;
            answer.await.ok()
        });
        answered.await.ok().flatten().unwrap_or(Err(Unavailable))
    }
}
