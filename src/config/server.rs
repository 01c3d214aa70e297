//! The sections about the gateway itself.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use time::Duration;
use url::Url;

use super::file::Tolerance;
use super::keys;
use super::reader::Table;
use super::secret::{image, keys_32};
use super::{Audit, Brand, Limits, Listen, Log, LogFormat, Person, Server};
use crate::session;
use crate::types::secure_url;

const YEARS: Duration = Duration::days(36_500);

pub(super) fn secret_dirs(file: &Table<'_>) -> Vec<PathBuf> {
    // Unknown keys of the section are reported when it is read as a whole.
    let Some(dirs) = file.get("server").and_then(|item| item.entries()) else {
        return Vec::new();
    };
    let list = dirs
        .into_iter()
        .find(|(key, _)| *key == "secret_dirs")
        .and_then(|(_, item)| item.list());
    let absolute = |text: &str| {
        let path = Path::new(text);
        if path.is_absolute() {
            Ok(path.to_owned())
        } else {
            Err("must be an absolute path".to_owned())
        }
    };
    list.unwrap_or_default()
        .iter()
        .filter_map(|item| item.parsed(absolute))
        .collect()
}

pub(super) fn server(file: &Table<'_>, tolerance: &Tolerance) -> Option<Server> {
    let loopback = ["127.0.0.0/8", "::1/128"]
        .iter()
        .filter_map(|net| net.parse().ok())
        .collect();
    let mut server = Server {
        listen: Listen::Tcp(SocketAddr::from(([127, 0, 0, 1], 8080))),
        ops_listen: ops_listen(file),
        trusted_proxies: loopback,
        drain: Duration::seconds(30),
        sealing_keys: Vec::new(),
        outbound_proxy: None,
    };
    if !file.has("server") {
        return Some(server);
    }
    let table = file.table("server", keys::SERVER.keys)?;
    server.listen = table.parsed("listen", server.listen, |text| match text.strip_prefix("unix:") {
        Some(path) if path.starts_with('/') => Ok(Listen::Unix(path.into())),
        Some(_) => Err("names a socket by its absolute path: \"unix:/run/usher.sock\"".into()),
        None => text
            .parse()
            .map(Listen::Tcp)
            .map_err(|_| "is an address and port such as \"127.0.0.1:8080\", or \"unix:/path\"".into()),
    });
    if table.has("trusted_proxies") {
        let net = |text: &str| {
            let address = || text.parse::<std::net::IpAddr>().map(IpNet::from).ok();
            text.parse::<IpNet>()
                .ok()
                .or_else(address)
                .ok_or("is not a network such as \"10.0.0.0/8\"".to_owned())
        };
        let proxies = table.texts("trusted_proxies");
        server.trusted_proxies = proxies.iter().filter_map(|(item, _)| item.parsed(net)).collect();
    }
    server.drain = table.duration("drain", server.drain, Duration::ZERO, Duration::HOUR);
    if let Some(item) = table.get("sealing_key_file") {
        server.sealing_keys = keys_32(&item, tolerance)?;
    }
    server.outbound_proxy = table.parsed("outbound_proxy", None, |text| match Url::parse(text) {
        Ok(url) if ["http", "https"].contains(&url.scheme()) && url.has_host() => Ok(Some(url)),
        _ => Err("is not an http or https URL".into()),
    });
    Some(server)
}

/// Where operations listen.
pub(super) fn ops_listen(file: &Table<'_>) -> SocketAddr {
    let default = SocketAddr::from(([127, 0, 0, 1], 9090));
    let table = file
        .has("server")
        .then(|| file.table("server", keys::SERVER.keys));
    table.flatten().map_or(default, |table| {
        table.parsed("ops_listen", default, |text| {
            text.parse()
                .map_err(|_| "is an address and port such as \"127.0.0.1:9090\"".into())
        })
    })
}

pub(super) fn brand(file: &Table<'_>) -> Brand {
    let mut brand = Brand {
        name: "Usher".to_owned(),
        logo: None,
        accent: "#1d5c4d".to_owned(),
        support_url: None,
    };
    let Some(table) = file
        .has("brand")
        .then(|| file.table("brand", keys::BRAND.keys))
        .flatten()
    else {
        return brand;
    };
    brand.name = table.parsed("name", brand.name, |text| short(text, 60));
    brand.logo = table.get("logo_file").and_then(|item| image(&item));
    brand.accent = table.parsed("accent", brand.accent, |text| {
        let digits = text.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(text.to_ascii_lowercase())
        } else {
            Err("is a colour such as \"#1d5c4d\"".into())
        }
    });
    brand.support_url = table.parsed("support_url", None, |text| match Url::parse(text) {
        Ok(url) if url.scheme() == "mailto" => Ok(Some(url)),
        _ => secure_url(text).map(Some).map_err(|e| e.to_string()),
    });
    brand
}

/// A line of text for a page.
pub(super) fn short(text: &str, most: usize) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(format!("is one line of 1 to {most} characters"));
    }
    Ok(text.to_owned())
}

pub(super) fn session(file: &Table<'_>) -> session::Limits {
    let mut limits = session::Limits {
        idle: Duration::minutes(30),
        lifetime: Duration::hours(8),
    };
    if let Some(table) = file
        .has("session")
        .then(|| file.table("session", keys::SESSION.keys))
        .flatten()
    {
        limits.idle = table.duration("idle", limits.idle, Duration::MINUTE, Duration::days(30));
        limits.lifetime = table.duration("lifetime", limits.lifetime, Duration::MINUTE, Duration::days(30));
        if limits.idle > limits.lifetime {
            table.error("idle", "is longer than lifetime");
        }
    }
    limits
}

pub(super) fn limits(file: &Table<'_>) -> Limits {
    let table = file
        .has("limits")
        .then(|| file.table("limits", keys::LIMITS.keys))
        .flatten();
    let limit = |key: &str, default: u32| {
        let Some(item) = table.as_ref().and_then(|table| table.get(key)) else {
            return NonZeroU32::new(default);
        };
        let number = item.whole().map(u32::try_from);
        match number {
            Some(Ok(number)) if number <= 1_000_000 => NonZeroU32::new(number),
            Some(_) => {
                item.error("must be from 0 (off) to 1000000");
                None
            }
            None => None,
        }
    };
    Limits {
        launches_per_minute: limit("launches_per_minute", 60),
        sign_ins_per_minute: limit("sign_ins_per_minute", 30),
        logouts_per_minute: limit("logouts_per_minute", 60),
    }
}

pub(super) fn log(file: &Table<'_>) -> Log {
    let mut log = Log {
        format: LogFormat::Text,
        level: tracing::Level::INFO,
    };
    if let Some(table) = file
        .has("log")
        .then(|| file.table("log", keys::LOG.keys))
        .flatten()
    {
        log.format = table.parsed("format", log.format, |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("is \"text\" or \"json\"".into()),
        });
        log.level = table.parsed("level", log.level, |text| match text {
            "error" | "warn" | "info" | "debug" | "trace" => text.parse().map_err(|_| "is no level".into()),
            _ => Err("is error, warn, info, debug or trace".into()),
        });
    }
    log
}

/// The collector's base address.
pub(super) fn otlp(file: &Table<'_>) -> Option<Url> {
    let table = file
        .has("otlp")
        .then(|| file.table("otlp", keys::OTLP.keys))
        .flatten()?;
    table.require("endpoint")?.parsed(|text| {
        let url = secure_url(text).map_err(|e| e.to_string())?;
        if url.query().is_some() || url.fragment().is_some() || url.path().ends_with("/v1/traces") {
            return Err("is the collector's base address: what comes behind it is added".into());
        }
        Ok(url)
    })
}

pub(super) fn audit(file: &Table<'_>, tolerance: &Tolerance) -> Audit {
    let mut audit = Audit {
        key: None,
        keep: Duration::days(400),
        person: Person::Plain,
        values: false,
    };
    if let Some(table) = file
        .has("audit")
        .then(|| file.table("audit", keys::AUDIT.keys))
        .flatten()
    {
        if let Some(item) = table.get("key_file") {
            let mut found = keys_32(&item, tolerance).unwrap_or_default();
            if found.len() > 1 {
                item.error("holds more than one key");
            }
            audit.key = found.pop();
        }
        audit.keep = table.duration("keep", audit.keep, Duration::DAY, YEARS);
        audit.person = table.parsed("person", audit.person, |text| match text {
            "plain" => Ok(Person::Plain),
            "hash" => Ok(Person::Hash),
            _ => Err("is \"plain\" or \"hash\"".into()),
        });
        audit.values = table.flag("values");
        if audit.values && audit.person == Person::Hash {
            table.error("values", "would name people who are to stand there as hashes");
        }
    }
    audit
}
