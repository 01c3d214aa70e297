//! What each app would learn of a person, for that person: by the very path of a launch.

use serde_json::Value;

use super::error::Problem;
use super::pages::{Learned, Learning};
use super::portal::tile;
use super::text::error;
use super::visit::Visit;
use crate::claims::clean::printable;
use crate::claims::{ClaimError, Expectation};
use crate::config::App;
use crate::identity::Identity;
use crate::mint::{self, Refusal};
use crate::params::Params;

/// The apps that would let this person in, hidden ones too, and what their tokens would say.
pub fn by_apps(visit: &Visit, person: &Identity) -> Vec<Learning> {
    let apps = visit.config().apps.iter();
    let apps = apps.filter(|app| app.takes(&person.provider) && !app.window.is_over(visit.now));
    let learning = |app: &App| {
        Some(Learning {
            tile: tile(visit, app),
            learned: learned(visit, app, person)?,
        })
    };
    apps.filter_map(learning).collect()
}

/// Nothing where the app is not open to them.
fn learned(visit: &Visit, app: &App, person: &Identity) -> Option<Learned> {
    let named = app.recipe.expectations().filter(Expectation::is_of_the_person);
    let refusal = match mint::prepare(app, person, &Params::default(), visit.now) {
        Ok(prepared) => {
            let made = prepared.claims().as_map();
            let told = |name: &str| Some((name.to_owned(), words(made.get(name)?)));
            return Some(Learned::Claims(
                named.filter_map(|claim| told(claim.name())).collect(),
            ));
        }
        Err(refusal) => refusal,
    };
    match refusal {
        // What the link says may be all that is missing.
        Refusal::Params(_) | Refusal::Claims(ClaimError::Missing { .. })
            if app.params.names().next().is_some() =>
        {
            Some(Learned::Names(
                named.map(|claim| claim.name().to_owned()).collect(),
            ))
        }
        Refusal::Denied(ref denial) if !denial.calls_for_sign_in() => None,
        refusal => Some(nothing(&refusal, app)),
    }
}

/// Why it would learn nothing.
fn nothing(refusal: &Refusal, app: &App) -> Learned {
    let problem = Problem::refusal(refusal);
    let texts = error(problem.code).with("app", app.title.as_str());
    Learned::Nothing(texts.with("claim", problem.claim.unwrap_or_default()).title)
}

/// A text as it is, pairs as such, anything else as JSON.
fn words(value: &Value) -> String {
    let pair = |pair: &Value| Some(format!("{}: {}", pair.get(0)?.as_str()?, pair.get(1)?.as_str()?));
    let pairs = |list: &Vec<Value>| list.iter().map(pair).collect::<Option<Vec<_>>>();
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => pairs(list).map_or_else(|| value.to_string(), |pairs| pairs.join(", ")),
        other => other.to_string(),
    };
    printable(&text)
}
