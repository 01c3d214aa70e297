//! The algorithms, each with an app that signs by it.

use std::path::Path;

use usher::signer::{KeyKind, generate};

use crate::bench::gateway::{self, TOWNHALL};

/// Used nowhere else.
pub const SECRET: &str = "a secret for the benchmark of a launch";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
    Hs256,
}

impl Algorithm {
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Es256, Self::EdDsa, Self::Hs256];

    /// As RFC 7518 and RFC 8037 call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Hs256 => "HS256",
        }
    }

    /// The app that signs by it.
    pub fn app(self) -> &'static str {
        match self {
            Self::Rs256 => "townhall",
            Self::Es256 => "townhall-es256",
            Self::EdDsa => "townhall-eddsa",
            Self::Hs256 => "townhall-hs256",
        }
    }

    /// What says which key, in that app's table.
    fn key(self) -> &'static str {
        match self {
            Self::Rs256 => "key_file = \"app.pem\"",
            Self::Es256 => "key_file = \"es256.pem\"",
            Self::EdDsa => "key_file = \"eddsa.pem\"",
            Self::Hs256 => "secret_file = \"hs256.secret\"",
        }
    }
}

/// Writes the keys of the apps, and gives their tables. The first app is that of the other benchmarks.
pub fn apps(directory: &Path) -> String {
    gateway::write(directory, "es256.pem", &generate(KeyKind::P256));
    gateway::write(directory, "eddsa.pem", &generate(KeyKind::Ed25519));
    gateway::write(directory, "hs256.secret", SECRET);
    let others = Algorithm::ALL
        .into_iter()
        .filter(|&each| each != Algorithm::Rs256);
    others.fold(TOWNHALL.to_owned(), |apps, algorithm| {
        let (app, name, key) = (algorithm.app(), algorithm.name(), algorithm.key());
        apps + &format!(
            r#"
[apps.{app}]
vendor = "custom"
title = "Town hall"
url = "https://acme.example.com/events/townhall"
alg = "{name}"
{key}
allow = ["group:staff"]
auto_claims = ["iat", "exp"]

[apps.{app}.claims]
displayName = "{{{{ user.name }}}}"
"email?" = "{{{{ user.email }}}}"
"avatarUrl?" = "{{{{ user.picture }}}}"
userProfile = [["organization", "Acme"], ["title", "{{{{ user.claims.title }}}}"]]
roles = ["host"]
"#
        )
    })
}
