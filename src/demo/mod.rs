//! `usher demo`: the whole world on loopback in one process. The gateway is the real one, with a
//! real configuration file; the provider, the vendors and the intranet around it are stand-ins
//! that share no code with it. Only `cli` calls this; `serve` cannot reach it.

mod answer;
mod directory;
mod intranet;
mod keys;
mod people;
mod places;
mod provider;
mod settings;
mod signals;
mod vendors;

use std::io::{self, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::IssuerUrl;
use secrecy::{ExposeSecret as _, SecretString};

use crate::types::random_bytes;
use directory::PrivateDirectory;
use intranet::Intranet;
use keys::{ComingKey, DemoKey};
use places::Place;
use provider::{Client, Provider};
use settings::{LICENSE_KEY, Settings};
use signals::Signals;
use vendors::{Cobrowse, Frameable};

const DEFAULT_PORT: u16 = 8080;

/// Runs the demo until the gateway ends.
///
/// `port` is the gateway's on 127.0.0.1: 8080 unless given, 0 for any. `start` gets the path of
/// the configuration and the gateway's open listener; it answers when the gateway is ready, with
/// what then runs until a signal ends it. The demo's files are gone when this returns.
///
/// # Errors
/// Sockets, keys or files could not be made, or the gateway's own error.
pub async fn run<E, G>(
    port: Option<u16>,
    start: impl AsyncFnOnce(PathBuf, TcpListener) -> Result<G, E>,
) -> Result<(), E>
where
    E: From<io::Error>,
    G: Future<Output = Result<(), E>>,
{
    let mut signals = Signals::catch()?;
    let World {
        directory,
        configuration,
        gateway,
        listener,
        sites,
    } = World::open(port.unwrap_or(DEFAULT_PORT))?;
    let ended = tokio::select! {
        biased;
        started = start(configuration, listener) => match started {
            Ok(running) => stay(running, &mut signals, || greet(&gateway, &sites)).await,
            Err(error) => Err(error),
        },
        () = signals.any() => Ok(()),
    };
    for site in &sites.handles {
        site.stop(false).await;
    }
    drop(directory);
    ended
}

/// Waits for the gateway's end, or the terminal's. The greeting comes once the gateway has heard of
/// signals: who reads it may end the demo at once.
async fn stay<E: From<io::Error>>(
    running: impl Future<Output = Result<(), E>>,
    signals: &mut Signals,
    greet: impl FnOnce() -> io::Result<()>,
) -> Result<(), E> {
    let mut running = pin!(running);
    tokio::select! {
        biased;
        ended = &mut running => return ended,
        greeted = async { greet() } => greeted?,
    }
    tokio::select! {
        ended = running => ended,
        _ = signals.hang_up.recv() => Ok(()),
    }
}

/// Everything around the gateway, already answering.
struct World {
    directory: PrivateDirectory,
    configuration: PathBuf,
    /// The gateway's origin.
    gateway: String,
    listener: TcpListener,
    sites: Sites,
}

/// The running stand-ins.
struct Sites {
    intranet: String,
    handles: Vec<ServerHandle>,
}

impl World {
    fn open(port: u16) -> io::Result<Self> {
        let mut gateway = Place::on_address(port)?;
        let listener = gateway.listeners.remove(0);
        let neighbour = Place::on_address(0)?;
        let provider = Place::on_localhost()?;
        let frameable = Place::on_localhost()?;
        let cobrowse = Place::on_localhost()?;
        let intranet = Place::on_localhost()?;
        let settings = Arc::new(Settings::new(&gateway, &provider, &frameable, &cobrowse));

        let [townhall, open_house, newsroom, account] = DemoKey::generate_many()?;
        // Nobody asks for it before the first sign-in.
        let staff = ComingKey::begin();
        let directory = PrivateDirectory::create()?;
        for (name, key) in [
            ("keys/townhall.pem", &townhall),
            ("keys/open-house.pem", &open_house),
            ("keys/newsroom.pem", &newsroom),
            ("keys/cobrowse.pem", &account),
        ] {
            directory.write(name, key.private_pem()?.expose_secret().as_bytes())?;
        }
        for (name, icon) in ICONS {
            directory.write(name, icon.as_bytes())?;
        }
        let client_secret = SecretString::from(URL_SAFE_NO_PAD.encode(random_bytes::<32>()));
        directory.write("secrets/staff", client_secret.expose_secret().as_bytes())?;
        let configuration = directory.write("usher.toml", settings.as_str().as_bytes())?;

        let issuer = IssuerUrl::new(provider.origin.clone()).map_err(io::Error::other)?;
        let client = Client {
            id: "usher".to_owned(),
            secret: client_secret,
            redirect_uri: format!("{}/auth/callback/staff", gateway.origin),
            post_logout_redirect_uri: format!("{}/auth/signed-out", gateway.origin),
        };
        let front_page = |same_site, other: &Place| Intranet {
            gateway: gateway.origin.clone(),
            same_site,
            other: other.origin.clone(),
        };
        let events = [
            ("townhall", "Town hall", townhall.public_pem()?),
            ("open-house", "Open house", open_house.public_pem()?),
            ("newsroom", "Newsroom rehearsal", newsroom.public_pem()?),
        ];
        let doors = Frameable::new(events, settings.clone()).map_err(io::Error::other)?;
        let console =
            Cobrowse::new(LICENSE_KEY, &account.public_pem()?, settings).map_err(io::Error::other)?;
        let (far, near) = (front_page(false, &neighbour), front_page(true, &intranet));
        let staff = Provider::new(issuer, client, staff);
        let intranet_origin = intranet.origin.clone();
        let handles = vec![
            serve(provider, staff, provider::configure)?,
            serve(frameable, doors, Frameable::configure)?,
            serve(cobrowse, console, Cobrowse::configure)?,
            serve(intranet, far, Intranet::configure)?,
            serve(neighbour, near, Intranet::configure)?,
        ];
        Ok(Self {
            directory,
            configuration,
            gateway: gateway.origin,
            listener,
            sites: Sites {
                intranet: intranet_origin,
                handles,
            },
        })
    }
}

const ICONS: [(&str, &str); 5] = [
    (
        "icons/townhall.svg",
        include_str!("../../static/demo/icons/townhall.svg"),
    ),
    (
        "icons/open-house.svg",
        include_str!("../../static/demo/icons/open-house.svg"),
    ),
    (
        "icons/newsroom.svg",
        include_str!("../../static/demo/icons/newsroom.svg"),
    ),
    (
        "icons/console.svg",
        include_str!("../../static/demo/icons/console.svg"),
    ),
    (
        "icons/phones.svg",
        include_str!("../../static/demo/icons/phones.svg"),
    ),
];

/// One site: its state, its routes, one worker.
fn serve<S: Send + Sync + 'static>(
    place: Place,
    state: S,
    routes: fn(&mut web::ServiceConfig),
) -> io::Result<ServerHandle> {
    let state = web::Data::new(state);
    // Browsers ask every site for an icon; none of these has one.
    let no_icon = || web::route().to(actix_web::HttpResponse::NoContent);
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .route("/favicon.ico", no_icon())
            .configure(routes)
    })
    .workers(1)
    .disable_signals();
    for listener in place.listeners {
        server = server.listen(listener)?;
    }
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
}

/// The first line names the address (C-46); nine more say what to try.
fn greet(gateway: &str, sites: &Sites) -> io::Result<()> {
    let intranet = &sites.intranet;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "Usher demo: {gateway}/ (all on this machine; Ctrl-C ends it and leaves nothing behind)\n\n\
         1. Open it, sign in as Maya the member, and click Town hall: the event page takes the token apart.\n\
         2. Go back and click another tile: nobody asks who you are again.\n\
         3. Open {intranet}/, Acme's intranet on another site, and join or help Grace from there.\n\
         4. Sign out, come back as Henrike the host: the same link now makes her a host.\n\
         5. As Idris, whose e-mail nobody verified, try a support console; as Priya, any staff page.\n\
         6. Reload a vendor's page after five minutes: the token has run out."
    )?;
    out.flush()
}

#[cfg(test)]
mod tests;
