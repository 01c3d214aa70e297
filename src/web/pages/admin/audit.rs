use askama::Template;

use super::Halls;
use crate::audit::{Event, FilterError, Outcome, Row};
use crate::types::{AppId, Reference};
use crate::web::pages::Shell;
use crate::web::text::{Arg, Text};
use crate::why;

/// `GET /admin/audit`.
#[derive(Debug, Template)]
#[template(path = "admin/audit.html")]
pub struct Audit {
    pub shell: Shell,
    pub halls: Halls,
    pub form: Form,
    pub found: Search,
}

/// What came of a filter.
#[derive(Debug)]
pub enum Search {
    Some {
        rows: Vec<Entry>,
        /// The way back to the newest, from further back.
        newest: Option<String>,
        older: Option<String>,
        /// How far back was looked, where that is not all.
        until: Option<String>,
        /// The filter, for the files.
        query: String,
    },
    /// No record has this reference.
    Nowhere(Reference),
    /// The filter makes no sense.
    Refused,
}

/// The form of the filter as it was filled in.
#[derive(Debug)]
pub struct Form {
    given: Vec<(String, String)>,
    /// Ids and titles, to choose from.
    apps: Vec<(String, String)>,
    wrong: Option<Wrong>,
}

#[derive(Debug)]
struct Wrong {
    /// The field, where there is one for it.
    field: String,
    text: Text,
}

/// A record among others.
#[derive(Debug)]
pub struct Entry {
    id: String,
    /// To the second, in UTC.
    time: String,
    stamp: String,
    event: Text,
    refused: bool,
    person: Option<String>,
    app: Option<String>,
    reason: Option<(Option<Text>, String)>,
    reference: Option<String>,
}

impl Form {
    pub fn new<'a>(given: &[(String, String)], apps: impl Iterator<Item = (&'a AppId, &'a str)>) -> Self {
        Self {
            given: given.to_vec(),
            apps: apps
                .map(|(id, title)| (id.to_string(), title.to_owned()))
                .collect(),
            wrong: None,
        }
    }

    #[must_use]
    pub fn wrong(self, error: &FilterError) -> Self {
        let (field, text) = match error {
            FilterError::Unknown(name) => (name.as_str(), Text::new("audit-wrong-unknown")),
            FilterError::Repeated(name) => (name.as_str(), Text::new("audit-wrong-repeated")),
            FilterError::Empty => ("from", Text::new("audit-wrong-empty")),
            FilterError::Malformed(name) => (*name, malformed(name)),
        };
        let wrong = Wrong {
            field: field.to_owned(),
            text: text.with("name", label(field)),
        };
        Self {
            wrong: Some(wrong),
            ..self
        }
    }

    fn value(&self, name: &str) -> &str {
        let given = self.given.iter().find(|(given, _)| given == name);
        given.map_or("", |(_, value)| value)
    }

    fn is_wrong(&self, name: &str) -> bool {
        self.wrong.as_ref().is_some_and(|wrong| wrong.field == name)
    }

    /// Whether one of the rarer conditions is given.
    fn has_more(&self) -> bool {
        ["id", "jti", "token_sha256"]
            .iter()
            .any(|name| !self.value(name).is_empty() || self.is_wrong(name))
    }

    fn is_empty(&self) -> bool {
        self.given.iter().all(|(_, value)| value.trim().is_empty())
    }

    #[expect(clippy::unused_self, reason = "the template has nothing else to ask")]
    fn events(&self) -> [(&'static str, Text); Event::ALL.len()] {
        Event::ALL.map(|event| (event.as_str(), event_text(event)))
    }
}

/// A field as the form calls it; what is none, as it was written.
fn label(name: &str) -> Arg {
    match name {
        "person" => Arg::Key("audit-person"),
        "event" => Arg::Key("audit-event"),
        "outcome" => Arg::Key("audit-outcome"),
        "from" => Arg::Key("audit-from"),
        "to" => Arg::Key("audit-to"),
        "jti" => Arg::Key("audit-jti"),
        name => Arg::from(name.chars().take(64).collect::<String>()),
    }
}

fn malformed(name: &str) -> Text {
    match name {
        "from" | "to" => Text::new("audit-wrong-moment"),
        "ref" => Text::new("audit-wrong-ref"),
        "event" | "outcome" => Text::new("audit-wrong-choice"),
        "app" => Text::new("audit-wrong-app"),
        "token_sha256" => Text::new("audit-wrong-sha256"),
        "id" => Text::new("audit-wrong-id"),
        "before" => Text::new("audit-wrong-before"),
        _ => Text::new("audit-wrong-word"),
    }
}

impl Entry {
    pub fn new(row: &Row) -> Self {
        let get = |name| row.get(name).map(str::to_owned);
        let stamp = get("time").unwrap_or_default();
        Self {
            id: get("id").unwrap_or_default(),
            time: to_the_second(&stamp),
            event: event_of(row),
            refused: is_refused(row),
            person: get("email").or_else(|| get("sub")),
            app: get("app"),
            reason: row.get("reason").map(|code| (title(code), code.to_owned())),
            reference: get("reference"),
            stamp,
        }
    }
}

pub(super) fn to_the_second(time: &str) -> String {
    time.split('.').next().unwrap_or_default().replace('T', " ")
}

pub(super) fn is_refused(row: &Row) -> bool {
    row.get("outcome") == Some(Outcome::Refused.as_str())
}

/// What the page said that somebody saw for this reason.
pub(super) fn title(code: &str) -> Option<Text> {
    why::texts(code).map(|texts| texts.title)
}

pub(super) fn event_of(row: &Row) -> Text {
    let found = row.get("event").unwrap_or_default();
    // A record that a newer version wrote may have another.
    Event::parse(found).map_or_else(|_| Text::new("audit-event-other").with("name", found), event_text)
}

fn event_text(event: Event) -> Text {
    match event {
        Event::SignIn => Text::new("audit-event-sign-in"),
        Event::Launch => Text::new("audit-event-launch"),
        Event::Denied => Text::new("audit-event-denied"),
        Event::SignOut => Text::new("audit-event-sign-out"),
        Event::Mint => Text::new("audit-event-mint"),
        Event::Admin => Text::new("audit-event-admin"),
        Event::Lab => Text::new("audit-event-lab"),
    }
}
