//! The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0).

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, web};
use url::{Url, form_urlencoded};

use super::{COOKIE, Provider};
use crate::demo::answer::{self, Note};

/// `GET /sign-out`
pub async fn by_query(provider: web::Data<Provider>, request: HttpRequest) -> HttpResponse {
    sign_out(&provider, &request, request.query_string())
}

/// `POST /sign-out`
pub async fn by_form(provider: web::Data<Provider>, request: HttpRequest, form: String) -> HttpResponse {
    sign_out(&provider, &request, &form)
}

fn sign_out(provider: &Provider, request: &HttpRequest, given: &str) -> HttpResponse {
    for (_, value) in answer::cookies(request).filter(|(name, _)| *name == COOKIE) {
        provider.memory().sign_out(value);
    }
    let given: HashMap<_, _> = form_urlencoded::parse(given.as_bytes()).collect();
    // Only to the address that the client registered; `state` goes back unread (section 3).
    let back = given
        .get("post_logout_redirect_uri")
        .filter(|uri| **uri == provider.client.post_logout_redirect_uri)
        .and_then(|uri| Url::parse(uri).ok());
    let mut answer = match back {
        Some(mut url) => {
            if let Some(state) = given.get("state") {
                url.query_pairs_mut().append_pair("state", state);
            }
            answer::builder(StatusCode::SEE_OTHER)
                .insert_header((LOCATION, String::from(url)))
                .finish()
        }
        None => answer::page(
            StatusCode::OK,
            &Note {
                site: "staff",
                title: "You are signed out of Acme Staff",
                text: "The next sign-in asks who you are.",
                code: "session ended",
            },
        ),
    };
    let gone = format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    if let Ok(gone) = gone.parse() {
        answer.headers_mut().append(SET_COOKIE, gone);
    }
    answer
}
