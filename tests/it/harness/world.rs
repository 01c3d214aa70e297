//! A company with everything it needs: people at a provider, the gateway, vendors.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::browser::{Browser, Request};
use super::keys;
use super::op::{Op, Shape};
use super::secrets::Secrets;
use super::settings::Settings;
use super::usher::{How, Usher};
use super::vendor::Vendor;
use super::wire::Response;

pub const LICENCE: &str = "j6ZCJL61wJ";

/// One parameter of the support console, as a link brings it.
pub const SUPPORT: &str = "/launch/support?customer=grace@example.org";

pub struct World {
    pub usher: Usher,
    pub op: Op,
    pub vendor: Vendor,
}

impl World {
    pub fn start() -> Self {
        Self::with(|_| ())
    }

    /// With the standard settings as `change` leaves them.
    pub fn with(change: impl Fn(&mut Settings)) -> Self {
        Self::how(How::default(), change)
    }

    pub fn how(how: How, change: impl Fn(&mut Settings)) -> Self {
        Self::at(Shape::Plain, how, change)
    }

    /// At a provider of another shape.
    pub fn at(shape: Shape, how: How, change: impl Fn(&mut Settings)) -> Self {
        let vendor = Vendor::start();
        let secrets = Arc::<Secrets>::default();
        let client = std::cell::RefCell::new(None);
        let usher = Usher::start(secrets, how, |port| {
            let base = format!("http://127.0.0.1:{port}");
            let op = Op::register(shape, &base);
            let mut settings = standard(port, &vendor);
            settings.add("[providers.work]", &op.section());
            *client.borrow_mut() = Some(op);
            change(&mut settings);
            settings
        });
        let op = client.into_inner().expect("registered");
        usher.secrets.add("a client secret", &op.client_secret);
        usher.secrets.add_pem(&keys::key(keys::CLIENT).pkcs8_pem());
        let world = Self { usher, op, vendor };
        world.person(
            "ada",
            json!({ "groups": ["staff", "comms", "support"], "region": "emea", "title": "Engineer" }),
        );
        world.person(
            "bob",
            json!({ "name": "Bob Babbage", "email": "bob@example.com", "groups": ["staff"] }),
        );
        world.person(
            "eve",
            json!({ "name": "Eve Outside", "email": "eve@example.net", "groups": [] }),
        );
        world.person(
            "una",
            json!({ "name": "Una Verified", "email": "una@example.com", "email_verified": false,
                "groups": ["staff", "support"], "region": "emea" }),
        );
        world
    }

    /// Makes or changes an account; what is not given is Ada Lovelace's.
    pub fn person(&self, login: &str, claims: Value) {
        let mut all = json!({ "name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true });
        let Value::Object(claims) = claims else {
            panic!("claims are an object")
        };
        all.as_object_mut().unwrap().extend(claims);
        self.op.person(login, &all);
    }

    /// A browser in which this person has signed in and stands at the portal.
    pub fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.usher.browser();
        self.open(&mut browser, "/auth/login?provider=work", login)
            .expect(200);
        assert!(browser.is_signed_in(), "{login} could not sign in");
        browser
    }

    /// Opens an address, and signs in on the way where the provider asks.
    pub fn open(&self, browser: &mut Browser, url: &str, login: &str) -> Response {
        let page = browser.go(url);
        self.pass_provider(browser, page, login)
    }

    /// Clicks until the store has come back by itself; the answer to that click.
    #[track_caller]
    pub fn launches_again(&self, browser: &mut Browser) -> Response {
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            let answer = browser.get("/launch/townhall");
            if answer.status == 302 {
                return answer;
            }
            assert!(Instant::now() < until, "the store has not come back by itself");
            // A moment without it may have been too short for anybody to call it down. Otherwise a probe finds
            // it, and needs the machine that clicks without end would take.
            self.usher.log.wait_for(Duration::from_secs(5), |text| {
                let times = |event: &str| text.matches(&format!("\"event\":\"{event}\"")).count();
                (times("store.up") == times("store.down")).then_some(())
            });
        }
    }

    /// What the token API tells a page of the gateway's own site.
    pub fn ask<'a>(
        &self,
        browser: &mut Browser,
        app: &str,
        params: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Response {
        let request = Request::form(&format!("/api/apps/{app}/token"), params);
        let answer = browser.send(request.header("Origin", &self.usher.url("")));
        if answer.status == 200 {
            for name in ["token", "jwt"] {
                let token = answer.json()[name].as_str().unwrap_or_default().to_owned();
                self.usher.secrets.add_token("a minted token", &token);
            }
        }
        answer
    }

    /// Signs in where a page is the provider's login form.
    pub fn pass_provider(&self, browser: &mut Browser, page: Response, login: &str) -> Response {
        if page.url.starts_with(&format!("{}/sign-in/", self.op.issuer)) {
            browser.submit(&page, [("login", login)])
        } else {
            page
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            for secret in self.op.secrets() {
                self.usher
                    .secrets
                    .add("a secret between provider and gateway", &secret);
            }
        }
    }
}

/// A gateway without providers and apps.
pub fn bare(port: u16) -> Settings {
    let mut settings = Settings::default();
    settings
        .set("", "public_url", &format!("\"http://127.0.0.1:{port}\""))
        .set("[server]", "listen", &format!("\"127.0.0.1:{port}\""))
        .set("[server]", "ops_listen", "\"127.0.0.1:0\"")
        .set("[brand]", "name", "\"Acme\"")
        .set("[log]", "format", "\"json\"")
        .set("[log]", "level", "\"trace\"");
    settings
}

/// Two apps as in the documentation, at stand-in vendors.
pub fn standard(port: u16, vendor: &Vendor) -> Settings {
    let mut settings = bare(port);
    settings
        .add(
            "[apps.townhall]",
            &format!(
                "vendor = \"frameable\"
                title = \"Town hall\"
                category = \"Events\"
                contact = \"help@example.com\"
                url = \"{}\"
                key_file = \"keys/townhall.pem\"
                allow = [\"group:staff\"]
                roles = [{{ role = \"host\", allow = [\"group:comms\"] }}]
                user_profile = [[\"organization\", \"Acme\"], [\"title\", \"{{{{ user.claims.title }}}}\"]]",
                vendor.url("/events/townhall")
            ),
        )
        .add(
            "[apps.support]",
            &format!(
                "vendor = \"cobrowse\"
                title = \"Support console\"
                category = \"Tools\"
                url = \"{}?filter_user_email={{customer}}&navigation=none\"
                params = {{ customer = \"[^@ ]{{1,64}}@[^@ ]{{1,180}}\" }}
                license_key = \"{LICENCE}\"
                key_file = \"keys/support.pem\"
                role = \"agent\"
                policy = {{ version = 3, sessions = {{}}, devices = {{ custom_data = {{ region = \"{{{{ user.claims.region }}}}\" }} }} }}
                allow = [\"group:support\"]",
                vendor.url("/connect")
            ),
        );
    settings
}
