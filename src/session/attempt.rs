//! A login attempt: lives sealed in the browser, from the click to the provider's answer.
//! Nothing is stored for it, so a flood of attempts costs no memory and no rows.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use time::{Duration, OffsetDateTime};
use url::form_urlencoded;

use super::admin::AdminPage;
use super::cookie::{Cookie, Cookies, Jar};
use super::frame::Challenge;
use super::seal::{Purpose, Sealer};
use crate::identity::oidc::Secrets;
use crate::types::{AppId, ProviderId, random_bytes};

/// How long a login page may stay open (lesson 6).
pub const LIFETIME: Duration = Duration::minutes(30);
/// How many attempts a browser keeps (C-26); the oldest goes first.
pub const MOST: usize = 8;
/// C-18.
const LONGEST_STATE: usize = 1024;

/// Where a sign-in ends: never a free address (lesson 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    Page(Page),
    App {
        app: AppId,
        params: Vec<(String, String)>,
    },
    /// The page that hands a code back to the frame in which the app is to open.
    Frame {
        app: AppId,
        params: Vec<(String, String)>,
        challenge: Challenge,
    },
}

/// The parameter that carries a frame's challenge.
pub const CHALLENGE: &str = "usher_frame";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    Portal,
    Account,
    Admin(AdminPage),
}

impl Page {
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "portal" => Some(Self::Portal),
            "account" => Some(Self::Account),
            _ => AdminPage::parse(name).map(Self::Admin),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Portal => "portal",
            Self::Account => "account",
            Self::Admin(page) => page.name(),
        }
    }
}

/// Bytes of a path of ours that somebody else may name as the end of a sign-in (S-302).
pub const LONGEST_TARGET: usize = 512;

fn query(pairs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn framed(app: &AppId, params: &[(String, String)], challenge: &Challenge) -> String {
    let own = [
        ("app".to_owned(), app.to_string()),
        (CHALLENGE.to_owned(), challenge.text()),
    ];
    query(&[&own, params].concat())
}

impl Destination {
    /// The path on Usher that the browser goes on to.
    pub fn path(&self) -> String {
        match self {
            Self::Page(Page::Portal) => "/".to_owned(),
            Self::Page(Page::Account) => "/account".to_owned(),
            Self::Page(Page::Admin(page)) => page.path(),
            Self::App { app, params } if params.is_empty() => format!("/launch/{app}"),
            Self::App { app, params } => format!("/launch/{app}?{}", query(params)),
            Self::Frame {
                app,
                params,
                challenge,
            } => format!("/auth/handed-back?{}", framed(app, params, challenge)),
        }
    }

    /// The path that starts a sign-in which ends here (C-19).
    pub fn login_path(&self) -> String {
        match self {
            Self::Page(page) => {
                let name: String = form_urlencoded::byte_serialize(page.name().as_bytes()).collect();
                format!("/auth/login?page={name}")
            }
            Self::App { app, params } if params.is_empty() => format!("/auth/login?app={app}"),
            Self::App { app, params } => format!("/auth/login?app={app}&{}", query(params)),
            Self::Frame {
                app,
                params,
                challenge,
            } => format!("/auth/login?{}", framed(app, params, challenge)),
        }
    }

    pub fn app(&self) -> Option<&AppId> {
        match self {
            Self::App { app, .. } | Self::Frame { app, .. } => Some(app),
            Self::Page(_) => None,
        }
    }
}

/// The `state` parameter: says where to go on, even when the attempt's cookie is gone.
#[derive(Debug, Clone)]
pub struct State {
    pub attempt: String,
    pub destination: Destination,
    pub started: OffsetDateTime,
}

#[derive(Serialize, Deserialize)]
struct SealedState {
    attempt: String,
    page: Option<Page>,
    app: String,
    params: Vec<(String, String)>,
    challenge: Option<Challenge>,
    started: i64,
}

/// The secrets of an attempt, in the cookie that its id names.
#[derive(Clone)]
pub struct Attempt {
    pub id: String,
    pub provider: ProviderId,
    pub secrets: Secrets,
    /// The provider was told to ask for the person's credentials.
    pub reauthenticates: bool,
    pub started: OffsetDateTime,
}

#[derive(Serialize, Deserialize)]
struct SealedAttempt {
    provider: String,
    secrets: Secrets,
    reauthenticates: bool,
    started: i64,
}

impl Attempt {
    pub fn start(provider: ProviderId, now: OffsetDateTime) -> Self {
        let id = random_bytes::<8>()
            .map(|byte| char::from(b"abcdefghijklmnopqrstuvwxyz234567"[usize::from(byte & 31)]));
        Self {
            id: id.iter().collect(),
            provider,
            secrets: Secrets::random(),
            reauthenticates: false,
            started: now,
        }
    }

    /// The Set-Cookie value that keeps the attempt.
    pub fn cookie(&self, jar: Jar, sealer: &Sealer) -> String {
        let name = Cookie::Login(&self.id);
        let sealed = SealedAttempt {
            provider: self.provider.as_str().to_owned(),
            secrets: self.secrets.clone(),
            reauthenticates: self.reauthenticates,
            started: self.started.unix_timestamp(),
        };
        let text = sealer.seal(Purpose::Login, &jar.name(name), &encode(&sealed));
        jar.set(name, &text, Some(LIFETIME.whole_seconds()))
    }

    /// The attempt `id` from the browser's cookies.
    pub fn find(id: &str, cookies: &Cookies, jar: Jar, sealer: &Sealer) -> Option<Self> {
        let name = jar.name(Cookie::Login(id));
        Self::open(id, &name, cookies.get(&name).one()?, sealer)
    }

    fn open(id: &str, name: &str, sealed: &str, sealer: &Sealer) -> Option<Self> {
        let sealed: SealedAttempt = decode(&sealer.open(Purpose::Login, name, sealed)?)?;
        Some(Self {
            id: id.to_owned(),
            provider: ProviderId::parse(&sealed.provider).ok()?,
            secrets: sealed.secrets,
            reauthenticates: sealed.reauthenticates,
            started: OffsetDateTime::from_unix_timestamp(sealed.started).ok()?,
        })
    }

    pub fn is_stale(&self, now: OffsetDateTime) -> bool {
        now >= self.started + LIFETIME
    }

    /// The ids of attempts that must go before one more is kept: those that do not open, and the
    /// oldest beyond the limit.
    pub fn evicted(cookies: &Cookies, jar: Jar, sealer: &Sealer) -> Vec<String> {
        let prefix = jar.name(Cookie::Login(""));
        let (mut kept, mut gone) = (Vec::new(), Vec::new());
        for (id, value) in cookies.starting_with(&prefix).filter(|(id, _)| is_id(id)) {
            match Self::open(id, &format!("{prefix}{id}"), value, sealer) {
                Some(attempt) => kept.push(attempt),
                None => gone.push(id.to_owned()),
            }
        }
        kept.sort_by_key(|attempt| attempt.started);
        let excess = (kept.len() + 1).saturating_sub(MOST);
        gone.extend(kept.into_iter().take(excess).map(|attempt| attempt.id));
        gone
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

impl State {
    /// The text of the `state` parameter; `None` where it would be longer than 1,024 characters.
    pub fn seal(&self, sealer: &Sealer) -> Option<String> {
        let (page, app, params, challenge) = match &self.destination {
            Destination::Page(page) => (Some(page.clone()), String::new(), Vec::new(), None),
            Destination::App { app, params } => (None, app.as_str().to_owned(), params.clone(), None),
            Destination::Frame {
                app,
                params,
                challenge,
            } => (None, app.as_str().to_owned(), params.clone(), Some(*challenge)),
        };
        let started = self.started.unix_timestamp();
        let sealed = SealedState {
            attempt: self.attempt.clone(),
            page,
            app,
            params,
            challenge,
            started,
        };
        let text = sealer.seal(Purpose::State, "state", &encode(&sealed));
        (text.len() <= LONGEST_STATE).then_some(text)
    }

    pub fn open(text: &str, sealer: &Sealer) -> Option<Self> {
        if text.len() > LONGEST_STATE {
            return None;
        }
        let sealed: SealedState = decode(&sealer.open(Purpose::State, "state", text)?)?;
        let app = || AppId::parse(&sealed.app).ok();
        let destination = match (sealed.page, sealed.challenge) {
            (Some(page), _) => Destination::Page(page),
            (None, None) => Destination::App {
                app: app()?,
                params: sealed.params,
            },
            (None, Some(challenge)) => Destination::Frame {
                app: app()?,
                params: sealed.params,
                challenge,
            },
        };
        let started = OffsetDateTime::from_unix_timestamp(sealed.started).ok()?;
        Some(Self {
            attempt: sealed.attempt,
            destination,
            started,
        })
    }
}

pub(super) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("plain data can be encoded")
}

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Origin;

    const JAR: Jar = Jar { plain_http: false };

    fn sealer() -> Sealer {
        Sealer::new(&[[3; 32]], Origin::parse("https://go.example.com").unwrap())
    }

    fn noon() -> OffsetDateTime {
        time::macros::datetime!(2026-11-21 12:00 UTC)
    }

    fn brought(set_cookie: &str) -> String {
        set_cookie.split(';').next().unwrap().to_owned()
    }

    #[test]
    fn c_18_state_carries_the_longest_params_within_1024_characters() {
        let params = vec![
            ("customer".to_owned(), "\"ü\\".repeat(64)),
            ("b".to_owned(), "x".repeat(247)),
        ];
        let app = AppId::parse(&"a".repeat(64)).unwrap();
        let challenge = Challenge::parse(&"A".repeat(43)).unwrap();
        let destination = Destination::Frame {
            app,
            params,
            challenge,
        };
        let state = State {
            attempt: "abcdefgh".into(),
            destination: destination.clone(),
            started: noon(),
        };
        let text = state.seal(&sealer()).unwrap();
        assert!(text.len() <= 1024);
        assert_eq!(State::open(&text, &sealer()).unwrap().destination, destination);
    }

    #[test]
    fn c_26_an_attempt_fits_in_700_bytes_and_comes_back() {
        let attempt = Attempt::start(ProviderId::parse(&"p".repeat(64)).unwrap(), noon());
        let cookie = attempt.cookie(JAR, &sealer());
        assert!(cookie.len() <= 700, "{}", cookie.len());
        let cookies = Cookies::parse([brought(&cookie).as_bytes()]);
        let found = Attempt::find(&attempt.id, &cookies, JAR, &sealer()).unwrap();
        assert_eq!(found.provider, attempt.provider);
        assert!(!found.is_stale(noon() + Duration::minutes(29)));
        assert!(found.is_stale(noon() + LIFETIME));
    }

    #[test]
    fn c_26_eight_attempts_are_kept_and_the_oldest_goes() {
        let sealer = sealer();
        let work = ProviderId::parse("work").unwrap();
        let attempts: Vec<Attempt> = (0..8)
            .map(|n| Attempt::start(work.clone(), noon() + Duration::minutes((n * 5) % 8)))
            .collect();
        let header: Vec<String> = attempts
            .iter()
            .map(|a| brought(&a.cookie(JAR, &sealer)))
            .collect();
        let cookies = Cookies::parse([header.join("; ").as_bytes()]);
        assert_eq!(Attempt::evicted(&cookies, JAR, &sealer), [attempts[0].id.clone()]);
        let seven = Cookies::parse([header[1..].join("; ").as_bytes()]);
        assert!(Attempt::evicted(&seven, JAR, &sealer).is_empty());
        let forged = Cookies::parse([b"__Host-usher-login-abcdefgh=x".as_slice()]);
        assert_eq!(Attempt::evicted(&forged, JAR, &sealer), ["abcdefgh"]);
    }
}
