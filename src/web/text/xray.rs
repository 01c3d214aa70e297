//! What an X-ray says of rules, claims and refusals.

use super::Text;
use crate::access::{Denial, Fit, Unknown};
use crate::claims::{ClaimError, Provenance};
use crate::identity::GroupsUnknown;
use crate::mint::Refusal;

/// Whether a rule fits.
pub fn fit(fit: Fit) -> Text {
    match fit {
        Fit::Yes => Text::new("xray-fits"),
        Fit::No => Text::new("xray-fits-not"),
        Fit::Unknown(_) => Text::new("xray-fits-unknown"),
    }
}

/// What is not known.
pub fn unknown(unknown: Unknown) -> Text {
    match unknown {
        Unknown::Groups(GroupsUnknown::Absent) => Text::new("xray-unknown-no-groups"),
        Unknown::Groups(GroupsUnknown::WrongType) => Text::new("xray-unknown-groups-type"),
        Unknown::Groups(GroupsUnknown::Overage) => Text::new("xray-unknown-groups-overage"),
        Unknown::Email { matches: true } => Text::new("xray-unknown-email-unverified"),
        Unknown::Email { matches: false } => Text::new("xray-unknown-email"),
        Unknown::Claim => Text::new("xray-unknown-claim"),
        Unknown::AuthTime => Text::new("xray-unknown-auth-time"),
        Unknown::Acr => Text::new("xray-unknown-acr"),
        Unknown::Missing => Text::new("xray-unknown-missing"),
        Unknown::Failed => Text::new("xray-unknown-failed"),
        Unknown::NotBoolean => Text::new("xray-unknown-not-boolean"),
    }
}

/// Where a claim's value comes from.
pub fn provenance(from: &Provenance) -> Text {
    match from {
        Provenance::Issue => Text::new("claim-from-issue"),
        Provenance::Expiry => Text::new("claim-from-expiry"),
        Provenance::BeforeIssue => Text::new("claim-from-before-issue"),
        Provenance::Random => Text::new("claim-from-random"),
        Provenance::RoomSession => Text::new("claim-from-room"),
        Provenance::Constant => Text::new("claim-from-constant"),
        Provenance::VerifiedEmail => Text::new("claim-from-verified-email"),
        Provenance::Roles => Text::new("claim-from-roles"),
        Provenance::NoPairs => Text::new("claim-from-no-pairs"),
        Provenance::Pairs(pairs) => Text::new("claim-from-pairs").with("text", pairs.as_str()),
        Provenance::Template(text) => Text::new("claim-from-template").with("text", text.as_str()),
        Provenance::Cleaned(text) => Text::new("claim-from-cleaned").with("text", text.as_str()),
        Provenance::WhereVerified(text) => Text::new("claim-from-where-verified").with("text", text.as_str()),
        Provenance::HttpsLink(text) => Text::new("claim-from-https-link").with("text", text.as_str()),
        Provenance::AtMost(text, most) => Text::new("claim-from-at-most")
            .with("text", text.as_str())
            .with("most", most.to_string()),
        Provenance::Tree(tree) => Text::new("claim-from-tree").with("text", tree.to_string()),
    }
}

/// What the operator, or whoever looks after the provider, can do.
pub fn help(refusal: &Refusal) -> Text {
    match refusal {
        Refusal::Denied(Denial::NotAllowed) => Text::new("xray-help-not-allowed"),
        Refusal::Denied(Denial::Denied) => Text::new("xray-help-denied"),
        Refusal::Denied(Denial::WhenNotMet) => Text::new("xray-help-when"),
        Refusal::Denied(Denial::GroupsOverage) => Text::new("xray-help-groups-overage"),
        Refusal::Denied(Denial::GroupsUnknown) => Text::new("xray-help-groups-unknown"),
        Refusal::Denied(Denial::EmailUnverified) | Refusal::Claims(ClaimError::EmailUnverified) => {
            Text::new("xray-help-email-unverified")
        }
        Refusal::Denied(Denial::EmailRebound) => Text::new("xray-help-email-rebound"),
        Refusal::Denied(Denial::AuthTooOld | Denial::AuthTimeUnknown) => Text::new("xray-help-auth-time"),
        Refusal::Denied(Denial::AcrNotMet) => Text::new("xray-help-acr"),
        Refusal::Claims(ClaimError::Missing { .. }) => Text::new("xray-help-claim-missing"),
        Refusal::Claims(ClaimError::Failed { .. }) => Text::new("xray-help-claim-failed"),
        Refusal::Claims(ClaimError::TooLong { .. }) => Text::new("xray-help-claim-too-long"),
        Refusal::NotOpenYet { .. } => Text::new("xray-help-not-open"),
        Refusal::Closed { .. } => Text::new("xray-help-closed"),
        Refusal::TooLong(_) => Text::new("xray-help-too-long"),
        Refusal::Params(_) => Text::new("xray-help-params"),
        Refusal::Key(_) => Text::new("xray-help-key"),
    }
}

/// Where a vendor wants the public key that stands before this.
pub fn key_goes(vendor: &str) -> Text {
    match vendor {
        "frameable" => Text::new("key-goes-frameable"),
        "cobrowse" => Text::new("key-goes-cobrowse"),
        "vonage-video" => Text::new("key-goes-vonage"),
        _ => Text::new("key-goes-elsewhere"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::web::text::Lang;

    /// `usher explain` and the page say the same.
    #[test]
    fn the_catalogue_says_in_english_what_the_types_say() {
        let english = |text: &Text| Lang::ENGLISH.plain(text);
        for one in [
            Unknown::Groups(GroupsUnknown::Absent),
            Unknown::Groups(GroupsUnknown::WrongType),
            Unknown::Groups(GroupsUnknown::Overage),
            Unknown::Email { matches: true },
            Unknown::Email { matches: false },
            Unknown::Claim,
            Unknown::AuthTime,
            Unknown::Acr,
            Unknown::Missing,
            Unknown::Failed,
            Unknown::NotBoolean,
        ] {
            assert_eq!(english(&unknown(one)), one.to_string());
        }
        for one in [Fit::Yes, Fit::No, Fit::Unknown(Unknown::Claim)] {
            assert_eq!(english(&fit(one)), one.to_string());
        }
        let text = || "{{ user.name }}".to_owned();
        for one in [
            Provenance::Issue,
            Provenance::Expiry,
            Provenance::BeforeIssue,
            Provenance::Random,
            Provenance::RoomSession,
            Provenance::Constant,
            Provenance::VerifiedEmail,
            Provenance::Roles,
            Provenance::NoPairs,
            Provenance::Pairs(text()),
            Provenance::Template(text()),
            Provenance::Cleaned(text()),
            Provenance::WhereVerified(text()),
            Provenance::HttpsLink(text()),
            Provenance::AtMost(text(), 1000),
            Provenance::Tree(json!({ "a": "{{ user.sub }}" })),
        ] {
            assert_eq!(english(&provenance(&one)), one.to_string());
        }
    }
}
