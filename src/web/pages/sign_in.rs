use askama::Template;

use super::Shell;

/// Where a person chooses how to sign in: `/` signed out, and the way to an app with several providers.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    pub shell: Shell,
    /// The title of the app that they are on the way to.
    pub app: Option<String>,
    pub providers: Vec<ProviderLink>,
}

/// One way to sign in.
#[derive(Debug, Clone)]
pub struct ProviderLink {
    pub title: String,
    pub href: String,
    pub last_used: bool,
}

impl SignIn {
    /// The one to press: the one last used, or the only one.
    fn is_first_choice(&self, link: &ProviderLink) -> bool {
        self.providers.len() == 1 || link.last_used
    }
}
