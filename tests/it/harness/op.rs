//! The honest provider: npm `oidc-provider`, which is certified. One process, a client a test.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::node::Node;

pub struct Op {
    pub client_id: String,
    pub client_secret: String,
    base: String,
}

fn node() -> &'static Node {
    static NODE: OnceLock<Node> = OnceLock::new();
    NODE.get_or_init(|| Node::start("provider.mjs"))
}

impl Op {
    /// A client for the gateway at `base`, under the provider id `work`.
    pub fn register(base: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let op = Self {
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

    fn tell(&self, names_sessions: bool) {
        let base = &self.base;
        node().must(
            "client",
            json!({ "client": {
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "redirect_uris": [format!("{base}/auth/callback/work")],
                "post_logout_redirect_uris": [format!("{base}/auth/signed-out")],
                "backchannel_logout_uri": format!("{base}/auth/backchannel-logout/work"),
                "backchannel_logout_session_required": names_sessions,
            } }),
        );
    }

    /// How the gateway answered each logout token: `ok`, or what was wrong.
    pub fn logouts(&self) -> Vec<String> {
        let logouts = node().must("logouts", json!({ "client": self.client_id }));
        serde_json::from_value(logouts).expect("a list of texts")
    }

    pub fn issuer() -> String {
        static ISSUER: OnceLock<String> = OnceLock::new();
        ISSUER
            .get_or_init(|| node().must("issuer", json!({})).as_str().unwrap().to_owned())
            .clone()
    }

    /// Makes or changes a person's account.
    pub fn person(&self, login: &str, claims: &Value) {
        node().must(
            "account",
            json!({ "client": self.client_id, "login": login, "claims": claims }),
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
