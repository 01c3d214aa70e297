//! The far end of the internet: plain text in, TLS out, to a proxy on this machine, from an address that is
//! neither the proxy's nor the gateway's.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tokio::net::TcpSocket;

use super::tls::{Authority, is_whole};

/// Where the tunnel's requests come from.
pub const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 7);

/// The port at which requests for `host` go in that come out at the proxy's `port`.
pub fn open(host: &'static str, port: u16) -> u16 {
    let mut roots = RootCertStore::empty();
    roots.add(Authority::trusted().der()).expect("an authority");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let entrance = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let config = Arc::clone(&config);
            std::thread::spawn(move || pass_on(stream, config, host, port));
        }
    });
    entrance
}

/// One request, one answer.
fn pass_on(mut plain: TcpStream, config: Arc<ClientConfig>, host: &'static str, port: u16) -> Option<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 8192];
    while !is_whole(&request) {
        let count = plain.read(&mut buffer).ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&buffer[..count]);
    }
    let client = ClientConnection::new(config, host.try_into().ok()?).ok()?;
    let mut tls = StreamOwned::new(client, from_afar(port).ok()?);
    tls.write_all(&request).ok()?;
    let mut answer = Vec::new();
    // A server that refuses early may end the connection without a word.
    let _ = tls.read_to_end(&mut answer);
    plain.write_all(&answer).ok()
}

fn from_afar(port: u16) -> std::io::Result<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((CLIENT, 0)))?;
        let proxy = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        socket.connect(proxy).await?.into_std()
    })?;
    stream.set_nonblocking(false)?;
    Ok(stream)
}
