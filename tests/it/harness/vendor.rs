//! A stand-in for every vendor: writes down what browsers bring, and has tokens verified by `jose`.

use std::sync::{Arc, Mutex, OnceLock};

use serde_json::{Value, json};
use url::Url;

use super::keys;
use super::script::Script;
use super::server::{Answer, Asked, Server, value_of};
use super::wire::Response;

pub struct Vendor {
    server: Server,
    visits: Arc<Mutex<Vec<Asked>>>,
}

impl Vendor {
    pub fn start() -> Self {
        let visits: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let book = Arc::clone(&visits);
        let server = Server::start(move |asked| {
            if asked.path() == "/favicon.ico" {
                return Answer::new(204, "text/plain", "");
            }
            book.lock().unwrap().push(asked.clone());
            // Ways that lead on, over another site, before they arrive.
            let port = asked
                .header("Host")
                .and_then(|host| host.rsplit_once(':'))
                .map_or("", |(_, port)| port);
            match asked.path() {
                "/far" => return Answer::redirect(302, &format!("http://two.localhost:{port}/farther")),
                "/farther" => return Answer::redirect(302, &format!("http://localhost:{port}/events/there")),
                _ => {}
            }
            let html = format!(
                "<!doctype html><html lang=en><title>Vendor</title><h1>Arrived</h1><p>{}</p><a href=/inside rel=noreferrer>On</a>",
                asked.path()
            );
            Answer::new(200, "text/html; charset=utf-8", html)
        });
        Self { server, visits }
    }

    /// On a site other than the gateway's, which is on 127.0.0.1.
    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.server.port)
    }

    pub fn visits(&self) -> Vec<Asked> {
        self.visits.lock().unwrap().clone()
    }

    /// Asserts that nobody brought a Referer or a cookie of the gateway (S-214, C-46).
    #[track_caller]
    pub fn saw_nothing_but_tokens(&self) {
        for visit in self.visits() {
            assert_eq!(visit.header("Referer"), None);
            let cookies = visit.header("Cookie").unwrap_or_default();
            assert!(!cookies.contains("usher"), "a vendor got a cookie of the gateway");
        }
    }
}

/// Verifies a token as its vendor would; the header and the claims.
pub fn verify(token: &str, key: usize, audience: Option<&str>, now: Option<i64>) -> Result<Value, String> {
    let args = json!({
        "token": token,
        "pem": keys::key(key).public_pem(),
        "audience": audience,
        "now": now,
    });
    verifier().ask("verify", args)
}

/// The same by a vendor that reads our JWK set.
pub fn verify_in_set(token: &str, set: &Value) -> Result<Value, String> {
    verifier().ask("verify_in_set", json!({ "token": token, "set": set }))
}

fn verifier() -> &'static Script {
    static NODE: OnceLock<Script> = OnceLock::new();
    NODE.get_or_init(|| Script::node("verify.mjs"))
}

/// The token in an address.
#[track_caller]
pub fn token_in(url: &str) -> String {
    let query: Vec<(String, String)> = Url::parse(url)
        .expect("an address")
        .query_pairs()
        .into_owned()
        .collect();
    assert_eq!(
        query.iter().filter(|(n, _)| n == "token").count(),
        1,
        "exactly one token"
    );
    value_of(&query, "token").unwrap().to_owned()
}

/// The verified claims of a launch's answer, or of the page that it ended at.
#[track_caller]
pub fn claims_of(answer: &Response, key: usize) -> Value {
    let url = if answer.status == 302 {
        answer.location()
    } else {
        &answer.url
    };
    let verified = verify(&token_in(url), key, None, None).expect("a vendor accepts the token");
    verified["claims"].clone()
}

/// The names of an object's members, in order.
pub fn names(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}
