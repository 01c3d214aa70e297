use askama::Template;

use super::kit::{LinkKit, Made, rows};
use super::{ClaimLine, Halls, KeyPart, LabPart, XrayPart};
use crate::access::{Matcher, Rules, StepUp};
use crate::mint::Window;
use crate::types::ProviderId;
use crate::web::pages::account::{exact, stamp};
use crate::web::pages::{Shell, Tile};
use crate::web::text::{Markup, Text};

/// `GET /admin/apps/{app}`.
#[derive(Debug, Template)]
#[template(path = "admin/app.html")]
pub struct AppPage {
    pub shell: Shell,
    pub halls: Halls,
    pub tile: Tile,
    pub vendor: &'static str,
    /// As the configuration has it; `None` where only the token API serves the app.
    pub address: Option<String>,
    pub who: Who,
    pub window: Window,
    pub claims: Vec<ClaimLine>,
    pub key: KeyPart,
    pub xray: XrayPart,
    pub lab: LabPart,
    pub kit: LinkKit,
    /// One token serves every form of the page.
    pub csrf: String,
    pub script_url: String,
}

impl AppPage {
    /// How somebody is declared to come as.
    fn declare(&self) -> Markup {
        let app = format!("\"{}\"", self.tile.id);
        self.shell.t1("lab-nobody", "app", app)
    }
}

/// Who may open an app.
#[derive(Debug)]
pub struct Who {
    /// Any of them.
    allow: Vec<Text>,
    /// None of them.
    deny: Vec<Text>,
    when: Option<String>,
    /// The providers through which one has to come; empty: any.
    providers: Vec<String>,
    /// A recent or a strong sign-in is asked for.
    step_up: bool,
}

impl Who {
    /// `title` names a provider for people.
    pub fn new(rules: &Rules, title: impl Fn(&ProviderId) -> String) -> Self {
        let words = |rules: &[Matcher]| rules.iter().map(|rule| words(rule, &title)).collect();
        let StepUp {
            max_auth_age,
            acr_values,
        } = &rules.step_up;
        Self {
            allow: words(&rules.allow),
            deny: words(&rules.deny),
            when: rules.when.as_ref().map(|when| when.source().to_owned()),
            providers: rules.providers.iter().map(&title).collect(),
            step_up: max_auth_age.is_some() || !acr_values.is_empty(),
        }
    }
}

fn words(rule: &Matcher, title: impl Fn(&ProviderId) -> String) -> Text {
    match rule {
        Matcher::Everyone => Text::new("admin-rule-everyone"),
        Matcher::Group(group) => Text::new("admin-rule-group").with("name", group.as_str()),
        Matcher::Email(address) => Text::new("admin-rule-email").with("email", address.as_str()),
        Matcher::Domain(domain) => Text::new("admin-rule-domain").with("name", domain.as_str()),
        Matcher::Provider(id) => Text::new("admin-rule-provider").with("provider", title(id)),
        Matcher::Claim { path, value } => Text::new("admin-rule-claim")
            .with("claim", path.as_str())
            .with("name", value.as_str()),
    }
}
