//! S-300: what must never stand in anything that the gateway prints.

use std::collections::BTreeMap;
use std::sync::Mutex;

use url::Url;

use super::wire::Response;

/// Every secret that a test has seen, by what it is.
#[derive(Default)]
pub struct Secrets(Mutex<BTreeMap<String, &'static str>>);

impl Secrets {
    /// Remembers a secret; texts too short to be one are left out.
    pub fn add(&self, what: &'static str, text: &str) {
        if text.len() >= 8 {
            self.0.lock().unwrap().insert(text.to_owned(), what);
        }
    }

    /// Remembers what makes a token a credential: its claims and its signature.
    pub fn add_token(&self, what: &'static str, token: &str) {
        token.split('.').skip(1).for_each(|part| self.add(what, part));
    }

    pub fn add_pem(&self, pem: &str) {
        pem.lines()
            .filter(|line| !line.starts_with("-----"))
            .for_each(|line| self.add("a line of a private key", line.trim()));
    }

    /// Remembers what is secret in an address: token, code, state, the whole query of a callback.
    pub fn add_url(&self, url: &str) {
        let Ok(url) = Url::parse(url) else { return };
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "token" => self.add_token("a minted token", &value),
                "code" => self.add("an authorization code", &value),
                "state" => self.add("a state", &value),
                "id_token_hint" => self.add_token("an ID token", &value),
                _ => {}
            }
        }
        if url.path().starts_with("/auth/callback/") {
            self.add("the query of a callback", url.query().unwrap_or_default());
        }
    }

    /// Remembers what is secret in an answer of the gateway.
    pub fn add_answer(&self, response: &Response) {
        for (_, value, _) in response.set_cookies() {
            self.add("the value of a cookie", &value);
        }
        response.headers_named("Location").for_each(|to| self.add_url(to));
        for (name, value) in super::browser::hidden_fields(&response.text()) {
            if name == "csrf" {
                self.add("a CSRF value", &value);
            }
        }
    }

    /// What of it stands in `printed`: the kind of secret and the line without it.
    pub fn found_in(&self, printed: &str) -> Vec<String> {
        let secrets = self.0.lock().unwrap();
        let mut found = Vec::new();
        for line in printed.lines() {
            let hidden = |secret: &str| line.replace(secret, "<HERE>");
            for (secret, what) in secrets.iter().filter(|(secret, _)| line.contains(secret.as_str())) {
                found.push(format!("{what}: {}", hidden(secret)));
            }
            let shown = line
                .split("token=")
                .skip(1)
                .any(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
            if shown {
                found.push(format!("something behind token=: {line}"));
            }
            if line.contains("-----BEGIN") {
                found.push(format!("a PEM block: {line}"));
            }
        }
        found
    }
}
