//! TLS in process. The certificate is that of the configuration in service, so that a reload renews it.

use std::fmt;
use std::sync::Arc;

use actix_web::web;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::web::gateway::Live;

/// TLS 1.2 and 1.3 with the ciphers that rustls has by default.
pub fn server_config(live: web::Data<Live>) -> ServerConfig {
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has the default versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(InService(live)))
}

struct InService(web::Data<Live>);

impl fmt::Debug for InService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InService").finish_non_exhaustive()
    }
}

impl ResolvesServerCert for InService {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let gateway = self.0.gateway();
        gateway.config.tls.as_ref().map(|tls| Arc::clone(&tls.0))
    }
}
