//! `usher demo`: the whole world on loopback in one process.

use std::process::ExitCode;

use anyhow::anyhow;

use crate::{app, config, demo, lifecycle, telemetry};

pub fn run(port: Option<u16>) -> anyhow::Result<ExitCode> {
    actix_web::rt::System::new().block_on(demo::run(port, async |path, listener| {
        let loaded =
            config::load(&path).map_err(|problems| anyhow!("the demo's own configuration:\n{problems}"))?;
        telemetry::init(&loaded.config)?;
        let running = app::start(loaded, Some(listener)).await?;
        Ok::<_, anyhow::Error>(async { Ok(lifecycle::run(running, None).await?) })
    }))?;
    Ok(ExitCode::SUCCESS)
}
