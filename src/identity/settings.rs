//! `[providers.*]`: what the operator says about a provider.

use jsonwebtoken::Algorithm;
use secrecy::SecretString;

use crate::types::{Issuer, ProviderId};

#[derive(Debug)]
pub struct Provider {
    pub id: ProviderId,
    pub title: String,
    pub issuer: Issuer,
    pub client_id: String,
    pub auth: ClientAuth,
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
    None,
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
