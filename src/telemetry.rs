//! Logs and metrics. Events have stable names and reason codes; nothing that is logged carries a
//! secret, a query string or a person's claims.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Buckets of the latency histogram, in seconds.
const BUCKETS: [f64; 11] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0,
];

/// Starts logging to standard error: our own events at `log.level`, those of dependencies from
/// `warn` on (C-37).
pub fn init(log: &Log) {
    let filter = EnvFilter::new(format!("warn,usher={}", log.level));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    // A second call, as in tests, leaves the first in place.
    let _ = match log.format {
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .try_init(),
        LogFormat::Text => builder.with_ansi(false).try_init(),
    };
}

/// The one recorder of this process.
pub fn prometheus() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(install).clone()
}

fn install() -> PrometheusHandle {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("usher_request_seconds".to_owned()), &BUCKETS)
        .expect("there are buckets");
    let handle = builder
        .install_recorder()
        .expect("no other recorder is installed");
    metrics::describe_counter!("usher_launches_total", "Launches by app, outcome and reason");
    metrics::describe_counter!("usher_sign_ins_total", "Sign-ins by provider, outcome and reason");
    metrics::describe_histogram!(
        "usher_request_seconds",
        metrics::Unit::Seconds,
        "Time to answer, by route"
    );
    metrics::describe_gauge!("usher_store_up", "1 while the store answers");
    metrics::describe_gauge!(
        "usher_config_generation",
        "Configurations since the start, this one included"
    );
    handle
}
