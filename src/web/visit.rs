//! One request of one browser: what handlers ask of it.

use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev};
use std::future::{Ready, ready};
use time::{Duration, OffsetDateTime};

use super::Gateway;
use super::error::Problem;
use super::guard::InFrame;
use super::pages::{Person, Shell};
use super::text::Lang;
use crate::audit::Occasion;
use crate::config;
use crate::identity::Identity;
use crate::params;
use crate::session::cookie::{Cookie, Cookies, Found};
use crate::session::{Session, SessionId, SessionKey};
use crate::types::{AppId, Reference};

/// How stale `last_seen` may get before a click writes it (C-40).
const TOUCH: Duration = Duration::minutes(1);

/// What the guard notes when a request comes in.
#[derive(Clone)]
pub struct Arrival {
    pub gateway: Arc<Gateway>,
    pub reference: Reference,
    pub now: OffsetDateTime,
    pub cookies: Rc<Cookies>,
    pub address: Option<IpAddr>,
}

#[derive(Clone)]
pub struct Visit {
    pub gateway: Arc<Gateway>,
    pub request: HttpRequest,
    pub reference: Reference,
    pub now: OffsetDateTime,
    pub cookies: Rc<Cookies>,
    pub address: Option<IpAddr>,
}

/// The signed-in person, left by whoever looked the session up, for the page that may follow.
#[derive(Clone)]
pub struct Seen(pub Person);

impl FromRequest for Visit {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(Problem::internal))
    }
}

impl Visit {
    /// The visit of a request that came through the guard.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let Arrival {
            gateway,
            reference,
            now,
            cookies,
            address,
        } = request.extensions().get::<Arrival>()?.clone();
        Some(Self {
            gateway,
            request: request.clone(),
            reference,
            now,
            cookies,
            address,
        })
    }

    pub fn config(&self) -> &config::Config {
        &self.gateway.config
    }

    /// The pairs of the query, decoded; 400 where it is not UTF-8.
    pub fn query(&self) -> Result<Vec<(String, String)>, Problem> {
        pairs(self.request.query_string().as_bytes())
    }

    /// The app that the raw path names behind `prefix`; nothing is decoded (S-333).
    pub fn app(&self, prefix: &str) -> Result<&config::App, Problem> {
        let id = self.request.uri().path().strip_prefix(prefix).unwrap_or_default();
        let app = AppId::parse(id).ok().and_then(|id| self.config().app(&id));
        app.ok_or_else(Problem::app_unknown)
    }

    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    }

    pub fn lang(&self) -> Lang {
        Lang::choose(self.header(header::ACCEPT_LANGUAGE))
    }

    pub fn occasion(&self) -> Occasion {
        Occasion {
            now: self.now,
            reference: self.reference.clone(),
            address: self.address,
        }
    }

    /// The key of the session that the browser says it has.
    pub fn session_key(&self) -> Option<SessionKey> {
        self.key_in(Cookie::Session)
    }

    /// The key of the session that the browser says this frame has.
    pub fn frame_key(&self) -> Option<SessionKey> {
        self.key_in(Cookie::Frame)
    }

    fn key_in(&self, cookie: Cookie<'_>) -> Option<SessionKey> {
        let name = self.gateway.jar.name(cookie);
        match self.cookies.get(&name) {
            Found::One(value) => SessionId::parse(value).map(|id| id.key()),
            Found::None => None,
            Found::Several => {
                tracing::warn!(event = "cookie.duplicate", request_id = %self.reference);
                None
            }
        }
    }

    /// The living session of this browser. Without a cookie the store is not asked (lesson 19).
    pub async fn session(&self) -> Result<Option<Session>, Problem> {
        let session = match self.session_key() {
            Some(key) => self.session_of(key).await?,
            None => None,
        };
        Ok(session.filter(|session| session.parent.is_none()))
    }

    /// The living session of this browser, or else of the frame that asks. Only for apps that list
    /// origins, and only where a page of ours or of theirs asks (C-26, C-36).
    pub async fn session_in_frame(&self) -> Result<Option<Session>, Problem> {
        if let Some(session) = self.session().await? {
            return Ok(Some(session));
        }
        let session = match self.frame_key() {
            Some(key) => self.session_of(key).await?,
            None => None,
        };
        Ok(session.filter(|session| session.parent.is_some()))
    }

    /// The living session of this key.
    pub async fn session_of(&self, key: SessionKey) -> Result<Option<Session>, Problem> {
        let session = self.gateway.store().session(&key).await?;
        let alive = session
            .filter(|session| session.is_alive(self.config().session, self.now))
            .filter(|session| self.still_vouched_for(&session.identity));
        if let Some(session) = &alive {
            if self.now - session.last_seen >= TOUCH {
                self.gateway.store().touch(session.key, self.now);
            }
            self.request
                .extensions_mut()
                .insert(Seen(self.person(&session.identity)));
        }
        Ok(alive)
    }

    /// A provider that was taken out of the configuration, or whose id now means another issuer,
    /// vouches for nobody any more (S-375).
    fn still_vouched_for(&self, identity: &Identity) -> bool {
        self.config()
            .provider(&identity.provider)
            .is_some_and(|provider| provider.issuer == identity.issuer)
    }

    pub fn person(&self, identity: &Identity) -> Person {
        let email = identity.email.as_ref().map(|email| email.as_str().to_owned());
        let name = identity.name().or_else(|| email.clone());
        Person {
            name: name.unwrap_or_else(|| identity.subject.as_str().to_owned()),
            email,
            provider: self.provider_title(identity),
            admin: (self.config().admin.as_ref()).is_some_and(|admins| admins.include(identity)),
        }
    }

    pub fn provider_title(&self, identity: &Identity) -> String {
        let provider = self.config().provider(&identity.provider);
        provider.map_or_else(
            || identity.provider.as_str().to_owned(),
            |provider| provider.title.clone(),
        )
    }

    /// A form came from a page of ours, as far as the browser says; the `csrf` field comes on top.
    /// Under `no-referrer` browsers send `Origin: null` even with our own forms, which
    /// counts only where `Sec-Fetch-Site` says that it was us.
    pub fn require_own_form(&self) -> Result<(), Problem> {
        let site = self.header("sec-fetch-site");
        let ours = match self.header(header::ORIGIN) {
            Some("null") => site == Some("same-origin"),
            Some(origin) => {
                origin == self.config().public_url.origin.as_str()
                    && site.is_none_or(|site| site == "same-origin")
            }
            None => site.is_none_or(|site| site == "same-origin"),
        };
        if ours {
            Ok(())
        } else {
            Err(Problem::forbidden("csrf.invalid").because("csrf.foreign_origin"))
        }
    }

    /// What stands around a page.
    pub fn shell(&self) -> Shell {
        let person = self.request.extensions().get::<Seen>().map(|seen| seen.0.clone());
        let framed = self.request.extensions().contains::<InFrame>();
        Shell {
            framed,
            ..Shell::new(&self.config().brand, &self.gateway.assets, self.lang(), person)
        }
    }
}

/// The decoded pairs of a query or a form body.
pub fn pairs(bytes: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    params::pairs(bytes).ok_or_else(|| Problem::bad_request("bad_request").because("request.not_utf8"))
}

/// The client's address: the peer's, or what trusted proxies say of it, read from the right.
pub fn client_address<'a>(
    peer: Option<IpAddr>,
    forwarded_for: impl DoubleEndedIterator<Item = &'a [u8]>,
    trusted: &[ipnet::IpNet],
) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| {
        let address = address.to_canonical();
        trusted.iter().any(|network| network.contains(&address))
    };
    // A peer over a unix socket has no address, and is trusted (C-30).
    if peer.is_some_and(|peer| !is_trusted(peer)) {
        return peer;
    }
    let mut client = peer;
    let hops = forwarded_for
        .rev()
        .flat_map(|list| list.rsplit(|byte| *byte == b','));
    for hop in hops {
        let Some(address) = str::from_utf8(hop).ok().and_then(|hop| hop.trim().parse().ok()) else {
            break;
        };
        client = Some(address);
        if !is_trusted(address) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_331_only_trusted_proxies_say_who_the_client_is() {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "127.0.0.0/8".parse().unwrap()];
        let client = |peer: &str, headers: &[&'static str]| {
            let headers = headers.iter().map(|header| header.as_bytes());
            client_address(peer.parse().ok(), headers, &trusted)
                .unwrap()
                .to_string()
        };
        assert_eq!(
            client("203.0.113.9", &["198.51.100.1"]),
            "203.0.113.9",
            "a stranger says nothing"
        );
        assert_eq!(
            client("10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(
            client("10.0.0.1", &["6.6.6.6, 198.51.100.1", "10.0.0.3,10.0.0.2"]),
            "198.51.100.1",
            "several headers are one list"
        );
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client("10.0.0.1", &["nonsense"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["6.6.6.6, \u{fffd}, 10.0.0.2"]), "10.0.0.2");
        let forwarded = [&b"198.51.100.1"[..]];
        assert_eq!(
            client_address(None, forwarded.into_iter(), &[])
                .unwrap()
                .to_string(),
            "198.51.100.1"
        );
    }
}
