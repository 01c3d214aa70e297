//! Vonage Video: connection tokens for one session, as the official Node SDK (`@vonage/video`) makes
//! them. Where the vendor's page differs, the SDK is right: `acl` is an object, and the person's data
//! is `connection_data`.

mod rest;

use jsonwebtoken::Algorithm;
use serde_json::json;
use time::Duration;
use url::Url;
use uuid::Uuid;

use super::fields::{compiled, role_rules, token};
use super::{KeyFrom, Profile, Scope, Vendor, no_params};
use crate::access::Roles;
use crate::claims::{Claim, Recipe, Source};
use crate::config::keys::VONAGE_VIDEO;
use crate::config::reader::{Item, Table};
use crate::delivery::{Answer, Delivery, Part, Placeholders};
use crate::expression::Expression;
use crate::params::{ParamError, ParamRules, Params};
use crate::signer::Head;
use crate::types::secure_url;
pub use rest::{RestToken, SessionRefused, session_address, session_from, session_request};

pub const VENDOR: Vendor = Vendor {
    name: "vonage-video",
    section: VONAGE_VIDEO,
    key: KeyFrom::Pair,
    longest_ttl: Duration::DAY,
    advised_ttl: Duration::ZERO,
    get: false,
    declare: no_params,
    read,
};

const ROLES: [&str; 4] = ["publisher", "subscriber", "publisheronly", "moderator"];
const API: &str = "https://video.api.vonage.com";
/// Characters of connection data that the vendor takes.
const MOST_DATA: usize = 1000;
/// Bytes of a room's name.
const LONGEST_ROOM: usize = 256;

/// A room whose session is made at Vonage when somebody first comes, and kept (C-6).
#[derive(Debug)]
pub struct Room {
    name: Placeholders,
    pub application_id: Uuid,
    pub api_url: Url,
    pub archive_always: bool,
    /// Media goes from person to person, without Vonage's servers in between.
    pub relayed: bool,
}

impl Room {
    /// The name of the room that a launch leads to.
    pub fn name(&self, params: &Params) -> Result<String, ParamError> {
        let name = self.name.fill(params)?;
        if (1..=LONGEST_ROOM).contains(&name.len()) {
            Ok(name)
        } else {
            Err(ParamError::TooLong("room".to_owned()))
        }
    }
}

fn read(table: &Table<'_>, scope: Scope<'_>) -> Option<Profile> {
    let application_id = table.require("application_id").and_then(|item| {
        item.parsed(|text| Uuid::parse_str(text).map_err(|_| "is the UUID of the application".to_owned()))
    });
    let otherwise = table.parsed("role", Some("publisher".to_owned()), |text| match text {
        "moderator" => {
            Err("comes only from a rule under roles: [{ role = \"moderator\", allow = [..] }]".into())
        }
        _ if ROLES.contains(&text) => Ok(Some(text.to_owned())),
        _ => Err("is publisher, subscriber or publisheronly".into()),
    });
    let rules = role_rules(table, &ROLES, scope.providers);
    let data = match table.get("connection_data") {
        Some(item) => Some(connection_data(&item, scope.params)?),
        None => None,
    };
    let data_claim = table.parsed("data_claim", "connection_data", |text| match text {
        "connection_data" => Ok("connection_data"),
        "data" => Ok("data"),
        _ => Err("is connection_data, as the SDKs say, or data, as the vendor's page does".into()),
    });
    let layout = layout_classes(table);
    let (session, room) = session(table, scope, application_id)?;
    let application_id = application_id?.to_string();
    let acl = json!({ "paths": { "/session/**": {} } });
    let mut claims = vec![
        Claim::required("application_id", Source::Constant(json!(application_id))),
        Claim::required("sub", Source::Constant(json!("video"))),
        Claim::required("scope", Source::Constant(json!("session.connect"))),
        Claim::required("session_id", session),
        Claim::required("role", Source::Role),
        Claim::required("acl", Source::Constant(acl)),
    ];
    claims.extend(data.map(|data| Claim::optional(data_claim, Source::AtMost(data, MOST_DATA))));
    // The SDK always sends it.
    claims.push(Claim::required(
        "initial_layout_class_list",
        Source::Constant(json!(layout)),
    ));
    claims.extend([
        Claim::required("iat", Source::IssuedAt),
        Claim::required("exp", Source::ExpiresAt),
        Claim::required("jti", Source::Jti),
    ]);
    Some(Profile {
        roles: Roles {
            rules,
            collect: false,
            otherwise,
        },
        head: Head::new(Algorithm::RS256),
        delivery: Delivery::Json,
        answer: Answer::of([
            ("applicationId", Part::Constant(json!(application_id))),
            ("sessionId", Part::Claim("session_id".into())),
            ("token", Part::Token),
            ("expiresAt", Part::ExpiresAt),
        ]),
        room,
        ..Profile::new(Recipe::new(claims))
    })
}

/// What all in the session can read. A constant that is too long would refuse every launch.
fn connection_data(item: &Item<'_>, params: &ParamRules) -> Option<Expression> {
    let data = compiled(item, params)?;
    if data.is_constant() && data.source().chars().count() > MOST_DATA {
        item.error(format!("has over {MOST_DATA} characters"));
    }
    Some(data)
}

/// Either one session for all, or a room.
fn session(
    table: &Table<'_>,
    scope: Scope<'_>,
    application_id: Option<Uuid>,
) -> Option<(Source, Option<Room>)> {
    let api_url = match table.get("api_url") {
        Some(item) => item.parsed(|text| secure_url(text).map_err(|e| e.to_string())),
        None => Url::parse(API).ok(),
    };
    let archive_always = table.parsed("archive_mode", false, |text| match text {
        "manual" => Ok(false),
        "always" => Ok(true),
        _ => Err("is manual or always".into()),
    });
    let relayed = table.parsed("media_mode", false, |text| match text {
        "routed" => Ok(false),
        "relayed" => Ok(true),
        _ => Err("is routed or relayed".into()),
    });
    if archive_always && relayed {
        table.error("archive_mode", "always needs media_mode = \"routed\"");
    }
    match (table.get("session_id"), table.get("room")) {
        (Some(item), None) => {
            for key in ["archive_mode", "media_mode", "api_url"] {
                if table.has(key) {
                    table.error(
                        key,
                        "is for a room, whose session Usher makes; this app has session_id",
                    );
                }
            }
            let id = token(&item, 256)?;
            Some((Source::Constant(json!(id)), None))
        }
        (None, Some(item)) => {
            let name = item.parsed(|text| {
                if !(1..=LONGEST_ROOM).contains(&text.len()) {
                    return Err(format!("has 1 to {LONGEST_ROOM} bytes"));
                }
                Placeholders::parse(text, scope.params).map_err(|e| e.to_string())
            });
            let room = Room {
                name: name?,
                application_id: application_id?,
                api_url: api_url?,
                archive_always,
                relayed,
            };
            Some((Source::SessionId, Some(room)))
        }
        (Some(item), Some(_)) => {
            item.error("and room are two ways to say the same: give one");
            None
        }
        (None, None) => {
            table.error(
                "session_id",
                "is missing: give session_id, or room = \"a name\" to have one made",
            );
            None
        }
    }
}

/// Class names as one string, as the SDK sends them.
fn layout_classes(table: &Table<'_>) -> String {
    let classes = table.texts("layout_classes");
    let named = classes.iter().filter_map(|(item, text)| {
        let sound = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if !sound {
            item.error("is one class name without spaces");
        }
        sound.then_some(*text)
    });
    named.collect::<Vec<_>>().join(" ")
}
