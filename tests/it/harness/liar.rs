//! A provider that lies as it is told, one way a path: `/lie` does, `/honest` never. It signs
//! people in at once, without a page.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::{digest, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::keys::{self, base64url};
use super::lie::{Edit, Lie, Rotation};
use super::secrets::Secrets;
use super::server::{Answer, Asked, Server, value_of};
use super::settings::Settings;
use super::usher::{How, Usher};
use super::vendor::Vendor;
use super::world;
use super::{Browser, Response};

const CLIENT: &str = "usher";
const SECRET: &str = "canary-secret-of-the-lying-provider";

pub struct Liar {
    server: Server,
    state: Arc<State>,
}

struct State {
    lies: HashMap<&'static str, Lie>,
    secrets: Arc<Secrets>,
    /// Seconds that this provider's clock is ahead.
    ahead: AtomicI64,
    /// Path and endpoint of every request.
    asked: Mutex<Vec<(String, Asked)>>,
    /// What a code stands for: the authorization request.
    codes: Mutex<HashMap<String, Vec<(String, String)>>>,
    /// How often the key of a path has changed.
    generation: Mutex<HashMap<String, usize>>,
    person: Mutex<Value>,
}

impl Liar {
    pub fn start(lies: HashMap<&'static str, Lie>, secrets: Arc<Secrets>) -> Self {
        let state = Arc::new(State {
            lies,
            secrets,
            ahead: AtomicI64::new(0),
            asked: Mutex::default(),
            codes: Mutex::default(),
            generation: Mutex::default(),
            person: Mutex::new(json!({
                "name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true,
                "groups": ["staff", "support", "comms"], "region": "emea", "title": "Engineer",
            })),
        });
        let at_work = Arc::clone(&state);
        let server = Server::start(move |asked| at_work.answer(asked));
        Self { server, state }
    }

    /// On another site than the gateway.
    pub fn issuer(&self, path: &str) -> String {
        format!("http://localhost:{}/{path}", self.server.port)
    }

    /// How often an endpoint (`jwks`, `token`, `userinfo`, `authorize`) of a path was asked.
    pub fn asked(&self, path: &str, endpoint: &str) -> usize {
        self.requests(path, endpoint).len()
    }

    pub fn requests(&self, path: &str, endpoint: &str) -> Vec<Asked> {
        let wanted = format!("{path}/{endpoint}");
        let asked = self.state.asked.lock().unwrap();
        asked.iter().filter(|(at, _)| *at == wanted).map(|(_, asked)| asked.clone()).collect()
    }

    pub fn set_ahead(&self, seconds: i64) {
        self.state.ahead.store(seconds, Ordering::SeqCst);
    }

    /// What it says of whoever signs in next.
    pub fn says(&self, person: Value) {
        *self.state.person.lock().unwrap() = person;
    }
}

impl State {
    fn answer(&self, asked: &Asked) -> Answer {
        let parts: Vec<&str> = asked.path().trim_start_matches('/').splitn(2, '/').collect();
        let [path, endpoint] = parts[..] else { return Answer::new(404, "text/plain", "") };
        let Some(lie) = self.lies.get(path) else { return Answer::new(404, "text/plain", "") };
        self.asked.lock().unwrap().push((format!("{path}/{endpoint}"), asked.clone()));
        let issuer = format!("http://{}/{path}", asked.header("Host").unwrap_or_default());
        match endpoint {
            ".well-known/openid-configuration" => edited(Answer::json(&metadata(&issuer)), lie.metadata.as_ref()),
            "jwks" => edited(Answer::json(&self.keys(path)), lie.keys.as_ref()),
            "authorize" => self.authorize(path, &issuer, asked, lie),
            "token" => edited(self.token(path, &issuer, asked, lie), lie.token.as_ref()),
            "userinfo" => edited(self.userinfo(asked), lie.userinfo.as_ref()),
            _ => Answer::new(404, "text/plain", ""),
        }
    }

    fn generation(&self, path: &str) -> usize {
        self.generation.lock().unwrap().get(path).copied().unwrap_or(0)
    }

    fn rotate(&self, path: &str) {
        *self.generation.lock().unwrap().entry(path.to_owned()).or_default() += 1;
    }

    fn keys(&self, path: &str) -> Value {
        let generation = self.generation(path);
        json!({ "keys": [keys::key(keys::PROVIDER + generation % 2).jwk(Some(&format!("k{generation}")))] })
    }

    fn authorize(&self, path: &str, issuer: &str, asked: &Asked, lie: &Lie) -> Answer {
        let request = asked.query();
        if lie.rotation == Rotation::AtLaterAuthorize && self.authorized(path) > 1 {
            self.rotate(path);
        }
        let code = random();
        self.secrets.add("an authorization code", &code);
        let mut back = vec![
            ("code".to_owned(), code.clone()),
            ("state".to_owned(), value_of(&request, "state").unwrap_or_default().to_owned()),
            ("iss".to_owned(), issuer.to_owned()),
        ];
        if let Some(edit) = &lie.callback {
            edit(&mut back);
        }
        let to = url::Url::parse_with_params(value_of(&request, "redirect_uri").expect("a redirect_uri"), &back);
        self.codes.lock().unwrap().insert(code, request);
        Answer::redirect(302, to.expect("an address").as_str())
    }

    /// How many authorization requests a path has had, this one among them.
    fn authorized(&self, path: &str) -> usize {
        let wanted = format!("{path}/authorize");
        self.asked.lock().unwrap().iter().filter(|(at, _)| *at == wanted).count()
    }

    fn token(&self, path: &str, issuer: &str, asked: &Asked, lie: &Lie) -> Answer {
        let form = asked.form();
        let refuse = |error: &str| Answer::new(400, "application/json", json!({ "error": error }).to_string());
        let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
        if asked.header("Authorization") != Some(&basic) {
            return Answer::new(401, "application/json", r#"{"error":"invalid_client"}"#);
        }
        let request = self.codes.lock().unwrap().get(value_of(&form, "code").unwrap_or_default()).cloned();
        let Some(request) = request else { return refuse("invalid_grant") };
        let verifier = value_of(&form, "code_verifier").unwrap_or_default();
        self.secrets.add("a code verifier", verifier);
        let challenge = base64url(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref());
        if value_of(&request, "code_challenge") != Some(&challenge)
            || value_of(&request, "code_challenge_method") != Some("S256")
            || value_of(&request, "redirect_uri") != value_of(&form, "redirect_uri")
        {
            return refuse("invalid_grant");
        }
        if lie.rotation == Rotation::BeforeSigning {
            self.rotate(path);
        }
        let access_token = random();
        self.secrets.add("an access token", &access_token);
        let id_token = self.id_token(path, issuer, value_of(&request, "nonce"), lie);
        self.secrets.add_token("an ID token", &id_token);
        Answer::json(&json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": 300, "id_token": id_token,
        }))
    }

    fn id_token(&self, path: &str, issuer: &str, nonce: Option<&str>, lie: &Lie) -> String {
        let generation = self.generation(path);
        let now = self.now();
        let mut header = json!({ "alg": "RS256", "kid": format!("k{generation}") });
        let mut claims = json!({
            "iss": issuer, "sub": "ada", "aud": CLIENT, "iat": now, "exp": now + 300, "auth_time": now, "nonce": nonce,
        });
        if let Some(edit) = &lie.header {
            edit(&mut header);
        }
        if let Some(edit) = &lie.claims {
            edit(&mut claims);
        }
        let message = format!(
            "{}.{}",
            base64url(header.to_string().as_bytes()),
            base64url(claims.to_string().as_bytes())
        );
        let signature = match header["alg"].as_str() {
            Some("RS256") => keys::key(keys::PROVIDER + generation % 2).rs256(message.as_bytes()),
            Some("HS256") => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &lie.hmac);
                hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
            }
            _ => Vec::new(),
        };
        let mut compact = format!("{message}.{}", base64url(&signature));
        if let Some(edit) = &lie.compact {
            edit(&mut compact);
        }
        compact
    }

    fn userinfo(&self, asked: &Asked) -> Answer {
        if asked.header("Authorization").is_none_or(|value| !value.starts_with("Bearer ")) {
            return Answer::new(401, "application/json", "{}");
        }
        let mut person = self.person.lock().unwrap().clone();
        person["sub"] = "ada".into();
        Answer::json(&person)
    }

    fn now(&self) -> i64 {
        #[expect(clippy::disallowed_methods, reason = "a provider elsewhere has a clock of its own")]
        let now = SystemTime::now();
        let seconds = now.duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        i64::try_from(seconds).unwrap() + self.ahead.load(Ordering::SeqCst)
    }
}

fn edited(mut answer: Answer, edit: Option<&Edit<Answer>>) -> Answer {
    if let Some(edit) = edit {
        edit(&mut answer);
    }
    answer
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

fn random() -> String {
    let mut bytes = [0; 24];
    rand::fill(&mut bytes).expect("randomness");
    base64url(&bytes)
}

/// A gateway with two providers, `lie` and `honest`, both of them the liar's.
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
        let liar = Liar::start(HashMap::from([("lie", lie), ("honest", Lie::none())]), Arc::clone(&secrets));
        let vendor = Vendor::start();
        let usher = Usher::start(secrets, how, |port| {
            let mut settings = world::standard(port, &vendor);
            for path in ["lie", "honest"] {
                let issuer = liar.issuer(path);
                let body = format!("issuer = \"{issuer}\"\nclient_id = \"{CLIENT}\"\nclient_secret = \"{SECRET}\"");
                settings.add(&format!("[providers.{path}]"), &body);
            }
            change(&mut settings);
            settings
        });
        Self { usher, liar, vendor }
    }

    /// Signs in at one of the two; where that ends.
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
        assert!(self.liar.asked("lie", "userinfo") > 0, "S-084: userinfo was not asked");
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
