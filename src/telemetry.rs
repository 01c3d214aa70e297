//! Logs, metrics and traces. Events have stable names and reason codes; nothing that is logged, counted
//! or traced carries a secret, a query string or a person's claims.

mod line;
mod recorder;
mod traces;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt};

pub use self::recorder::prometheus;
pub use self::traces::Traces;
use crate::config::{Config, Log, LogFormat};

type Layer = Box<dyn tracing_subscriber::Layer<Registry> + Send + Sync>;

/// Starts logging to standard error, and keeps traces where the configuration names a collector; to be
/// started once there is a runtime.
pub fn init(config: &Config) -> Result<Option<Traces>, reqwest::Error> {
    let mut layers = vec![lines(config.log)];
    let traces = match &config.otlp {
        Some(collector) => {
            let (traces, layer) = Traces::to(collector)?;
            layers.push(layer);
            Some(traces)
        }
        None => None,
    };
    // A second call, as in tests, leaves the first in place.
    let _ = tracing_subscriber::registry().with(layers).try_init();
    Ok(traces)
}

/// Our own events at `log.level`, those of dependencies from `warn` on (C-37).
fn lines(log: Log) -> Layer {
    let filter = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("usher", log.level);
    let lines = fmt::layer().with_writer(std::io::stderr);
    match log.format {
        LogFormat::Json => lines.event_format(line::Json).with_filter(filter).boxed(),
        LogFormat::Text => lines
            .with_target(false)
            .with_ansi(false)
            .with_filter(filter)
            .boxed(),
    }
}
