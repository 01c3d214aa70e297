//! TLS that Usher ends itself.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::harness::usher::{How, Usher, write_secret};
use crate::harness::wire::{self, Response};
use crate::harness::world::bare;

/// A private authority.
struct Authority {
    root: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key).unwrap().der().clone();
        let issuer = Issuer::new(params, key);
        Self { root, issuer }
    }

    /// A certificate for a host, and its key, in PEM.
    fn issue(&self, host: &str) -> [String; 2] {
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new([host.to_owned()]).unwrap();
        [
            leaf.signed_by(&key, &self.issuer).unwrap().pem(),
            key.serialize_pem(),
        ]
    }
}

fn usher(pair: &[String; 2]) -> Usher {
    let usher = Usher::start(Arc::default(), How::default(), |port| {
        let mut settings = bare(port);
        settings
            .set("", "public_url", &format!("\"https://go.test:{port}\""))
            .set("[tls]", "cert_file", "\"tls/go.pem\"")
            .set("[tls]", "key_file", "\"tls/go.key\"")
            .add("[providers.work]", "issuer = \"https://login.example.com\"\nclient_id = \"usher\"\nauth_method = \"none\"")
            .add("[apps.door]", "vendor = \"frameable\"\ntitle = \"Door\"\nurl = \"https://acme.frameable.com/events/door\"\nkey_file = \"keys/townhall.pem\"\nallow = [\"everyone\"]")
            .file("tls/go.pem", &pair[0])
            .file("tls/go.key", &pair[1]);
        settings
    });
    usher.secrets.add_pem(&pair[1]);
    usher
}

/// One request, and the certificate that answered it.
fn ask(usher: &Usher, authority: &Authority, target: &str) -> (Response, CertificateDer<'static>) {
    let mut roots = RootCertStore::empty();
    roots.add(authority.root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let client = ClientConnection::new(Arc::new(config), "go.test".try_into().unwrap()).unwrap();
    let stream = TcpStream::connect(("127.0.0.1", usher.port)).unwrap();
    let mut tls = StreamOwned::new(client, stream);
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: go.test:{}\r\nConnection: close\r\n\r\n",
        usher.port
    );
    tls.write_all(request.as_bytes()).expect("a handshake");
    let mut answer = Vec::new();
    tls.read_to_end(&mut answer).expect("an answer");
    assert_eq!(
        tls.conn.alpn_protocol(),
        Some(b"http/1.1".as_slice()),
        "h2 is not spoken"
    );
    let certificate = tls.conn.peer_certificates().unwrap()[0].clone().into_owned();
    (wire::parse(target, &answer).expect("an answer"), certificate)
}

#[test]
fn s_539_s_230_usher_ends_tls_itself_and_a_reload_renews_the_certificate() {
    let authority = Authority::new();
    let usher = usher(&authority.issue("go.test"));
    let (page, first) = ask(&usher, &authority, "/auth/login?page=portal");
    assert_eq!(
        page.header("Strict-Transport-Security"),
        Some("max-age=31536000; includeSubDomains")
    );

    let renewed = authority.issue("go.test");
    usher.secrets.add_pem(&renewed[1]);
    let dir = usher.dir.path();
    write_secret(dir, "tls/go.pem", &renewed[0]);
    // Half of the pair: the old one stays in service.
    assert_eq!(usher.reload()["event"], "config.reload_refused");
    assert_eq!(ask(&usher, &authority, "/").1, first);
    write_secret(dir, "tls/go.key", &renewed[1]);
    assert_eq!(usher.reload()["changes"], "changed tls");
    assert_ne!(ask(&usher, &authority, "/").1, first);

    // Who speaks plain http here is not answered.
    let plain = wire::exchange(usher.port, b"GET / HTTP/1.1\r\nHost: go.test\r\n\r\n");
    assert!(!String::from_utf8_lossy(&plain).contains("HTTP/1.1"), "{plain:?}");
    // To end or not to end TLS is decided at the start.
    usher.edit(
        "[tls]\ncert_file = \"tls/go.pem\"\nkey_file = \"tls/go.key\"\n",
        "",
    );
    assert_eq!(usher.reload()["event"], "config.reloaded");
    assert_eq!(usher.logged("config.needs_restart")["key"], "tls");
    ask(&usher, &authority, "/");
}
