//! The one task that writes. It takes what is queued, makes one transaction of it and commits
//! once, so that many launches wait for the same `fdatasync` (C-40).

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::BUDGET;
use super::change::{Applied, Change};
use super::error::{OpenError, Unavailable};
use super::health::{Half, Health};
use super::open::Place;
use super::trail;
use crate::audit::{Chain, ChainKey, Head, Row};

/// The most writes in one transaction.
pub(super) const BATCH: usize = 256;

/// One thing to write, and who waits for it.
pub(super) struct Write {
    pub(super) change: Change,
    pub(super) row: Option<Row>,
    /// Once it is closed nobody waits, and nothing is written.
    pub(super) reply: Option<oneshot::Sender<Result<Applied, Unavailable>>>,
}

pub(super) enum Order {
    Write(Box<Write>),
    /// Close the file; the answer comes when that is done.
    Close(oneshot::Sender<()>),
}

pub(super) struct Writer {
    pub(super) place: Place,
    pub(super) connection: Option<SqliteConnection>,
    pub(super) key: Arc<ChainKey>,
    pub(super) chain: Chain,
    pub(super) health: Arc<Health>,
    pub(super) head: Arc<Mutex<Option<Head>>>,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error("the batch took longer than 500 ms")]
    Slow,
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
            if !writes.is_empty() {
                self.write(&mut writes).await;
            }
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(event = "store.close_failed", %error);
        }
        if let Some(done) = closing {
            // Whoever asked may be gone.
            let _ = done.send(());
        }
    }

    async fn write(&mut self, writes: &mut Vec<Write>) {
        let outcome = timeout(BUDGET, self.commit(writes))
            .await
            .unwrap_or(Err(Failure::Slow));
        let answers = match outcome {
            Ok(answers) => {
                self.health.succeeded(Half::Writes);
                answers.into_iter().map(Ok).collect()
            }
            Err(failure) => {
                tracing::warn!(event = "store.write_failed", error = %failure, writes = writes.len());
                self.health.failed(Half::Writes);
                self.let_go().await;
                vec![Err(Unavailable); writes.len()]
            }
        };
        for (write, answer) in writes.drain(..).zip(answers) {
            if let Some(reply) = write.reply {
                // Whoever asked may be gone.
                let _ = reply.send(answer);
            }
        }
    }

    /// All of it, durably, or an error and none of it (or, where the commit itself failed, nobody knows).
    async fn commit(&mut self, writes: &mut [Write]) -> Result<Vec<Applied>, Failure> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.place.writer().await?),
        };
        let mut chain = self.chain.clone();
        let mut answers = Vec::with_capacity(writes.len());
        let mut rows = Vec::with_capacity(writes.len());

        let mut db = connection.begin_with("BEGIN IMMEDIATE").await?;
        for write in writes {
            let applied = write.change.apply(&mut db, &self.key, &mut rows).await?;
            if write.change.is_recorded(applied) {
                rows.extend(write.row.take());
            }
            answers.push(applied);
        }
        let records = rows.len() as u64;
        trail::append(&mut db, &self.key, &mut chain, rows).await?;

        // Until the commit has answered, the next chain is a new one: whether these rows stand is unknown.
        self.chain = Chain::new();
        db.commit().await?;
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = chain.head();
        self.chain = chain;

        self.health.commits.fetch_add(1, Ordering::Relaxed);
        self.health.records.fetch_add(records, Ordering::Relaxed);
        Ok(answers)
    }

    /// Gives up the connection, and with it whatever state the failure left it in.
    async fn let_go(&mut self) {
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::debug!(event = "store.close_failed", %error);
        }
    }
}
