//! What an app would give a person, and why: rule by rule and claim by claim, for whoever looks
//! without launching. The same mint path as a real launch; nothing is signed.

use serde_json::Value;
use time::OffsetDateTime;

use crate::access::{Step, Trace};
use crate::claims::Expectation;
use crate::config::{App, Problem};
use crate::delivery::Delivery;
use crate::identity::Identity;
use crate::mint::{self, Prepared, Refusal};
use crate::types::Origin;

/// Bytes of an address that some proxies already refuse (lesson 31).
const LONG: usize = 2000;

/// One person at one app.
#[derive(Debug)]
pub struct Xray<'a> {
    pub app: &'a App,
    pub person: &'a Identity,
    /// Absent where the parameters were refused at the door.
    trace: Option<Trace>,
    prepared: Result<Prepared, Refusal>,
}

/// All that the token would say, and where it would go.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    app: &'a App,
    prepared: &'a Prepared,
}

/// One claim of the app.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    pub expected: Expectation<'a>,
    /// `None` where it would be left out.
    pub value: Option<&'a Value>,
}

impl<'a> Xray<'a> {
    /// `given` are the parameters of the launch, as they came.
    pub fn of(app: &'a App, person: &'a Identity, given: &[(String, String)], now: OffsetDateTime) -> Self {
        let (trace, prepared) = match app.params.accept(given) {
            Ok(params) => (
                Some(app.trace(person, &params, now)),
                mint::prepare(app, person, &params, now),
            ),
            Err(error) => (None, Err(Refusal::from(error))),
        };
        Self {
            app,
            person,
            trace,
            prepared,
        }
    }

    /// The access rules, in the order in which they count.
    pub fn steps(&self) -> &[Step] {
        self.trace.as_ref().map_or(&[], |trace| &trace.steps)
    }

    /// What would be made, or why nothing would.
    pub fn outcome(&self) -> Result<Made<'_>, &Refusal> {
        let made = |prepared| Made {
            app: self.app,
            prepared,
        };
        self.prepared.as_ref().map(made)
    }

    /// The bytes of the address with its token, where they are too many for some proxies.
    pub fn long_address(&self) -> Option<usize> {
        let made = self.outcome().ok()?;
        let address = made.prepared.address.as_ref()?;
        let length = self.app.delivery.length(address, made.token_bytes());
        (length > LONG).then_some(length)
    }
}

impl<'a> Made<'a> {
    pub fn roles(self) -> &'a [String] {
        &self.prepared.roles
    }

    pub fn header(self) -> Value {
        self.app.key.header()
    }

    /// In the vendor's order, those that would be left out too.
    pub fn claims(self) -> impl Iterator<Item = Said<'a>> {
        let values = self.prepared.claims().as_map();
        self.app.recipe.expectations().map(|expected| Said {
            expected,
            value: values.get(expected.name()),
        })
    }

    pub fn token_bytes(self) -> usize {
        self.prepared.token_length()
    }

    /// The seconds for which the token works; none where it does not say so itself.
    pub fn life(self) -> Option<i64> {
        self.app.recipe.expires().then(|| self.app.ttl.whole_seconds())
    }

    /// Where the token would go, with an ellipsis in its place; none where the token API answers.
    pub fn address(self) -> Option<String> {
        let address = self.prepared.address.as_ref()?;
        Some(self.app.delivery.masked(address))
    }

    /// Whose page gets the token by a message, instead of in its address.
    pub fn messaged(self) -> Option<&'a Origin> {
        match &self.app.delivery {
            Delivery::PostMessage(vendor) => Some(vendor),
            _ => None,
        }
    }
}

/// What the configuration is warned of at this app.
pub fn warnings<'a>(app: &App, problems: &'a [Problem]) -> impl Iterator<Item = &'a Problem> {
    let table = format!("apps.{}", app.id);
    let inside = format!("{table}.");
    problems.iter().filter(move |problem| {
        let key = problem.key.as_deref().unwrap_or_default();
        key == table || key.starts_with(&inside)
    })
}
