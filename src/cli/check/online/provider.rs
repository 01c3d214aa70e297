//! A provider as a sign-in would find it.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{Finding, Level, PATIENCE};
use crate::cli::printable;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{ClientAuth, Provider as Settings, PublicUrl};
use crate::identity::jwt;
use crate::identity::keys::Keys;
use crate::identity::metadata::Metadata;
use crate::identity::provider::{Provider, ProviderError};

/// What a clock may be off before it is worth a word.
const DRIFT: Duration = Duration::seconds(30);
/// C-48: how far ahead of ours a provider's clock may be before its ID tokens are refused.
const LEEWAY: Duration = Duration::seconds(60);

pub struct Report {
    pub id: String,
    pub findings: Vec<Finding>,
    pub abilities: Vec<Ability>,
    /// What the client's registration at the provider needs.
    pub register: [(&'static str, String); 4],
}

/// Something that providers may or may not offer.
pub struct Ability {
    pub name: &'static str,
    pub title: &'static str,
    pub there: bool,
}

impl Report {
    pub fn works(&self) -> bool {
        self.findings.iter().all(|finding| finding.level != Level::Fail)
    }
}

pub async fn ask(settings: &Arc<Settings>, proxy: Option<&Url>, public_url: &PublicUrl) -> Report {
    let id = &settings.id;
    let mut report = Report {
        id: id.to_string(),
        findings: Vec::new(),
        abilities: Vec::new(),
        register: [
            ("redirect_uri", format!("/auth/callback/{id}")),
            ("post_logout_redirect_uri", "/auth/signed-out".to_owned()),
            ("backchannel_logout_uri", format!("/auth/backchannel-logout/{id}")),
            (
                "frontchannel_logout_uri",
                format!("/auth/frontchannel-logout/{id}"),
            ),
        ]
        .map(|(name, path)| (name, public_url.join(&path))),
    };
    let Ok(provider) = Provider::new(settings.clone(), proxy) else {
        let text = "cannot make an HTTP client: check ca_file and outbound_proxy";
        report.findings.push(Finding::new(Level::Fail, "discovery", text));
        return report;
    };
    let until = Instant::now() + PATIENCE;
    let metadata = timeout_at(until, provider.metadata()).await;
    let metadata = match metadata.unwrap_or(Err(ProviderError::Slow)) {
        Ok(metadata) => metadata,
        Err(error) => {
            let text = format!("{error} ({})", error.code());
            report.findings.push(Finding::new(Level::Fail, "discovery", text));
            return report;
        }
    };
    report.findings = vec![
        Finding::new(
            Level::Ok,
            "discovery",
            format!("{} answered under its own name", settings.issuer.as_str()),
        ),
        clock(metadata.clock, SystemClock.now()),
        algorithms(settings, &metadata),
    ];
    let keys = timeout_at(until, provider.keys()).await;
    report
        .findings
        .push(signing_keys(settings, keys.unwrap_or(Err(ProviderError::Slow))));
    report.findings.push(client(settings, &metadata));
    report.findings.extend(pushing(settings, &metadata));
    report.abilities = abilities(&metadata);
    report
}

fn clock(theirs: Option<OffsetDateTime>, ours: OffsetDateTime) -> Finding {
    let Some(theirs) = theirs else {
        return Finding::new(Level::Ok, "clock", "not known: the answer has no Date");
    };
    let drift = theirs - ours;
    let side = if drift.is_negative() { "behind" } else { "ahead of" };
    let text = format!("{} s {side} this machine", drift.whole_seconds().abs());
    if drift > LEEWAY {
        let text = format!("{text}; ID tokens from the future are refused");
        Finding::new(Level::Fail, "clock", text)
    } else if drift.abs() > DRIFT {
        Finding::new(Level::Warn, "clock", text)
    } else {
        Finding::new(Level::Ok, "clock", text)
    }
}

fn names(settings: &Settings) -> String {
    let names: Vec<String> = settings
        .id_token_algs
        .iter()
        .map(|alg| format!("{alg:?}"))
        .collect();
    names.join(", ")
}

fn algorithms(settings: &Settings, metadata: &Metadata) -> Finding {
    let Some(offered) = &metadata.offers.id_token_algs else {
        let text = "the provider does not say how it signs ID tokens";
        return Finding::new(Level::Warn, "id_token", text);
    };
    let taken =
        |name: &&String| jwt::algorithm(name).is_some_and(|alg| settings.id_token_algs.contains(&alg));
    let common: Vec<&str> = offered.iter().filter(taken).map(String::as_str).collect();
    if common.is_empty() {
        let text = format!(
            "signed by {}, and id_token_algs takes {}",
            offered.join(", "),
            names(settings)
        );
        Finding::new(Level::Fail, "id_token", printable(&text))
    } else {
        Finding::new(Level::Ok, "id_token", format!("signed by {}", common.join(", ")))
    }
}

fn signing_keys(settings: &Settings, keys: Result<Arc<Keys>, ProviderError>) -> Finding {
    match keys.map(|keys| keys.count(&settings.id_token_algs)) {
        Err(error) => Finding::new(Level::Fail, "keys", format!("{error} ({})", error.code())),
        Ok((usable, 0)) => {
            let text = format!("none of {usable} usable keys serves {}", names(settings));
            Finding::new(Level::Fail, "keys", text)
        }
        Ok((usable, serving)) => {
            let text = format!("{serving} of {usable} usable keys serve {}", names(settings));
            Finding::new(Level::Ok, "keys", text)
        }
    }
}

/// Whether the provider names our way of saying who we are. Many lists are short of a way that works,
/// so that a missing one is only a warning.
fn client(settings: &Settings, metadata: &Metadata) -> Finding {
    let method = settings.auth.name();
    let by_default = ["client_secret_basic".to_owned()];
    let methods = metadata.offers.auth_methods.as_deref().unwrap_or(&by_default);
    if !methods.iter().any(|offered| offered == method) {
        let text = format!("{method} is not among the ways that the provider names");
        return Finding::new(Level::Warn, "client", text);
    }
    if let (ClientAuth::PrivateKeyJwt(key), Some(algs)) = (&settings.auth, &metadata.offers.auth_algs)
        && !key.is_among(algs)
    {
        let text = format!(
            "{method} by {:?} is not among those that the provider names",
            key.algorithm()
        );
        return Finding::new(Level::Warn, "client", text);
    }
    Finding::new(Level::Ok, "client", method)
}

fn pushing(settings: &Settings, metadata: &Metadata) -> Option<Finding> {
    let missing = (settings.par || metadata.requires_par) && metadata.par_endpoint.is_none();
    let error = ProviderError::NoPar;
    missing.then(|| Finding::new(Level::Fail, "par", format!("{error} ({})", error.code())))
}

fn abilities(metadata: &Metadata) -> Vec<Ability> {
    let ability = |name, title, there| Ability { name, title, there };
    let offers = &metadata.offers;
    vec![
        ability(
            "backchannel_logout",
            "back-channel logout",
            offers.backchannel_logout,
        ),
        ability(
            "frontchannel_logout",
            "front-channel logout",
            offers.frontchannel_logout,
        ),
        ability(
            "end_session",
            "end_session",
            metadata.end_session_endpoint.is_some(),
        ),
        ability("par", "PAR", metadata.par_endpoint.is_some()),
        ability("iss", "iss in its answers (RFC 9207)", metadata.announces_iss),
        ability("pkce_s256", "PKCE S256 announced", offers.pkce_s256),
        ability("userinfo", "userinfo", metadata.userinfo_endpoint.is_some()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_48_a_clock_is_warned_of_before_it_keeps_people_out() {
        let ours = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
        for (ahead, level) in [
            (0, Level::Ok),
            (30, Level::Ok),
            (-30, Level::Ok),
            (31, Level::Warn),
            (-90, Level::Warn),
            (61, Level::Fail),
        ] {
            let found = clock(Some(ours + Duration::seconds(ahead)), ours);
            assert_eq!(found.level, level, "{ahead}: {}", found.text);
        }
    }
}
