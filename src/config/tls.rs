//! `[tls]`: the certificate and its key, for those without a proxy that ends TLS.

use std::fmt;
use std::sync::Arc;

use rustls::client::verify_server_name;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;

use super::file::Tolerance;
use super::reader::Table;
use super::secret::{plain_file, secret_file};
use super::{Listen, PublicUrl, Server, keys};

/// A certificate chain with its key, tried against each other.
#[derive(Clone)]
pub struct Tls(pub Arc<CertifiedKey>);

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tls").finish_non_exhaustive()
    }
}

/// `None` after a problem was reported.
#[expect(
    clippy::option_option,
    reason = "the outer one is the reader's, as everywhere"
)]
pub(super) fn tls(
    file: &Table<'_>,
    tolerance: &Tolerance,
    public_url: Option<&PublicUrl>,
    server: Option<&Server>,
) -> Option<Option<Tls>> {
    if !file.has("tls") {
        return Some(None);
    }
    let table = file.table("tls", keys::TLS.keys)?;
    if server.is_some_and(|server| matches!(server.listen, Listen::Unix(_))) {
        file.error(
            "tls",
            "does not go with a unix socket, whose peer is a proxy on this machine",
        );
    }
    if public_url.is_some_and(|url| url.plain_http) {
        file.error("tls", "does not go with a public_url of plain http");
    }
    let (cert_item, key_item) = (table.require("cert_file"), table.require("key_file"));
    let (cert_item, key_item) = (cert_item?, key_item?);
    let pem = plain_file(&cert_item)?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .filter_map(Result::ok)
        .collect();
    let Some(leaf) = chain.first() else {
        cert_item.error("names a file without a certificate in PEM");
        return None;
    };
    let Ok(parsed) = ParsedCertificate::try_from(leaf) else {
        cert_item.error("names a file whose first certificate cannot be read");
        return None;
    };
    let host = public_url.and_then(|url| ServerName::try_from(url.host.clone()).ok());
    if host.is_some_and(|host| verify_server_name(&parsed, &host).is_err()) {
        cert_item.warn("names a certificate that is not for the host of public_url: browsers will refuse it");
    }
    let text = secret_file(&key_item, key_item.text()?, tolerance)?;
    // Its errors may dump the key, so that they are not shown.
    let Ok(key) = PrivateKeyDer::from_pem_slice(text.as_bytes()) else {
        key_item.error("names a file without a private key in PEM (PKCS#8, PKCS#1 or SEC1, not encrypted)");
        return None;
    };
    match CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()) {
        Ok(certified) => Some(Some(Tls(Arc::new(certified)))),
        Err(rustls::Error::InconsistentKeys(_)) => {
            key_item.error("names a key that is not the certificate's");
            None
        }
        Err(_) => {
            key_item.error("names a key of a kind that TLS does not take");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use rcgen::{CertificateParams, KeyPair};

    use crate::config::parse;
    use crate::config::tests::{FRAMEABLE, file};

    fn pair(host: &str) -> [String; 2] {
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new([host.to_owned()]).unwrap();
        [leaf.self_signed(&key).unwrap().pem(), key.serialize_pem()]
    }

    /// What the reader says of these two files under an https origin.
    fn said(cert: &str, key: &str, change: impl Fn(String) -> String) -> String {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [("go.pem", cert), ("go.key", key)] {
            fs::write(dir.path().join(name), text).unwrap();
            fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        let text = file(
            "[tls]\ncert_file = \"go.pem\"\nkey_file = \"go.key\"\n",
            FRAMEABLE,
        );
        let text = change(text.replace("http://localhost:8080", "https://go.example.com"));
        match parse(&text, &dir.path().join(Path::new("usher.toml"))) {
            Ok(loaded) => {
                assert!(loaded.config.tls.is_some());
                loaded.warnings.iter().map(ToString::to_string).collect()
            }
            Err(problems) => problems.to_string(),
        }
    }

    #[test]
    fn s_539_a_certificate_and_its_key_are_tried_against_each_other() {
        let [certificate, key] = pair("go.example.com");
        let [elsewhere, its_key] = pair("www.example.com");
        let same = |text| text;
        assert_eq!(said(&certificate, &key, same), "");
        for (cert, key, told) in [
            (
                elsewhere.as_str(),
                its_key.as_str(),
                "not for the host of public_url",
            ),
            (&certificate, &its_key, "is not the certificate's"),
            (&key, &key, "without a certificate"),
            (&certificate, &certificate, "without a private key"),
            (
                &certificate,
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "does not take",
            ),
        ] {
            let found = said(cert, key, same);
            assert!(found.contains(told), "{told}: {found}");
            assert!(!found.contains("AAAA"), "{found}");
        }
    }

    #[test]
    fn tls_goes_with_https_and_a_port() {
        let [certificate, key] = pair("go.example.com");
        let unix = |text: String| text.replace("[tls]", "[server]\nlisten = \"unix:/run/u.sock\"\n[tls]");
        assert!(said(&certificate, &key, unix).contains("does not go with a unix socket"));
        let plain = |text: String| text.replace("https://go.example.com", "http://localhost:8080");
        assert!(said(&certificate, &key, plain).contains("public_url of plain http"));
        let half = |text: String| text.replace("key_file = \"go.key\"", "");
        assert!(said(&certificate, &key, half).contains("tls.key_file: is missing"));
    }
}
