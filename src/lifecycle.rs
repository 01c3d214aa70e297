//! From ready to the end: signals, draining, and what happens each minute.

use std::time::Duration;

use actix_web::web;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::Running;
use crate::web::Gateway;

const MINUTE: Duration = Duration::from_mins(1);

/// Serves until SIGTERM or SIGINT, then lets what is under way finish.
pub async fn run(running: Running) -> std::io::Result<()> {
    let gateway = running.gateway.clone();
    let handles = running.handles();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let chores = tokio::spawn(chores(gateway.clone()));
    let drained = gateway.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!(event = "stopping");
        drained.drain();
        for handle in handles {
            handle.stop(true).await;
        }
    });
    let served = running.wait().await;
    chores.abort();
    gateway.store.log_head();
    gateway.store.close().await;
    tracing::info!(event = "stopped");
    served
}

/// Clears away what has expired, and names the head of the audit chain in the log (C-41).
async fn chores(gateway: web::Data<Gateway>) {
    let mut minutes = tokio::time::interval(MINUTE);
    loop {
        minutes.tick().await;
        if let Err(error) = gateway.store.clean_up(gateway.config.session).await {
            tracing::warn!(event = "store.clean_up_failed", reason = %error);
        }
        gateway.store.log_head();
    }
}
