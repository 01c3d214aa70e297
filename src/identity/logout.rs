//! Signing out at the provider (OpenID Connect RP-Initiated Logout 1.0, section 2).

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::provider::Metadata;

/// What ends the provider's session and sends the person back. It may hold an ID token, so it cannot
/// be printed.
pub struct EndSession {
    pub endpoint: Url,
    pub params: Vec<(&'static str, String)>,
}

impl EndSession {
    /// `None` where the provider has no such endpoint.
    pub fn new(
        metadata: &Metadata,
        client_id: &str,
        id_token: Option<&SecretString>,
        logout_hint: &str,
        post_logout_redirect_uri: &str,
        state: &str,
    ) -> Option<Self> {
        let endpoint = metadata.end_session_endpoint.clone()?;
        let who = match id_token {
            Some(id_token) => ("id_token_hint", id_token.expose_secret()),
            None => ("logout_hint", logout_hint),
        };
        let rest = [
            ("client_id", client_id),
            ("post_logout_redirect_uri", post_logout_redirect_uri),
            ("state", state),
        ];
        let params = [who].into_iter().chain(rest);
        Some(Self {
            endpoint,
            params: params.map(|(name, value)| (name, value.to_owned())).collect(),
        })
    }

    /// All of it as one address.
    pub fn into_address(self) -> Url {
        let mut url = self.endpoint;
        url.query_pairs_mut().extend_pairs(self.params);
        url
    }
}
