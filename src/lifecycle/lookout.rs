//! Each minute: what was counted goes to the store, and a look at how claims come.

use time::Date;

use crate::drift::{self, Trouble, Warning};
use crate::types::ProviderId;
use crate::web::gateway::Gateway;

/// Adds the minute's failed sign-ins to the hourly figures, and how the claims of the others came; while
/// the store is down both are lost.
pub async fn count(gateway: &Gateway) {
    let now = gateway.lasting.clock.now();
    let tallies = gateway.counters().failures.take(now);
    if !tallies.is_empty() && gateway.store().add_to_rollup(tallies).await.is_err() {
        tracing::warn!(event = "store.rollup_failed");
    }
    let sightings = gateway.lasting.drift.counter.take();
    if !sightings.is_empty() && gateway.store().add_sightings(sightings).await.is_err() {
        tracing::warn!(event = "store.rollup_failed");
    }
}

/// Looks out for claims that change.
#[derive(Default)]
pub struct Lookout {
    /// The day, and the configuration, whose groups the store has been told of.
    told: Option<(Date, u64)>,
}

impl Lookout {
    pub async fn look(&mut self, gateway: &Gateway) {
        let now = gateway.lasting.clock.now();
        let today = (now.date(), gateway.generation);
        if self.told != Some(today) {
            let groups = gateway.watch.groups().iter();
            let groups = groups.map(|group| group.name.clone()).collect();
            if gateway.store().look_out_for(groups).await.is_ok() {
                self.told = Some(today);
            }
        }
        let Ok(desk) = gateway.store().desk() else {
            return;
        };
        let Ok(history) = desk.history(now).await else {
            return;
        };
        let warnings = drift::warnings(&gateway.watch, &history, now);
        let news = gateway.lasting.drift.settle(warnings);
        for warning in &news.begun {
            let (provider, group) = place(warning);
            let (claim, reason) = (&warning.claim, warning.trouble.name());
            let since = warning.since.date();
            tracing::warn!(event = "claims.drift", reason, provider, claim, group, %since, ended = false);
        }
        for warning in &news.ended {
            let (provider, group) = place(warning);
            let (claim, reason) = (&warning.claim, warning.trouble.name());
            tracing::info!(
                event = "claims.drift",
                reason,
                provider,
                claim,
                group,
                ended = true
            );
        }
    }
}

fn place(warning: &Warning) -> (Option<&str>, Option<&str>) {
    let group = match &warning.trouble {
        Trouble::GroupUnseen(group) => Some(group.as_str()),
        _ => None,
    };
    (warning.provider.as_ref().map(ProviderId::as_str), group)
}
