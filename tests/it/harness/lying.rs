//! A gateway whose two providers, `lie` and `honest`, are both the liar's.

use std::collections::HashMap;
use std::sync::Arc;

use super::liar::{CLIENT, Liar, SECRET};
use super::secrets::Secrets;
use super::settings::Settings;
use super::usher::{How, Usher};
use super::vendor::Vendor;
use super::{Browser, Lie, Response, world};

pub struct Lying {
    pub usher: Usher,
    pub liar: Liar,
    pub vendor: Vendor,
}

pub fn lying(lie: Lie) -> Lying {
    Lying::with(lie, How::default(), |_| ())
}

impl Lying {
    pub fn with(lie: Lie, how: How, change: impl Fn(&mut Settings)) -> Self {
        let secrets = Arc::<Secrets>::default();
        secrets.add("a client secret", SECRET);
        let liar = Liar::start(
            HashMap::from([("lie", lie), ("honest", Lie::none())]),
            Arc::clone(&secrets),
        );
        let vendor = Vendor::start();
        let usher = Usher::start(secrets, how, |port| {
            let mut settings = world::standard(port, &vendor);
            for path in ["lie", "honest"] {
                let issuer = liar.issuer(path);
                let body =
                    format!("issuer = \"{issuer}\"\nclient_id = \"{CLIENT}\"\nclient_secret = \"{SECRET}\"");
                settings.add(&format!("[providers.{path}]"), &body);
            }
            change(&mut settings);
            settings
        });
        Self { usher, liar, vendor }
    }

    /// Signs in at one of the two; where that ends.
    #[expect(clippy::unused_self, reason = "reads as what happens in this world")]
    pub fn sign_in(&self, browser: &mut Browser, provider: &str) -> Response {
        browser.go(&format!("/auth/login?provider={provider}"))
    }

    /// Asserts that a sign-in at the lying provider ends with `status`, without a session, with
    /// `reason` in the log, and that an honest one works afterwards.
    #[track_caller]
    pub fn refuses(self, status: u16, reason: &str) -> Self {
        self.refuses_any(status, &[reason])
    }

    /// The same where more than one reason tells the truth.
    #[track_caller]
    pub fn refuses_any(self, status: u16, reasons: &[&str]) -> Self {
        let mut browser = self.usher.browser();
        let page = self.sign_in(&mut browser, "lie");
        assert_eq!(page.status, status, "{}:\n{}", page.path(), page.text());
        assert!(!browser.is_signed_in(), "a session was made");
        let failed = self.usher.logged("sign_in.failed");
        let said = failed["reason"].as_str().unwrap_or_default();
        assert!(reasons.contains(&said), "the log says {failed}, not {reasons:?}");
        assert_eq!(failed["provider"], "lie");
        assert_eq!(failed["request_id"].as_str(), page.header("X-Request-Id"), "C-34");
        page.shows(failed["request_id"].as_str().unwrap());
        self.still_works(&mut browser);
        self
    }

    /// Asserts that the lying provider's people get in: what it does is allowed.
    #[track_caller]
    pub fn accepts(self) -> Self {
        let mut browser = self.usher.browser();
        self.sign_in(&mut browser, "lie").expect(200);
        assert!(browser.is_signed_in(), "{}", self.usher.log.text());
        assert!(
            self.liar.asked("lie", "userinfo") > 0,
            "S-084: userinfo was not asked"
        );
        self
    }

    #[track_caller]
    pub fn still_works(&self, browser: &mut Browser) {
        self.sign_in(browser, "honest").expect(200);
        assert!(browser.is_signed_in(), "an honest sign-in does not work any more");
    }

    #[track_caller]
    pub fn never_asked(self, endpoint: &str) -> Self {
        assert_eq!(self.liar.asked("lie", endpoint), 0, "{endpoint} was asked");
        self
    }
}
