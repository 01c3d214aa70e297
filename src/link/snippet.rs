//! The snippets by name, for whoever goes through them all.

use clap::ValueEnum;

use super::{Absent, Kit};

/// One form of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Snippet {
    /// The launch link
    Url,
    /// An HTML link in the shape of a button
    Button,
    /// The HTML of a frame
    Iframe,
    /// The same as <usher-app>, which helps itself
    Element,
    /// The code for the web part Embed
    Sharepoint,
    /// Confluence's iframe macro in storage format
    Confluence,
    /// An event for calendars
    Ics,
    /// A QR code as SVG
    Qr,
    /// A bookmark app, as Okta's API takes it
    Okta,
    /// A linked app, in the names of Microsoft Graph
    Entra,
}

impl Snippet {
    /// The snippet as it is pasted.
    pub fn of(self, kit: &Kit) -> Result<String, Absent> {
        match self {
            Self::Url => Ok(kit.launch_url.clone()),
            Self::Button => Ok(kit.button.clone()),
            Self::Iframe => kit.iframe.clone(),
            Self::Element => kit.element.clone(),
            Self::Sharepoint => kit.sharepoint.clone(),
            Self::Confluence => kit.confluence.clone(),
            Self::Ics => kit.ics.clone(),
            Self::Qr => kit.qr.clone(),
            Self::Okta => Ok(format!("{:#}", kit.tile.okta())),
            Self::Entra => Ok(format!("{:#}", kit.tile.entra())),
        }
    }

    /// What `usher link --only` calls it.
    pub fn name(self) -> String {
        let named = self.to_possible_value();
        named.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}
