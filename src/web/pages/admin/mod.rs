//! The pages for admins.

mod app;
mod audit;
mod chart;
mod kit;
mod lab;
mod overview;
mod record;
mod sessions;
mod token;
mod xray;

use askama::Template;

pub use app::{AppPage, Who};
pub use audit::{Audit, Entry, Form, Search};
pub use chart::{APART, Chart, Span, Tenths, grouped};
pub use kit::{Field, LinkKit, Made};
pub use lab::LabPart;
pub use overview::{
    AppLine, AppLink, ClaimRow, ClaimTable, DriftNote, Guest, KeyLine, Numbers, Overview, ProviderLine,
    Series, Setup, Share, Sign,
};
pub use record::{OneRecord, RecordPage};
pub use sessions::{Seat, Sessions};
pub use token::{ClaimLine, KeyPart};
pub use xray::{Found, XrayPart};

use super::{Shell, Tile};
use crate::web::text::Text;

/// `GET /admin/apps`.
#[derive(Debug, Template)]
#[template(path = "admin/apps.html")]
pub struct Apps {
    pub shell: Shell,
    pub halls: Halls,
    /// In the config's order.
    pub apps: Vec<Listed>,
}

/// The way from one page for admins to the others.
#[derive(Debug)]
pub struct Halls {
    pub style_url: String,
    pub here: Hall,
}

/// Where in `/admin` a page belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hall {
    Overview,
    Apps,
    Sessions,
    Audit,
}

impl Halls {
    #[expect(clippy::unused_self, reason = "the template has nothing else to ask")]
    fn all(&self) -> &'static [Hall] {
        &[Hall::Overview, Hall::Apps, Hall::Sessions, Hall::Audit]
    }
}

impl Hall {
    fn path(self) -> &'static str {
        match self {
            Self::Overview => "/admin",
            Self::Apps => "/admin/apps",
            Self::Sessions => "/admin/sessions",
            Self::Audit => "/admin/audit",
        }
    }

    fn title(self) -> Text {
        match self {
            Self::Overview => Text::new("admin-overview"),
            Self::Apps => Text::new("admin-apps"),
            Self::Sessions => Text::new("admin-sessions"),
            Self::Audit => Text::new("admin-audit"),
        }
    }
}

/// An app among the others.
#[derive(Debug)]
pub struct Listed {
    pub tile: Tile,
    pub vendor: &'static str,
    /// The site that it leads to, as far as it is constant.
    pub place: Option<String>,
    /// What is out of the ordinary.
    pub marks: Vec<Text>,
}
