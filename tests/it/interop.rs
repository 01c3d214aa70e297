//! Each shape of the certified provider with each thing that people do there: a grid, one test a
//! cell. It can do all of them in every shape; `interop_pypi.rs` has providers that cannot.

use serde_json::json;

use crate::harness::logout_token::is_in;
use crate::harness::{How, Shape, World, claims_of, keys};

fn world(shape: Shape) -> World {
    World::at(shape, How::default(), |_| ())
}

/// S-001: in, and into an app.
fn sign_in(shape: Shape) {
    let world = world(shape);
    let mut ada = world.usher.browser();
    let arrived = world.open(&mut ada, "/launch/townhall", "ada").expect(200);
    let claims = claims_of(&arrived, keys::TOWNHALL);
    assert_eq!(claims["displayName"], "Ada Lovelace");
}

/// The operator hears that all is well, before anybody signs in.
fn check_online(shape: Shape) {
    let checked = world(shape).usher.run(&["check", "--online"]);
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}");
}

/// S-084: what only userinfo says arrives in the vendor's claims.
fn userinfo(shape: Shape) {
    let world = world(shape);
    world.person("grace", json!({ "title": "Rear admiral", "groups": ["staff"] }));
    let mut grace = world.usher.browser();
    let arrived = world.open(&mut grace, "/launch/townhall", "grace").expect(200);
    let profile = &claims_of(&arrived, keys::TOWNHALL)["userProfile"];
    assert!(profile.to_string().contains("Rear admiral"), "{profile}");
}

/// Groups open doors, and their absence keeps them shut.
fn groups(shape: Shape) {
    let world = world(shape);
    world.signed_in("bob").get("/launch/townhall").expect(302);
    world.signed_in("eve").get("/launch/townhall").expect(403);
}

/// S-021: signing out ends the session here, then the provider's: the next sign-in asks. On the way
/// the provider calls back, and is told that all is well (S-024).
fn sign_out(shape: Shape) {
    let world = world(shape);
    let mut ada = world.signed_in("ada");
    let confirm = ada.get("/auth/logout").expect(200);
    let asks = ada.submit(&confirm, []).expect(200);
    assert!(!ada.is_signed_in());
    assert!(asks.url.starts_with(&world.op.issuer), "{}", asks.path());
    let out = ada.submit(&asks, [("logout", "yes")]).expect(200);
    assert_eq!(out.path(), world.usher.url("/auth/signed-out"));
    assert_eq!(world.op.logouts(), ["ok"]);
    let again = ada.go("/auth/login?provider=work").expect(200);
    assert!(again.url.contains("/sign-in/"), "{}", again.path());
}

/// S-024: signing out at the provider ends the session here.
fn back_channel(shape: Shape) {
    let world = world(shape);
    let mut ada = world.signed_in("ada");
    let asks = ada.go(&format!("{}/session/end", world.op.issuer)).expect(200);
    ada.submit(&asks, [("logout", "yes")]).expect(200);
    assert_eq!(world.op.logouts(), ["ok"]);
    is_in(&mut ada, false);
}

macro_rules! grid {
    ($($shape:ident: $value:expr),* $(,)?) => {
        $(mod $shape {
            use super::Shape;

            #[test]
            fn sign_in() {
                super::sign_in($value);
            }

            #[test]
            fn check_online() {
                super::check_online($value);
            }

            #[test]
            fn userinfo() {
                super::userinfo($value);
            }

            #[test]
            fn groups() {
                super::groups($value);
            }

            #[test]
            fn sign_out() {
                super::sign_out($value);
            }

            #[test]
            fn back_channel() {
                super::back_channel($value);
            }
        })*
    };
}

grid! {
    plain: Shape::Plain,
    s_050_s_109_s_127_pushed_requests_and_a_client_key: Shape::Pushed,
    s_134_id_tokens_and_userinfo_by_ps256: Shape::Signing("PS256"),
    s_134_id_tokens_and_userinfo_by_es256: Shape::Signing("ES256"),
    s_134_id_tokens_and_userinfo_by_eddsa: Shape::Signing("EdDSA"),
    s_183_id_tokens_and_userinfo_by_ed25519: Shape::Signing("Ed25519"),
}
