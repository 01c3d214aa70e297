//! The pages for admins.

mod app;
mod kit;

use askama::Template;

pub use app::{AppPage, Who};
pub use kit::{Field, LinkKit, Made};

use super::{Shell, Tile};
use crate::web::text::Text;

/// `GET /admin`.
#[derive(Debug, Template)]
#[template(path = "admin/overview.html")]
pub struct Overview {
    pub shell: Shell,
    pub style_url: String,
    /// In the config's order.
    pub apps: Vec<Listed>,
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
