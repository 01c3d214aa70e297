use askama::Template;
use time::OffsetDateTime;

use super::Halls;
use crate::web::pages::account::{ago, exact, stamp};
use crate::web::pages::{Person, Shell};
use crate::web::text::Text;

/// `GET /admin/sessions`.
#[derive(Debug, Template)]
#[template(path = "admin/sessions.html")]
pub struct Sessions {
    pub shell: Shell,
    pub halls: Halls,
    /// What is searched for; empty: everybody.
    pub who: String,
    /// Newest first.
    pub seats: Vec<Seat>,
    /// Nothing newer is left out.
    pub first: bool,
    /// Where the older ones are.
    pub next: Option<String>,
    pub csrf: String,
    pub now: OffsetDateTime,
}

/// One session.
#[derive(Debug)]
pub struct Seat {
    /// What `POST /admin/sessions/{id}/end` takes.
    pub name: String,
    pub person: Person,
    pub subject: String,
    /// The admin's own.
    pub this: bool,
    pub started: OffsetDateTime,
    pub last_seen: OffsetDateTime,
}

impl Sessions {
    fn ago(&self, then: &OffsetDateTime) -> String {
        self.shell.plain(&ago((self.now - *then).whole_minutes()))
    }

    fn about(&self, key: &'static str, seat: &Seat) -> String {
        let text = match key {
            "one" => Text::new("admin-end-of").with("ago", self.ago(&seat.started)),
            _ => Text::new("admin-end-all-of"),
        };
        self.shell.plain(&text.with("name", seat.person.name.as_str()))
    }
}
