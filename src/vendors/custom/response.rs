//! `response`: the members of the token API's answer, each a constant or one of four values.

use crate::config::reader::Table;
use crate::delivery::{Answer, Part};

pub fn read(table: &Table<'_>) -> Option<Answer> {
    let Some(item) = table.get("response") else {
        return Some(Answer::of([
            ("token", Part::Token),
            ("expiresAt", Part::ExpiresAt),
        ]));
    };
    let entries = item.entries()?;
    let mut members = Vec::new();
    for (name, entry) in &entries {
        let constant = Part::Constant(entry.json());
        let part = if entry.is_text() {
            let text = entry.text()?;
            match text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) {
                None if text.contains("{{") => None,
                None => Some(constant),
                Some(inside) => match inside.trim() {
                    "token" => Some(Part::Token),
                    "expires_at" => Some(Part::ExpiresAt),
                    "url" => Some(Part::PlainAddress),
                    _ => None,
                },
            }
        } else {
            // An expression deep inside would be sent as it stands.
            Some(constant).filter(|_| !entry.json().to_string().contains("{{"))
        };
        if matches!(part, Some(Part::PlainAddress)) && !table.has("url") {
            entry.error("there is no url to answer with");
        }
        match part {
            Some(part) => members.push(((*name).to_owned(), part)),
            None => entry.error("is a constant, or {{ token }}, {{ expires_at }} or {{ url }} alone"),
        }
    }
    if !members.iter().any(|(_, part)| matches!(part, Part::Token)) {
        item.error("has no member for the token: write one as \"{{ token }}\"");
    }
    Some(Answer(members))
}
