//! From ready to the end: signals, reloading, draining, and what happens each minute.

mod lookout;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};

use self::lookout::{Lookout, count};
use crate::app::{self, ReloadError, Reloaded, Running};
use crate::clock::Clock;
use crate::telemetry;
use crate::web::gateway::Live;

const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or SIGINT, then lets what is under way finish. SIGHUP reads the configuration at
/// `path` again, where there is one.
pub async fn run(running: Running, path: Option<&Path>) -> std::io::Result<()> {
    let live = running.live.clone();
    let handles = running.handles();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let reloads = match path {
        Some(path) => {
            let hang_ups = signal(SignalKind::hangup())?;
            Some(tokio::spawn(reloads(hang_ups, path.to_owned(), live.clone())))
        }
        None => None,
    };
    let chores = tokio::spawn(chores(live.clone()));
    let clean_up = tokio::spawn(clean_up(live.clone()));
    let upkeep = tokio::spawn(upkeep());
    let watch = tokio::spawn(watch_clock(Arc::clone(&live.gateway().lasting.clock)));
    let drained = live.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!(event = "stopping");
        tell(&[NotifyState::Stopping]);
        drained.gateway().lasting.drain();
        for handle in handles {
            handle.stop(true).await;
        }
    });
    tell(&[NotifyState::Ready]);
    let served = running.wait().await;
    if let Some(reloads) = reloads {
        reloads.abort();
    }
    chores.abort();
    clean_up.abort();
    upkeep.abort();
    watch.abort();
    let gateway = live.gateway();
    count(&gateway).await;
    gateway.store().log_head();
    gateway.store().close().await;
    tracing::info!(event = "stopped");
    served
}

/// Reads the configuration again at each SIGHUP, one after the other.
async fn reloads(mut hang_ups: Signal, path: PathBuf, live: web::Data<Live>) {
    while hang_ups.recv().await.is_some() {
        let since = NotifyState::monotonic_usec_now().ok();
        tell(
            &[Some(NotifyState::Reloading), since]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>(),
        );
        match app::reload(&path, &live).await {
            Ok(reloaded) => log_reload(&reloaded),
            Err(error) => log_refusal(&error),
        }
        tell(&[NotifyState::Ready]);
    }
}

fn log_reload(reloaded: &Reloaded) {
    let Reloaded {
        generation,
        fingerprint,
        changes,
        needs_restart,
        warnings,
    } = reloaded;
    for warning in warnings {
        tracing::warn!(event = "config.warning", reason = %warning);
    }
    for key in needs_restart {
        tracing::warn!(event = "config.needs_restart", key);
    }
    tracing::info!(event = "config.reloaded", generation, fingerprint, changes = %changes);
    metrics::counter!("usher_config_reloads_total", "outcome" => "ok").increment(1);
}

fn log_refusal(error: &ReloadError) {
    if let ReloadError::Config(problems) = error {
        for problem in &problems.0 {
            tracing::error!(event = "config.problem", reason = %problem);
        }
    }
    tracing::error!(event = "config.reload_refused", reason = %error);
    metrics::counter!("usher_config_reloads_total", "outcome" => "refused").increment(1);
}

/// Tells systemd, where it asks (`sd_notify(3)`).
fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(event = "systemd.not_told", %error);
    }
}

/// Clears away what has expired, for as long as that takes.
async fn clean_up(live: web::Data<Live>) {
    let mut minutes = interval(MINUTE);
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        minutes.tick().await;
        let gateway = live.gateway();
        if let Err(error) = gateway.store().clean_up(gateway.config.session).await {
            tracing::warn!(event = "store.clean_up_failed", reason = %error);
        }
    }
}

/// Names the head of the audit chain in the log (C-41), keeps the minute's figures, and looks at how
/// claims come.
async fn chores(live: web::Data<Live>) {
    let mut minutes = interval(MINUTE);
    let mut lookout = Lookout::default();
    loop {
        minutes.tick().await;
        let gateway = live.gateway();
        count(&gateway).await;
        lookout.look(&gateway).await;
        gateway.store().log_head();
    }
}

/// Puts what was measured into its buckets. Where nobody reads the metrics, it would pile up.
async fn upkeep() {
    let metrics = telemetry::prometheus();
    let mut rounds = interval(UPKEEP);
    loop {
        rounds.tick().await;
        metrics.run_upkeep();
    }
}

/// Notices that the clock was set also while nobody asks for anything (S-371).
async fn watch_clock(clock: Arc<dyn Clock>) {
    let mut seconds = interval(SECOND);
    loop {
        seconds.tick().await;
        clock.is_steady();
    }
}
