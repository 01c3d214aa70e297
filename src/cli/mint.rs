//! `usher mint`: a real token for a persona, recorded before anybody sees it (C-1).

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use secrecy::ExposeSecret as _;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::trial::Trial;
use super::{explain, printable};
use crate::app;
use crate::audit::{Occasion, Record};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{App, Config};
use crate::delivery::{self, Delivery, Launch};
use crate::identity::Identity;
use crate::mint::{self, Granted, Minted, Prepared, Refusal};
use crate::rooms::Rooms;
use crate::store::{Store, Terms};

pub fn run(path: &Path, trial: &Trial, raw: bool) -> anyhow::Result<ExitCode> {
    let config = super::load(path)?.config;
    let (app, person) = trial.read(&config)?;
    let now = SystemClock.now();
    let params = app.params.accept(&trial.params);
    let granted = match &params {
        Ok(params) => mint::grant(app, &person, params, now),
        Err(error) => Err(error.clone().into()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let text = runtime.block_on(async {
        let store = app::open_store(&config).await?;
        let occasion = store.occasion(now, None);
        let prepared = prepared(&config, &store, app, granted, now).await?;
        let text = match prepared.and_then(|prepared| prepared.sign(app)) {
            Ok(minted) => hand_over(&store, app, &person, minted, &occasion, raw).await,
            Err(refusal) => Err(refuse(&store, app, &person, &refusal, &occasion).await),
        };
        store.close().await;
        text
    })?;
    print!("{}", text.expose_secret());
    Ok(ExitCode::SUCCESS)
}

/// The mint path up to the signature, with the room's session found on the way.
pub async fn prepared(
    config: &Config,
    store: &Store,
    app: &App,
    granted: Result<Granted<'_>, Refusal>,
    now: OffsetDateTime,
) -> anyhow::Result<Result<Prepared, Refusal>> {
    let granted = match granted {
        Ok(granted) => granted,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let session_id = match granted.room() {
        Some(room) => {
            let rooms = Rooms::new(config.server.outbound_proxy.as_ref())?;
            let found = rooms.session_id(store, room, &app.key, now).await;
            Some(found.context("the room has no session")?)
        }
        None => None,
    };
    Ok(granted.prepare(session_id.as_deref(), now))
}

/// Records, then says what was made.
async fn hand_over(
    store: &Store,
    app: &App,
    person: &Identity,
    minted: Minted,
    occasion: &Occasion,
    raw: bool,
) -> anyhow::Result<secrecy::SecretString> {
    let facts = minted.token.facts().clone();
    let record = Record::mint(person, &app.id, app.vendor, &minted.roles, occasion);
    let receipt = store
        .launch(minted.token, record, Terms::default())
        .await
        .context("no token leaves without its record")?;
    let id = receipt.id();
    let made = match (&app.delivery, &minted.address) {
        (Delivery::FormPost(_) | Delivery::Json | Delivery::PostMessage(_), _) | (_, None) => {
            delivery::bare(receipt)
        }
        (delivery, Some(address)) => match delivery::hand_over(receipt, address, delivery)? {
            Launch::Redirect(address) => address,
            Launch::Form(form) => form.token,
            Launch::Json(body) => body,
        },
    };
    if raw {
        return Ok(format!("{}\n", made.expose_secret()).into());
    }
    let expires = facts.expires_at.and_then(|at| at.format(&Rfc3339).ok());
    let lines = [
        ("app", app.id.to_string()),
        ("person", explain::who(person)),
        ("expires", expires.unwrap_or_else(|| "never".to_owned())),
        ("record", id.to_string()),
        ("sha256", facts.sha256),
    ];
    let mut text = String::new();
    for (name, value) in lines {
        let _ = writeln!(text, "{name:8} {}", printable(&value));
    }
    let _ = writeln!(text, "\n{}", made.expose_secret());
    Ok(text.into())
}

async fn refuse(
    store: &Store,
    app: &App,
    person: &Identity,
    refusal: &Refusal,
    occasion: &Occasion,
) -> anyhow::Error {
    let record = Record::mint_refused(person, &app.id, app.vendor, refusal.code(), occasion);
    match store.record(record).await {
        Ok(()) => anyhow!("refused: {refusal} ({}); usher explain says more", refusal.code()),
        Err(error) => anyhow!(error).context("the refusal could not be recorded"),
    }
}
