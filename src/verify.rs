//! The vendor's view of a token: everything that a vendor may check, each by itself.
//!
//! The signature of a key pair is checked by jsonwebtoken with the public key alone, and shares
//! nothing with how we sign. A secret has no other half: there the token is signed again.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use crate::claims::{Expectation, Moment};
use crate::config::{App, State};
use crate::identity::strict_json;
use crate::signer::PublicKey;
use crate::vendors;

/// One line of the list. Says nothing of the token but what is wrong with it.
#[derive(Debug)]
pub struct Check {
    pub name: String,
    /// What holds, or what does not.
    pub outcome: Result<String, String>,
}

impl Check {
    fn new(name: impl Into<String>, outcome: Result<String, String>) -> Self {
        Self {
            name: name.into(),
            outcome,
        }
    }
}

/// Holds a compact token against what its app would have made.
pub fn verify(app: &App, token: &str, now: OffsetDateTime) -> Vec<Check> {
    let parts = match parts(token) {
        Ok(parts) => parts,
        Err(why) => return vec![Check::new("form", Err(why))],
    };
    let form = "three parts of base64url, JSON without repeated members";
    let mut checks = vec![
        Check::new("form", Ok(form.into())),
        Check::new("alg", algorithm(app, &parts.header)),
        Check::new("header", header(app, &parts.header)),
        Check::new("signature", signature(app, token, &parts.header)),
    ];
    checks.extend(times(app, &parts.claims, now));
    checks.push(Check::new("claims", closed(app, &parts.claims)));
    for expected in app.recipe.expectations() {
        checks.extend(claim(expected, parts.claims.get(expected.name())));
    }
    checks
}

struct Parts {
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

fn parts(token: &str) -> Result<Parts, String> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        let many = parts.len();
        return Err(format!(
            "a token has three parts with dots between; this has {many}"
        ));
    };
    let decoded = |name: &str, part: &str| {
        let why = format!("the {name} is not base64url without padding");
        URL_SAFE_NO_PAD.decode(part).map_err(|_| why)
    };
    let object = |name: &str, part: &str| {
        let why = format!("the {name} is not one JSON object without repeated members");
        strict_json::object(&decoded(name, part)?).map_err(|_| why)
    };
    decoded("signature", signature)?;
    Ok(Parts {
        header: object("header", header)?,
        claims: object("payload", claims)?,
    })
}

fn algorithm(app: &App, header: &Map<String, Value>) -> Result<String, String> {
    let own = app.key.header();
    let wanted = own["alg"].as_str().unwrap_or_default();
    match header.get("alg") {
        Some(Value::String(found)) if found == wanted => Ok(format!("{wanted}, as the app's")),
        Some(found) => Err(format!("is {found}, but the app's is {wanted}")),
        None => Err(format!("is missing; the app's is {wanted}")),
    }
}

/// Everything beside `alg`.
fn header(app: &App, header: &Map<String, Value>) -> Result<String, String> {
    let own = app.key.header();
    let wanted = own.as_object().cloned().unwrap_or_default();
    let differs = |name: &&String| name.as_str() != "alg" && header.get(*name) != wanted.get(*name);
    match header.keys().chain(wanted.keys()).find(differs) {
        None => Ok("has what the app's has, and nothing besides".into()),
        Some(name) if !wanted.contains_key(name) => Err(format!("{name} is not in the app's header")),
        Some(name) if !header.contains_key(name) => Err(format!("{name} is missing")),
        Some(name) => Err(format!("{name} is other than {}", wanted[name])),
    }
}

fn signature(app: &App, token: &str, header: &Map<String, Value>) -> Result<String, String> {
    let name = header.get("alg").and_then(Value::as_str).unwrap_or_default();
    let own = app.key.header();
    let algorithm = name.parse::<Algorithm>().ok().filter(|_| own["alg"] == *name);
    let Some(algorithm) = algorithm else {
        return Err("cannot be right: the algorithm is not the app's".into());
    };
    let (message, signature) = token.rsplit_once('.').ok_or("there is none")?;
    let made_with = |public: &PublicKey| {
        let jwk: Option<Jwk> = serde_json::from_value(public.jwk(algorithm, None)).ok();
        let key = jwk.and_then(|jwk| DecodingKey::from_jwk(&jwk).ok());
        key.is_some_and(|key| crypto::verify(signature, message.as_bytes(), &key, algorithm).unwrap_or(false))
    };
    let holds = match app.key.public() {
        Some(public) => made_with(public),
        None => app.key.made(message.as_bytes(), signature),
    };
    if holds {
        return Ok("was made with the app's key".into());
    }
    let other = app.published.iter().find(|other| made_with(&other.key));
    Err(match other.map(|other| other.state) {
        Some(State::Retired { .. }) => {
            "was made with a retired key: a vendor that holds one key has the next by now"
        }
        Some(State::Next) => "was made with the next key, which does not sign before usher keys rotate",
        Some(State::Active) | None => "was not made with the app's key over these claims",
    }
    .into())
}

/// `iat`, `exp`, and what lies between.
fn times(app: &App, claims: &Map<String, Value>, now: OffsetDateTime) -> Vec<Check> {
    let time = |which: Moment| {
        let mut expected = app.recipe.expectations();
        let expected = expected.find(|expected| expected.moment() == Some(which))?;
        let seconds = claims.get(expected.name())?;
        // What is no time in seconds is told with the claim itself.
        let at = OffsetDateTime::from_unix_timestamp(expected.time(seconds)?).ok()?;
        Some((expected.name(), at))
    };
    let issued = time(Moment::Issue);
    let expires = time(Moment::Expiry);
    let mut checks = Vec::new();
    if let Some((name, at)) = issued {
        checks.push(Check::new(
            name,
            match (now - at).whole_seconds() {
                age @ 0.. => Ok(format!("was {} ago", span(age))),
                age => Err(format!("lies {} in the future", span(-age))),
            },
        ));
    }
    if let Some((name, at)) = expires {
        checks.push(Check::new(
            name,
            match (at - now).whole_seconds() {
                left @ 1.. => Ok(format!("is {} from now", span(left))),
                left => Err(format!("expired {} ago", span(-left))),
            },
        ));
    }
    if let Some((name, at)) = time(Moment::Start)
        && at > now
    {
        let wait = span((at - now).whole_seconds());
        checks.push(Check::new(name, Err(format!("is {wait} from now"))));
    }
    if let (Some((_, from)), Some((_, to))) = (issued, expires) {
        let longest = vendors::find(app.vendor).map_or(Duration::DAY, |vendor| vendor.longest_ttl);
        let (life, most) = ((to - from).whole_seconds(), longest.whole_seconds());
        let said = format!("{}; this vendor's most is {}", span(life), span(most));
        let fits = life > 0 && life <= most;
        checks.push(Check::new("lifetime", if fits { Ok(said) } else { Err(said) }));
    }
    checks
}

/// `90 s`, `5 min 0 s`, `3 h 20 min`, `2 d 1 h`.
fn span(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    if seconds < 120 {
        format!("{seconds} s")
    } else if seconds < 3600 {
        format!("{minutes} min {} s", seconds % 60)
    } else if seconds < 86_400 {
        format!("{hours} h {minutes} min")
    } else {
        format!("{days} d {hours} h")
    }
}

/// Extra claims can be refused or, worse, believed.
fn closed(app: &App, claims: &Map<String, Value>) -> Result<String, String> {
    let known = |name: &str| app.recipe.expectations().any(|expected| expected.name() == name);
    let strange: Vec<&str> = claims
        .keys()
        .map(String::as_str)
        .filter(|name| !known(name))
        .collect();
    if strange.is_empty() {
        Ok("none but those of this vendor".into())
    } else {
        Err(format!("not of this vendor: {}", strange.join(", ")))
    }
}

fn claim(expected: Expectation<'_>, found: Option<&Value>) -> Option<Check> {
    let outcome = match found.map(|value| expected.mismatch(value)) {
        None if expected.required() => Err("is missing".into()),
        None => return None,
        Some(Some(why)) => Err(why),
        // The times have lines of their own.
        Some(None) if expected.moment().is_some() => return None,
        Some(None) => Ok(format!("is as it should be ({})", expected.provenance())),
    };
    Some(Check::new(expected.name(), outcome))
}

#[cfg(test)]
mod tests;
