//! Pushed authorization requests (RFC 9126): the provider gets the request from us and not from the
//! browser, whose address then only refers to it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use time::OffsetDateTime;
use url::{Url, form_urlencoded};

use super::calls::Endpoint;
use super::provider::{Metadata, Provider, ProviderError};
use super::settings::ClientAuth;
use super::strict_json;
use crate::http::Request;

/// S-362.
const CAP: usize = 16 * 1024;
const LONGEST_REQUEST_URI: usize = 1024;

/// Pushes what `address` would say; the address that refers to it instead, good for one use.
pub async fn push(
    provider: &Provider,
    metadata: &Metadata,
    address: &Url,
    now: OffsetDateTime,
) -> Result<Url, ProviderError> {
    let settings = &provider.settings;
    let endpoint = metadata.par_endpoint.as_ref().ok_or(ProviderError::NoPar)?;
    // What stands in the endpoint's own address stays there.
    let own = metadata.authorization_endpoint.query_pairs().count();
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(address.query_pairs().skip(own));
    let mut headers = vec![
        (ACCEPT, HeaderValue::from_static("application/json")),
        (
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        ),
    ];
    match &settings.auth {
        ClientAuth::SecretBasic(secret) => {
            headers.push((AUTHORIZATION, basic(&settings.client_id, secret)?));
        }
        ClientAuth::SecretPost(secret) => {
            form.append_pair("client_secret", secret.expose_secret());
        }
        ClientAuth::PrivateKeyJwt(key) => {
            for (name, value) in key.says(&settings.client_id, &settings.issuer, now)? {
                form.append_pair(name, value.expose_secret());
            }
        }
        ClientAuth::None => {}
    }
    let request = Request {
        method: Method::POST,
        url: endpoint,
        headers,
        body: Some(form.finish().into_bytes()),
        cap: CAP,
    };
    let answer = provider.call(Endpoint::Par, request).await?;
    match answer.status {
        200 | 201 => {}
        400..=499 => return Err(ProviderError::ParRefused),
        _ => return Err(ProviderError::WrongAnswer),
    }
    let answer = strict_json::object(&answer.body).map_err(|_| ProviderError::WrongAnswer)?;
    let request_uri = answer
        .get("request_uri")
        .and_then(Value::as_str)
        .filter(|uri| !uri.is_empty() && uri.len() <= LONGEST_REQUEST_URI)
        .ok_or(ProviderError::WrongAnswer)?;
    let mut url = metadata.authorization_endpoint.clone();
    url.query_pairs_mut()
        .append_pair("client_id", &settings.client_id)
        .append_pair("request_uri", request_uri);
    Ok(url)
}

/// RFC 6749, section 2.3.1: both halves are encoded as in a form before they are joined.
fn basic(client_id: &str, secret: &SecretString) -> Result<HeaderValue, ProviderError> {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(client_id), encoded(secret.expose_secret()));
    let value = format!("Basic {}", STANDARD.encode(pair));
    let mut value = HeaderValue::from_str(&value).map_err(|_| ProviderError::WrongAnswer)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_073_both_halves_of_basic_are_encoded_before_they_are_joined() {
        let value = basic("a client:ä", &"p:w +/%".to_owned().into()).unwrap();
        assert!(value.is_sensitive());
        let (_, pair) = value.to_str().unwrap().split_once(' ').unwrap();
        let pair = String::from_utf8(STANDARD.decode(pair).unwrap()).unwrap();
        assert_eq!(pair, "a+client%3A%C3%A4:p%3Aw+%2B%2F%25");
    }
}
