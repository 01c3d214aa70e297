//! Stand-in Bit6: registers one device of one identity, with what it may do.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::panel::{Panel, Source};
use super::verify::{Refusal, Verifier};
use super::{Quoted, site, tell};
use crate::demo::settings::KEY_ID;

const SITE: &str = "bit6";

pub struct Bit6 {
    verifier: Verifier,
    settings: Quoted,
}

impl Bit6 {
    /// `origin` is this server's: its API's address is the audience of every token.
    pub fn new(secret: &SecretString, origin: &str, settings: Quoted) -> Self {
        let audience = format!("{origin}/client");
        Self {
            verifier: Verifier::with_secret(secret).for_account(&audience, KEY_ID),
            settings,
        }
    }

    pub fn configure(routes: &mut web::ServiceConfig) {
        site(SITE, routes, |own| {
            own.route("/client", web::post().to(register));
        });
    }

    fn register(&self, token: &str) -> Result<Registered, Refusal> {
        let token = self.verifier.check(Some(token))?;
        let sub = token.required("sub")?;
        let (identity, device) = match sub.split('/').collect::<Vec<_>>()[..] {
            [identity, device] if !identity.is_empty() && !device.is_empty() => (identity, device),
            _ => {
                return Err(Refusal::Form {
                    claim: "sub",
                    wanted: "identity/device",
                });
            }
        };
        let grants = token.object("grants")?.iter().map(|(name, granted)| {
            let granted = granted.as_bool().ok_or(Refusal::Form {
                claim: "grants",
                wanted: "an object of booleans",
            })?;
            Ok((name.clone(), granted))
        });
        let config = |words, key| Source::config(words, &self.settings, "softphone", key);
        let panel = Panel::new(&token, |claim| match claim {
            "aud" => config("The address of Bit6's API", "audience"),
            "iss" => config("The name of the key", "key_id"),
            "sub" => config("Who it is says the session; the device, the page", "identity"),
            "grants" => config("What every device may do", "grants"),
            "iat" => Source::rule("The gateway's clock when the page asked"),
            "exp" => Source::rule("iat and the ttl: five minutes unless the app says otherwise"),
            _ => Source::rule("No profile of this vendor lists this claim"),
        })?;
        Ok(Registered {
            identity: identity.to_owned(),
            device: device.to_owned(),
            grants: grants.collect::<Result<_, Refusal>>()?,
            token: panel,
        })
    }
}

#[derive(Serialize)]
struct Registered {
    identity: String,
    device: String,
    grants: BTreeMap<String, bool>,
    token: Panel,
}

#[derive(Deserialize)]
struct Client {
    token: String,
}

async fn register(bit6: web::Data<Bit6>, client: web::Form<Client>) -> HttpResponse {
    tell(bit6.register(&client.token))
}
