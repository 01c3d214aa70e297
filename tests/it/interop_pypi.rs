//! Two more providers with each thing that people do there, one test a cell. Where a provider lacks
//! something, the cell holds what people and operators are told instead.
//!
//! | | Canaille | oidc-provider-mock |
//! |---|---|---|
//! | `sign_in` | name, then password | a name |
//! | `check_online` | knows RFC 9207 | does not |
//! | `userinfo` | plain or signed by RS256 | plain |
//! | `groups` | with the scope `groups` | with any scope |
//! | `addresses` | never called verified, hence not used | verified |
//! | `sign_out` | at once, given the ID token | asks first; keeps no session |
//! | `back_channel` | none, no front channel either | none, no front channel either |
//! | `proof_key` | announced and required | not announced, sent all the same |
//! | `pushed_requests` | none | none |
//! | `client_key` | wants the audience that S-129 rules out | none |
//! | `edwards_curves` | ID tokens; its signed userinfo breaks | RS256 alone |
//! | `auth_time` | of the sign-in | of the sign-in |
//! | `consent` | of clients that are not the company's | of all; its no loses the `state` |

use serde_json::{Value, json};

use crate::harness::logout_token::is_in;
use crate::harness::pypi::{Company, Product};
use crate::harness::{Settings, claims_of, keys};

use Product::{Canaille, OidcProviderMock};

/// Asserts that the check is content with the provider, and says it of these abilities.
#[track_caller]
fn tells(company: &Company, abilities: &[(&str, bool)]) {
    let (text, content) = company.checked();
    assert!(content, "{text}");
    let line = |word: &str| {
        let lines = text.lines().find(|line| line.contains(word));
        lines.unwrap_or_else(|| panic!("no {word:?} in\n{text}"))
    };
    for (ability, there) in abilities {
        let told = if *there { line(" can  ") } else { line(" cannot ") };
        assert!(told.contains(ability), "{ability}:\n{text}");
    }
}

/// Asserts that a sign-in ends with a page of ours and `status`, and why.
#[track_caller]
fn refuses(company: &Company, status: u16, reason: &str) {
    let mut ada = company.usher.browser();
    let page = company.open(&mut ada, "/launch/townhall", "ada");
    assert_eq!(page.status, status, "{}:\n{}", page.path(), page.text());
    assert!(page.url.starts_with(&company.usher.url("/")), "{}", page.path());
    assert!(!ada.is_signed_in());
    assert_eq!(company.usher.logged("sign_in.failed")["reason"], reason);
}

/// What the vendor is told of Ada.
fn told_of_ada(company: &Company) -> Value {
    let mut ada = company.usher.browser();
    let arrived = company.open(&mut ada, "/launch/townhall", "ada").expect(200);
    claims_of(&arrived, keys::TOWNHALL)
}

/// S-001: in, and into an app.
fn sign_in(product: Product) {
    let company = Company::at(product);
    assert_eq!(told_of_ada(&company)["displayName"], "Ada Lovelace");
}

/// The operator hears that all is well, before anybody signs in.
fn check_online(product: Product) {
    tells(
        &Company::at(product),
        &[
            ("end_session", true),
            ("userinfo", true),
            ("iss in its answers", product == Canaille),
        ],
    );
}

/// S-084: both say there what the ID token says too; Canaille signs it for who asks.
fn userinfo(product: Product) {
    let signed = json!({ "userinfo_signed_response_alg": "RS256" });
    for registration in [json!({}), signed] {
        let company = Company::with(product, &registration, |_| ());
        let profile = &told_of_ada(&company)["userProfile"];
        assert_eq!(*profile, json!([["website", "https://ada.example/"]]));
    }
}

/// Groups open doors, and their absence keeps them shut.
fn groups(product: Product) {
    let company = Company::at(product);
    assert_eq!(told_of_ada(&company)["roles"], json!(["host"]));
    company.signed_in("bob").get("/launch/townhall").expect(302);
    company.signed_in("eve").get("/launch/townhall").expect(403);
}

/// An address that nobody vouches for is not passed on, unless the operator does.
fn addresses(product: Product) {
    let trusts = |settings: &mut Settings| {
        settings.set("[providers.work]", "trust_email", "true");
    };
    let company = Company::at(product);
    let expected = match product {
        Canaille => Value::Null,
        OidcProviderMock => json!("ada@example.com"),
    };
    assert_eq!(told_of_ada(&company)["email"], expected);
    let company = Company::with(product, &json!({}), trusts);
    assert_eq!(told_of_ada(&company)["email"], "ada@example.com");
}

/// S-021: signing out ends the session here, then the provider's: the next sign-in asks.
fn sign_out(product: Product) {
    let company = Company::at(product);
    let mut ada = company.signed_in("ada");
    let confirm = ada.get("/auth/logout").expect(200);
    let mut page = ada.submit(&confirm, []).expect(200);
    assert!(!ada.is_signed_in());
    let ended = ada.hops.iter().any(|hop| hop.path().ends_with("/end_session"));
    assert!(ended, "the provider was not asked");
    if product == OidcProviderMock {
        assert!(page.url.starts_with(&company.issuer), "{}", page.path());
        page = ada.submit(&page, []).expect(200);
    }
    assert_eq!(page.path(), company.usher.url("/auth/signed-out"));
    let again = ada.go("/auth/login?provider=work").expect(200);
    assert!(again.url.starts_with(&company.issuer), "{}", again.path());
}

/// Neither tells anybody that a person has left: the check says so, and the session here goes on.
fn back_channel(product: Product) {
    let company = Company::at(product);
    tells(
        &company,
        &[("back-channel logout", false), ("front-channel logout", false)],
    );
    let mut ada = company.signed_in("ada");
    let there = match product {
        Canaille => ada.go(&format!("{}/logout", company.issuer)),
        OidcProviderMock => {
            let page = ada.go(&format!("{}/oauth2/end_session", company.issuer));
            ada.submit(&page, [])
        }
    };
    there.expect(200);
    is_in(&mut ada, true);
}

/// S-122: S256 is sent, whether or not the provider announces that it looks.
fn proof_key(product: Product) {
    let company = Company::at(product);
    tells(&company, &[("PKCE S256 announced", product == Canaille)]);
    let mut ada = company.usher.browser();
    let to = ada
        .get("/auth/login?provider=work")
        .expect(303)
        .location()
        .to_owned();
    assert!(to.contains("code_challenge_method=S256"), "no proof key");
    company.signed_in("ada");
}

/// S-127: an operator who wants requests pushed is told that there is no place to push them to.
fn pushed_requests(product: Product) {
    let company = Company::with(product, &json!({}), |settings| {
        settings.set("[providers.work]", "par", "true");
    });
    let (text, content) = company.checked();
    assert!(!content && text.contains("provider.no_par"), "{text}");
    refuses(&company, 502, "provider.no_par");
}

/// S-109, S-129: our assertions are for the issuer alone. Canaille takes only those for its token
/// endpoint, and oidc-provider-mock none.
fn client_key(product: Product) {
    const KID: &str = "the-client-s-key";
    let key = keys::key(keys::CLIENT);
    let by_key = |settings: &mut Settings| {
        let pem = format!("\"\"\"{}\"\"\"", key.pkcs8_pem());
        settings
            .unset("[providers.work]", "client_secret")
            .set("[providers.work]", "auth_method", "\"private_key_jwt\"")
            .set("[providers.work]", "client_kid", &format!("\"{KID}\""))
            .set("[providers.work]", "client_key", &pem);
    };
    let registration = match product {
        Canaille => json!({
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": { "keys": [key.jwk(Some(KID))] },
        }),
        OidcProviderMock => json!({}),
    };
    let company = Company::with(product, &registration, by_key);
    let (text, content) = company.checked();
    let warned = text.contains("private_key_jwt is not among the ways");
    assert!(content && warned == (product == OidcProviderMock), "{text}");
    refuses(&company, 502, "token.refused");
}

/// S-134, S-183: signatures on Edwards curves, by either name.
fn edwards_curves(product: Product) {
    for alg in ["EdDSA", "Ed25519"] {
        let take = |settings: &mut Settings| {
            settings.set("[providers.work]", "id_token_algs", &format!("[\"{alg}\"]"));
        };
        let tokens = json!({ "id_token_signed_response_alg": alg });
        let company = Company::with(product, &tokens, take);
        if product == OidcProviderMock {
            let (text, content) = company.checked();
            assert!(!content && text.contains("signed by RS256, and id_token_algs takes EdDSA"));
            refuses(&company, 502, "id_token.alg_not_allowed");
            continue;
        }
        tells(&company, &[]);
        assert_eq!(told_of_ada(&company)["displayName"], "Ada Lovelace");
        // It announces this for userinfo as well, and answers 500.
        let userinfo = json!({ "id_token_signed_response_alg": alg, "userinfo_signed_response_alg": alg });
        let company = Company::with(product, &userinfo, take);
        refuses(&company, 502, "userinfo.wrong_answer");
    }
}

/// S-142: both say when people signed in, so that a fresh sign-in is fresh enough.
fn auth_time(product: Product) {
    let company = Company::with(product, &json!({}), |settings| {
        settings.set("[apps.townhall]", "max_auth_age", "\"15m\"");
    });
    let mut ada = company.signed_in("ada");
    let to = ada.get("/launch/townhall").expect(302).location().to_owned();
    assert!(to.starts_with(&company.vendor.url("/events/townhall")));
}

/// Who says no at the provider is not signed in, and reads a page of ours. They may come again.
fn consent(product: Product) {
    // Canaille asks where a client is not of the company.
    let stranger = json!({ "client_uri": "https://elsewhere.example" });
    let company = Company::with(product, &stranger, |_| ());
    let mut ada = company.usher.browser();
    let (asks, no, reason) = match product {
        Canaille => {
            let asks = company.open(&mut ada, "/launch/townhall", "ada");
            (asks, ("answer", "deny"), "callback.access_denied")
        }
        OidcProviderMock => {
            let asks = ada.go("/launch/townhall");
            (asks, ("action", "deny"), "callback.state_missing")
        }
    };
    let page = ada.submit(&asks.expect(200), [no]).expect(400);
    assert_eq!(page.path(), company.usher.url("/auth/callback/work"));
    assert!(!ada.is_signed_in());
    assert_eq!(company.usher.logged("sign_in.failed")["reason"], reason);

    let arrived = match product {
        Canaille => {
            let asks = ada.go("/launch/townhall").expect(200);
            ada.submit(&asks, [("answer", "accept")])
        }
        OidcProviderMock => company.open(&mut ada, "/launch/townhall", "ada"),
    };
    assert_eq!(arrived.path(), company.vendor.url("/events/townhall"));
}

macro_rules! grid {
    ($($cell:ident)*) => {
        mod canaille {
            $(#[test]
            fn $cell() {
                super::$cell(super::Product::Canaille);
            })*
        }

        mod oidc_provider_mock {
            $(#[test]
            fn $cell() {
                super::$cell(super::Product::OidcProviderMock);
            })*
        }
    };
}

grid! {
    sign_in check_online userinfo groups addresses sign_out back_channel proof_key pushed_requests client_key
    edwards_curves auth_time consent
}
