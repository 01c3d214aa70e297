//! The one task that writes. It takes what is queued, makes one transaction of it and commits
//! once, so that many launches wait for the same `fdatasync` (C-40).

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::BUDGET;
use super::change::{Applied, Change};
use super::db::{Connection, is_lost};
use super::error::{Failure, Unavailable};
use super::health::{Half, Health};
use super::open::Place;
use super::trail;
use crate::audit::{Chain, ChainKey, Head, Row};

/// The most writes in one transaction.
pub(super) const BATCH: usize = 256;

/// So many at once are a crowd, in which more are on their way; with fewer, each is written as it comes.
const CROWD: usize = 4;

/// How far apart the batches of a crowd begin: each costs the same, whether four wait for it or forty.
const GATHER: Duration = Duration::from_millis(1);

/// How long a batch takes in more of what is queued: a crowd whose every change is a way to a server and
/// back must not be too slow for the budget, nor for the other replicas.
const INTAKE: Duration = Duration::from_millis(100);

/// One thing to write, and who waits for it.
pub(super) struct Write {
    pub(super) change: Change,
    pub(super) row: Option<Row>,
    /// Once it is closed nobody waits, and nothing is written.
    pub(super) reply: Option<Reply>,
}

type Reply = oneshot::Sender<Result<Applied, Unavailable>>;

pub(super) enum Order {
    Write(Box<Write>),
    /// Close the connection; the answer comes when that is done.
    Close(oneshot::Sender<()>),
}

pub(super) struct Writer {
    pub(super) place: Arc<Place>,
    pub(super) connection: Option<Connection>,
    pub(super) key: Arc<ChainKey>,
    pub(super) chain: Chain,
    pub(super) health: Arc<Health>,
    pub(super) head: Arc<Mutex<Option<Head>>>,
}

/// One transaction, on its way to where it is made.
struct Batch {
    place: Arc<Place>,
    connection: Option<Connection>,
    key: Arc<ChainKey>,
    chain: Chain,
    writes: Vec<Write>,
}

/// A batch that is durable, and what came of each of its first writes.
struct Done {
    batch: Batch,
    answers: Vec<Applied>,
    records: u64,
}

struct Undone {
    failure: Failure,
    connection: Option<Connection>,
    /// As it was, where surely nothing was written.
    chain: Option<Chain>,
}

impl Write {
    /// A write without a reply is done for its own sake.
    fn is_awaited(&self) -> bool {
        self.reply.as_ref().is_none_or(|reply| !reply.is_closed())
    }
}

impl Writer {
    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut queued = Vec::with_capacity(BATCH);
        let mut writes = Vec::with_capacity(BATCH);
        let mut closing = None;
        let mut next = None;
        while closing.is_none() {
            if let Some(next) = next.take() {
                sleep_until(next).await;
            }
            if orders.recv_many(&mut queued, BATCH).await == 0 {
                break;
            }
            if queued.len() >= CROWD {
                next = Some(Instant::now() + GATHER);
            }
            for order in queued.drain(..) {
                match order {
                    Order::Write(write) if write.is_awaited() => writes.push(*write),
                    Order::Write(_) => {}
                    Order::Close(done) => closing = Some(done),
                }
            }
            while !writes.is_empty() {
                writes = self.write(writes).await;
                writes.retain(Write::is_awaited);
            }
        }
        self.let_go().await;
        if let Some(done) = closing {
            // Whoever asked may be gone.
            let _ = done.send(());
        }
    }

    /// Answers those that a batch had time for, or where it failed, all; gives the others back.
    async fn write(&mut self, mut writes: Vec<Write>) -> Vec<Write> {
        // They stay here: whoever waits is answered in time, even where the batch is not heard of again.
        let replies: Vec<_> = writes.iter_mut().map(|write| write.reply.take()).collect();
        let started = Instant::now();
        let batch = Batch {
            place: Arc::clone(&self.place),
            connection: self.connection.take(),
            key: Arc::clone(&self.key),
            chain: self.chain.clone(),
            writes,
        };
        // Until the batch comes back, whether its rows stand is unknown, and the next chain is a new one.
        self.chain = Chain::new();
        let outcome = timeout(BUDGET, self.place.run(Box::pin(batch.commit()))).await;
        metrics::histogram!("usher_store_commit_seconds").record(started.elapsed().as_secs_f64());
        match outcome.ok().flatten() {
            Some(Ok(done)) => {
                self.health.succeeded(Half::Writes);
                self.health.commits.fetch_add(1, Ordering::Relaxed);
                self.health.records.fetch_add(done.records, Ordering::Relaxed);
                *self.head.lock().unwrap_or_else(PoisonError::into_inner) = done.batch.chain.head();
                self.chain = done.batch.chain;
                self.connection = done.batch.connection;
                let mut replies = replies.into_iter();
                let rest = done.batch.writes.into_iter().skip(done.answers.len());
                for (answer, reply) in done.answers.into_iter().zip(&mut replies) {
                    if let Some(reply) = reply {
                        // Whoever asked may be gone.
                        let _ = reply.send(Ok(answer));
                    }
                }
                rest.zip(replies)
                    .map(|(write, reply)| Write { reply, ..write })
                    .collect()
            }
            Some(Err(undone)) => {
                self.chain = undone.chain.unwrap_or_else(Chain::new);
                self.connection = undone.connection;
                self.failed(&undone.failure, replies).await;
                Vec::new()
            }
            None => {
                self.failed(&Failure::Slow, replies).await;
                Vec::new()
            }
        }
    }

    async fn failed(&mut self, failure: &Failure, replies: Vec<Option<Reply>>) {
        failure.log("store.write_failed");
        if failure.is_the_stores() {
            self.health.failed(Half::Writes);
        }
        for reply in replies.into_iter().flatten() {
            let _ = reply.send(Err(Unavailable));
        }
        self.let_go().await;
    }

    /// Gives up the connection, and with it whatever state a failure left it in.
    async fn let_go(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        // A server that hangs does not take a farewell either.
        match timeout(BUDGET, connection.close()).await {
            Ok(Ok(())) | Err(_) => {}
            Ok(Err(error)) => tracing::debug!(event = "store.close_failed", %error),
        }
    }
}

impl Batch {
    /// All that it had time for, durably, or none of it (or, where the commit itself failed, nobody knows).
    async fn commit(mut self) -> Result<Done, Undone> {
        let before = self.chain.clone();
        let (answers, records) = match self.apply().await {
            Ok(applied) => applied,
            Err(failure) => {
                return Err(Undone {
                    failure,
                    connection: self.connection,
                    chain: Some(before),
                });
            }
        };
        let committed = match &mut self.connection {
            Some(db) => db.commit().await,
            None => Ok(()),
        };
        match committed {
            Ok(()) => Ok(Done {
                batch: self,
                answers,
                records,
            }),
            Err(failure) => Err(Undone {
                failure: failure.into(),
                connection: self.connection,
                chain: None,
            }),
        }
    }

    /// What came of each write, and how many records they left.
    async fn apply(&mut self) -> Result<(Vec<Applied>, u64), Failure> {
        let mut answers = Vec::with_capacity(self.writes.len());
        let mut rows = Vec::with_capacity(self.writes.len());
        let started = Instant::now();
        let db = begin(&mut self.connection, &self.place).await?;
        for write in &mut self.writes {
            if !answers.is_empty() && started.elapsed() > INTAKE {
                break;
            }
            let applied = write.change.apply(db, &self.key, &mut rows).await?;
            if write.change.is_recorded(applied) {
                rows.extend(write.row.take());
            }
            answers.push(applied);
        }
        let records = rows.len() as u64;
        trail::append(db, &self.key, &mut self.chain, rows).await?;
        Ok((answers, records))
    }
}

/// Begins the transaction of a batch. A connection that has died since the last one is no failure: a new
/// one says how things are.
async fn begin<'c>(slot: &'c mut Option<Connection>, place: &Place) -> Result<&'c mut Connection, Failure> {
    if let Some(mut kept) = slot.take() {
        kept.limit(BUDGET)?;
        match kept.begin().await {
            Ok(()) => return Ok(slot.insert(kept)),
            Err(error) if is_lost(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let fresh = slot.insert(place.writer().await?);
    fresh.limit(BUDGET)?;
    fresh.begin().await?;
    Ok(fresh)
}
