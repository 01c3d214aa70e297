//! What `/metrics` says that nobody counts: how things are at the moment. Counters of what is
//! configured stand at zero before the first time, so that the first time is seen as a rise.

use time::OffsetDateTime;

use super::gateway::Gateway;
use crate::drift::Trouble;

pub fn publish(gateway: &Gateway) {
    let lasting = &gateway.lasting;
    let now = lasting.clock.now();
    metrics::gauge!("usher_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    metrics::gauge!("usher_start_time_seconds").set(unix(lasting.started));
    metrics::gauge!("usher_clock_steady").set(flag(lasting.clock.is_steady()));
    #[expect(clippy::cast_precision_loss, reason = "nobody reloads so often")]
    metrics::gauge!("usher_config_generation").set(gateway.generation as f64);
    for outcome in ["ok", "refused"] {
        metrics::counter!("usher_config_reloads_total", "outcome" => outcome).increment(0);
    }
    for limit in ["launches_per_minute", "sign_ins_per_minute", "logouts_per_minute"] {
        metrics::counter!("usher_rate_limited_total", "limit" => limit).increment(0);
    }
    metrics::counter!("usher_clock_leaps_total").increment(0);
    metrics::counter!("usher_spans_lost_total").increment(0);
    let counts = lasting.store.counts();
    metrics::gauge!("usher_store_up").set(flag(lasting.store.is_up()));
    metrics::counter!("usher_store_commits_total").absolute(counts.commits);
    metrics::counter!("usher_store_records_total").absolute(counts.records);
    for provider in &gateway.providers {
        let id = provider.settings.id.to_string();
        metrics::gauge!("usher_provider_up", "provider" => id.clone()).set(flag(provider.is_well()));
        metrics::counter!("usher_sign_ins_total", "provider" => id, "outcome" => "ok", "reason" => "")
            .increment(0);
    }
    drift(gateway);
    for app in &gateway.config.apps {
        let id = app.id.to_string();
        if let Some(written) = app.key_written {
            metrics::gauge!("usher_key_age_seconds", "app" => id.clone())
                .set((now - written).as_seconds_f64());
        }
        metrics::counter!("usher_token_answers_total", "app" => id.clone()).increment(0);
        metrics::counter!("usher_launches_total", "app" => id, "outcome" => "ok", "reason" => "")
            .increment(0);
    }
}

/// Each claim that is read stands there at 0, so that the first change is seen as a rise.
fn drift(gateway: &Gateway) {
    let gauge = |provider: &str, claim: &str, problem: &'static str| {
        let (provider, claim) = (provider.to_owned(), claim.to_owned());
        metrics::gauge!("usher_claim_drift", "provider" => provider, "claim" => claim, "problem" => problem)
    };
    let of_claims = &Trouble::NAMES[..4];
    for used in gateway.watch.uses() {
        for problem in of_claims {
            gauge(used.provider.as_str(), &used.claim, problem).set(0);
        }
    }
    if !gateway.watch.groups().is_empty() {
        gauge("-", "groups", "group_unseen").set(0);
    }
    for warning in gateway.lasting.drift.warnings() {
        match &warning.provider {
            Some(provider) => gauge(provider.as_str(), &warning.claim, warning.trouble.name()).set(1),
            None => gauge("-", "groups", "group_unseen").set(1),
        }
    }
}

fn flag(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

fn unix(at: OffsetDateTime) -> f64 {
    (at - OffsetDateTime::UNIX_EPOCH).as_seconds_f64()
}
