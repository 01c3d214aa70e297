//! What the configuration reads of each provider's claims.

use serde_json::Value;

use super::Kind;
use crate::access::Matcher;
use crate::config::{App, Config, Provider};
use crate::expression::Expression;
use crate::identity::Identity;
use crate::types::{AppId, ProviderId};

/// Who reads a claim, or names a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readers {
    /// In the configuration's order.
    pub apps: Vec<AppId>,
    /// The rules of `[admin]`.
    pub admin: bool,
}

/// A claim of a provider that is read.
#[derive(Debug, Clone)]
pub struct Use {
    pub provider: ProviderId,
    /// Its name, or the path to it.
    pub claim: String,
    want: Want,
    pub readers: Readers,
}

/// A group that rules name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    pub readers: Readers,
}

/// Everything that is read.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    uses: Vec<Use>,
    groups: Vec<Group>,
}

/// Something that is read of a person, whoever the provider is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Want {
    Email,
    EmailVerified,
    Groups,
    /// The name to show, which several claims may give.
    Name,
    /// As a rule has it: `a.b`.
    Path(String),
    /// As an expression has it.
    Parts(Vec<String>),
}

/// Whoever reads something.
#[derive(Clone, Copy)]
enum Reader<'a> {
    App(&'a App),
    Admin,
}

impl Watch {
    pub fn of(config: &Config) -> Self {
        let mut watch = Self::default();
        for app in &config.apps {
            let of_app = Reader::App(app);
            for (want, group) in wants_of(app) {
                watch.note(config, of_app, &want);
                watch.name(group, of_app);
            }
        }
        for rule in config.admin.iter().flat_map(|admins| &admins.allow) {
            for (want, group) in wants_of_rule(rule) {
                watch.note(config, Reader::Admin, &want);
                watch.name(group, Reader::Admin);
            }
        }
        let place = |id: &ProviderId| config.providers.iter().position(|provider| provider.id == *id);
        watch
            .uses
            .sort_by(|a, b| (place(&a.provider), &a.claim).cmp(&(place(&b.provider), &b.claim)));
        watch
    }

    /// By provider, in the configuration's order, then by name.
    pub fn uses(&self) -> &[Use] {
        &self.uses
    }

    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The form of each claim that is read of this person.
    pub fn kinds<'a>(&'a self, person: &'a Identity) -> impl Iterator<Item = (&'a Use, Kind)> {
        let uses = self.uses.iter().filter(|used| used.provider == person.provider);
        uses.filter_map(|used| Some((used, used.kind(person)?)))
    }

    fn note(&mut self, config: &Config, reader: Reader<'_>, want: &Want) {
        for provider in config.providers.iter().filter(|p| reader.meets(&p.id)) {
            let claim = want.claim(provider);
            let known = |used: &&mut Use| used.provider == provider.id && used.claim == claim;
            if let Some(used) = self.uses.iter_mut().find(known) {
                used.readers.add(reader);
                continue;
            }
            let mut used = Use {
                provider: provider.id.clone(),
                claim,
                want: want.clone(),
                readers: Readers::default(),
            };
            used.readers.add(reader);
            self.uses.push(used);
        }
    }

    fn name(&mut self, group: Option<&str>, reader: Reader<'_>) {
        let Some(name) = group else { return };
        if let Some(group) = self.groups.iter_mut().find(|group| group.name == name) {
            return group.readers.add(reader);
        }
        let mut group = Group {
            name: name.to_owned(),
            readers: Readers::default(),
        };
        group.readers.add(reader);
        self.groups.push(group);
    }
}

impl Reader<'_> {
    fn meets(self, provider: &ProviderId) -> bool {
        match self {
            Self::App(app) => app.takes(provider),
            Self::Admin => true,
        }
    }
}

impl Readers {
    fn add(&mut self, reader: Reader<'_>) {
        match reader {
            Reader::Admin => self.admin = true,
            Reader::App(app) if self.apps.contains(&app.id) => {}
            Reader::App(app) => self.apps.push(app.id.clone()),
        }
    }
}

impl Use {
    /// Whether it is where the provider says who is in which groups.
    pub fn is_groups(&self) -> bool {
        self.want == Want::Groups
    }

    fn kind(&self, person: &Identity) -> Option<Kind> {
        Some(match &self.want {
            Want::EmailVerified => match (&person.email, person.email_verified) {
                (None, _) => return None,
                (Some(_), true) => Kind::Verified,
                (Some(_), false) => Kind::Unverified,
            },
            Want::Name => person.name().map_or(Kind::Absent, |_| Kind::Text),
            Want::Email => Kind::of(person.claims.get("email")),
            Want::Groups | Want::Path(_) => Kind::of(person.claim(&self.claim)),
            Want::Parts(parts) => Kind::of(inside(person, parts)),
        })
    }
}

impl Want {
    fn claim(&self, provider: &Provider) -> String {
        match self {
            Self::Email => "email".to_owned(),
            Self::EmailVerified => "email_verified".to_owned(),
            Self::Groups => provider.groups_claim.clone(),
            Self::Name => "name".to_owned(),
            Self::Path(path) => path.clone(),
            Self::Parts(parts) => parts.join("."),
        }
    }
}

/// What an expression gets for a claim and its parts.
fn inside<'a>(person: &'a Identity, parts: &[String]) -> Option<&'a Value> {
    let (first, rest) = parts.split_first()?;
    rest.iter()
        .try_fold(person.claims.get(first)?, |value, part| match value {
            Value::Object(members) => members.get(part),
            Value::Array(items) => items.get(part.parse::<usize>().ok()?),
            _ => None,
        })
}

/// What an app reads, each with the group that it is read for.
fn wants_of(app: &App) -> Vec<(Want, Option<&str>)> {
    let access = &app.access;
    let of_roles = access.roles.rules.iter().flat_map(|role| &role.allow);
    let rules = access.allow.iter().chain(&access.deny).chain(of_roles);
    let mut wants: Vec<_> = rules.flat_map(wants_of_rule).collect();
    let expressions = app.recipe.expressions().into_iter().chain(&access.when);
    wants.extend(expressions.flat_map(wants_of_expression).map(|want| (want, None)));
    if access.bind_email || app.recipe.takes_address() {
        wants.extend([(Want::Email, None), (Want::EmailVerified, None)]);
    }
    wants
}

fn wants_of_rule(rule: &Matcher) -> Vec<(Want, Option<&str>)> {
    match rule {
        Matcher::Everyone | Matcher::Provider(_) => Vec::new(),
        Matcher::Group(name) => vec![(Want::Groups, Some(name))],
        Matcher::Email(_) | Matcher::Domain(_) => vec![(Want::Email, None), (Want::EmailVerified, None)],
        Matcher::Claim { path, .. } => vec![(Want::Path(path.clone()), None)],
    }
}

fn wants_of_expression(expression: &Expression) -> Vec<Want> {
    let want = |path: &[String]| match path {
        [claims, parts @ ..] if claims == "claims" => vec![Want::Parts(parts.to_vec())],
        [name, ..] => match name.as_str() {
            "sub" | "issuer" | "provider" => Vec::new(),
            "email" | "email_verified" => vec![Want::Email, Want::EmailVerified],
            "groups" => vec![Want::Groups],
            "name" => vec![Want::Name],
            _ => vec![Want::Parts(vec![name.clone()])],
        },
        [] => Vec::new(),
    };
    expression.of_user().flat_map(want).collect()
}
