//! Signing out at the provider (OpenID Connect RP-Initiated Logout 1.0, section 2).

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::provider::Metadata;

/// The provider's address that ends its session and sends the person back to
/// `post_logout_redirect_uri`; `None` where the provider has no such endpoint.
pub fn end_session(
    metadata: &Metadata,
    client_id: &str,
    id_token: Option<&SecretString>,
    logout_hint: &str,
    post_logout_redirect_uri: &str,
    state: &str,
) -> Option<Url> {
    let mut url = metadata.end_session_endpoint.clone()?;
    {
        let mut query = url.query_pairs_mut();
        match id_token {
            Some(id_token) => query.append_pair("id_token_hint", id_token.expose_secret()),
            None => query.append_pair("logout_hint", logout_hint),
        };
        query
            .append_pair("client_id", client_id)
            .append_pair("post_logout_redirect_uri", post_logout_redirect_uri)
            .append_pair("state", state);
    }
    Some(url)
}
