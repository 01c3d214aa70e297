//! A tile in a provider's portal.

use serde_json::{Value, json};
use url::form_urlencoded;

use super::Absent;
use crate::config::PublicUrl;
use crate::session::attempt::LONGEST_TARGET;

/// What the portals ask for.
pub struct Tile {
    pub label: String,
    /// Where the tile leads: the launch link.
    pub url: String,
    /// The type of the app's icon, which a portal wants as a file of its own.
    pub icon: Option<&'static str>,
    /// For a portal that starts the sign-in itself and adds its `iss` (OpenID Connect Core 1.0, section 4).
    pub initiate_login_uri: Result<String, Absent>,
}

impl Tile {
    /// The bookmark app as Okta's API makes one (`POST /api/v1/apps`).
    pub fn okta(&self) -> Value {
        json!({
            "name": "bookmark",
            "label": self.label,
            "signOnMode": "BOOKMARK",
            "settings": { "app": { "requestIntegration": false, "url": self.url } },
        })
    }

    /// The linked app in the names that Microsoft Graph has for an enterprise application.
    pub fn entra(&self) -> Value {
        json!({ "displayName": self.label, "loginUrl": self.url })
    }
}

/// Names the launch at `path` as where the sign-in ends.
pub(super) fn initiate_login_uri(public_url: &PublicUrl, path: &str) -> Result<String, Absent> {
    if path.len() > LONGEST_TARGET {
        return Err(Absent::TooLong);
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("target_link_uri", &public_url.join(path))
        .finish();
    Ok(public_url.join(&format!("/auth/initiate?{query}")))
}
