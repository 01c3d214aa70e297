//! Two more providers, in Python, which share no code with the certified one. Each runs once, its
//! people are in providers.py, and for each test a client registers itself (RFC 7591).

use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use super::browser::{Browser, Request};
use super::script::Script;
use super::secrets::Secrets;
use super::settings::Settings;
use super::usher::{How, Usher};
use super::vendor::Vendor;
use super::wire::Response;
use super::world;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Product {
    Canaille,
    OidcProviderMock,
}

impl Product {
    pub fn issuer(self) -> String {
        static SCRIPT: OnceLock<Script> = OnceLock::new();
        let product = match self {
            Self::Canaille => "canaille",
            Self::OidcProviderMock => "oidc-provider-mock",
        };
        let issuer = SCRIPT
            .get_or_init(|| Script::python("providers.py"))
            .must("issuer", json!({ "product": product }));
        issuer.as_str().expect("an address").to_owned()
    }

    /// What tells who is in which group.
    fn scopes(self) -> &'static str {
        match self {
            Self::Canaille => r#"["openid", "profile", "email", "groups"]"#,
            Self::OidcProviderMock => r#"["openid", "profile", "email"]"#,
        }
    }
}

/// A company whose people are at one of these providers.
pub struct Company {
    pub usher: Usher,
    pub vendor: Vendor,
    pub issuer: String,
    product: Product,
}

impl Company {
    pub fn at(product: Product) -> Self {
        Self::with(product, &json!({}), |_| ())
    }

    /// With more in the client's registration, and the standard settings as `change` leaves them.
    pub fn with(product: Product, registration: &Value, change: impl Fn(&mut Settings)) -> Self {
        let vendor = Vendor::start();
        let secrets = Arc::<Secrets>::default();
        let issuer = product.issuer();
        let usher = Usher::start(Arc::clone(&secrets), How::default(), |port| {
            let base = format!("http://127.0.0.1:{port}");
            let client = register(&issuer, &base, registration, &secrets)
                .expect(201)
                .json();
            let told = |name: &str| client[name].as_str().expect("a text");
            secrets.add("a client secret", told("client_secret"));
            let mut settings = world::standard(port, &vendor);
            settings
                .add("[providers.work]", "title = \"Work\"")
                .set("[providers.work]", "issuer", &format!("\"{issuer}\""))
                .set(
                    "[providers.work]",
                    "client_id",
                    &format!("\"{}\"", told("client_id")),
                )
                .set(
                    "[providers.work]",
                    "client_secret",
                    &format!("\"{}\"", told("client_secret")),
                )
                .set("[providers.work]", "scopes", product.scopes())
                .set(
                    "[apps.townhall]",
                    "user_profile",
                    r#"[["website", "{{ user.claims.website }}"]]"#,
                );
            change(&mut settings);
            settings
        });
        Self {
            usher,
            vendor,
            issuer,
            product,
        }
    }

    /// Opens an address, and signs in on the way where the provider asks.
    pub fn open(&self, browser: &mut Browser, url: &str, login: &str) -> Response {
        let page = browser.go(url);
        if !page.url.starts_with(&self.issuer) {
            return page;
        }
        match self.product {
            Product::Canaille => {
                let asks = browser.submit(&page, [("login", login)]).expect(200);
                browser.submit(&asks, [("password", format!("password of {login}").as_str())])
            }
            Product::OidcProviderMock => browser.submit(&page, [("sub", login)]),
        }
    }

    /// A browser in which this person has signed in and stands at the portal.
    pub fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.usher.browser();
        self.open(&mut browser, "/auth/login?provider=work", login)
            .expect(200);
        assert!(browser.is_signed_in(), "{login} could not sign in");
        browser
    }

    /// What `usher check --online` says of the provider, and whether it is content.
    pub fn checked(&self) -> (String, bool) {
        let output = self.usher.run(&["check", "--online"]);
        (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            output.status.success(),
        )
    }
}

/// Registers the gateway at `base` as a client; the provider's answer.
pub fn register(issuer: &str, base: &str, more: &Value, secrets: &Arc<Secrets>) -> Response {
    let mut browser = Browser::new(issuer, Arc::clone(secrets));
    let metadata = browser
        .get("/.well-known/openid-configuration")
        .expect(200)
        .json();
    let mut client = json!({
        "client_name": "Usher",
        "client_uri": base,
        "redirect_uris": [format!("{base}/auth/callback/work")],
        "post_logout_redirect_uris": [format!("{base}/auth/signed-out")],
        "backchannel_logout_uri": format!("{base}/auth/backchannel-logout/work"),
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
    });
    let all = client.as_object_mut().unwrap();
    all.extend(more.as_object().unwrap().clone());
    let endpoint = metadata["registration_endpoint"].as_str().expect("an address");
    let request = Request::new("POST", endpoint).header("Content-Type", "application/json");
    browser.send(request.body(client.to_string()))
}
