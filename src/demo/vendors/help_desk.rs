//! Stand-in help desk, as Zendesk wants it: a form posts the token, and `return_to` says which
//! ticket to open. It has no profile of its own; the configuration alone describes it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use secrecy::SecretString;
use serde::Deserialize;

use super::panel::{Panel, Source};
use super::verify::{Refusal, Verifier};
use super::{Quoted, in_query, refuse, site};
use crate::demo::answer;
use crate::demo::people::initials;

const SITE: &str = "desk";

pub struct HelpDesk {
    verifier: Verifier,
    /// Where its tickets stand; it leads nobody elsewhere.
    tickets: String,
    settings: Quoted,
}

struct Ticket {
    number: &'static str,
    from: &'static str,
    subject: &'static str,
    text: &'static str,
}

static TICKETS: [Ticket; 3] = [
    Ticket {
        number: "4711",
        from: "Grace Hopwood",
        subject: "Stuck at the checkout",
        text: "The button for the second step stays grey, whatever I type in.",
    },
    Ticket {
        number: "4709",
        from: "Tomas Novak",
        subject: "Cannot find an invoice",
        text: "It must be from last May. The list ends in June.",
    },
    Ticket {
        number: "4698",
        from: "Lucia Ferro",
        subject: "New address",
        text: "We have moved. Where do I tell you?",
    },
];

impl HelpDesk {
    pub fn new(secret: &SecretString, origin: &str, settings: Quoted) -> Self {
        Self {
            verifier: Verifier::with_secret(secret),
            tickets: format!("{origin}/tickets/"),
            settings,
        }
    }

    pub fn configure(routes: &mut web::ServiceConfig) {
        site(SITE, routes, |own| {
            own.route("/access/jwt", web::post().to(access));
        });
    }

    fn desk(&self, token: &str, return_to: Option<&str>) -> Result<Desk, Refusal> {
        let token = self.verifier.check(Some(token))?;
        token.seconds("iat")?;
        token.required("jti")?;
        let own = |words, key| Source::config(words, &self.settings, "helpdesk.claims", key);
        let panel = Panel::new(&token, |claim| match claim {
            "name" => own("The provider's claim name", "name"),
            "email" => own(
                "The provider's claim email, because email_verified is true",
                "email",
            ),
            "external_id" => own("Who it is for the provider, whatever the name", "external_id"),
            "jti" => Source::rule("Drawn at random for this token"),
            "iat" => Source::rule("The gateway's clock at the click"),
            "exp" => Source::rule("iat and the ttl: five minutes unless the app says otherwise"),
            _ => Source::rule("The app's configuration does not list this claim"),
        })?;
        let wanted = return_to.and_then(|address| address.strip_prefix(&self.tickets));
        Ok(Desk {
            name: token.required("name")?,
            email: token.required("email")?,
            ticket: TICKETS.iter().find(|ticket| Some(ticket.number) == wanted),
            panel,
        })
    }
}

#[derive(Template)]
#[template(path = "demo/desk.html")]
struct Desk {
    name: String,
    email: String,
    /// The one that `return_to` names.
    ticket: Option<&'static Ticket>,
    panel: Panel,
}

impl Desk {
    fn initials(&self) -> String {
        initials(&self.name)
    }

    fn others(&self) -> impl Iterator<Item = &'static Ticket> {
        let open = self.ticket.map(|ticket| ticket.number);
        TICKETS.iter().filter(move |ticket| Some(ticket.number) != open)
    }
}

#[derive(Deserialize)]
struct Access {
    jwt: String,
}

async fn access(desk: web::Data<HelpDesk>, request: HttpRequest, form: web::Form<Access>) -> HttpResponse {
    match desk.desk(&form.jwt, in_query(&request, "return_to").as_deref()) {
        Ok(desk) => answer::page(StatusCode::OK, &desk),
        Err(refusal) => refuse(SITE, &refusal),
    }
}
