//! Reading the configuration again: all of it or nothing. Whoever is signed in stays so, and requests that
//! are under way end as they began.

use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretBox};

use super::{StartError, provider, rooms, sealer};
use crate::config::{self, Changes, Config, Loaded, Problem, Problems};
use crate::identity::provider::Provider;
use crate::web::gateway::{Gateway, Live, Parts};

/// Why the configuration in service stays.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    #[error("the configuration does not hold")]
    Config(Problems),
    #[error("public_url is another, which needs a restart; nothing was taken over")]
    PublicUrl,
    #[error(transparent)]
    Start(#[from] StartError),
}

/// What a reload did.
pub struct Reloaded {
    pub generation: u64,
    pub fingerprint: String,
    pub changes: Changes,
    /// Keys whose new values wait for a restart.
    pub needs_restart: Vec<&'static str>,
    pub warnings: Vec<Problem>,
}

/// Puts the configuration at `path` into service.
pub async fn reload(path: &Path, live: &Live) -> Result<Reloaded, ReloadError> {
    let path = path.to_owned();
    // Reads files, and signs once with each key.
    let loaded = tokio::task::spawn_blocking(move || config::load(&path)).await;
    let mut loaded = loaded
        .expect("loading does not panic")
        .map_err(ReloadError::Config)?;
    let Loaded { config, digest, .. } = &mut loaded;
    let now = live.gateway();
    if config.public_url.origin != now.config.public_url.origin {
        return Err(ReloadError::PublicUrl);
    }
    let same_store = digest.agrees(&now.digest, "store");
    let needs_restart = keep(config, &now.config, same_store);
    let changes = digest.changes_since(&now.digest);
    let same_server = digest.agrees(&now.digest, "server");
    let known = |id: &_| {
        let same = same_server && digest.agrees(&now.digest, &format!("providers.{id}"));
        let of_id = |provider: &&Arc<Provider>| provider.settings.id == *id;
        // It goes on with the metadata and the keys that it has.
        now.providers.iter().find(of_id).filter(|_| same).map(Arc::clone)
    };
    let providers = config.providers.iter().map(|settings| match known(&settings.id) {
        Some(provider) => Ok(provider),
        None => provider(settings, config),
    });
    let parts = Parts {
        providers: providers.collect::<Result<_, _>>()?,
        rooms: if same_server {
            Arc::clone(&now.rooms)
        } else {
            rooms(config)?
        },
        sealer: if same_server {
            Arc::clone(&now.sealer)
        } else {
            sealer(config, now.store()).await?
        },
    };
    let generation = now.generation + 1;
    let warnings = loaded.warnings.clone();
    let gateway = Gateway::new(loaded, parts, generation, now.lasting.clone());
    let fingerprint = gateway.fingerprint.clone();
    live.replace(gateway);
    Ok(Reloaded {
        generation,
        fingerprint,
        changes,
        needs_restart,
        warnings,
    })
}

/// Keeps what was decided at the start, and names what the file says otherwise by now.
fn keep(config: &mut Config, started: &Config, same_store: bool) -> Vec<&'static str> {
    let mut differing = Vec::new();
    let mut differs = |name, differs: bool| {
        if differs {
            differing.push(name);
        }
    };
    let (server, was) = (&mut config.server, &started.server);
    differs("server.listen", server.listen != was.listen);
    server.listen.clone_from(&was.listen);
    differs("server.ops_listen", server.ops_listen != was.ops_listen);
    server.ops_listen = was.ops_listen;
    differs("server.drain", server.drain != was.drain);
    server.drain = was.drain;
    // Another certificate is taken over; beginning or ceasing to end TLS is another kind of listener.
    let ends_tls = started.tls.is_some();
    differs("tls", config.tls.is_some() != ends_tls);
    if config.tls.is_some() != ends_tls {
        config.tls.clone_from(&started.tls);
    }
    differs("store.url", !same_store);
    config.store.clone_from(&started.store);
    differs("log", config.log != started.log);
    config.log = started.log;
    differs("otlp", config.otlp != started.otlp);
    config.otlp.clone_from(&started.otlp);
    let (audit, was) = (&mut config.audit, &started.audit);
    let key = |audit: &config::Audit| audit.key.as_ref().map(|key| *key.expose_secret());
    differs("audit.key_file", key(audit) != key(was));
    audit.key = was
        .key
        .as_ref()
        .map(|key| SecretBox::new(Box::new(*key.expose_secret())));
    differs("audit.keep", audit.keep != was.keep);
    audit.keep = was.keep;
    differs("audit.person", audit.person != was.person);
    audit.person = was.person;
    differs("audit.values", audit.values != was.values);
    audit.values = was.values;
    differing
}
