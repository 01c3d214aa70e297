//! `usher serve`: the gateway.

use std::path::Path;
use std::process::ExitCode;

use crate::config::{self, Config};
use crate::telemetry::Traces;
use crate::{app, lifecycle, telemetry};

pub fn run(path: &Path) -> anyhow::Result<ExitCode> {
    let loaded = match config::load(path) {
        Ok(loaded) => loaded,
        Err(problems) => {
            eprint!("{problems}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let traces = telemetry::init(&loaded.config)?;
    for warning in &loaded.warnings {
        tracing::warn!(event = "config.warning", reason = %warning);
    }
    let lines = summary(&loaded.config);
    actix_web::rt::System::new().block_on(async {
        let traces = traces.map(Traces::start);
        let running = app::start(loaded, None).await?;
        println!("listening on {}", running.address);
        println!("operations on {}", running.ops_address);
        for line in lines {
            println!("{line}");
        }
        println!("ready");
        lifecycle::run(running, Some(path)).await?;
        if let Some(traces) = traces {
            traces.finish().await;
        }
        anyhow::Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What the operator wants to see at a glance.
fn summary(config: &Config) -> Vec<String> {
    let names = |names: Vec<&str>| {
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    let (idle, lifetime) = (config.session.idle, config.session.lifetime);
    let mut lines = vec![
        format!("usher {}", env!("CARGO_PKG_VERSION")),
        format!("public url  {}", config.public_url.origin),
        format!(
            "providers   {}",
            names(config.providers.iter().map(|p| p.id.as_str()).collect())
        ),
        format!(
            "apps        {}",
            names(config.apps.iter().map(|a| a.id.as_str()).collect())
        ),
        format!("store       {}", config.store),
        format!("sessions    {} idle, {} in all", minutes(idle), minutes(lifetime)),
    ];
    if config.lab() {
        lines.push("lab         on: admins can open apps with wrong tokens".to_owned());
    }
    lines
}

fn minutes(duration: time::Duration) -> String {
    let seconds = duration.whole_seconds();
    match seconds {
        s if s % 3600 == 0 => format!("{}h", s / 3600),
        s if s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}
