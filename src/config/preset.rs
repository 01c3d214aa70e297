//! `provider = "…"`: how a well-known provider differs from the plain standard. What the file does
//! not say is filled in, and `usher check` tells what to know before leaving it out.
//!
//! The facts are the vendors' own:
//! - Entra: learn.microsoft.com/entra/identity-platform/optional-claims-reference, and
//!   learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-fed-group-claims
//! - Okta: developer.okta.com/docs/guides/customize-tokens-groups-claim, and
//!   support.okta.com/help/s/article/limitations-of-group-functions-dynamic-allowlists
//! - Google: developers.google.com/identity/openid-connect/reference, and
//!   developers.google.com/identity/gsi/web/guides/verify-google-id-token
//! - Keycloak: its `GroupMembershipMapper` (full paths by default), and its built-in mapper
//!   `realm roles` (into the access token alone by default)
//! - Auth0: auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims

use url::Url;

use super::provider::SCOPES;
use super::reader::{Item, Table};
use crate::expression::meant;
use crate::identity::settings::Dialect;
use crate::types::{Issuer, is_loopback};

/// What is known of one provider.
pub(super) struct Preset {
    name: &'static str,
    pub title: &'static str,
    kind: Kind,
    pub groups_claim: &'static str,
    /// A key, and what follows while the file does not have it.
    unsaid: &'static [(&'static str, &'static str)],
}

/// Which one it is, and what its issuers look like.
#[derive(Clone, Copy)]
enum Kind {
    /// `https://login.microsoftonline.com/TENANT/v2.0`.
    Entra,
    /// `https://ORG.okta.com`, or below it `/oauth2/SERVER`.
    Okta,
    /// One for everybody.
    Google,
    /// `https://HOST/realms/REALM`.
    Keycloak,
    /// `https://HOST/`, with the slash.
    Auth0,
}

const GOOGLE: &str = "https://accounts.google.com";

const PRESETS: [Preset; 5] = [
    Preset {
        name: "entra",
        title: "Microsoft",
        kind: Kind::Entra,
        groups_claim: "groups",
        unsaid: &[
            (
                "groups_claim",
                "is not set: Entra sends groups as object ids, and none to people in more than 200; \
                 app roles come by name in `roles`; \"groups\" or \"roles\" settles it",
            ),
            (
                "trust_email",
                "is not set: Entra never says email_verified, so no address is verified without the optional \
                 claims `email` and `xms_edov`; false settles it, and true trusts whatever the directory says",
            ),
        ],
    },
    Preset {
        name: "okta",
        title: "Okta",
        kind: Kind::Okta,
        groups_claim: "groups",
        unsaid: &[(
            "groups_claim",
            "is not set: Okta sends `groups` once the app there has a groups claim; group functions such as \
             Groups.startsWith send 100 at most, and a group beyond them slips past `deny`; \"groups\" settles it",
        )],
    },
    Preset {
        name: "google",
        title: "Google",
        kind: Kind::Google,
        groups_claim: "groups",
        unsaid: &[
            (
                "groups_absent",
                "is not set: Google sends no groups, so a `group:` rule in `allow` opens for nobody, and one in \
                 `deny` refuses everybody; \"unknown\" settles it, \"empty\" says that nobody has groups",
            ),
            (
                "extra_params",
                "is not set: everybody with a Google account can sign in; { hd = \"example.com\" } offers the \
                 accounts of one Workspace domain, and only the rule claim:hd=example.com holds people to it",
            ),
        ],
    },
    Preset {
        name: "keycloak",
        title: "Keycloak",
        kind: Kind::Keycloak,
        groups_claim: "realm_access.roles",
        unsaid: &[(
            "groups_claim",
            "is not set, so `group:` rules are over realm roles (realm_access.roles), which Keycloak sends once the \
             mapper `realm roles` adds them to userinfo; with \"groups\" of a Group Membership mapper they begin \
             with a slash, as in group:/staff, while it sends the full path",
        )],
    },
    Preset {
        name: "auth0",
        title: "Auth0",
        kind: Kind::Auth0,
        groups_claim: "groups",
        unsaid: &[(
            "groups_claim",
            "is not set, and Auth0 lets nobody add claims called `groups` or `roles`; an Action can add one with a \
             name of your own, such as \"https://acme.com/roles\", to be named here",
        )],
    },
];

/// The preset that the provider's table names.
pub(super) fn preset(table: &Table<'_>) -> Option<&'static Preset> {
    let named = |text: &str| {
        let names = PRESETS.each_ref().map(|preset| preset.name);
        let found = PRESETS.iter().find(|preset| preset.name == text);
        found.ok_or_else(|| format!("is {}{}", names.join(", "), meant(text, &names)))
    };
    let preset = table.get("provider")?.parsed(named)?;
    for (key, what) in preset.unsaid {
        if !table.has(key) {
            table.warn(key, *what);
        }
    }
    Some(preset)
}

impl Preset {
    /// The issuer that the file may leave out.
    pub fn issuer(&self) -> Option<Issuer> {
        match self.kind {
            Kind::Google => Issuer::parse(GOOGLE).ok(),
            _ => None,
        }
    }

    /// Reports an issuer that this provider cannot have. One on loopback is a stand-in.
    pub fn check(&self, item: &Item<'_>, issuer: &Issuer) {
        if let Some((message, cure)) = self.misfit(issuer) {
            item.error_with(message, cure);
        }
    }

    fn misfit(&self, issuer: &Issuer) -> Option<(&'static str, &'static str)> {
        let url = Url::parse(issuer.as_str()).ok()?;
        let parts: Vec<&str> = url.path().split('/').skip(1).collect();
        let (fits, cure) = match self.kind {
            Kind::Entra => return tenant_misfit(&parts),
            _ if is_loopback(&url) => return None,
            Kind::Okta => (
                matches!(parts[..], [""] | ["oauth2", _]) && !issuer.as_str().ends_with('/'),
                "it is https://ORG.okta.com, or https://ORG.okta.com/oauth2/SERVER, without a slash at the end",
            ),
            Kind::Google => (
                issuer.as_str() == GOOGLE,
                "leave it out: it is https://accounts.google.com",
            ),
            Kind::Keycloak => (
                matches!(parts[..], [.., "realms", realm] if !realm.is_empty()),
                "it is https://HOST/realms/REALM, without a slash at the end",
            ),
            Kind::Auth0 => (
                parts == [""] && issuer.as_str().ends_with('/'),
                "it is https://TENANT.auth0.com/ or your own domain, with the slash at the end",
            ),
        };
        (!fits).then_some(("is not an issuer of this provider's", cure))
    }

    /// The scopes to ask for where the file names none.
    pub fn scopes(&self, issuer: &Issuer) -> &'static [&'static str] {
        // An org's own authorization server sends groups to those who ask; others may not know the scope.
        match self.kind {
            Kind::Okta if !issuer.as_str().contains("/oauth2/") => &["openid", "profile", "email", "groups"],
            _ => &SCOPES,
        }
    }

    /// How its claims are to be read.
    pub fn dialect(&self, issuer: &Issuer) -> Dialect {
        let tenant = |issuer: &str| Some(issuer.strip_suffix("/v2.0")?.rsplit('/').next()?.to_owned());
        match self.kind {
            // An issuer that names no tenant has been refused.
            Kind::Entra => Dialect::Entra {
                tenant: tenant(issuer.as_str()).unwrap_or_default(),
            },
            Kind::Google => Dialect::Google,
            _ => Dialect::Standard,
        }
    }
}

/// Discovery and tokens name the tenant by its id, so that no other spelling is an exact issuer.
fn tenant_misfit(path: &[&str]) -> Option<(&'static str, &'static str)> {
    match path {
        ["common" | "organizations" | "consumers", ..] => Some((
            "names no tenant, and an issuer must be exact",
            "put the directory's tenant id there; several tenants are several providers",
        )),
        [tenant, "v2.0"] if uuid::Uuid::try_parse(tenant).is_ok() => None,
        [_, "v2.0"] => Some((
            "does not name the tenant by its id, as tokens do",
            "the overview of the directory shows the tenant id",
        )),
        _ => Some((
            "is not an issuer of this provider's",
            "it is https://login.microsoftonline.com/TENANT-ID/v2.0, without a slash at the end",
        )),
    }
}

#[cfg(test)]
mod tests;
