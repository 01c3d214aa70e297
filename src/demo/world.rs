//! Everything around the gateway: the sites with their keys and secrets, and the gateway's files.

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::IssuerUrl;
use secrecy::{ExposeSecret as _, SecretString};

use super::directory::PrivateDirectory;
use super::intranet::{self, Intranet};
use super::keys::{ComingKey, DemoKey};
use super::places::{Place, Places};
use super::provider::{self, Client, Provider};
use super::settings::{LICENSE_KEY, Settings};
use super::vendors::{Bit6, Board, Cobrowse, Frameable, HelpDesk, SoulMachines, Vonage};
use crate::types::random_bytes;

/// Everything around the gateway, already answering.
pub struct World {
    pub directory: PrivateDirectory,
    pub configuration: PathBuf,
    /// The gateway's origin.
    pub gateway: String,
    pub listener: TcpListener,
    pub sites: Sites,
}

/// The running stand-ins.
pub struct Sites {
    pub intranet: String,
    pub handles: Vec<ServerHandle>,
}

impl World {
    pub fn open(port: u16) -> io::Result<Self> {
        let mut places = Places::open(port)?;
        let listener = places.gateway.listeners.remove(0);
        let settings = Arc::new(Settings::new(&places.ports()));

        let [townhall, open_house, newsroom, account, standup] = DemoKey::generate_many()?;
        // Nobody asks for it before the first sign-in.
        let staff = ComingKey::begin();
        let directory = PrivateDirectory::create()?;
        for (name, key) in [
            ("keys/townhall.pem", &townhall),
            ("keys/open-house.pem", &open_house),
            ("keys/newsroom.pem", &newsroom),
            ("keys/cobrowse.pem", &account),
            ("keys/standup.pem", &standup),
        ] {
            directory.write(name, key.private_pem()?.expose_secret().as_bytes())?;
        }
        let [client_secret, reception, softphone, helpdesk, orders] = [
            secret(&directory, "secrets/staff")?,
            secret(&directory, "secrets/reception")?,
            secret(&directory, "secrets/softphone")?,
            secret(&directory, "secrets/helpdesk")?,
            secret(&directory, "secrets/orders")?,
        ];
        for (name, icon) in ICONS {
            directory.write(name, icon.as_bytes())?;
        }
        let configuration = directory.write("usher.toml", settings.as_str().as_bytes())?;

        let gateway = places.gateway.origin.clone();
        let issuer = IssuerUrl::new(places.provider.origin.clone()).map_err(io::Error::other)?;
        let client = Client {
            id: "usher".to_owned(),
            secret: client_secret,
            redirect_uri: format!("{gateway}/auth/callback/staff"),
            post_logout_redirect_uri: format!("{gateway}/auth/signed-out"),
        };
        let events = [
            ("townhall", "Town hall", townhall.public_pem()?),
            ("open-house", "Open house", open_house.public_pem()?),
            ("newsroom", "Newsroom rehearsal", newsroom.public_pem()?),
        ];
        let doors = Frameable::new(events, settings.clone()).map_err(io::Error::other)?;
        let console =
            Cobrowse::new(LICENSE_KEY, &account.public_pem()?, settings.clone()).map_err(io::Error::other)?;
        let rooms = Vonage::new(&standup.public_pem()?, settings.clone()).map_err(io::Error::other)?;
        let nora = SoulMachines::new(&reception, places.soul_machines.port, settings.clone());
        let calls = Bit6::new(&softphone, &places.bit6.origin, settings.clone());
        let desk = HelpDesk::new(&helpdesk, &places.help_desk.origin, settings.clone());
        let far = Intranet::new(&places, &places.neighbour, false);
        let near = Intranet::new(&places, &places.intranet, true);
        let intranet = places.intranet.origin.clone();
        let handles = vec![
            serve(
                places.provider,
                Provider::new(issuer, client, staff),
                provider::configure,
            )?,
            serve(places.frameable, doors, Frameable::configure)?,
            serve(places.cobrowse, console, Cobrowse::configure)?,
            serve(places.vonage, rooms, Vonage::configure)?,
            serve(places.soul_machines, nora, SoulMachines::configure)?,
            serve(places.bit6, calls, Bit6::configure)?,
            serve(places.help_desk, desk, HelpDesk::configure)?,
            serve(places.board, Board::new(&orders, settings), Board::configure)?,
            serve(places.intranet, far, intranet::far)?,
            serve(places.neighbour, near, intranet::near)?,
        ];
        Ok(Self {
            directory,
            configuration,
            gateway,
            listener,
            sites: Sites { intranet, handles },
        })
    }
}

/// A new secret, written where the configuration looks for it.
fn secret(directory: &PrivateDirectory, name: &str) -> io::Result<SecretString> {
    let secret = SecretString::from(URL_SAFE_NO_PAD.encode(random_bytes::<32>()));
    directory.write(name, secret.expose_secret().as_bytes())?;
    Ok(secret)
}

macro_rules! icons {
    ($($name:literal)*) => {
        [$((
            concat!("icons/", $name, ".svg"),
            include_str!(concat!("../../static/demo/icons/", $name, ".svg")),
        )),*]
    };
}

const ICONS: [(&str, &str); 10] = icons!(
    "townhall" "open-house" "newsroom" "console" "phones" "standup" "reception" "softphone" "helpdesk" "orders"
);

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
