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
    pub dialect: Dialect,
    /// Asymmetric algorithms that an ID token may be signed with.
    pub id_token_algs: Vec<Algorithm>,
    pub prompt: Option<String>,
    pub auth_time: AuthTime,
    /// Its session is ended by a form, which keeps the ID token out of addresses (S-167).
    pub ends_by_form: bool,
    pub extra_params: Vec<(String, String)>,
    /// PEM of extra trust anchors.
    pub ca_pem: Option<Vec<u8>>,
    pub allow_private_network: bool,
}

/// Who says when a person last proved who they are (C-22).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthTime {
    Provider,
    /// Where the provider does not, our clock at the callback, if the provider was told to ask for the
    /// person's credentials.
    Callback,
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

/// What a provider's claims mean beyond the standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialect {
    Standard,
    /// Every ID token must name this tenant (`tid`), and `xms_edov` stands for `email_verified`,
    /// which Entra never sends.
    Entra {
        tenant: String,
    },
    /// Google answers for addresses of Gmail and of Workspace accounts (`hd`). Any other address
    /// was verified once, and may have changed hands since.
    Google,
}
