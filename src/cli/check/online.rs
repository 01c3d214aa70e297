//! `usher check --online`: whether the providers would work right now, what they can do and what to
//! register there; whether the vendors answer, and how old the keys are. Everybody is asked at once,
//! and nobody is waited for longer than a person would wait at sign-in (C-58).

mod provider;
mod vendor;

use std::fmt::Write as _;
use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::{Map, Value, json};

use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(12);

pub struct Online {
    providers: Vec<provider::Report>,
    apps: Vec<(String, Vec<Finding>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Ok,
    Warn,
    Fail,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    level: Level,
    about: &'static str,
    text: String,
}

impl Finding {
    fn new(level: Level, about: &'static str, text: impl Into<String>) -> Self {
        Self {
            level,
            about,
            text: text.into(),
        }
    }

    fn json(&self) -> Value {
        let level = self.level.name().to_ascii_lowercase();
        json!({ "level": level, "about": self.about, "text": self.text })
    }
}

/// Asks all providers and vendors of a configuration.
pub fn ask(config: &Config) -> std::io::Result<Online> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let proxy = config.server.outbound_proxy.as_ref();
    let providers = config
        .providers
        .iter()
        .map(|settings| provider::ask(settings, proxy, &config.public_url));
    let apps = config.apps.iter().map(|app| vendor::ask(app, proxy));
    let (providers, apps) = runtime.block_on(join(join_all(providers), join_all(apps)));
    Ok(Online { providers, apps })
}

impl Online {
    /// Whether people could sign in at every provider. A vendor that is down is no fault of the file.
    pub fn works(&self) -> bool {
        self.providers.iter().all(provider::Report::works)
    }

    /// How many findings fail and how many warn.
    pub fn counts(&self) -> (usize, usize) {
        let of_providers = self.providers.iter().flat_map(|report| &report.findings);
        let of_apps = self.apps.iter().flat_map(|(_, findings)| findings);
        let levels: Vec<Level> = of_providers.chain(of_apps).map(|finding| finding.level).collect();
        let count = |level| levels.iter().filter(|found| **found == level).count();
        (count(Level::Fail), count(Level::Warn))
    }

    pub fn table(&self) -> String {
        let mut text = String::new();
        let ids = self.providers.iter().map(|provider| &provider.id);
        let ids = ids.chain(self.apps.iter().map(|(id, _)| id));
        let width = ids.map(String::len).max().unwrap_or(0);
        let mut line = |id: &str, word: &str, rest: &str| {
            let _ = writeln!(text, "online  {id:width$}  {word:8}  {rest}");
        };
        for provider in &self.providers {
            for finding in &provider.findings {
                let rest = format!("{:9}  {}", finding.about, finding.text);
                line(&provider.id, finding.level.name(), &rest);
            }
            for (word, able) in [("can", true), ("cannot", false)] {
                let names = provider.abilities.iter().filter(|ability| ability.there == able);
                let names: Vec<&str> = names.map(|ability| ability.title).collect();
                if !names.is_empty() {
                    line(&provider.id, word, &names.join(", "));
                }
            }
            for (name, address) in &provider.register {
                line(&provider.id, "register", &format!("{name:24}  {address}"));
            }
        }
        for (id, findings) in &self.apps {
            for finding in findings {
                let rest = format!("{:9}  {}", finding.about, finding.text);
                line(id, finding.level.name(), &rest);
            }
        }
        text
    }

    pub fn json(&self) -> Value {
        let findings = |findings: &[Finding]| findings.iter().map(Finding::json).collect::<Value>();
        let provider = |report: &provider::Report| {
            let abilities = report.abilities.iter();
            let can: Map<String, Value> = abilities.map(|a| (a.name.to_owned(), a.there.into())).collect();
            let register = report.register.iter();
            let register: Map<String, Value> = register
                .map(|(name, address)| ((*name).to_owned(), address.as_str().into()))
                .collect();
            json!({
                "id": report.id,
                "ok": report.works(),
                "findings": findings(&report.findings),
                "can": can,
                "register": register,
            })
        };
        let app = |(id, found): &(String, Vec<Finding>)| json!({ "id": id, "findings": findings(found) });
        json!({
            "providers": self.providers.iter().map(provider).collect::<Value>(),
            "apps": self.apps.iter().map(app).collect::<Value>(),
        })
    }
}
