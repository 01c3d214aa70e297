//! Stand-in analytics board, as Metabase embeds it: the token is a segment of the path, says which
//! board to show, and locks its parameters. The configuration alone describes it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use secrecy::SecretString;
use serde_json::Value;

use super::panel::{Panel, Source};
use super::verify::{Refusal, Verifier};
use super::{Quoted, refuse, site};
use crate::demo::answer;

const SITE: &str = "board";
/// The one board that there is.
const NUMBER: i64 = 7;

pub struct Board {
    verifier: Verifier,
    settings: Quoted,
}

/// One region's week.
struct Figures {
    region: &'static str,
    returns: u32,
    /// Per cent.
    on_time: u32,
    orders: [(&'static str, u32); 5],
}

static FIGURES: [Figures; 2] = [
    Figures {
        region: "emea",
        returns: 41,
        on_time: 96,
        orders: [
            ("Monday", 412),
            ("Tuesday", 388),
            ("Wednesday", 455),
            ("Thursday", 437),
            ("Friday", 506),
        ],
    },
    Figures {
        region: "amer",
        returns: 58,
        on_time: 93,
        orders: [
            ("Monday", 640),
            ("Tuesday", 602),
            ("Wednesday", 571),
            ("Thursday", 618),
            ("Friday", 733),
        ],
    },
];

impl Figures {
    fn total(&self) -> u32 {
        self.orders.iter().map(|(_, orders)| orders).sum()
    }

    fn most(&self) -> u32 {
        self.orders
            .iter()
            .map(|(_, orders)| *orders)
            .max()
            .unwrap_or_default()
    }
}

impl Board {
    pub fn new(secret: &SecretString, settings: Quoted) -> Self {
        Self {
            verifier: Verifier::with_secret(secret),
            settings,
        }
    }

    pub fn configure(routes: &mut web::ServiceConfig) {
        site(SITE, routes, |own| {
            own.route("/embed/dashboard/{token}", web::get().to(embed));
        });
    }

    fn week(&self, token: &str) -> Result<Week, Refusal> {
        let token = self.verifier.check(Some(token))?;
        let board = token.object("resource")?.get("dashboard");
        if board.and_then(Value::as_i64) != Some(NUMBER) {
            return Err(Refusal::Form {
                claim: "resource",
                wanted: "a board that there is",
            });
        }
        let region = token.object("params")?.get("region").and_then(Value::as_str);
        let figures = FIGURES.iter().find(|figures| Some(figures.region) == region);
        let own = |words, key| Source::config(words, &self.settings, "orders.claims", key);
        let panel = Panel::new(&token, |claim| match claim {
            "resource" => own("The board that this app shows", "resource"),
            "params" => own("Locked: the address can ask for no other region", "params"),
            "viewer" => own("The provider's claim name", "viewer"),
            "iat" => Source::rule("The gateway's clock at the click"),
            "exp" => Source::rule("iat and the ttl: five minutes unless the app says otherwise"),
            _ => Source::rule("The app's configuration does not list this claim"),
        })?;
        Ok(Week {
            viewer: token.required("viewer")?,
            figures: figures.ok_or(Refusal::Form {
                claim: "params",
                wanted: "a region that has figures",
            })?,
            panel,
        })
    }
}

#[derive(Template)]
#[template(path = "demo/board.html")]
struct Week {
    viewer: String,
    figures: &'static Figures,
    panel: Panel,
}

async fn embed(board: web::Data<Board>, token: web::Path<String>) -> HttpResponse {
    match board.week(&token) {
        Ok(week) => answer::page(StatusCode::OK, &week),
        Err(refusal) => refuse(SITE, &refusal),
    }
}
