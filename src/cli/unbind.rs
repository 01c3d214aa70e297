//! `usher unbind`: an app with `bind_email` lets go of a person, whom the next launch binds anew (C-17).

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;

use super::{find_app, printable};
use crate::app;
use crate::audit::Record;
use crate::clock::{Clock as _, SystemClock};

pub fn run(path: &Path, app: &str, person: &str) -> anyhow::Result<ExitCode> {
    let config = super::load(path)?.config;
    let app = find_app(&config, app)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let cleared = runtime.block_on(async {
        let store = app::open_store(&config).await?;
        let occasion = store.occasion(SystemClock.now(), None);
        let record = Record::unbound(person, &app.id, app.vendor, &occasion);
        let cleared = store.clear_bindings(&app.id, person, record).await;
        store.close().await;
        anyhow::Ok(cleared?)
    })?;
    let person = printable(person);
    match cleared {
        0 => bail!(
            "{} has bound nobody with the subject or e-mail address {person}",
            app.id
        ),
        1 => println!("{} let go of {person}; the next launch binds anew", app.id),
        n => println!(
            "{} let go of {person} in {n} places; the next launch of each binds anew",
            app.id
        ),
    }
    Ok(ExitCode::SUCCESS)
}
