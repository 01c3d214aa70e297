//! The gateway under https and a name of its own, and pages of other names that frame it: one on the
//! same site, one on another, and a hostile one.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use super::chromium::{Tab, Visitor};
use super::lie::edit;
use super::server::{Answer, Asked, Server, value_of};
use super::tls::Tls;
use super::{Browser, How, Lie, Lying, Settings};

pub const GATEWAY: &str = "go.example.test";
/// On the gateway's site.
pub const NEAR: &str = "crm.example.test";
/// On another one.
pub const FAR: &str = "crm.other.test";
/// Nobody lists it.
pub const EVIL: &str = "evil.test";
/// A provider's page that cuts itself off from whoever opened it.
pub const ALOOF: &str = "login.provider.test";

pub struct Embedded {
    pub world: Lying,
    tls: Tls,
    _pages: Server,
}

impl Embedded {
    /// The support console may stand in both CRMs, the town hall nowhere.
    pub fn with(lie: Lie, tls: Tls, change: impl Fn(&mut Settings)) -> Self {
        Self::how(lie, How::default(), tls, change)
    }

    pub fn how(lie: Lie, how: How, tls: Tls, change: impl Fn(&mut Settings)) -> Self {
        let pages = Server::start(page);
        let origins = format!("[\"https://{NEAR}:{0}\", \"https://{FAR}:{0}\"]", tls.port);
        let world = Lying::with(lie, how, |settings| {
            settings
                .set("", "public_url", &format!("\"https://{GATEWAY}:{}\"", tls.port))
                .set("[apps.support]", "origins", &origins)
                .set("[apps.support]", "providers", "[\"lie\"]");
            change(settings);
        });
        tls.lead("other", pages.port);
        tls.lead(GATEWAY, world.usher.port);
        Self {
            world,
            tls,
            _pages: pages,
        }
    }

    pub fn start() -> Self {
        Self::with(Lie::none(), names(), |_| ())
    }

    pub fn with_settings(change: impl Fn(&mut Settings)) -> Self {
        Self::with(Lie::none(), names(), change)
    }

    /// With a provider whose sign-in page is somebody else's, under a name of its own: it runs `js`, where
    /// `go()` goes on to the real one. With `coop` it isolates itself.
    pub fn with_a_page_on_the_way(js: impl Fn(&Tls) -> String, more: &[(&str, &str)]) -> Self {
        let tls = names();
        let mut start = Url::parse(&format!("https://{ALOOF}:{}/", tls.port)).unwrap();
        let js = format!(
            "const go = () => {{ location = new URLSearchParams(location.search).get('real') + location.search.replace(/^.*&go&/, '?'); }}; {}",
            js(&tls)
        );
        start.query_pairs_mut().append_pair("js", &js).extend_pairs(more);
        let lie = Lie::none().about_metadata(move |answer| {
            edit(answer, |metadata| {
                let mut start = start.clone();
                let real = metadata["authorization_endpoint"].as_str().unwrap();
                start.query_pairs_mut().append_pair("real", real);
                metadata["authorization_endpoint"] = format!("{start}&go").into();
            });
        });
        Self::with(lie, tls, |_| ())
    }

    pub fn url(&self, path: &str) -> String {
        self.at(GATEWAY, path)
    }

    pub fn at(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.tls.port)
    }

    /// As somebody's own server asks the gateway, with whatever headers it likes.
    pub fn client(&self) -> Browser {
        let secrets = Arc::clone(&self.world.usher.secrets);
        Browser::through_a_proxy(&self.url("/"), self.world.usher.port, secrets)
    }

    /// Keeps the values of a visitor's cookies out of every log; their names and partitions.
    pub fn cookies(&self, visitor: &Visitor) -> Vec<Value> {
        let cookies = visitor.cookies();
        for cookie in &cookies {
            let value = cookie["value"].as_str().unwrap();
            self.world.usher.secrets.add("the value of a cookie", value);
        }
        cookies
    }

    /// A page of a host that frames an address; `html` is pasted into it, `js` is its script, `allow` and
    /// `sandbox` the frame's, and with `coop` it isolates itself.
    pub fn framing(&self, host: &str, src: &str, more: &[(&str, &str)]) -> String {
        let mut url = Url::parse(&self.at(host, "/")).unwrap();
        url.query_pairs_mut().append_pair("src", src).extend_pairs(more);
        url.into()
    }

    /// A page of a host with this in its body, under a policy of its own.
    pub fn hosting(&self, host: &str, body: &str, policy: &str) -> String {
        let mut url = Url::parse(&self.at(host, "/")).unwrap();
        url.query_pairs_mut()
            .append_pair("body", body)
            .append_pair("policy", policy);
        url.into()
    }

    /// Signs in at the portal.
    pub fn sign_in(&self, tab: &Tab) {
        tab.open(&self.url("/auth/login?provider=lie"));
        tab.arrive(&format!("^{}$", self.url("/")));
    }

    /// Asserts that the console has opened in the frame, with so many launches so far.
    #[track_caller]
    pub fn has_opened(&self, tab: &Tab, launches: usize) {
        tab.see_framed("Arrived");
        let frames = tab.frames();
        let url = frames.last().expect("a frame");
        assert!(
            url.starts_with(
                &self
                    .world
                    .vendor
                    .url("/connect?filter_user_email=grace%40example.org&")
            ),
            "{url}"
        );
        self.world.usher.secrets.add_url(url);
        assert_eq!(self.world.usher.audited("launch").len(), launches);
        self.world.vendor.saw_nothing_but_tokens();
    }
}

/// TLS for all these names.
pub fn names() -> Tls {
    Tls::named(&[GATEWAY, NEAR, FAR, EVIL, ALOOF])
}

/// A page as `Embedded::framing` describes it.
pub fn page(asked: &Asked) -> Answer {
    let query = asked.query();
    let given = |name| value_of(&query, name).unwrap_or_default();
    if let Some(body) = value_of(&query, "body") {
        let html = format!("<!doctype html><html lang=en><title>CRM</title><main><h1>CRM</h1>{body}</main>");
        let mut answer = Answer::new(200, "text/html; charset=utf-8", html);
        if let Answer::Full { headers, .. } = &mut answer {
            headers.push(("Content-Security-Policy".to_owned(), given("policy").to_owned()));
        }
        return answer;
    }
    let frame = match (given("src"), given("sandbox")) {
        ("", _) => String::new(),
        (src, "") => format!(
            "<iframe src=\"{}\" allow=\"{}\" width=800 height=600></iframe>",
            src.replace('&', "&amp;"),
            given("allow")
        ),
        (src, sandbox) => format!(
            "<iframe sandbox=\"{sandbox}\" src=\"{}\"></iframe>",
            src.replace('&', "&amp;")
        ),
    };
    let html = format!(
        "<!doctype html><html lang=en><title>CRM</title><h1>CRM</h1>{frame}{}<script>{}</script>",
        given("html"),
        given("js")
    );
    let mut more = Vec::new();
    if !given("coop").is_empty() {
        more.push(("Cross-Origin-Opener-Policy", "same-origin"));
    }
    let html = if given("echo").is_empty() {
        html
    } else {
        more.push(("Set-Cookie", "third=1; Path=/; Secure; SameSite=None"));
        format!("<p>brought: {}</p>", asked.header("Cookie").unwrap_or("nothing"))
    };
    let mut answer = Answer::new(200, "text/html; charset=utf-8", html);
    if let Answer::Full { headers, .. } = &mut answer {
        headers.extend(
            more.into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
    }
    answer
}
