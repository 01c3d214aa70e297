//! How the lying provider tells its clients: exactly in the way that was agreed (S-073).

use std::collections::HashSet;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::keys;
use super::liar::{CLIENT, SECRET};
use super::lie::ClientAuth;
use super::secrets::Secrets;
use super::server::{Asked, value_of};
use super::vendor::verify;

#[derive(Default)]
pub struct Clients {
    /// The `jti` of every assertion so far.
    spent: Mutex<HashSet<String>>,
}

impl Clients {
    pub fn authenticates(&self, auth: ClientAuth, issuer: &str, asked: &Asked, secrets: &Secrets) -> bool {
        let form = asked.form();
        let header = asked.header("Authorization");
        let field = |name| value_of(&form, name);
        let by_id = header.is_none() && field("client_id") == Some(CLIENT);
        let assertion = field("client_assertion");
        match auth {
            ClientAuth::Basic => {
                let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
                header == Some(&basic) && field("client_secret").is_none() && assertion.is_none()
            }
            ClientAuth::Post => by_id && field("client_secret") == Some(SECRET) && assertion.is_none(),
            ClientAuth::Key => {
                by_id
                    && field("client_secret").is_none()
                    && field("client_assertion_type")
                        == Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                    && assertion.is_some_and(|assertion| self.vouches(assertion, issuer, secrets))
            }
            ClientAuth::Nothing => by_id && field("client_secret").is_none() && assertion.is_none(),
        }
    }

    /// S-077 and S-129, as a strict provider checks them.
    fn vouches(&self, assertion: &str, issuer: &str, secrets: &Secrets) -> bool {
        secrets.add_token("a client assertion", assertion);
        let Ok(found) = verify(assertion, keys::CLIENT, Some(issuer), None) else {
            return false;
        };
        let claims = &found["claims"];
        let times = ["iat", "exp"].map(|name| claims[name].as_i64().unwrap_or_default());
        let jti = claims["jti"].as_str().unwrap_or_default().to_owned();
        claims["aud"] == issuer
            && claims["iss"] == CLIENT
            && claims["sub"] == CLIENT
            && times[1] - times[0] <= 60
            && !jti.is_empty()
            && self.spent.lock().unwrap().insert(jti)
    }
}
