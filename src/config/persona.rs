//! A person made up to try things out, from a JSON object (C-16).

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Provider;
use super::duration::duration;
use super::keys::AS;
use crate::clock::{Clock as _, SystemClock};
use crate::expression::meant;
use crate::identity::{Groups, GroupsUnknown, Identity, strict_json};
use crate::types::{Email, Issuer, ProviderId, Subject};

/// One thing that is wrong with a persona.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonaProblem {
    /// Empty where the persona as a whole is meant.
    pub key: String,
    pub message: String,
}

/// All that is wrong with a persona.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonaProblems(pub Vec<PersonaProblem>);

impl std::error::Error for PersonaProblems {}

impl fmt::Display for PersonaProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            let end = if i == 0 { "" } else { "\n" };
            write!(f, "{end}{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for PersonaProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => write!(f, "the persona {}", self.message),
            key => write!(f, "{key}: {}", self.message),
        }
    }
}

/// Reads a persona from a JSON text.
pub fn persona(json: &str, providers: &[Arc<Provider>]) -> Result<Identity, PersonaProblems> {
    match strict_json::object(json.as_bytes()) {
        Ok(fields) => identity(&fields, providers),
        // Only where it is: serde's message may quote the text.
        Err(error) => Err(PersonaProblems(vec![PersonaProblem {
            key: String::new(),
            message: format!(
                "is not one JSON object without repeated members (line {}, column {})",
                error.line(),
                error.column()
            ),
        }])),
    }
}

/// The person that the fields describe, as a sign-in at their provider would make one.
pub(super) fn identity(
    fields: &Map<String, Value>,
    providers: &[Arc<Provider>],
) -> Result<Identity, PersonaProblems> {
    let mut fields = Fields {
        fields,
        problems: Vec::new(),
    };
    fields.refuse_unknown();
    let made = fields.identity(providers);
    match made {
        Some(identity) if fields.problems.is_empty() => Ok(identity),
        _ => Err(PersonaProblems(fields.problems)),
    }
}

/// The members of a persona, and what has been found wrong with them.
struct Fields<'a> {
    fields: &'a Map<String, Value>,
    problems: Vec<PersonaProblem>,
}

impl<'a> Fields<'a> {
    fn identity(&mut self, providers: &[Arc<Provider>]) -> Option<Identity> {
        let own = ["sub", "name", "given_name", "family_name", "preferred_username"];
        for key in own.into_iter().chain(["email", "picture", "acr"]) {
            self.text(key);
        }
        let mut claims = self.claims();
        let provider = self.provider(providers);
        let issuer = self.parsed("issuer", |text| Issuer::parse(text).map_err(|e| e.to_string()));
        let subject = self.parsed("sub", |text| Subject::parse(text).map_err(|e| e.to_string()));
        // As at sign-in: what is not an address is as good as none.
        let email = self
            .fields
            .get("email")
            .and_then(Value::as_str)
            .and_then(|text| Email::parse(text).ok());
        let verified = self.flag("email_verified");
        let groups = self.groups();
        let auth_time = self.auth_time();
        for (key, value) in self.fields {
            if AS.keys.contains(&key.as_str()) && !["provider", "issuer", "claims"].contains(&key.as_str()) {
                claims.insert(key.clone(), value.clone());
            }
        }
        if let Some(time) = auth_time {
            claims.insert("auth_time".to_owned(), time.unix_timestamp().into());
        }
        let provider = provider?;
        Some(Identity {
            provider: provider.id.clone(),
            issuer: issuer.unwrap_or_else(|| provider.issuer.clone()),
            subject: subject.or_else(|| Subject::parse("persona").ok())?,
            email_verified: (verified || provider.trust_email) && email.is_some(),
            email,
            groups: match groups {
                Some(groups) => Groups::Known(groups),
                None if provider.groups_absent_means_empty => Groups::Known(Vec::new()),
                None => Groups::Unknown(GroupsUnknown::Absent),
            },
            auth_time,
            acr: self.fields.get("acr").and_then(Value::as_str).map(str::to_owned),
            claims,
        })
    }

    fn refuse_unknown(&mut self) {
        let unknown = self.fields.keys().filter(|key| !AS.keys.contains(&key.as_str()));
        for key in unknown.cloned().collect::<Vec<_>>() {
            let hint = meant(&key, AS.keys);
            self.problem(&key, format!("unknown key{hint}"));
        }
    }

    fn problem(&mut self, key: &str, message: impl Into<String>) {
        let message = message.into();
        self.problems.push(PersonaProblem {
            key: key.to_owned(),
            message,
        });
    }

    fn wrong(&mut self, key: &str, wanted: &str, found: &Value) {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.problem(key, format!("must be {wanted}, not {found}"));
    }

    fn text(&mut self, key: &str) -> Option<&'a str> {
        let value = self.fields.get(key)?;
        if value.as_str().is_none() {
            self.wrong(key, "a string", value);
        }
        value.as_str()
    }

    fn parsed<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.fields.get(key)?.as_str()?;
        parse(text).map_err(|message| self.problem(key, message)).ok()
    }

    fn flag(&mut self, key: &str) -> bool {
        let Some(value) = self.fields.get(key) else {
            return false;
        };
        if !value.is_boolean() {
            self.wrong(key, "true or false", value);
        }
        *value == Value::Bool(true)
    }

    fn claims(&mut self) -> Map<String, Value> {
        match self.fields.get("claims") {
            Some(Value::Object(claims)) => claims.clone(),
            Some(other) => {
                self.wrong("claims", "an object", other);
                Map::new()
            }
            None => Map::new(),
        }
    }

    /// The named provider, else the first.
    fn provider(&mut self, providers: &[Arc<Provider>]) -> Option<Arc<Provider>> {
        if !self.fields.contains_key("provider") {
            return providers.first().cloned();
        }
        let text = self.text("provider")?;
        let found = ProviderId::parse(text)
            .ok()
            .and_then(|id| providers.iter().find(|provider| provider.id == id));
        if found.is_none() {
            let names: Vec<&str> = providers.iter().map(|provider| provider.id.as_str()).collect();
            let hint = meant(text, &names);
            self.problem("provider", format!("names a provider that is not there{hint}"));
        }
        found.cloned()
    }

    fn groups(&mut self) -> Option<Vec<String>> {
        let value = self.fields.get("groups")?;
        let texts = value.as_array().and_then(|items| {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
            texts.collect::<Option<Vec<_>>>()
        });
        match (&texts, value) {
            (None, Value::Array(_)) => self.problem("groups", "must hold strings only"),
            (None, _) => self.wrong("groups", "a list of strings", value),
            (Some(_), _) => {}
        }
        texts
    }

    /// Seconds since 1970, a date and time with its offset, or how long ago: what an app with `max_auth_age`
    /// makes of a date would be another thing each day.
    fn auth_time(&mut self) -> Option<OffsetDateTime> {
        let time = match self.fields.get("auth_time")? {
            Value::Number(seconds) => seconds
                .as_i64()
                .and_then(|s| OffsetDateTime::from_unix_timestamp(s).ok()),
            Value::String(text) => match duration(text) {
                Some(ago) => Some(SystemClock.now() - ago),
                None => OffsetDateTime::parse(text, &Rfc3339).ok(),
            },
            _ => None,
        };
        if time.is_none() {
            self.problem(
                "auth_time",
                "is seconds since 1970, a date and time with its offset, or how long ago, such as \"5m\"",
            );
        }
        time
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::{FRAMEABLE, file, loaded};

    fn read(json: &str) -> Result<Identity, String> {
        let config = loaded(&file("", FRAMEABLE)).config;
        persona(json, &config.providers).map_err(|problems| problems.to_string())
    }

    #[test]
    fn c_16_a_persona_is_a_users_fields_with_auth_time_and_acr() {
        let ada = read(
            r#"{ "sub": "7", "email": "ada@example.com", "email_verified": true, "name": "Ada",
                 "groups": ["staff"], "claims": { "region": "emea" }, "auth_time": 1800000000, "acr": "high" }"#,
        )
        .unwrap();
        assert_eq!((ada.subject.as_str(), ada.provider.as_str()), ("7", "work"));
        assert_eq!(ada.issuer.as_str(), "https://login.example.com");
        assert!(ada.email_verified);
        assert_eq!(ada.groups, Groups::Known(vec!["staff".into()]));
        assert_eq!(ada.claim("region"), Some(&Value::from("emea")));
        assert_eq!(
            (ada.text("name"), ada.acr.as_deref()),
            (Some("Ada"), Some("high"))
        );
        assert_eq!(ada.auth_time.unwrap().unix_timestamp(), 1_800_000_000);
        let now = SystemClock.now();
        let fresh = read(r#"{ "auth_time": "5m" }"#).unwrap();
        let ago = now - fresh.auth_time.unwrap();
        assert!((4..=5).contains(&ago.whole_minutes()), "{ago}");
        assert!(fresh.claim("auth_time").is_some_and(Value::is_i64));
        let nobody = read("{}").unwrap();
        assert_eq!(nobody.groups, Groups::Unknown(GroupsUnknown::Absent));
    }

    #[test]
    fn lesson_38_every_problem_of_a_persona_is_told_at_once() {
        let told = read(
            r#"{ "emial": "x", "name": 7, "email_verified": "true", "groups": "staff", "claims": [],
                 "provider": "wrok", "issuer": "x", "sub": "", "auth_time": "noon", "acr": null }"#,
        )
        .unwrap_err();
        for wanted in [
            "emial: unknown key; did you mean email?",
            "name: must be a string, not a number",
            "email_verified: must be true or false, not a string",
            "groups: must be a list of strings, not a string",
            "claims: must be an object, not a list",
            "provider: names a provider that is not there; did you mean work?",
            "issuer: ",
            "sub: ",
            "auth_time: is seconds since 1970",
            "acr: must be a string, not null",
        ] {
            assert!(told.contains(wanted), "{wanted}\n---\n{told}");
        }
    }

    #[test]
    fn s_182_a_persona_is_one_object_without_repeated_members() {
        for bad in [
            "",
            "[]",
            "{\"name\":\"a\",\"name\":\"hunter2\"}",
            "{\"name\": hunter2}",
        ] {
            let told = read(bad).unwrap_err();
            assert!(told.contains("is not one JSON object"), "{told}");
            assert!(!told.contains("hunter2"), "{told}");
        }
    }
}
