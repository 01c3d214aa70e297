//! Stand-in Cobrowse: an account's agent console. A key belongs to one account. The console brings its token
//! to every call, and each call holds it against the clock.

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::panel::{Panel, Source};
use super::verify::{InvalidKey, Refusal, Token, Verifier};
use super::{Quoted, refuse, site, token_of};
use crate::demo::answer;
use crate::demo::people::initials;

const SITE: &str = "cobrowse";
/// The same for every account, self-hosted ones too.
const AUDIENCE: &str = "https://cobrowse.io";

pub struct Cobrowse {
    verifier: Verifier,
    settings: Quoted,
}

impl Cobrowse {
    /// `public_pem`: what was pasted in the account's "JWT SSO" box.
    pub fn new(license_key: &str, public_pem: &str, settings: Quoted) -> Result<Self, InvalidKey> {
        let verifier = Verifier::new(public_pem)?.for_account(AUDIENCE, license_key);
        Ok(Self { verifier, settings })
    }

    pub fn configure(routes: &mut web::ServiceConfig) {
        site(SITE, routes, |own| {
            own.route("/dashboard", web::get().to(dashboard))
                .route("/connect", web::get().to(connect))
                .route("/api/1/users/me", web::get().to(me));
        });
    }
}

/// Whom a token signs in.
#[derive(Debug, PartialEq)]
pub struct Agent {
    pub email: String,
    pub name: Option<String>,
    /// `administrator` or `agent`; nothing where the policy alone decides.
    pub role: Option<String>,
    /// The custom data that a device must have; empty: any device.
    pub only: Vec<(String, String)>,
    /// Whether the policy opens devices at all.
    pub devices: bool,
}

impl Agent {
    pub fn of(token: &Token) -> Result<Self, Refusal> {
        token.seconds("iat")?;
        let email = token.required("sub")?;
        if !email.contains('@') {
            return Err(Refusal::Form {
                claim: "sub",
                wanted: "an e-mail address",
            });
        }
        let role = match token.claims.get("role") {
            None | Some(Value::Null) => None,
            Some(Value::String(role)) if matches!(role.as_str(), "administrator" | "agent") => {
                Some(role.clone())
            }
            Some(_) => {
                return Err(Refusal::Form {
                    claim: "role",
                    wanted: "administrator or agent",
                });
            }
        };
        let (devices, only) = device_policy(token.claims.get("policy"))?;
        Ok(Self {
            email,
            name: token.optional("displayName")?,
            role,
            only,
            devices,
        })
    }

    fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }

    fn initials(&self) -> String {
        initials(self.shown_name())
    }
}

/// Which devices a policy opens. A resource that it does not name is closed; `{}` is all of it.
fn device_policy(policy: Option<&Value>) -> Result<(bool, Vec<(String, String)>), Refusal> {
    let wrong = || Refusal::Form {
        claim: "policy",
        wanted: "an object as the documentation of policies has it",
    };
    let policy = match policy {
        None | Some(Value::Null) => return Ok((true, Vec::new())),
        Some(policy) => policy.as_object().ok_or_else(wrong)?,
    };
    let Some(devices) = policy.get("devices") else {
        return Ok((false, Vec::new()));
    };
    let devices = devices.as_object().ok_or_else(wrong)?;
    let versioned = policy.contains_key("version");
    let mut only = Vec::new();
    for (name, value) in devices {
        match (name.strip_prefix("custom_data."), value) {
            (Some(key), Value::String(value)) => only.push((key.to_owned(), value.clone())),
            (None, Value::Object(data)) if name == "custom_data" => {
                for (key, value) in data {
                    let value = value.as_str().ok_or_else(wrong)?;
                    only.push((key.clone(), value.to_owned()));
                }
            }
            (None, Value::String(value)) if !versioned => only.push((name.clone(), value.clone())),
            (None, Value::Array(_)) if versioned && name == "permissions" => {}
            _ => return Err(wrong()),
        }
    }
    Ok((true, only))
}

/// A customer's device that asks for help.
struct Device {
    email: &'static str,
    region: &'static str,
    /// `app` or `web`.
    platform: &'static str,
    model: &'static str,
    screen: &'static str,
    waiting: &'static str,
}

static DEVICES: [Device; 5] = [
    Device {
        email: "grace@example.com",
        region: "emea",
        platform: "app",
        model: "iPhone 16",
        screen: "Checkout, step 2 of 3",
        waiting: "2 min",
    },
    Device {
        email: "tomas@example.com",
        region: "emea",
        platform: "web",
        model: "Chrome on Windows",
        screen: "Invoices",
        waiting: "4 min",
    },
    Device {
        email: "lucia@example.com",
        region: "emea",
        platform: "app",
        model: "Pixel 9",
        screen: "Change of address",
        waiting: "7 min",
    },
    Device {
        email: "walter@example.com",
        region: "amer",
        platform: "web",
        model: "Safari on macOS",
        screen: "Returns",
        waiting: "1 min",
    },
    Device {
        email: "noriko@example.com",
        region: "apac",
        platform: "app",
        model: "Galaxy S25",
        screen: "Sign-up",
        waiting: "11 min",
    },
];

impl Device {
    fn has(&self, key: &str, value: &str) -> bool {
        match key {
            "user_email" => self.email == value,
            "region" => self.region == value,
            "platform" => self.platform == value,
            _ => false,
        }
    }
}

#[derive(Template)]
#[template(path = "demo/console.html")]
struct Console {
    agent: Agent,
    filters: Vec<(String, String)>,
    devices: Vec<&'static Device>,
    /// Not with `navigation=none`.
    navigation: bool,
    /// `/connect` opens the device that it finds.
    connect: bool,
    panel: Panel,
}

/// The console before its token comes in a message.
#[derive(Template)]
#[template(path = "demo/waiting.html")]
struct Waiting;

fn query(request: &HttpRequest) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(request.query_string().as_bytes())
}

/// The custom data that the address asks for.
fn filters(request: &HttpRequest) -> Vec<(String, String)> {
    query(request)
        .filter_map(|(name, value)| Some((name.strip_prefix("filter_")?.to_owned(), value.into_owned())))
        .collect()
}

async fn dashboard(cobrowse: web::Data<Cobrowse>, request: HttpRequest) -> HttpResponse {
    let phones = filters(&request).iter().any(|(key, _)| key == "platform");
    let app = match (takes_messages(&request), phones) {
        (true, _) => "dayshift",
        (false, true) => "phones",
        (false, false) => "console",
    };
    answer(&cobrowse, &request, app)
}

async fn connect(cobrowse: web::Data<Cobrowse>, request: HttpRequest) -> HttpResponse {
    answer(&cobrowse, &request, "support")
}

/// Who the agent of a call is. A refusal reads as the vendor's own does.
async fn me(cobrowse: web::Data<Cobrowse>, request: HttpRequest) -> HttpResponse {
    let token = cobrowse.verifier.check(bearer(&request).as_deref());
    match token.and_then(|token| Agent::of(&token)) {
        Ok(agent) => answer::builder(StatusCode::OK).json(json!({ "id": agent.email })),
        Err(refusal) => {
            let body = json!({ "id": "authentication", "message": refusal.to_string() });
            answer::builder(StatusCode::UNAUTHORIZED).json(body)
        }
    }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    header.strip_prefix("Bearer ").map(str::to_owned)
}

/// With this in its address the console looks for no token there.
fn takes_messages(request: &HttpRequest) -> bool {
    query(request).any(|(name, value)| name == "token_source" && value == "postMessage")
}

fn answer(cobrowse: &Cobrowse, request: &HttpRequest, app: &str) -> HttpResponse {
    let token = match bearer(request) {
        None if takes_messages(request) => {
            return answer::in_frames(answer::page(StatusCode::OK, &Waiting));
        }
        None => token_of(request),
        bearer => bearer,
    };
    answer::in_frames(match console(cobrowse, request, token.as_deref(), app) {
        Ok(console) => answer::page(StatusCode::OK, &console),
        Err(refusal) => refuse(SITE, &refusal),
    })
}

fn console(
    cobrowse: &Cobrowse,
    request: &HttpRequest,
    token: Option<&str>,
    app: &str,
) -> Result<Console, Refusal> {
    let token = cobrowse.verifier.check(token)?;
    let agent = Agent::of(&token)?;
    let filters = filters(request);
    let devices = DEVICES
        .iter()
        .filter(|_| agent.devices)
        .filter(|device| {
            let mut wanted = filters.iter().chain(&agent.only);
            wanted.all(|(key, value)| device.has(key, value))
        })
        .collect();
    let config = |words, key| Source::config(words, &cobrowse.settings, app, key);
    let panel = Panel::new(&token, |claim| match claim {
        "aud" => Source::rule("Always this: Cobrowse takes no other audience"),
        "iss" => config("The account's licence key", "license_key"),
        "sub" => Source::rule("The provider's claim email, because email_verified is true"),
        "displayName" => Source::rule("The provider's claim name"),
        "role" => config("The app's role", "role"),
        "policy" => config("This policy, filled in with the provider's claims", "policy"),
        "iat" => Source::rule("The gateway's clock at the click"),
        "exp" => Source::rule("iat and the ttl: five minutes unless the app says otherwise"),
        _ => Source::rule("No profile of this vendor lists this claim"),
    })?;
    Ok(Console {
        agent,
        filters,
        devices,
        navigation: !query(request).any(|(name, value)| name == "navigation" && value == "none"),
        connect: app == "support",
        panel,
    })
}
