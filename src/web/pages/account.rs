use askama::Template;
use time::OffsetDateTime;

use super::Shell;
use crate::identity::Groups;

/// `GET /account`.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct Account {
    pub shell: Shell,
    pub email_verified: bool,
    pub groups: Groups,
    pub signed_in_at: OffsetDateTime,
    /// The person's sessions, this one among them.
    pub sessions: Vec<Device>,
    pub csrf: String,
    pub switch_href: String,
    pub now: OffsetDateTime,
}

/// One of the person's sessions.
#[derive(Debug, Clone)]
pub struct Device {
    /// What `POST /account/sessions/{id}/end` takes.
    pub id: String,
    /// The browser that asks.
    pub this: bool,
    pub started: OffsetDateTime,
    pub last_seen: OffsetDateTime,
}
