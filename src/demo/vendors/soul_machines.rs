//! Stand-in Soul Machines: the session server of a digital person. The real one is a WebSocket at
//! `wss://…/?access_token=`; without a certificate this one takes the same token by GET.

use actix_web::{HttpRequest, HttpResponse, web};
use secrecy::SecretString;
use serde::Serialize;

use super::panel::{Panel, Source};
use super::verify::{Refusal, Verifier};
use super::{Quoted, in_query, site, tell};
use crate::demo::settings::KEY_NAME;

const SITE: &str = "soul";

pub struct SoulMachines {
    verifier: Verifier,
    /// This server, as a token must name it.
    host: String,
    settings: Quoted,
}

impl SoulMachines {
    /// `secret`: what the vendor calls the private key.
    pub fn new(secret: &SecretString, port: u16, settings: Quoted) -> Self {
        Self {
            verifier: Verifier::with_secret(secret).for_issuer(KEY_NAME),
            host: format!("localhost:{port}"),
            settings,
        }
    }

    pub fn configure(routes: &mut web::ServiceConfig) {
        site(SITE, routes, |own| {
            own.route("/", web::get().to(session));
        });
    }

    fn greet(&self, token: Option<&str>) -> Result<Met, Refusal> {
        let token = self.verifier.check(token)?;
        token.optional("sm-control")?;
        if token.required("sm-session-server")? != self.host {
            return Err(Refusal::Form {
                claim: "sm-session-server",
                wanted: "this session server",
            });
        }
        let name = token.required("person")?;
        let config = |words, key| Source::config(words, &self.settings, "reception", key);
        let panel = Panel::new(&token, |claim| match claim {
            "iss" => config("The name of the key", "key_name"),
            "sm-session-server" => config("The one server that takes this token", "session_server"),
            "sm-control" => Source::rule("Empty: no orchestration server of one's own"),
            "person" => config("A claim of Acme's own", "claims"),
            "iat" => Source::rule("The gateway's clock when the page asked"),
            "nbf" => Source::rule("A little in the past, for a server whose clock is late"),
            "exp" => config("iat and the ttl: the SDK retries for minutes", "ttl"),
            _ => Source::rule("No profile of this vendor lists this claim"),
        })?;
        Ok(Met {
            greeting: format!("Good to see you, {name}. Whom shall I call for you?"),
            name,
            token: panel,
        })
    }
}

#[derive(Serialize)]
struct Met {
    greeting: String,
    name: String,
    token: Panel,
}

async fn session(server: web::Data<SoulMachines>, request: HttpRequest) -> HttpResponse {
    tell(server.greet(in_query(&request, "access_token").as_deref()))
}
