use askama::Template;

use super::Halls;
use super::audit::{event_of, is_refused, title, to_the_second};
use super::kit::rows;
use crate::audit::{Decision, Row, columns};
use crate::store::Proof;
use crate::web::pages::Shell;
use crate::web::text::Text;
use crate::why;

/// `GET /admin/audit?id=`: one record whole, and the decision in it.
#[derive(Debug, Template)]
#[template(path = "admin/record.html")]
pub struct RecordPage {
    pub shell: Shell,
    pub halls: Halls,
    pub script_url: String,
    pub record: OneRecord,
}

#[derive(Debug)]
pub struct OneRecord {
    event: Text,
    refused: bool,
    /// What the page said that the person saw.
    title: Option<Text>,
    time: String,
    stamp: String,
    reason: Option<String>,
    person: Option<String>,
    provider: Option<String>,
    app: Option<String>,
    reference: Option<String>,
    decision: Option<Decision>,
    proof: Proof,
    /// As `usher why` has it.
    text: String,
    /// All fields by their names in an export.
    fields: Vec<(&'static str, String)>,
}

impl OneRecord {
    pub fn new(row: &Row, proof: Proof) -> Self {
        let get = |name| row.get(name).map(str::to_owned);
        let stamp = get("time").unwrap_or_default();
        let object = row.object();
        let field = |name: &'static str| match object.get(name) {
            None | Some(serde_json::Value::Null) => None,
            Some(serde_json::Value::String(text)) => Some((name, text.clone())),
            Some(other) => Some((name, other.to_string())),
        };
        Self {
            event: event_of(row),
            refused: is_refused(row),
            title: row.get("reason").and_then(title),
            time: to_the_second(&stamp),
            stamp,
            reason: get("reason"),
            person: get("email").or_else(|| get("sub")),
            provider: get("provider"),
            app: get("app"),
            reference: get("reference"),
            decision: row.decision.as_deref().and_then(Decision::parse),
            proof,
            text: why::text(std::slice::from_ref(row)),
            fields: columns().filter_map(field).collect(),
        }
    }
}

impl RecordPage {
    /// A word of a decision in the visitor's language.
    #[expect(clippy::unused_self, reason = "the template has nothing else to ask")]
    fn fits(&self, fits: &str) -> Text {
        match fits {
            "yes" => Text::new("audit-fits"),
            "no" => Text::new("audit-fits-not"),
            _ => Text::new("audit-fits-unknown"),
        }
    }

    #[expect(clippy::unused_self, reason = "the template has nothing else to ask")]
    fn at(&self, stamp: &str) -> String {
        to_the_second(stamp)
    }
}
