//! From the file to a [`Config`], in one pass that finds every problem.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretBox;
use toml::de::DeTable;

use super::file::{Tolerance, why};
use super::keys::{self, SECTIONS};
use super::problem::{Problem, Problems, Severity};
use super::reader::{Source, Table};
use super::sharing::Keys;
use super::{
    Audit, Config, Loaded, PublicUrl, Server, admin, app, client_auth, expectation, provider, server, store,
    tls,
};
use crate::types::{Origin, is_loopback, secure_url};

/// Bytes that the file may have.
const LARGEST: u64 = 1024 * 1024;

/// Reads and checks the file at `path`; relative files in it are relative to it.
pub fn load(path: &Path) -> Result<Loaded, Problems> {
    parse(&text_of(path)?, path)
}

/// Where the operations of a gateway with the file at `path` listen, whatever else is wrong with the file: a
/// gateway that runs goes on with what it has read.
pub fn ops_listen(path: &Path) -> Result<SocketAddr, Problems> {
    let text = text_of(path)?;
    let (document, _) = DeTable::parse_recoverable(&text);
    let source = Source::new(path, &text);
    let file = Table::new(&source, String::new(), 0, document.get_ref(), &[keys::FILE.keys]);
    Ok(server::ops_listen(&file))
}

fn text_of(path: &Path) -> Result<String, Problems> {
    let refuse = |message: String| {
        Err(Problems(vec![Problem {
            file: path.to_owned(),
            line: 0,
            key: None,
            message,
            cure: Some("name another with -c FILE; README.md has a first one".to_owned()),
            severity: Severity::Error,
        }]))
    };
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() => return refuse("is not a regular file".into()),
        Ok(found) if found.len() > LARGEST => return refuse("is over 1 MiB long".into()),
        _ => {}
    }
    std::fs::read_to_string(path).or_else(|error| refuse(format!("cannot be read: {}", why(&error))))
}

/// [`load`] for a text in memory, which stands for a file at `path`.
pub fn parse(text: &str, path: &Path) -> Result<Loaded, Problems> {
    let (document, errors) = DeTable::parse_recoverable(text);
    let source = Source::new(path, text);
    for error in &errors {
        // Only the message: the error's own picture of the line would show a secret in it (C-39).
        let at = error.span().map_or(0, |span| span.start);
        source.report(
            at,
            "",
            format!("is not TOML here: {}", error.message()),
            None,
            Severity::Error,
        );
    }
    let read = read(&source, document.get_ref());
    let (problems, noted) = source.into_problems();
    match read {
        Some((config, tests)) if problems.iter().all(|p| p.severity == Severity::Warning) => Ok(Loaded {
            config,
            tests,
            warnings: problems,
            digest: noted.digest(document.get_ref()),
        }),
        _ => Err(Problems(problems)),
    }
}

/// Every accepted key as `section.key`, for the reference in the README.
pub fn all_keys() -> impl Iterator<Item = (&'static str, &'static str)> {
    SECTIONS
        .iter()
        .flat_map(|section| section.keys.iter().map(|key| (section.name, *key)))
}

fn read<'a>(
    source: &'a Source<'a>,
    document: &'a DeTable<'a>,
) -> Option<(Config, Vec<expectation::PersonaTest>)> {
    let file = Table::new(source, String::new(), 0, document, &[keys::FILE.keys]);
    let public_url = public_url(&file);
    let tolerance = Tolerance {
        anywhere: public_url.as_ref().is_some_and(|url| url.loopback),
        dirs: std::iter::once(PathBuf::from("/run/secrets"))
            .chain(server::secret_dirs(&file))
            .collect(),
    };
    let server = server::server(&file, &tolerance);
    let tls = tls::tls(&file, &tolerance, public_url.as_ref(), server.as_ref());
    let brand = server::brand(&file);
    let store = store::store(&file, &tolerance);
    let session = server::session(&file);
    let limits = server::limits(&file);
    let log = server::log(&file);
    let audit = server::audit(&file, &tolerance);
    store::demand_audit_key(&file, store.as_ref(), &audit);
    let otlp = server::otlp(&file);
    let (providers, client_keys) = provider::providers(&file, &tolerance);
    let providers: Vec<_> = providers.into_iter().map(Arc::new).collect();
    let provider_ids = provider::ids(&file);
    let admin = admin::admins(&file, &provider_ids);
    let apps = app::apps(
        &file,
        &provider_ids,
        Keys::of(&providers, own_keys(server.as_ref(), &audit)),
        &tolerance,
        public_url.as_ref(),
    );
    client_auth::keep_apart(&file, &client_keys, &apps);
    let tests = expectation::tests(&file, &providers, &apps);
    let config = Config {
        public_url: public_url?,
        server: server?,
        tls: tls?,
        brand,
        store: store?,
        session,
        limits,
        log,
        audit,
        admin,
        otlp,
        providers,
        client_keys,
        apps,
    };
    Some((config, tests))
}

fn public_url(file: &Table<'_>) -> Option<PublicUrl> {
    file.require("public_url")?.parsed(|text| {
        let url = secure_url(text).map_err(|e| e.to_string())?;
        let origin = Origin::parse(text)
            .map_err(|_| "is an origin, without a path, such as https://go.example.com")?;
        Ok(PublicUrl {
            origin,
            host: url.host_str().unwrap_or_default().to_owned(),
            plain_http: url.scheme() == "http",
            loopback: is_loopback(&url),
        })
    })
}

/// What seals cookies and proves the trail.
fn own_keys<'a>(server: Option<&'a Server>, audit: &'a Audit) -> Vec<&'a SecretBox<[u8; 32]>> {
    let sealing = server.map(|server| &server.sealing_keys[..]).unwrap_or_default();
    sealing.iter().chain(&audit.key).collect()
}
