//! The words of `usher why`: what a record says, and the decision behind it. The page for admins shows
//! the same.

use serde_json::{Value, json};

use crate::audit::{Decision, Row};
use crate::claims::clean::printable;
use crate::types::Reference;
use crate::web::text::{CODES, ErrorTexts, Lang, error};

/// What is said of one matter, under a word for it.
pub type Line = (&'static str, String);

/// A record in words, a line for each matter.
pub fn lines(row: &Row) -> Vec<Line> {
    let get = |name| row.get(name).map(printable);
    let mut lines: Vec<Line> = Vec::new();
    let mut say = |word, text: Option<String>| lines.extend(text.map(|text| (word, text)));
    let decision = row.decision.as_deref().and_then(Decision::parse);

    say("reference", get("reference"));
    say("what", Some(what(row)));
    say("page", row.get("reason").and_then(title));
    say("when", get("time"));
    say("person", person(row));
    say("provider", get("provider"));
    say("signed in", decision.as_ref().and_then(signed_in));
    say("app", app(row));
    if let Some(decision) = &decision {
        for rule in &decision.rules {
            let why = rule
                .why
                .as_ref()
                .map(|why| format!(": {why}"))
                .unwrap_or_default();
            let mark = if rule.decided { "  <- decided" } else { "" };
            say(
                "rule",
                Some(printable(&format!(
                    "{} {}  {}{why}{mark}",
                    rule.key, rule.rule, rule.fits
                ))),
            );
        }
        for claim in &decision.claims {
            let value = claim
                .value
                .as_ref()
                .map(|value| format!(" = {value}"))
                .unwrap_or_default();
            say(
                "claim",
                Some(printable(&format!("{}  {}{value}", claim.name, claim.found))),
            );
        }
        say("so", Some(printable(&decision.why)).filter(|why| !why.is_empty()));
    }
    say("roles", roles(row));
    say("token", token(row));
    say("address", get("address"));
    say("actor", get("actor"));
    let (id, link) = (get("id").unwrap_or_default(), &row.link);
    say(
        "record",
        Some(format!(
            "{id}, the {} of writer {}",
            ordinal(link.seq),
            printable(&link.writer)
        )),
    );
    lines
}

/// Records in words, as `usher why` prints them.
pub fn text(rows: &[Row]) -> String {
    let record = |row: &Row| {
        let lines = lines(row)
            .into_iter()
            .map(|(word, text)| format!("{word:10} {text}\n"));
        lines.collect::<String>()
    };
    rows.iter().map(record).collect::<Vec<_>>().join("\n")
}

pub fn json(reference: &Reference, rows: &[Row]) -> Value {
    let records: Vec<Value> = rows.iter().map(|row| Value::from(row.object())).collect();
    json!({ "reference": reference.as_str(), "records": records })
}

/// Where to look for what left no record (C-44).
pub fn elsewhere(reference: &Reference) -> String {
    format!(
        "No record has the reference {reference}. What fails before the provider has said who somebody is \
         stands only in the log: look there for\n\n    grep '\"request_id\":\"{reference}\"'    (format = \"json\")\n    \
         grep 'request_id={reference}'    (format = \"text\")\n"
    )
}

/// What the page said that somebody saw for this reason.
pub fn title(reason: &str) -> Option<String> {
    Some(Lang::ENGLISH.plain(&texts(reason)?.title))
}

/// The texts of the page for a reason; there is none for what is no error.
pub fn texts(reason: &str) -> Option<ErrorTexts> {
    let code = match reason {
        "delivery.too_long" => "launch.address_too_long",
        "signer.key_unusable" => "key.unusable",
        code => code,
    };
    CODES.contains(&code).then(|| error(code))
}

fn what(row: &Row) -> String {
    let get = |name| row.get(name).map(printable).unwrap_or_default();
    let (event, outcome) = (get("event"), get("outcome"));
    match row.get("reason") {
        Some(reason) => format!("{event}, {outcome} ({})", printable(reason)),
        None => format!("{event}, {outcome}"),
    }
}

fn person(row: &Row) -> Option<String> {
    let mut parts: Vec<String> = ["email", "sub"]
        .iter()
        .filter_map(|name| row.get(name).map(printable))
        .collect();
    if let (Some(last), Some(issuer)) = (parts.last_mut(), row.get("issuer")) {
        *last = format!("{last} at {}", printable(issuer));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn signed_in(decision: &Decision) -> Option<String> {
    let at = decision
        .auth_time
        .as_ref()
        .map(|at| format!("at the provider {at}"));
    let here = decision.session_started.as_ref().map(|at| format!("here {at}"));
    let parts: Vec<String> = at.into_iter().chain(here).map(|part| printable(&part)).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn app(row: &Row) -> Option<String> {
    let app = printable(row.get("app")?);
    Some(match row.get("vendor") {
        Some(vendor) => format!("{app} ({})", printable(vendor)),
        None => app,
    })
}

fn roles(row: &Row) -> Option<String> {
    let roles: Vec<String> = serde_json::from_str(row.get("roles")?).ok()?;
    (!roles.is_empty()).then(|| printable(&roles.join(", ")))
}

fn token(row: &Row) -> Option<String> {
    let sha256 = row.get("token_sha256")?;
    let named = [
        ("kid", "kid"),
        ("jti", "jti"),
        ("issued", "issued_at"),
        ("good until", "expires_at"),
    ];
    let named = named
        .iter()
        .filter_map(|(word, name)| Some(format!("{word} {}, ", row.get(name)?)));
    Some(printable(&format!(
        "{}SHA-256 {sha256}",
        named.collect::<String>()
    )))
}

fn ordinal(seq: i64) -> String {
    let ending = match (seq % 10, seq % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{seq}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_of_a_refusal_has_the_title_of_its_page() {
        for reason in [
            "access.not_allowed",
            "claims.missing",
            "window.closed",
            "delivery.too_long",
            "signer.key_unusable",
        ] {
            assert!(title(reason).is_some(), "{reason}");
        }
        assert_eq!(title("audit.exported"), None);
        let numbers: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 111].map(ordinal).into();
        assert_eq!(numbers.join(" "), "1st 2nd 3rd 4th 11th 12th 13th 21st 111th");
    }
}
