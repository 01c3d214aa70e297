//! The one task that writes. It takes what is queued, makes one transaction of it and commits
//! once, so that many launches wait for the same `fdatasync` (C-40).

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

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

/// How long a batch takes in more of what is queued: a crowd whose every change is a way to a server and
/// back must not be too slow for the budget, nor for the other replicas.
const INTAKE: Duration = Duration::from_millis(100);

/// One thing to write, and who waits for it.
pub(super) struct Write {
    pub(super) change: Change,
    pub(super) row: Option<Row>,
    /// Once it is closed nobody waits, and nothing is written.
    pub(super) reply: Option<oneshot::Sender<Result<Applied, Unavailable>>>,
}

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
        while closing.is_none() && orders.recv_many(&mut queued, BATCH).await > 0 {
            for order in queued.drain(..) {
                match order {
                    Order::Write(write) if write.is_awaited() => writes.push(*write),
                    Order::Write(_) => {}
                    Order::Close(done) => closing = Some(done),
                }
            }
            while !writes.is_empty() {
                self.write(&mut writes).await;
                writes.retain(Write::is_awaited);
            }
        }
        self.let_go().await;
        if let Some(done) = closing {
            // Whoever asked may be gone.
            let _ = done.send(());
        }
    }

    /// Answers those that a batch had time for, or where it failed, all.
    async fn write(&mut self, writes: &mut Vec<Write>) {
        let started = Instant::now();
        let outcome = timeout(BUDGET, self.commit(writes))
            .await
            .unwrap_or(Err(Failure::Slow));
        metrics::histogram!("usher_store_commit_seconds").record(started.elapsed().as_secs_f64());
        let answers: Vec<_> = match outcome {
            Ok(answers) => {
                self.health.succeeded(Half::Writes);
                answers.into_iter().map(Ok).collect()
            }
            Err(failure) => {
                failure.log("store.write_failed");
                if failure.is_the_stores() {
                    self.health.failed(Half::Writes);
                }
                self.let_go().await;
                vec![Err(Unavailable); writes.len()]
            }
        };
        for (write, answer) in writes.drain(..answers.len()).zip(answers) {
            if let Some(reply) = write.reply {
                // Whoever asked may be gone.
                let _ = reply.send(answer);
            }
        }
    }

    /// All that it had time for, durably, or an error and none of it (or, where the commit itself failed,
    /// nobody knows).
    async fn commit(&mut self, writes: &mut [Write]) -> Result<Vec<Applied>, Failure> {
        let mut chain = self.chain.clone();
        let mut answers = Vec::with_capacity(writes.len());
        let mut rows = Vec::with_capacity(writes.len());

        let started = Instant::now();
        let db = begin(&mut self.connection, &self.place).await?;
        for write in writes {
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
        trail::append(db, &self.key, &mut chain, rows).await?;

        // Until the commit has answered, the next chain is a new one: whether these rows stand is unknown.
        self.chain = Chain::new();
        db.commit().await?;
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = chain.head();
        self.chain = chain;

        self.health.commits.fetch_add(1, Ordering::Relaxed);
        self.health.records.fetch_add(records, Ordering::Relaxed);
        Ok(answers)
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

/// Begins the transaction of a batch. A connection that has died since the last one is no failure: a new
/// one says how things are.
async fn begin<'c>(slot: &'c mut Option<Connection>, place: &Place) -> Result<&'c mut Connection, Failure> {
    if let Some(mut kept) = slot.take() {
        match kept.begin().await {
            Ok(()) => return Ok(slot.insert(kept)),
            Err(error) if is_lost(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let fresh = slot.insert(place.writer().await?);
    fresh.begin().await?;
    Ok(fresh)
}
