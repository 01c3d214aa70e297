//! Finding out that a store which was down is up again: a probe each second (C-42).

use std::sync::Weak;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::Inner;
use super::change::Change;
use super::db::query;

const EVERY: Duration = Duration::from_secs(1);

/// Probes whenever the store is down, until the store is dropped.
pub(super) async fn watch(mut up: watch::Receiver<bool>, store: Weak<Inner>) {
    while up.wait_for(|up| !up).await.is_ok() {
        sleep(EVERY).await;
        let Some(store) = store.upgrade() else { return };
        if store.orders.is_closed() {
            return;
        }
        if store.answers().await {
            store.health.recovered();
        }
    }
}

impl Inner {
    /// Whether a read, by a new connection, and a durable commit go through.
    async fn answers(&self) -> bool {
        self.readers.forget();
        let read = self.readers.ask(query("SELECT name FROM settings LIMIT 1"));
        matches!(read.await, Some(Ok(_))) && self.send(Change::Probe, None).await.is_ok()
    }
}
