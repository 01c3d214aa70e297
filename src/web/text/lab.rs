//! What is said of the wrong tokens of the lab.

use super::Text;
use crate::lab::Flaw;

/// The texts of a flaw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlawTexts {
    pub title: Text,
    /// What is wrong with the token.
    pub wrong: Text,
    /// What it means if the vendor opens all the same.
    pub open: Text,
}

pub fn flaw(flaw: Flaw) -> FlawTexts {
    let (title, wrong, open) = match flaw {
        Flaw::Expired => (
            Text::new("lab-expired-title"),
            Text::new("lab-expired-wrong"),
            Text::new("lab-expired-open"),
        ),
        Flaw::NotYetValid => (
            Text::new("lab-not-yet-valid-title"),
            Text::new("lab-not-yet-valid-wrong"),
            Text::new("lab-not-yet-valid-open"),
        ),
        Flaw::OtherAudience => (
            Text::new("lab-other-audience-title"),
            Text::new("lab-other-audience-wrong"),
            Text::new("lab-other-audience-open"),
        ),
        Flaw::OtherKey => (
            Text::new("lab-other-key-title"),
            Text::new("lab-other-key-wrong"),
            Text::new("lab-other-key-open"),
        ),
        Flaw::AlgNone => (
            Text::new("lab-alg-none-title"),
            Text::new("lab-alg-none-wrong"),
            Text::new("lab-alg-none-open"),
        ),
        Flaw::Hs256OverPublicKey => (
            Text::new("lab-hs256-title"),
            Text::new("lab-hs256-wrong"),
            Text::new("lab-hs256-open"),
        ),
        Flaw::ChangedPayload => (
            Text::new("lab-changed-payload-title"),
            Text::new("lab-changed-payload-wrong"),
            Text::new("lab-changed-payload-open"),
        ),
    };
    FlawTexts { title, wrong, open }
}
