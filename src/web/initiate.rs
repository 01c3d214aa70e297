//! `/auth/initiate`: a sign-in that somebody else starts, such as a tile in a provider's portal
//! (OpenID Connect Core 1.0, section 4; C-21).

use actix_web::HttpResponse;

use super::body::Body;
use super::error::Problem;
use super::issue;
use super::launch::{self, Asked};
use super::login::{self, Remembered};
use super::visit::{Visit, pairs};
use crate::session::attempt::{Destination, LONGEST_TARGET, Page};
use crate::types::AppId;

/// As long as an address of e-mail may be.
const LONGEST_HINT: usize = 254;

pub async fn get(visit: Visit) -> Result<HttpResponse, Problem> {
    let given = visit.query()?;
    initiate(&visit, given).await
}

pub async fn post(visit: Visit, Body(body): Body) -> Result<HttpResponse, Problem> {
    initiate(&visit, pairs(&body)?).await
}

fn bad(reason: &'static str) -> Problem {
    Problem::bad_request("login.bad_request").because(reason)
}

/// Always by way of the provider: whoever clicked a tile there is to be who arrives.
async fn initiate(visit: &Visit, given: Vec<(String, String)>) -> Result<HttpResponse, Problem> {
    login::require_navigation(visit)?;
    let (mut issuer, mut hint, mut target) = (None, None, None);
    // What is empty was left out (RFC 6749, section 3.1).
    for (name, value) in given.into_iter().filter(|(_, value)| !value.is_empty()) {
        let slot = match name.as_str() {
            "iss" => &mut issuer,
            "login_hint" => &mut hint,
            "target_link_uri" => &mut target,
            // What is not understood must be ignored.
            _ => continue,
        };
        if slot.replace(value).is_some() {
            return Err(bad("login.repeated_parameter"));
        }
    }
    let issuer = issuer.ok_or_else(|| bad("initiate.iss_missing"))?;
    if visit.config().providers_of(&issuer).next().is_none() {
        return Err(bad("initiate.iss_unknown"));
    }
    let fits = |hint: &String| hint.len() <= LONGEST_HINT && !hint.chars().any(char::is_control);
    if hint.as_ref().is_some_and(|hint| !fits(hint)) {
        return Err(bad("initiate.login_hint"));
    }
    let destination = match &target {
        Some(target) => destination(visit, target)?,
        None => Destination::Page(Page::Portal),
    };
    let candidates = login::candidates(visit, &destination);
    let provider = candidates
        .iter()
        .find(|provider| provider.settings.issuer.as_str() == issuer);
    let Some(provider) = provider else {
        return Err(Problem::forbidden("login.wrong_provider").towards(destination));
    };
    let ask = Remembered::read(visit).ask_at(&provider.settings.id);
    login::start(visit, provider, destination, ask, hint.as_deref()).await
}

/// The page or launch of ours that an address names: compared as text, never resolved, so that no
/// reading of it leads elsewhere (S-302).
fn destination(visit: &Visit, target: &str) -> Result<Destination, Problem> {
    let foreign = || bad("initiate.target_link_uri");
    let path = local(target, visit.config().public_url.origin.as_str()).ok_or_else(foreign)?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    match path {
        "" | "/" if query.is_empty() => return Ok(Destination::Page(Page::Portal)),
        "/account" if query.is_empty() => return Ok(Destination::Page(Page::Account)),
        _ => {}
    }
    let id = path.strip_prefix(launch::PREFIX).ok_or_else(foreign)?;
    let app = AppId::parse(id).ok().and_then(|id| visit.config().app(&id));
    let app = app.ok_or_else(Problem::app_unknown)?;
    let Asked { params, .. } = launch::asked(visit, app, pairs(query.as_bytes())?)?;
    Ok(issue::destination(app, &params))
}

/// The path and query of an address at `origin`.
fn local<'a>(address: &'a str, origin: &str) -> Option<&'a str> {
    let path = address.strip_prefix(origin)?;
    let starts = path.is_empty() || (path.starts_with('/') && !path[1..].starts_with(['/', '\\']));
    let plain = |b: u8| b.is_ascii_graphic() && b != b'\\' && b != b'#';
    (starts && path.len() <= LONGEST_TARGET && path.bytes().all(plain)).then_some(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OURS: &str = "https://go.example.com";

    #[test]
    fn s_302_only_an_address_of_our_own_is_local() {
        for (rest, path) in [
            ("", Some("")),
            ("/", Some("/")),
            (
                "/launch/support?customer=a@b.c",
                Some("/launch/support?customer=a@b.c"),
            ),
            ("//evil.test", None),
            ("/\\evil.test", None),
            ("\\evil.test", None),
            (".evil.test/", None),
            ("@evil.test/", None),
            (":443/", None),
            ("/launch/a#b", None),
            ("/launch/a b", None),
            ("/launch/\u{e4}", None),
            ("/\tevil.test", None),
        ] {
            assert_eq!(local(&format!("{OURS}{rest}"), OURS), path, "{rest}");
        }
        for foreign in [
            "",
            "/launch/a",
            "//go.example.com/",
            "https:go.example.com/",
            "javascript:x",
        ] {
            assert_eq!(local(foreign, OURS), None, "{foreign}");
        }
        let long = format!("{OURS}/{}", "x".repeat(512));
        assert_eq!(local(&long, OURS), None);
    }

    proptest! {
        #[test]
        fn s_302_what_is_local_stays_here_for_every_reader(rest in "[/\\\\a-z@:.?#%\t ]{0,20}") {
            let address = format!("{OURS}{rest}");
            if local(&address, OURS).is_some() {
                let read = url::Url::parse(&address).unwrap();
                prop_assert_eq!(read.origin().ascii_serialization(), OURS);
                prop_assert_eq!(read.username(), "");
            }
        }
    }
}
