//! `usher healthcheck`: asks the gateway of a configuration file how it is, on its operations listener.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};

use crate::config;

/// Sooner than whoever asks for the check gives up on it.
const WITHIN: Duration = Duration::from_secs(3);

pub fn run(path: &Path, ready: bool) -> anyhow::Result<ExitCode> {
    let listen = config::ops_listen(path).map_err(|problems| anyhow!("{problems}"))?;
    let address = reachable(listen);
    let route = if ready { "/readyz" } else { "/healthz" };
    let status = ask(address, route).with_context(|| format!("nobody answers at {address}"))?;
    if status != "200" {
        bail!("{route} at {address} answers {status}");
    }
    println!("ok");
    Ok(ExitCode::SUCCESS)
}

/// Who listens on all addresses is asked on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The status of the answer.
fn ask(address: SocketAddr, route: &str) -> std::io::Result<String> {
    let until = Instant::now() + WITHIN;
    let mut stream = TcpStream::connect_timeout(&address, WITHIN)?;
    stream.set_write_timeout(Some(WITHIN))?;
    let request = format!("GET {route} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut start = [0; "HTTP/1.1 200".len()];
    let mut read = 0;
    while read < start.len() {
        let left = until.checked_duration_since(Instant::now());
        // A time-out of nothing would be none.
        let left = left.filter(|left| !left.is_zero()).ok_or(ErrorKind::TimedOut)?;
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut start[read..])? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            count => read += count,
        }
    }
    let status = start.strip_prefix(b"HTTP/1.1 ").ok_or(ErrorKind::InvalidData)?;
    Ok(String::from_utf8_lossy(status).into_owned())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn all_addresses_are_asked_on_loopback() {
        for (listen, asked) in [
            ("0.0.0.0:9090", "127.0.0.1:9090"),
            ("[::]:9090", "[::1]:9090"),
            ("10.0.0.7:1", "10.0.0.7:1"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()), asked.parse().unwrap());
        }
    }

    #[test]
    fn who_accepts_and_says_nothing_is_not_waited_for() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let began = Instant::now();
        ask(silent.local_addr().unwrap(), "/healthz").unwrap_err();
        assert!(began.elapsed() < WITHIN * 2);
    }
}
