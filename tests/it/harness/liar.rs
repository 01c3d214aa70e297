//! A provider that lies as it is told, one way a path: `/lie` does, `/honest` never. It signs
//! people in at once, without a page.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::{digest, hmac, rand};
use serde_json::{Value, json};

use super::clients::Clients;
use super::keys::{self, base64url};
use super::lie::{Edit, Lie, Rotation};
use super::secrets::Secrets;
use super::server::{Answer, Asked, Server, value_of};

pub const CLIENT: &str = "usher";
pub const SECRET: &str = "canary-secret-of-the-lying-provider";

pub struct Liar {
    server: Server,
    state: Arc<State>,
}

struct State {
    lies: HashMap<&'static str, Lie>,
    secrets: Arc<Secrets>,
    /// Seconds that this provider's clock is ahead.
    ahead: AtomicI64,
    /// The port of the TLS in front, where there is one.
    front: AtomicU16,
    /// Path and endpoint of every request.
    asked: Mutex<Vec<(String, Asked)>>,
    /// What a code stands for: the authorization request.
    codes: Mutex<HashMap<String, Vec<(String, String)>>>,
    /// Authorization requests that were pushed, by their `request_uri`, until they are used.
    pushed: Mutex<HashMap<String, Vec<(String, String)>>>,
    clients: Clients,
    /// How often the key of a path has changed.
    generation: Mutex<HashMap<String, usize>>,
    person: Mutex<Value>,
    /// What stands on the page after signing out there.
    goodbye: Mutex<String>,
}

impl Liar {
    pub fn start(lies: HashMap<&'static str, Lie>, secrets: Arc<Secrets>) -> Self {
        let state = Arc::new(State {
            lies,
            secrets,
            ahead: AtomicI64::new(0),
            front: AtomicU16::new(0),
            asked: Mutex::default(),
            codes: Mutex::default(),
            pushed: Mutex::default(),
            clients: Clients::default(),
            generation: Mutex::default(),
            person: Mutex::new(json!({
                "name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true,
                "groups": ["staff", "support", "comms"], "region": "emea", "title": "Engineer",
            })),
            goodbye: Mutex::default(),
        });
        let at_work = Arc::clone(&state);
        let server = Server::start(move |asked| at_work.answer(asked));
        Self { server, state }
    }

    /// On another site than the gateway.
    pub fn issuer(&self, path: &str) -> String {
        let place = self
            .state
            .lies
            .get(path)
            .and_then(|lie| lie.place)
            .unwrap_or(path);
        format!("http://localhost:{}/{place}", self.server.port)
    }

    pub fn port(&self) -> u16 {
        self.server.port
    }

    pub fn set_front(&self, port: u16) {
        self.state.front.store(port, Ordering::SeqCst);
    }

    /// How often an endpoint (`jwks`, `token`, `userinfo`, `authorize`) of a path was asked.
    pub fn asked(&self, path: &str, endpoint: &str) -> usize {
        self.requests(path, endpoint).len()
    }

    pub fn requests(&self, path: &str, endpoint: &str) -> Vec<Asked> {
        let wanted = format!("{path}/{endpoint}");
        let asked = self.state.asked.lock().unwrap();
        asked
            .iter()
            .filter(|(at, _)| *at == wanted)
            .map(|(_, asked)| asked.clone())
            .collect()
    }

    /// The time by this provider's clock.
    pub fn now(&self) -> i64 {
        self.state.now()
    }

    pub fn set_ahead(&self, seconds: i64) {
        self.state.ahead.store(seconds, Ordering::SeqCst);
    }

    /// What it says of whoever signs in next.
    pub fn says(&self, person: Value) {
        *self.state.person.lock().unwrap() = person;
    }

    /// What its page `goodbye` shows.
    pub fn parts_with(&self, html: &str) {
        html.clone_into(&mut self.state.goodbye.lock().unwrap());
    }
}

impl State {
    fn answer(&self, asked: &Asked) -> Answer {
        let asked_for = asked.path().trim_start_matches('/');
        let found = self.lies.iter().find_map(|(path, lie)| {
            let place = lie.place.unwrap_or(path);
            let endpoint = asked_for.strip_prefix(place)?.strip_prefix('/')?;
            Some((*path, lie, place, endpoint))
        });
        let Some((path, lie, place, endpoint)) = found else {
            return Answer::new(404, "text/plain", "");
        };
        self.asked
            .lock()
            .unwrap()
            .push((format!("{path}/{endpoint}"), asked.clone()));
        let issuer = if lie.behind_tls {
            format!("https://localhost:{}/{path}/", self.front.load(Ordering::SeqCst))
        } else {
            format!("http://{}/{place}", asked.header("Host").unwrap_or_default())
        };
        match endpoint {
            ".well-known/openid-configuration" => {
                edited(Answer::json(&metadata(&issuer, lie)), lie.metadata.as_ref())
            }
            "jwks" => edited(Answer::json(&self.keys(path)), lie.keys.as_ref()),
            "authorize" => self.authorize(path, &issuer, asked, lie),
            "par" => edited(self.push(&issuer, asked, lie), lie.par.as_ref()),
            "token" => edited(self.token(path, &issuer, asked, lie), lie.token.as_ref()),
            // A way home over yet another site.
            "end" => {
                let query = asked
                    .target
                    .split_once('?')
                    .map_or(asked.body.as_str(), |(_, query)| query);
                let port = port_of(asked);
                Answer::redirect(303, &format!("http://two.localhost:{port}/{path}/ended?{query}"))
            }
            "ended" => ended(&asked.query(), lie),
            "goodbye" => Answer::new(200, "text/html", self.goodbye.lock().unwrap().clone()),
            "userinfo" => edited(self.userinfo(&issuer, asked, lie), lie.userinfo.as_ref()),
            _ => Answer::new(404, "text/plain", ""),
        }
    }

    fn generation(&self, path: &str) -> usize {
        self.generation.lock().unwrap().get(path).copied().unwrap_or(0)
    }

    fn rotate(&self, path: &str) {
        *self
            .generation
            .lock()
            .unwrap()
            .entry(path.to_owned())
            .or_default() += 1;
    }

    fn keys(&self, path: &str) -> Value {
        let generation = self.generation(path);
        json!({ "keys": [keys::key(keys::PROVIDER + generation % 2).jwk(Some(&format!("k{generation}")))] })
    }

    fn authorize(&self, path: &str, issuer: &str, asked: &Asked, lie: &Lie) -> Answer {
        let request = match value_of(&asked.query(), "request_uri") {
            Some(uri) => self.pushed.lock().unwrap().remove(uri),
            None => (!lie.requires_par).then(|| asked.query()),
        };
        let Some(request) = request else {
            return Answer::new(400, "text/plain", "no such request");
        };
        if lie.rotation == Rotation::AtLaterAuthorize && self.authorized(path) > 1 {
            self.rotate(path);
        }
        let code = random();
        self.secrets.add("an authorization code", &code);
        let mut back = vec![
            ("code".to_owned(), code.clone()),
            (
                "state".to_owned(),
                value_of(&request, "state").unwrap_or_default().to_owned(),
            ),
            ("iss".to_owned(), issuer.to_owned()),
        ];
        if let Some(edit) = &lie.callback {
            edit(&mut back);
        }
        let to =
            url::Url::parse_with_params(value_of(&request, "redirect_uri").expect("a redirect_uri"), &back);
        self.codes.lock().unwrap().insert(code, request);
        Answer::redirect(302, to.expect("an address").as_str())
    }

    /// How many authorization requests a path has had, this one among them.
    fn authorized(&self, path: &str) -> usize {
        let wanted = format!("{path}/authorize");
        self.asked
            .lock()
            .unwrap()
            .iter()
            .filter(|(at, _)| *at == wanted)
            .count()
    }

    fn token(&self, path: &str, issuer: &str, asked: &Asked, lie: &Lie) -> Answer {
        let form = asked.form();
        let refuse =
            |error: &str| Answer::new(400, "application/json", json!({ "error": error }).to_string());
        if !self.clients.authenticates(lie.auth, issuer, asked, &self.secrets) {
            return Answer::new(401, "application/json", r#"{"error":"invalid_client"}"#);
        }
        let request = self
            .codes
            .lock()
            .unwrap()
            .get(value_of(&form, "code").unwrap_or_default())
            .cloned();
        let Some(request) = request else {
            return refuse("invalid_grant");
        };
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

    /// RFC 9126: keeps an authorization request, for one use.
    fn push(&self, issuer: &str, asked: &Asked, lie: &Lie) -> Answer {
        if !self.clients.authenticates(lie.auth, issuer, asked, &self.secrets) {
            return Answer::new(401, "application/json", r#"{"error":"invalid_client"}"#);
        }
        let uri = format!("urn:ietf:params:oauth:request_uri:{}", random());
        self.pushed.lock().unwrap().insert(uri.clone(), asked.form());
        let body = json!({ "request_uri": uri, "expires_in": 60 });
        Answer::new(201, "application/json", body.to_string())
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
        let message = keys::unsigned(&header, &claims);
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

    fn userinfo(&self, issuer: &str, asked: &Asked, lie: &Lie) -> Answer {
        if asked
            .header("Authorization")
            .is_none_or(|value| !value.starts_with("Bearer "))
        {
            return Answer::new(401, "application/json", "{}");
        }
        let mut person = self.person.lock().unwrap().clone();
        person["sub"] = "ada".into();
        let Some(edit) = &lie.signed_userinfo else {
            return Answer::json(&person);
        };
        person["iss"] = issuer.into();
        person["aud"] = CLIENT.into();
        edit(&mut person);
        let header = json!({ "alg": "RS256", "kid": "k0" });
        Answer::new(
            200,
            "application/jwt",
            keys::key(keys::PROVIDER).token(&header, &person),
        )
    }

    fn now(&self) -> i64 {
        #[expect(
            clippy::disallowed_methods,
            reason = "a provider elsewhere has a clock of its own"
        )]
        let now = SystemTime::now();
        let seconds = now.duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        i64::try_from(seconds).unwrap() + self.ahead.load(Ordering::SeqCst)
    }
}

/// Sends the person back to where the client said.
fn ended(request: &[(String, String)], lie: &Lie) -> Answer {
    let back = value_of(request, "post_logout_redirect_uri").expect("a way back");
    let state = value_of(request, "state").unwrap_or_default().to_owned();
    let mut state = vec![("state".to_owned(), state)];
    if let Some(edit) = &lie.farewell {
        edit(&mut state);
    }
    let to = url::Url::parse_with_params(back, state).expect("an address");
    Answer::redirect(302, to.as_str())
}

fn port_of(asked: &Asked) -> &str {
    let host = asked.header("Host").unwrap_or_default();
    host.rsplit_once(':').map_or("", |(_, port)| port)
}

fn edited(mut answer: Answer, edit: Option<&Edit<Answer>>) -> Answer {
    if let Some(edit) = edit {
        edit(&mut answer);
    }
    answer
}

fn metadata(issuer: &str, lie: &Lie) -> Value {
    let at = issuer.trim_end_matches('/');
    let mut metadata = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{at}/authorize"),
        "token_endpoint": format!("{at}/token"),
        "userinfo_endpoint": format!("{at}/userinfo"),
        "jwks_uri": format!("{at}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": [lie.auth.name()],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    metadata["pushed_authorization_request_endpoint"] = format!("{at}/par").into();
    if lie.requires_par {
        metadata["require_pushed_authorization_requests"] = true.into();
    }
    if lie.ends_sessions {
        metadata["end_session_endpoint"] = format!("{at}/end").into();
    }
    metadata
}

pub fn random() -> String {
    let mut bytes = [0; 24];
    rand::fill(&mut bytes).expect("randomness");
    base64url(&bytes)
}
