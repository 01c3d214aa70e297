//! `usher lab`: a token that is wrong in exactly one way, for trying out whether a vendor looks.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use secrecy::{ExposeSecret as _, SecretString};

use super::mint::prepared;
use super::{find_app, printable};
use crate::app;
use crate::audit::Actor;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{App, Config, Loaded, PersonaTest};
use crate::expression::meant;
use crate::lab::{self, Exit, Experiment, Flaw};
use crate::mint;
use crate::web::text::Lang;
use crate::web::text::lab::flaw as texts;

#[derive(clap::Args)]
pub struct Wanted {
    /// The app
    #[arg(long, value_name = "APP")]
    app: String,
    /// What is to be wrong; without it, what there is to choose from
    #[arg(long, value_name = "FLAW")]
    flaw: Option<String>,
    /// Who, of the app's test persons: a number, an address, a name or a subject
    #[arg(long = "as", value_name = "PERSON", default_value = "1")]
    person: String,
}

pub fn run(path: &Path, wanted: &Wanted) -> anyhow::Result<ExitCode> {
    let Loaded { config, tests, .. } = super::load(path)?;
    let app = find_app(&config, &wanted.app)?;
    if !config.lab() {
        bail!("the lab is off: lab = true under [admin], beside allow, switches it on");
    }
    let people = lab::people(app, &tests);
    let Some(name) = &wanted.flaw else {
        print!("{}", choice(app, &people));
        return Ok(ExitCode::SUCCESS);
    };
    let flaw = flaw(app, name)?;
    let test = person(app, &people, &wanted.person)?;
    let made = make(&config, app, flaw, test)?;
    let texts = texts(flaw);
    let english = |text| Lang::ENGLISH.plain(text);
    eprintln!(
        "This token is wrong on purpose, and on record. {}\nA careful vendor refuses it. {}",
        english(&texts.wrong),
        english(&texts.open)
    );
    println!("{}", made.expose_secret());
    Ok(ExitCode::SUCCESS)
}

/// What may be wrong, and who may come.
fn choice(app: &App, people: &[&PersonaTest]) -> String {
    let mut text = format!("app     {} ({})\n", app.id, app.vendor);
    for flaw in Flaw::of(app) {
        let wrong = Lang::ENGLISH.plain(&texts(flaw).wrong);
        let _ = writeln!(text, "flaw    {:21}  {wrong}", flaw.name());
    }
    for (i, test) in people.iter().enumerate() {
        let who = printable(&lab::called(&test.identity));
        let _ = writeln!(text, "person  {}  {who}, line {}", i + 1, test.line);
    }
    if people.is_empty() {
        let _ = writeln!(text, "person  none: {}", declare(app));
    }
    text
}

fn declare(app: &App) -> String {
    format!(
        "declare one by a [[test]] with app = \"{}\" and expect = {{ allowed = true }}",
        app.id
    )
}

fn flaw(app: &App, name: &str) -> anyhow::Result<Flaw> {
    let names: Vec<&str> = Flaw::of(app).map(Flaw::name).collect();
    let found = Flaw::of(app).find(|flaw| flaw.name() == name);
    found.ok_or_else(|| {
        anyhow!(
            "a token of this app cannot be wrong in this way, only {}{}",
            names.join(", "),
            meant(name, &names)
        )
    })
}

fn person<'a>(app: &App, people: &[&'a PersonaTest], name: &str) -> anyhow::Result<&'a PersonaTest> {
    if people.is_empty() {
        bail!("there is no test person: {}", declare(app));
    }
    let numbered = name
        .parse::<usize>()
        .ok()
        .and_then(|n| people.get(n.checked_sub(1)?));
    let is = |test: &&&PersonaTest| {
        let person = &test.identity;
        let email = person.email.as_ref().is_some_and(|email| email.as_str() == name);
        email || person.name().as_deref() == Some(name) || person.subject.as_str() == name
    };
    let found = numbered.or_else(|| people.iter().find(is)).copied();
    found.with_context(|| {
        format!(
            "there is no such test person; usher lab --app {} lists them",
            app.id
        )
    })
}

fn make(config: &Config, app: &App, flaw: Flaw, test: &PersonaTest) -> anyhow::Result<SecretString> {
    let now = SystemClock.now();
    let person = &test.identity;
    let params = app.params.accept(&test.params);
    let granted = match &params {
        Ok(params) => mint::grant(app, person, params, now),
        Err(error) => Err(error.clone().into()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let store = app::open_store(config).await?;
        let experiment = Experiment {
            app,
            person,
            flaw,
            actor: Actor::Cli,
            occasion: &store.occasion(now, None),
        };
        let made = match prepared(config, &store, app, granted, now).await? {
            Ok(prepared) => experiment
                .run(prepared, &store)
                .await
                .map_err(anyhow::Error::from),
            Err(refusal) => match experiment.refuse(&refusal, &store).await {
                Ok(()) => Err(anyhow!(
                    "the app's own rules refuse this person: {refusal} ({})",
                    refusal.code()
                )),
                Err(error) => Err(anyhow!(error).context("the refusal could not be recorded")),
            },
        };
        store.close().await;
        made.map(|exit| match exit {
            Exit::Redirect(made) | Exit::Bare(made) | Exit::Form { token: made, .. } => made,
        })
    })
}
