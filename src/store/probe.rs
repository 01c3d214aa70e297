//! Finding out that a store which was down is up again: a probe each second (C-42).

use std::sync::Weak;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::change::Change;
use super::{BUDGET, Inner};

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
    /// Whether a read and a durable commit go through.
    async fn answers(&self) -> bool {
        let read = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM settings").fetch_one(&self.readers);
        if !matches!(timeout(BUDGET, read).await, Ok(Ok(_))) {
            return false;
        }
        self.send(Change::Probe, None).await.is_ok()
    }
}
