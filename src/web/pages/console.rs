//! The page that stands around a vendor's.

use askama::Template;

use super::Shell;

/// `GET /launch/{app}` where tokens go by message. It holds none.
#[derive(Debug, Template)]
#[template(path = "console.html")]
pub struct Console<'a> {
    pub shell: Shell,
    pub app: &'a str,
    pub title: &'a str,
    /// Of the vendor's page.
    pub address: &'a str,
    /// The one origin that is given a token.
    pub vendor: &'a str,
    pub allow: String,
    pub launch: String,
    /// The seconds that a token has before it; told by us, since the visitor's clock may be wrong.
    pub lifetime: i64,
    pub script: &'a str,
}
