//! `provider = "…"`: sign-ins as well-known providers really send them.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::harness::lie::edit;
use crate::harness::secrets::Secrets;
use crate::harness::server::value_of;
use crate::harness::usher::{directory, run_in};
use crate::harness::vendor::Vendor;
use crate::harness::world::standard;
use crate::harness::{How, Lie, Lying, Response, SUPPORT, Settings, World, claims_of, keys};

use super::claims::{frameable, try_launch};

const TENANT: &str = "7f3c1a52-0b1d-4c7e-9a55-6d0d2e8c4b10";
const ENTRA: &str = "7f3c1a52-0b1d-4c7e-9a55-6d0d2e8c4b10/v2.0";

/// A gateway whose lying provider is of a preset: its ID token says what `says` was told, and its
/// userinfo, as at Entra and Google, next to nothing.
struct Preset {
    world: Lying,
    token: Arc<Mutex<Value>>,
}

impl Preset {
    fn with(provider: &str, lie: Lie, change: impl Fn(&mut Settings)) -> Self {
        let token = Arc::new(Mutex::new(json!({})));
        let said = Arc::clone(&token);
        let lie = lie
            .in_claims(move |claims| {
                let said = said.lock().unwrap().as_object().unwrap().clone();
                claims.as_object_mut().unwrap().extend(said);
            })
            .in_userinfo(|answer| edit(answer, |person| *person = json!({ "sub": "ada" })));
        let world = Lying::with(lie, How::default(), |settings| {
            settings.set("[providers.lie]", "provider", &format!("\"{provider}\""));
            change(settings);
        });
        Self { world, token }
    }

    fn entra(change: impl Fn(&mut Settings)) -> Self {
        Self::with("entra", Lie::none().living_at(ENTRA), change)
    }

    /// What `path` answers to a person of whom the ID token says `claims`.
    fn open(&self, claims: Value, path: &str) -> Response {
        *self.token.lock().unwrap() = claims;
        let mut ada = self.world.usher.browser();
        self.world.sign_in(&mut ada, "lie").expect(200);
        ada.get(path)
    }

    fn last_denial(&self) -> Value {
        self.world.usher.audited("denied").pop().expect("a denial")["reason"].clone()
    }
}

/// An ID token of Entra's with these claims besides its own.
fn of_entra(more: &Value) -> Value {
    let mut claims = json!({
        "tid": TENANT, "oid": "00000000-0000-0000-66f3-3332eca7ea81", "ver": "2.0", "name": "Ada Lovelace",
        "preferred_username": "ada@example.com", "region": "emea",
    });
    claims
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    claims
}

#[test]
fn s_324_a_token_of_another_tenant_signs_nobody_in() {
    for tid in [json!("11111111-2222-3333-4444-555555555555"), json!(null)] {
        let lie = Lie::none().living_at(ENTRA).in_claims(move |claims| {
            claims["tid"] = tid.clone();
            claims["email"] = "victim@example.com".into();
            claims["xms_edov"] = true.into();
        });
        Lying::with(lie, How::default(), |settings| {
            settings.set("[providers.lie]", "provider", "\"entra\"");
        })
        .refuses(502, "id_token.tid_mismatch");
    }
}

#[test]
fn s_324_s_323_an_entra_address_needs_the_owner_of_its_domain() {
    let entra = Preset::entra(|settings| {
        settings
            .set("[apps.townhall]", "allow", "[\"domain:example.com\"]")
            .set("[apps.support]", "allow", "[\"everyone\"]");
    });
    let victim = |more: Value| {
        let mut claims = of_entra(&json!({ "email": "victim@example.com" }));
        claims
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        claims
    };
    for unproved in [
        json!({}),
        json!({ "xms_edov": false }),
        json!({ "xms_edov": "0" }),
        json!({ "xms_edov": 1 }),
        json!({ "email_verified": true }),
    ] {
        entra.open(victim(unproved.clone()), SUPPORT).expect(403);
        assert_eq!(entra.last_denial(), "claims.email_unverified", "{unproved}");
        entra
            .open(victim(unproved.clone()), "/launch/townhall")
            .expect(403);
        assert_eq!(entra.last_denial(), "access.email_unverified", "{unproved}");
    }
    for proof in [json!(true), json!("1")] {
        let launch = entra.open(victim(json!({ "xms_edov": proof })), SUPPORT);
        assert_eq!(
            claims_of(&launch.expect(302), keys::SUPPORT)["sub"],
            "victim@example.com"
        );
    }
    let trusting = Preset::entra(|settings| {
        settings.set("[providers.lie]", "trust_email", "true").set(
            "[apps.support]",
            "allow",
            "[\"everyone\"]",
        );
    });
    trusting.open(victim(json!({})), SUPPORT).expect(302);
}

#[test]
fn lesson_29_nothing_but_email_is_an_address() {
    let entra = Preset::entra(|settings| {
        settings.set("[apps.support]", "allow", "[\"everyone\"]");
    });
    let names = json!({
        "upn": "victim@example.com", "unique_name": "victim@example.com", "mail": "victim@example.com",
        "preferred_username": "victim@example.com", "verified_primary_email": ["victim@example.com"],
        "emails": ["victim@example.com"], "xms_edov": true,
    });
    let page = entra.open(of_entra(&names), SUPPORT).expect(403);
    page.shows("have <bdi>Microsoft</bdi> say so")
        .hides("victim@example.com");
    assert_eq!(entra.last_denial(), "claims.email_unverified");
}

#[test]
fn lesson_32_a_claim_is_a_value_and_never_a_piece_of_text() {
    let entra = Preset::entra(|settings| {
        let policy =
            r#"{ version = 3, devices = { custom_data = { region = "{{ user.claims.region }}" } } }"#;
        settings
            .set("[providers.lie]", "trust_email", "true")
            .set("[apps.support]", "policy", policy)
            .set("[apps.support]", "allow", "[\"everyone\"]");
    });
    let region = |region: Value| {
        let claims = of_entra(&json!({ "email": "ada@example.com", "region": region }));
        entra.open(claims, SUPPORT)
    };
    for text in [
        r#"emea","role":"administrator"#,
        "{{ user.email }}",
        "${user.email}",
        "emea}}, role = \"administrator\"",
    ] {
        let claims = claims_of(&region(json!(text)).expect(302), keys::SUPPORT);
        assert_eq!(claims["policy"]["devices"]["custom_data"]["region"], text);
        assert_eq!(claims["role"], "agent");
    }
    for typed in [json!(7), json!(true)] {
        let claims = claims_of(&region(typed.clone()).expect(302), keys::SUPPORT);
        assert_eq!(claims["policy"]["devices"]["custom_data"]["region"], typed);
    }
    for nothing in [json!(null), json!("")] {
        region(nothing).expect(403);
    }
}

#[test]
fn lesson_30_s_146_too_many_groups_open_nothing_and_page_and_log_name_the_cure() {
    let entra = Preset::entra(|settings| {
        settings.set("[providers.lie]", "groups_absent", "\"empty\"");
    });
    let endpoint = format!("{}/memberObjects", entra.world.liar.issuer("lie"));
    let sources = json!({ "src1": { "endpoint": endpoint } });
    for mark in [
        json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": sources }),
        json!({ "groups": "src1", "_claim_sources": sources }),
        json!({ "groups:src1": endpoint }),
        json!({ "hasgroups": true }),
        json!({ "hasgroups": true, "groups": ["staff"] }),
    ] {
        let page = entra.open(of_entra(&mark), "/launch/townhall").expect(403);
        page.shows("groups assigned to the application")
            .shows("app roles");
        assert_eq!(entra.last_denial(), "access.groups_overage", "{mark}");
    }
    let logged = entra.world.usher.logged("sign_in.groups_overage");
    assert!(
        logged["cure"]
            .as_str()
            .is_some_and(|cure| cure.contains("app roles")),
        "{logged}"
    );
    assert_eq!(logged["provider"], "lie");
    assert_eq!(
        entra.world.liar.asked("lie", "memberObjects"),
        0,
        "S-146: never fetched"
    );
}

#[test]
fn lesson_30_app_roles_are_the_cure() {
    let entra = Preset::entra(|settings| {
        settings.set("[providers.lie]", "groups_claim", "\"roles\"");
    });
    let claims = of_entra(&json!({
        "roles": ["staff", "comms"], "hasgroups": true, "_claim_names": { "groups": "src1" },
    }));
    let launch = entra.open(claims, "/launch/townhall").expect(302);
    assert_eq!(claims_of(&launch, keys::TOWNHALL)["roles"], json!(["host"]));
}

#[test]
fn keycloak_sends_realm_roles_nested_and_groups_as_paths() {
    let roles = World::with(|settings| {
        settings.set("[providers.work]", "provider", "\"keycloak\"");
    });
    let nested = json!({
        "realm_access": { "roles": ["offline_access", "default-roles-acme", "staff", "comms"] }, "groups": [],
    });
    assert_eq!(frameable(&roles, nested)["roles"], json!(["host"]));
    for other in [
        json!({}),
        json!("staff"),
        json!(["staff"]),
        json!({ "roles": ["Staff"] }),
    ] {
        let profile = json!({ "realm_access": other, "groups": ["staff"] });
        let (_, answer) = try_launch(&roles, profile, "/launch/townhall");
        assert_eq!(answer.status, 403, "{other}");
    }

    let paths = World::with(|settings| {
        settings
            .set("[providers.work]", "provider", "\"keycloak\"")
            .set("[providers.work]", "groups_claim", "\"groups\"")
            .set("[apps.townhall]", "allow", "[\"group:/acme/staff\"]");
    });
    frameable(&paths, json!({ "groups": ["/acme/staff"] }));
    for other in ["acme/staff", "staff", "/acme/staff/", "/acme"] {
        let (_, answer) = try_launch(&paths, json!({ "groups": [other] }), "/launch/townhall");
        assert_eq!(answer.status, 403, "{other}");
    }
}

#[test]
fn c_13_auth0_sends_roles_under_a_name_of_the_customers_own() {
    let world = World::with(|settings| {
        settings.set("[providers.work]", "provider", "\"auth0\"").set(
            "[providers.work]",
            "groups_claim",
            "\"https://acme.com/roles\"",
        );
    });
    let profile = json!({ "https://acme.com/roles": ["staff", "comms"], "groups": [] });
    assert_eq!(frameable(&world, profile)["roles"], json!(["host"]));
    // One role comes as a string where the Action says so.
    frameable(&world, json!({ "https://acme.com/roles": "staff", "groups": [] }));
    let (_, answer) = try_launch(
        &world,
        json!({ "https://acme.com/roles": "staff comms" }),
        "/launch/townhall",
    );
    answer.expect(403);
}

#[test]
fn okta_is_asked_for_groups_at_the_org_and_not_at_another_server() {
    let org = Preset::with("okta", Lie::none(), |_| ());
    org.open(json!({ "name": "Ada", "groups": ["staff"] }), "/launch/townhall")
        .expect(302);
    let server = Preset::with("okta", Lie::none().living_at("oauth2/default"), |_| ());
    server
        .open(json!({ "name": "Ada", "groups": ["staff"] }), "/launch/townhall")
        .expect(302);
    for (preset, scope) in [
        (org, "openid profile email groups"),
        (server, "openid profile email"),
    ] {
        let asked = preset.world.liar.requests("lie", "authorize").remove(0).query();
        assert_eq!(value_of(&asked, "scope"), Some(scope));
    }
}

#[test]
fn s_325_a_private_google_account_does_not_prove_the_companys_address() {
    let google = Preset::with("google", Lie::none(), |settings| {
        settings
            .set("[apps.townhall]", "allow", "[\"domain:example.com\"]")
            .set("[apps.support]", "allow", "[\"everyone\"]");
    });
    let left = json!({ "name": "Ada", "email": "ada@example.com", "email_verified": true, "region": "emea" });
    google.open(left.clone(), SUPPORT).expect(403);
    assert_eq!(google.last_denial(), "claims.email_unverified");
    google.open(left.clone(), "/launch/townhall").expect(403);
    let mut stays = left;
    stays["hd"] = "example.com".into();
    google.open(stays.clone(), SUPPORT).expect(302);
    google.open(stays, "/launch/townhall").expect(302);
}

#[test]
fn google_knows_no_groups_and_a_rule_holds_people_to_their_domain() {
    let google = Preset::with("google", Lie::none(), |settings| {
        settings.set("[apps.support]", "allow", "[\"claim:hd=example.com\"]");
    });
    let ada = json!({
        "name": "Ada", "email": "ada@example.com", "email_verified": true, "hd": "example.com", "region": "emea",
    });
    google.open(ada.clone(), SUPPORT).expect(302);
    google.open(ada.clone(), "/launch/townhall").expect(403);
    assert_eq!(google.last_denial(), "access.groups_unknown");
    for hd in [json!("evil.test"), json!("sub.example.com"), json!(null)] {
        let mut other = ada.clone();
        other["hd"] = hd;
        google.open(other, SUPPORT).expect(403);
    }
}

#[test]
fn check_warns_of_what_a_preset_leaves_open_until_the_file_says_it() {
    let check = |lines: &str| {
        let mut settings = standard(8080, &Vendor::start());
        let secret = "client_id = \"usher\"\nclient_secret = \"canary-client-secret\"";
        settings.add("[providers.work]", &format!("{lines}\n{secret}"));
        let dir = directory(&settings, &Secrets::default());
        let output = run_in(dir.path(), &["check", "-c", "usher.toml"]);
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(!text.contains("canary-"), "{text}");
        (output.status.code(), text)
    };
    let entra = format!("provider = \"entra\"\nissuer = \"https://login.microsoftonline.com/{TENANT}/v2.0\"");
    let (code, text) = check(&entra);
    assert_eq!(code, Some(0), "warnings are no errors: {text}");
    for wanted in ["object ids", "more than 200", "`roles`", "xms_edov"] {
        assert!(text.contains(wanted), "no {wanted} in\n{text}");
    }
    let (code, text) = check(&format!("{entra}\ngroups_claim = \"roles\"\ntrust_email = false"));
    assert_eq!(code, Some(0), "{text}");
    assert!(
        !text.contains("object ids") && !text.contains("xms_edov"),
        "{text}"
    );

    let (code, text) = check("provider = \"google\"");
    assert_eq!(code, Some(0), "{text}");
    for wanted in [
        "sends no groups",
        "claim:hd=example.com",
        "cannot end its own session",
    ] {
        assert!(text.contains(wanted), "no {wanted} in\n{text}");
    }
    let (_, text) = check("provider = \"google\"\nprompt = \"select_account\"");
    assert!(!text.contains("cannot end its own session"), "{text}");

    let (code, text) = check(&entra.replace(TENANT, "common"));
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("names no tenant") && text.contains("tenant id"),
        "{text}"
    );
}
