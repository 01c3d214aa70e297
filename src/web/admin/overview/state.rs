//! How the parts are, and the keys.

use time::OffsetDateTime;

use super::app_link;
use super::figures::words;
use crate::config::{KeyState, ListedKey, StoreUrl};
use crate::identity::provider::{Provider, ProviderError};
use crate::web::Gateway;
use crate::web::pages::admin::{KeyLine, Sign, grouped};
use crate::web::text::Text;
use crate::web::visit::Visit;

/// Store, providers, clock, and whether we are going.
pub fn signs(gateway: &Gateway, now: OffsetDateTime) -> Vec<Sign> {
    let mut signs = vec![store(gateway)];
    signs.extend(gateway.providers.iter().map(|one| provider(one)));
    let lasting = &gateway.lasting;
    let steady = lasting.clock.is_steady();
    signs.push(Sign {
        well: steady,
        title: Text::new("overview-clock"),
        state: if steady {
            Text::new("overview-clock-steady")
        } else {
            Text::new("overview-clock-unsteady")
        },
        facts: vec![Text::new("overview-clock-now").with("time", super::state::time(now))],
        code: None,
    });
    if lasting.is_draining() {
        signs.push(Sign {
            well: false,
            title: Text::new("overview-draining"),
            state: Text::new("overview-draining-state"),
            facts: Vec::new(),
            code: None,
        });
    }
    signs
}

fn time(now: OffsetDateTime) -> String {
    crate::web::pages::exact(&now)
}

fn store(gateway: &Gateway) -> Sign {
    let up = gateway.store().is_up();
    let kind = match gateway.config.store {
        StoreUrl::Sqlite(_) => "SQLite",
        StoreUrl::Postgres(_) => "PostgreSQL",
    };
    let commits = gateway.store().counts().commits;
    Sign {
        well: up,
        title: Text::new("overview-store").with("name", kind),
        state: if up {
            Text::new("overview-store-up")
        } else {
            Text::new("overview-store-down")
        },
        facts: vec![Text::new("overview-store-commits").with("count", grouped(commits))],
        code: None,
    }
}

fn provider(provider: &Provider) -> Sign {
    let failure = provider.last_failure();
    let known = provider.last_known().is_some();
    let well = provider.is_well();
    let state = match (well, known) {
        (true, true) => Text::new("overview-provider-well"),
        (true, false) => Text::new("overview-provider-unknown"),
        (false, _) => Text::new("overview-provider-failing"),
    };
    let words = failure.map(ProviderError::code).and_then(words);
    let minutes = provider.last_read().map(|ago| ago.as_secs() / 60);
    let read = minutes.map(|minutes| match minutes {
        0 => Text::new("overview-provider-read-now"),
        minutes => Text::new("overview-provider-read").with("n", minutes),
    });
    Sign {
        well,
        title: Text::new("overview-provider").with("provider", provider.settings.title.as_str()),
        state,
        facts: words.into_iter().chain(read).collect(),
        code: failure.map(ProviderError::code),
    }
}

/// A line for each key, with all apps that share it; its next and retired ones follow it.
pub fn keys(visit: &Visit, listed: &[ListedKey]) -> Vec<KeyLine> {
    let mut lines: Vec<(&ListedKey, KeyLine)> = Vec::new();
    for key in listed {
        let app = app_link(visit, key.app.as_str());
        let same = |(other, _): &&mut (&ListedKey, KeyLine)| {
            key.thumbprint.is_some() && other.thumbprint == key.thumbprint && other.state == key.state
        };
        if let Some((_, line)) = lines.iter_mut().find(same) {
            line.apps.push(app);
            continue;
        }
        let days = key.days(visit.now).and_then(|days| u64::try_from(days).ok());
        let line = KeyLine {
            apps: vec![app],
            algorithm: format!("{:?}", key.algorithm),
            kind: key.kind.clone(),
            thumbprint: key.thumbprint.as_ref().map(|print| print[..16].to_owned()),
            state: state(key.state),
            written: key.written,
            days,
            old: key.is_old(visit.now),
        };
        lines.push((key, line));
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

fn state(state: KeyState) -> Text {
    match state {
        KeyState::Next => Text::new("overview-key-next"),
        KeyState::Active => Text::new("overview-key-active"),
        KeyState::Retired => Text::new("overview-key-retired"),
        KeyState::Expired => Text::new("overview-key-expired"),
    }
}
