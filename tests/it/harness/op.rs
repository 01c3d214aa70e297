//! The honest provider: npm `oidc-provider`, which is certified. One process, a client a test.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::keys;
use super::script::Script;

/// How the provider is set up, and what the client's registration asks of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Plain,
    /// Pushed requests only, from clients that sign who they are.
    Pushed,
    /// ID tokens and userinfo signed by this algorithm, as metadata calls it.
    Signing(&'static str),
}

impl Shape {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Pushed => "pushed",
            Self::Signing(_) => "signing",
        }
    }
}

pub struct Op {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    shape: Shape,
    base: String,
}

/// What the client calls its key.
const KID: &str = "the-client-s-key";

fn node() -> &'static Script {
    static NODE: OnceLock<Script> = OnceLock::new();
    NODE.get_or_init(|| Script::node("provider.mjs"))
}

impl Op {
    /// A client for the gateway at `base`, under the provider id `work`.
    pub fn register(shape: Shape, base: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let op = Self {
            issuer: Self::issuer_of(shape),
            shape,
            client_id: format!("client-{number}"),
            client_secret: format!("canary-client-secret-of-client-{number}"),
            base: base.to_owned(),
        };
        op.tell(true);
        op
    }

    /// From now on its logout tokens name the person alone, and no session.
    pub fn logs_out_by_person(&self) {
        self.tell(false);
    }

    /// Registers the client as the provider is to know it.
    fn tell(&self, names_sessions: bool) {
        let base = &self.base;
        let mut client = json!({
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uris": [format!("{base}/auth/callback/work")],
            "post_logout_redirect_uris": [format!("{base}/auth/signed-out")],
            "backchannel_logout_uri": format!("{base}/auth/backchannel-logout/work"),
            "backchannel_logout_session_required": names_sessions,
        });
        match self.shape {
            Shape::Plain => {}
            Shape::Pushed => {
                client["token_endpoint_auth_method"] = "private_key_jwt".into();
                client["jwks"] = json!({ "keys": [keys::key(keys::CLIENT).jwk(Some(KID))] });
                client.as_object_mut().unwrap().remove("client_secret");
            }
            Shape::Signing(alg) => {
                client["id_token_signed_response_alg"] = alg.into();
                client["userinfo_signed_response_alg"] = alg.into();
            }
        }
        node().must("client", json!({ "client": client }));
    }

    /// How the gateway answered each logout token: `ok`, or what was wrong.
    pub fn logouts(&self) -> Vec<String> {
        let logouts = node().must("logouts", json!({ "client": self.client_id }));
        serde_json::from_value(logouts).expect("a list of texts")
    }

    /// The section of a gateway that knows this provider.
    pub fn section(&self) -> String {
        let client = format!(
            "issuer = \"{}\"\ntitle = \"Work\"\nclient_id = \"{}\"",
            self.issuer, self.client_id
        );
        let secret = format!("client_secret = \"{}\"", self.client_secret);
        let more = match self.shape {
            Shape::Plain => secret,
            Shape::Pushed => {
                let pem = keys::key(keys::CLIENT).pkcs8_pem();
                format!(
                    "auth_method = \"private_key_jwt\"\nclient_key = \"\"\"{pem}\"\"\"\nclient_kid = \"{KID}\""
                )
            }
            Shape::Signing(alg) => format!("{secret}\nid_token_algs = [\"{alg}\"]"),
        };
        format!("{client}\n{more}")
    }

    /// The plain provider's.
    pub fn issuer() -> String {
        Self::issuer_of(Shape::Plain)
    }

    fn issuer_of(shape: Shape) -> String {
        let issuer = node().must("issuer", json!({ "shape": shape.name() }));
        issuer.as_str().expect("an address").to_owned()
    }

    /// Makes or changes a person's account.
    pub fn person(&self, login: &str, claims: &Value) {
        node().must(
            "account",
            json!({ "client": self.client_id, "login": login, "claims": claims }),
        );
    }

    /// Makes a person's sign-ins at the provider so much older.
    pub fn ages(&self, login: &str, seconds: u64) {
        node().must(
            "age",
            json!({ "client": self.client_id, "login": login, "seconds": seconds }),
        );
    }

    /// The subject that the provider knows a person by.
    pub fn subject(&self, login: &str) -> String {
        format!("{}.{login}", self.client_id)
    }

    /// Every code, verifier and token that passed between provider and gateway.
    pub fn secrets(&self) -> Vec<String> {
        let secrets = node().must("secrets", json!({ "client": self.client_id }));
        serde_json::from_value(secrets).expect("a list of texts")
    }
}
