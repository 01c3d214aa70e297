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
mod world;

use std::io::{self, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::pin::pin;

use signals::Signals;
use world::{Sites, World};

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

/// The first line names the address (C-46); the rest say what to try.
fn greet(gateway: &str, sites: &Sites) -> io::Result<()> {
    let intranet = &sites.intranet;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "Usher demo: {gateway}/ (all on this machine; Ctrl-C ends it and leaves nothing behind)\n\n\
         1. Open it, sign in as Maya the member, and click Town hall: the event page takes the token apart.\n\
         2. Go back and click another tile: nobody asks who you are again. Help desk gets its token by a form,\n   \
            Orders this week in its path; Morning stand-up, Nora and Softphone are pages that call the token API.\n\
         3. Open {intranet}/, Acme's intranet on another site, and join or help Grace from there;\n   \
            its page Customer care has the agents' console in it.\n\
         4. Sign out, come back as Henrike the host: the same links now make her a host and a moderator, and\n   \
         Administration has every app's link to hand out.\n\
         5. As Idris, whose e-mail nobody verified, try a support console; as Priya, any staff page.\n\
         6. Reload a vendor's page after five minutes: the token has run out. Console for the day gets a fresh one\n   \
            in time, by a message from the gateway's page around it."
    )?;
    out.flush()
}

#[cfg(test)]
mod tests;
