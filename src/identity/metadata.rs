//! What a provider says of itself (OpenID Connect Discovery 1.0, section 3), and nothing that it
//! says in odd ways besides: unknown algorithms and response types are nobody's fault (S-076).

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use url::Url;

use super::provider::ProviderError;
use crate::types;

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    userinfo_endpoint: Option<Url>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_signing_alg_values_supported: Option<Vec<String>>,
    /// RFC 8414.
    code_challenge_methods_supported: Option<Vec<String>>,
    /// RFC 9207.
    authorization_response_iss_parameter_supported: Option<bool>,
    /// RFC 9126.
    pushed_authorization_request_endpoint: Option<Url>,
    require_pushed_authorization_requests: Option<bool>,
    /// OpenID Connect RP-Initiated, Back-Channel and Front-Channel Logout 1.0.
    end_session_endpoint: Option<Url>,
    backchannel_logout_supported: Option<bool>,
    frontchannel_logout_supported: Option<bool>,
}

/// The checked endpoints of a provider.
#[derive(Debug, Clone)]
pub struct Metadata {
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    pub userinfo_endpoint: Option<Url>,
    pub end_session_endpoint: Option<Url>,
    /// Where an authorization request can be pushed (RFC 9126).
    pub par_endpoint: Option<Url>,
    pub requires_par: bool,
    pub announces_iss: bool,
    pub offers: Offers,
    /// What the provider's clock said when it answered.
    pub clock: Option<OffsetDateTime>,
    pub(super) jwks_uri: Url,
}

/// What a provider says that it can do; nothing at sign-in hangs on it.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    pub id_token_algs: Option<Vec<String>>,
    pub auth_methods: Option<Vec<String>>,
    /// For assertions by which clients say who they are.
    pub auth_algs: Option<Vec<String>>,
    /// Announced, rather than only not denied.
    pub pkce_s256: bool,
    pub backchannel_logout: bool,
    pub frontchannel_logout: bool,
}

impl Metadata {
    pub(super) fn parse(body: &[u8], date: &str, issuer: &str) -> Result<Self, ProviderError> {
        let document: Document = serde_json::from_slice(body).map_err(|_| ProviderError::WrongAnswer)?;
        if document.issuer != issuer {
            return Err(ProviderError::IssuerMismatch);
        }
        // Only an issuer on this machine may name plain http on it (S-151).
        let here = Url::parse(issuer).is_ok_and(|url| types::is_loopback(&url));
        let secure = |url: &Url| {
            types::secure_url(url.as_str())
                .ok()
                .filter(|url| here || url.scheme() == "https")
                .ok_or(ProviderError::WrongAnswer)
        };
        let optional = |url: Option<&Url>| url.map(secure).transpose();
        let methods = document.code_challenge_methods_supported.as_deref();
        let pkce_s256 = methods.map(|methods| methods.iter().any(|method| method == "S256"));
        if pkce_s256 == Some(false) {
            return Err(ProviderError::NoPkce);
        }
        Ok(Self {
            authorization_endpoint: secure(&document.authorization_endpoint)?,
            token_endpoint: secure(&document.token_endpoint)?,
            userinfo_endpoint: optional(document.userinfo_endpoint.as_ref())?,
            end_session_endpoint: optional(document.end_session_endpoint.as_ref())?,
            par_endpoint: optional(document.pushed_authorization_request_endpoint.as_ref())?,
            requires_par: document.require_pushed_authorization_requests == Some(true),
            announces_iss: document.authorization_response_iss_parameter_supported == Some(true),
            offers: Offers {
                id_token_algs: document.id_token_signing_alg_values_supported,
                auth_methods: document.token_endpoint_auth_methods_supported,
                auth_algs: document.token_endpoint_auth_signing_alg_values_supported,
                pkce_s256: pkce_s256 == Some(true),
                backchannel_logout: document.backchannel_logout_supported == Some(true),
                frontchannel_logout: document.frontchannel_logout_supported == Some(true),
            },
            clock: OffsetDateTime::parse(date, &Rfc2822).ok(),
            jwks_uri: secure(&document.jwks_uri)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://op.example:8443/realms/acme/";

    fn parsed(changes: &Value) -> Result<Metadata, ProviderError> {
        let mut document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://op.example/authorize",
            "token_endpoint": "https://op.example/token",
            "jwks_uri": "https://op.example/jwks",
        });
        for (name, value) in changes.as_object().unwrap() {
            document[name] = value.clone();
        }
        let date = "Sat, 21 Nov 2026 16:14:41 GMT";
        Metadata::parse(document.to_string().as_bytes(), date, ISSUER)
    }

    #[test]
    fn s_076_odd_announcements_do_no_harm() {
        let found = parsed(&json!({
            "response_types_supported": ["id_token code", "code token id_token", "nobody knows"],
            "id_token_signing_alg_values_supported": ["none", "RS256", "ES256K", "ML-DSA-44"],
            "token_endpoint_auth_methods_supported": ["tls_client_auth", "by_carrier_pigeon"],
            "userinfo_endpoint": null, "require_pushed_authorization_requests": null,
        }))
        .unwrap();
        assert!(found.userinfo_endpoint.is_none() && !found.requires_par && !found.announces_iss);
        assert_eq!(found.offers.id_token_algs.map(|algs| algs.len()), Some(4));
        assert_eq!(
            found.clock.map(OffsetDateTime::unix_timestamp),
            Some(1_795_277_681)
        );
    }

    #[test]
    fn s_080_s_150_issuers_are_compared_as_they_are_written() {
        for other in [
            "https://op.example:8443/realms/acme",
            "https://OP.example:8443/realms/acme/",
            "https://op.example/realms/acme/",
            "https://op.example:8443/realms/acme//",
        ] {
            let found = parsed(&json!({ "issuer": other })).map(|_| ());
            assert_eq!(found, Err(ProviderError::IssuerMismatch), "{other}");
        }
    }

    #[test]
    fn s_151_every_endpoint_is_https() {
        for name in [
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "userinfo_endpoint",
            "end_session_endpoint",
            "pushed_authorization_request_endpoint",
        ] {
            for url in [
                "http://op.example/x",
                "file:///etc/passwd",
                "https://me:too@op.example/x",
            ] {
                let found = parsed(&json!({ name: url })).map(|_| ());
                assert_eq!(found, Err(ProviderError::WrongAnswer), "{name} {url}");
            }
        }
        let twice = br#"{"issuer": "https://a.example", "issuer": "https://op.example"}"#;
        let twice = Metadata::parse(twice, "", "https://op.example").map(|_| ());
        assert_eq!(twice, Err(ProviderError::WrongAnswer));
    }
}
