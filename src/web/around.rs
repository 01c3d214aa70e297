//! What our pages in a frame tell the page around them, by a script and to the app's listed origins alone.
//!
//! `<usher-app>` listens, and so may any page. Its script stands in other people's pages for good, so that
//! members are added here and none changes. With each message come `lang`, `texts` and, for a card as tall
//! as its words, `height`.

use serde::Serialize;

use super::text::Text;
use super::visit::Visit;
use crate::config::{App, Handover, PublicUrl};
use crate::types::Origin;

/// How far a launch in a frame has come. Of the app itself nobody tells: it is what comes behind.
#[derive(Debug, Serialize)]
#[serde(tag = "usher", rename_all = "kebab-case")]
pub enum Message {
    /// Our first page, which goes on when it is told "go".
    Opening {
        title: String,
        /// For the frame: what the vendor's page may ask for.
        allow: String,
        /// The seconds after which a token is worth nothing to a page that cannot get another.
        lifetime: Option<i64>,
    },
    /// The card.
    SignedOut,
    /// A page of ours around the vendor's, which gets new tokens by itself.
    Open,
    /// A page that says what went wrong.
    Refused,
}

impl Message {
    pub fn opening(app: &App, public_url: &PublicUrl) -> Self {
        let asks_itself = !app.delivery.is_by_launch() || app.handover == Handover::Code;
        Self::Opening {
            title: app.title.clone(),
            allow: app.allow_in_frame(public_url),
            lifetime: (!asks_itself).then(|| (app.ttl - app.iat_backdate).whole_seconds()),
        }
    }
}

#[derive(Serialize)]
struct Said<'a> {
    #[serde(flatten)]
    message: &'a Message,
    lang: &'static str,
    texts: Texts,
}

/// The words of `<usher-app>`, whose script has none: one for each state, then its button and its link.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Texts {
    opening: String,
    signed_out: String,
    open: String,
    expired: String,
    refused: String,
    reconnect: String,
    tab: String,
}

/// The script that tells, with what it tells and to whom.
#[derive(Debug, Clone)]
pub struct Told {
    pub script: String,
    pub origins: String,
    pub message: String,
    /// Where the page goes on to when it is told to.
    pub on: Option<String>,
}

impl Told {
    pub fn new(visit: &Visit, origins: &[Origin], message: &Message) -> Self {
        let lang = visit.lang();
        let said = Said {
            message,
            lang: lang.tag(),
            texts: Texts {
                opening: lang.plain(&Text::new("frame-opening")),
                signed_out: lang.plain(&Text::new("frame-signed-out")),
                open: lang.plain(&Text::new("frame-open")),
                expired: lang.plain(&Text::new("frame-expired")),
                refused: lang.plain(&Text::new("frame-refused")),
                reconnect: lang.plain(&Text::new("frame-reconnect")),
                tab: lang.plain(&Text::new("action-open-in-tab")),
            },
        };
        let origins: Vec<&str> = origins.iter().map(Origin::as_str).collect();
        Self {
            script: visit.gateway.assets.framed_url().to_owned(),
            origins: origins.join(" "),
            message: serde_json::to_string(&said).unwrap_or_default(),
            on: None,
        }
    }
}
