//! `[providers.*]`: what the operator says about a provider.

use jsonwebtoken::Algorithm;
use secrecy::SecretString;

use super::assertion::ClientKey;
use crate::types::{Issuer, ProviderId};

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one key of the section")]
pub struct Provider {
    pub id: ProviderId,
    pub title: String,
    pub issuer: Issuer,
    pub client_id: String,
    pub auth: ClientAuth,
    /// Pushes authorization requests (RFC 9126) also where the provider does not ask for it.
    pub par: bool,
    /// `openid` always among them.
    pub scopes: Vec<String>,
    /// A claim's name, or a path such as `realm_access.roles`.
    pub groups_claim: String,
    /// C-15: an absent groups claim means no groups, rather than unknown ones.
    pub groups_absent_means_empty: bool,
    /// Takes every address from this provider for verified.
    pub trust_email: bool,
    /// Asymmetric algorithms that an ID token may be signed with.
    pub id_token_algs: Vec<Algorithm>,
    pub prompt: Option<String>,
    pub extra_params: Vec<(String, String)>,
    /// PEM of extra trust anchors.
    pub ca_pem: Option<Vec<u8>>,
    pub allow_private_network: bool,
}

/// How Usher proves to the token endpoint that it is the registered client.
#[derive(Debug)]
pub enum ClientAuth {
    SecretBasic(SecretString),
    SecretPost(SecretString),
    PrivateKeyJwt(ClientKey),
    None,
}

impl ClientAuth {
    /// As metadata and the configuration call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SecretBasic(_) => "client_secret_basic",
            Self::SecretPost(_) => "client_secret_post",
            Self::PrivateKeyJwt(_) => "private_key_jwt",
            Self::None => "none",
        }
    }
}
