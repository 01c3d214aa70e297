//! "Acme Staff", an OpenID provider of its own: authorization code flow with PKCE, one client,
//! four people, no passwords.

mod authorize;
mod claims;
mod key;
mod memory;
mod metadata;
mod sign_out;
mod token;

#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use actix_web::{HttpResponse, web};
use openidconnect::IssuerUrl;
use secrecy::SecretString;

use super::answer;
use crate::clock::{Clock as _, SystemClock};
use key::ProviderKey;
use memory::Memory;

/// The name of the provider's own session cookie.
const COOKIE: &str = "acme_staff";

/// The one application that may ask this provider: the gateway.
pub struct Client {
    pub id: String,
    pub secret: SecretString,
    /// Compared as exact strings (RFC 9700, section 2.1).
    pub redirect_uri: String,
    pub post_logout_redirect_uri: String,
}

/// The provider's state; shared by its handlers.
pub struct Provider {
    issuer: IssuerUrl,
    client: Client,
    key: ProviderKey,
    memory: Mutex<Memory>,
}

impl Provider {
    pub fn new(issuer: IssuerUrl, client: Client, key: super::keys::ComingKey) -> Self {
        Self {
            issuer,
            client,
            key: ProviderKey::new(key),
            memory: Mutex::default(),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // What a panicking handler left behind is still a map of whole entries.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now() -> SystemTime {
    SystemClock.now().into()
}

/// The provider's routes.
pub fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route(
            "/.well-known/openid-configuration",
            web::get().to(metadata::discovery),
        )
        .route("/jwks", web::get().to(metadata::jwks))
        .route("/authorize", web::get().to(authorize::ask))
        .route("/authorize", web::post().to(authorize::answer))
        .route("/token", web::post().to(token::token))
        .route("/userinfo", web::get().to(token::userinfo))
        .route("/userinfo", web::post().to(token::userinfo))
        .route("/sign-out", web::get().to(sign_out::by_query))
        .route("/sign-out", web::post().to(sign_out::by_form))
        .configure(answer::configure)
        .default_service(web::to(not_found));
}

async fn not_found() -> HttpResponse {
    answer::page(
        actix_web::http::StatusCode::NOT_FOUND,
        &answer::Note {
            site: "staff",
            title: "Nothing here",
            text: "People come here from an application that asks them to sign in.",
            code: "404 Not Found",
        },
    )
}
