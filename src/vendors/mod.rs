//! How each kind of app wants its token: one file a vendor, all of one shape.

mod bit6;
mod cobrowse;
mod custom;
mod fields;
mod frameable;
pub mod presets;
mod soul_machines;
pub mod vonage_video;

use jsonwebtoken::Algorithm;
use time::Duration;

use crate::access::Roles;
use crate::claims::Recipe;
use crate::config::keys::Section;
use crate::config::reader::Table;
use crate::delivery::{Answer, Delivery, Target};
use crate::params::ParamRules;
use crate::signer::Head;
use crate::types::ProviderId;
pub use fields::matchers;
use vonage_video::Room;

/// A vendor, as the configuration meets it.
pub struct Vendor {
    pub name: &'static str,
    /// The fields that only it has.
    pub section: Section,
    /// Who makes the key, and so how short it may be.
    pub key: KeyFrom,
    /// Beyond this the vendor refuses a token, or advises against it.
    pub longest_ttl: Duration,
    /// Below this its client, which retries, could fail for a slow person; a warning.
    pub advised_ttl: Duration,
    /// Whether its client asks the token API by `GET`.
    pub get: bool,
    /// Declares the parameters that come with the vendor.
    pub declare: fn(&Table<'_>, &mut ParamRules),
    /// Reads the vendor's fields; `None` after a problem was reported.
    pub read: fn(&Table<'_>, Scope<'_>) -> Option<Profile>,
}

/// Where an app's key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFrom {
    /// A key pair; the vendor has the public half.
    Pair,
    /// A secret that the vendor issued: from 16 bytes, with a warning under 32.
    Vendor,
    /// A pair or a secret, as the algorithm says.
    Algorithm,
}

/// What an app's fields may name.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub params: &'a ParamRules,
    /// The app's `url`, where it has one.
    pub target: Option<&'a Target>,
    /// Of the whole file.
    pub providers: &'a [ProviderId],
    /// `public_url` is loopback: nobody's production.
    pub trial: bool,
}

/// What a vendor made of its fields.
pub struct Profile {
    pub recipe: Recipe,
    pub roles: Roles,
    pub head: Head,
    pub delivery: Delivery,
    pub answer: Answer,
    /// Where people arrive, if not at the app's `url`.
    pub target: Option<Target>,
    pub room: Option<Room>,
}

impl Profile {
    /// A profile that redirects with `?token=`, signs RS256 and knows no roles.
    fn new(recipe: Recipe) -> Self {
        Self {
            recipe,
            roles: Roles::default(),
            head: Head::new(Algorithm::RS256),
            delivery: Delivery::default(),
            answer: Answer::default(),
            target: None,
            room: None,
        }
    }
}

/// All vendors.
pub const VENDORS: [&Vendor; 6] = [
    &frameable::VENDOR,
    &cobrowse::VENDOR,
    &vonage_video::VENDOR,
    &soul_machines::VENDOR,
    &bit6::VENDOR,
    &custom::VENDOR,
];

/// The vendor of this name.
pub fn find(name: &str) -> Option<&'static Vendor> {
    VENDORS.into_iter().find(|vendor| vendor.name == name)
}

/// For vendors without parameters of their own.
fn no_params(_: &Table<'_>, _: &mut ParamRules) {}
