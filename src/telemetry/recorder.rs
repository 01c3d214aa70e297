//! The metrics: what there is, and the one recorder of this process. No label holds a person, an
//! address or a path; all have as many values as the configuration and the code have names.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_util::MetricKindMask;

/// Buckets of all latencies, in seconds.
const BUCKETS: [f64; 11] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0,
];

/// After so long, what is no longer said is forgotten: an app that a reload took away.
const FORGOTTEN: Duration = Duration::from_mins(1);

const COUNTERS: [(&str, &str); 11] = [
    (
        "usher_launches_total",
        "Clicks and token answers, handed over or refused",
    ),
    (
        "usher_token_answers_total",
        "Launches that the token API answered as JSON",
    ),
    ("usher_sign_ins_total", "Sign-ins that ended, well or not"),
    ("usher_logouts_total", "Sign-outs that the provider asked for"),
    (
        "usher_rate_limited_total",
        "Requests refused by a limit of [limits]",
    ),
    ("usher_provider_failures_total", "Calls to a provider that failed"),
    ("usher_store_commits_total", "Transactions committed"),
    ("usher_store_records_total", "Audit records written"),
    (
        "usher_config_reloads_total",
        "Attempts to read the configuration again",
    ),
    (
        "usher_clock_leaps_total",
        "Times that the machine's clock was set by 30 seconds or more",
    ),
    ("usher_spans_lost_total", "Spans that did not reach the collector"),
];

const GAUGES: [(&str, &str); 8] = [
    (
        "usher_provider_up",
        "1 unless the last call to the provider failed",
    ),
    ("usher_store_up", "1 while the store answers"),
    (
        "usher_key_age_seconds",
        "Since the file of the app's key was written",
    ),
    (
        "usher_claim_drift",
        "1 while a claim that is read no longer comes as it used to",
    ),
    (
        "usher_clock_steady",
        "0 while the machine's clock has just been set",
    ),
    (
        "usher_config_generation",
        "Configurations since the start, this one included",
    ),
    (
        "usher_start_time_seconds",
        "When the process started, in unix time",
    ),
    ("usher_build_info", "Always 1; the version stands in the label"),
];

const HISTOGRAMS: [(&str, &str); 3] = [
    ("usher_request_seconds", "Time to answer a request"),
    ("usher_provider_seconds", "Time of a call to a provider"),
    (
        "usher_store_commit_seconds",
        "Time of a transaction, its durable commit included",
    ),
];

/// The one recorder of this process.
pub fn prometheus() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(install).clone()
}

fn install() -> PrometheusHandle {
    let mut builder = PrometheusBuilder::new().idle_timeout(MetricKindMask::GAUGE, Some(FORGOTTEN));
    for (name, _) in HISTOGRAMS {
        builder = builder
            .set_buckets_for_metric(Matcher::Full(name.to_owned()), &BUCKETS)
            .expect("there are buckets");
    }
    let handle = builder
        .install_recorder()
        .expect("no other recorder is installed");
    for (name, text) in COUNTERS {
        describe_counter!(name, text);
    }
    for (name, text) in GAUGES {
        describe_gauge!(name, text);
    }
    for (name, text) in HISTOGRAMS {
        describe_histogram!(name, text);
    }
    handle
}
