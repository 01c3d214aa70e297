//! TLS in front of the lying provider, or of the gateway, by a private authority.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use super::liar::Liar;
use super::wire::find;

/// Which port serves a host; the first one all others.
type Hosts = Arc<Mutex<Vec<(&'static str, u16)>>>;

/// Signs certificates for servers.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "Usher's tests");
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    /// The one that the tests' browsers trust.
    pub fn trusted() -> &'static Self {
        static TRUSTED: LazyLock<Authority> = LazyLock::new(Authority::new);
        &TRUSTED
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    pub fn der(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    /// A certificate for some hosts, and its key.
    fn issue(&self, hosts: &[&str]) -> (Certificate, KeyPair) {
        let own = KeyPair::generate().expect("a key");
        let hosts: Vec<_> = hosts.iter().map(ToString::to_string).collect();
        let leaf = CertificateParams::new(hosts).expect("names");
        (leaf.signed_by(&own, &self.0).expect("a certificate"), own)
    }

    /// The same as PEM, for a server that is not ours.
    pub fn issue_pem(&self, hosts: &[&str]) -> [String; 2] {
        let (leaf, own) = self.issue(hosts);
        [leaf.pem(), own.serialize_pem()]
    }
}

pub struct Tls {
    pub port: u16,
    /// The authority's certificate.
    pub authority: PathBuf,
    hosts: Hosts,
    _dir: TempDir,
}

impl Tls {
    pub fn start() -> Self {
        Self::named(&["localhost"])
    }

    pub fn named(hosts: &[&str]) -> Self {
        Self::signed_by(Authority::trusted(), hosts)
    }

    pub fn signed_by(authority: &Authority, hosts: &[&str]) -> Self {
        let dir = TempDir::with_prefix("usher-test-").expect("a directory");
        let path = dir.path().join("authority.pem");
        std::fs::write(&path, authority.pem()).expect("a file");

        let (leaf, own) = authority.issue(hosts);
        let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], secret)
            .expect("a certificate with its key");

        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().unwrap().port();
        let hosts = Hosts::default();
        let known = Arc::clone(&hosts);
        let config = Arc::new(config);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, hosts) = (Arc::clone(&config), Arc::clone(&known));
                std::thread::spawn(move || pass_on(stream, config, &hosts));
            }
        });
        Self {
            port,
            authority: path,
            hosts,
            _dir: dir,
        }
    }

    /// Passes every request on to the liar, which calls itself by our address from now on.
    pub fn lead_to(&self, liar: &Liar) {
        self.lead("localhost", liar.port());
        liar.set_front(self.port);
    }

    pub fn lead(&self, host: &'static str, port: u16) {
        self.hosts.lock().unwrap().push((host, port));
    }
}

/// One request, one answer; a handshake that fails ends it all.
fn pass_on(stream: TcpStream, config: Arc<ServerConfig>, hosts: &Hosts) -> Option<()> {
    let mut tls = StreamOwned::new(ServerConnection::new(config).ok()?, stream);
    let mut request = Vec::new();
    let mut buffer = [0; 8192];
    while !is_whole(&request) {
        let count = tls.read(&mut buffer).ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&buffer[..count]);
    }
    let mut plain = TcpStream::connect(("127.0.0.1", port_for(&request, hosts)?)).ok()?;
    plain.write_all(&closing(&request)).ok()?;
    let mut answer = Vec::new();
    plain.read_to_end(&mut answer).ok()?;
    tls.write_all(&answer).ok()?;
    tls.conn.send_close_notify();
    tls.flush().ok()?;
    tls.sock.shutdown(Shutdown::Write).ok()
}

fn port_for(request: &[u8], hosts: &Hosts) -> Option<u16> {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let hosts = hosts.lock().unwrap();
    let asked = |(host, _): &&(&str, u16)| text.contains(&format!("\r\nhost: {host}"));
    hosts.iter().find(asked).or(hosts.first()).map(|(_, port)| *port)
}

/// The same request of somebody who wants no second one.
fn closing(request: &[u8]) -> Vec<u8> {
    let (from, to) = (b"Connection: keep-alive", b"Connection: close");
    match find(request, from) {
        Some(at) => [&request[..at], to, &request[at + from.len()..]].concat(),
        None => request.to_vec(),
    }
}

/// Whether a request has its last byte.
pub fn is_whole(request: &[u8]) -> bool {
    let Some(end) = find(request, b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    request.len() >= end + 4 + length
}
