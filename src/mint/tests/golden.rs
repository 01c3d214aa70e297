//! What each vendor gets for one and the same person, byte for byte and side by side.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::config::tests::PEM;

/// Ada as her provider describes her.
fn known() -> Identity {
    ada(json!({
        "name": "Ada <b>Löwe", "picture": "https://a.example/p.png", "title": "Countess", "region": "emea",
        "nickname": null, "tw": "javascript:x", "exp": 1, "role": "administrator",
    }))
}

/// Header and claims of the token that a vendor's app makes for her; `jti` is random, and so only its
/// form is shown.
fn token(app: &str, params: &[(&str, &str)], session_id: Option<&str>) -> [String; 2] {
    let mut text = file("", &format!("allow = [\"everyone\"]\nttl = \"6m\"\n{app}"));
    if app.contains("secret = ") {
        text = text.replace(&format!("key = \"\"\"{}\"\"\"\n", &*PEM), "");
    }
    let config = loaded(&text).config;
    let app = &config.apps[0];
    let pairs: Vec<_> = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let params = app.params.accept(&pairs).unwrap();
    let minted = mint_with(app, &known(), &params, session_id).unwrap();
    let compact = minted.token.compact().expose_secret();
    let part = |n| {
        URL_SAFE_NO_PAD
            .decode(compact.split('.').nth(n).unwrap())
            .unwrap()
    };
    let [header, mut claims] = [0, 1].map(|n| String::from_utf8(part(n)).unwrap());
    if let Some(jti) = minted.claims.as_map().get("jti") {
        let jti = jti.as_str().unwrap();
        assert_eq!(Uuid::parse_str(jti).unwrap().get_version_num(), 4);
        claims = claims.replace(jti, "UUID");
    }
    [header, claims]
}

#[test]
fn s_460_frameable() {
    assert_eq!(
        token(
            "vendor = \"frameable\"\nurl = \"https://acme.frameable.com/events/e\"\n\
             user_profile = [[\"organization\", \"Acme\"], [\"title\", \"{{ user.claims.title }}\"], [\"twitter\", \"{{ user.claims.tw }}\"]]\n\
             roles = [{ role = \"host\", allow = [\"group:comms\"] }, { role = \"presenter\", allow = [\"group:none\"] }]",
            &[],
            None
        ),
        [
            r#"{"alg":"RS256","typ":"JWT"}"#,
            r#"{"displayName":"Ada bLöwe","email":"ada@example.com","avatarUrl":"https://a.example/p.png","userProfile":[["organization","Acme"],["title","Countess"]],"roles":["host"],"iat":1800000000,"exp":1800000360}"#
        ]
    );
}

#[test]
fn s_461_frameable_leaves_out_what_there_is_not() {
    let config = app(
        FRAMEABLE,
        "user_profile = [[\"title\", \"{{ user.claims.title }}\"]]\nroles = [{ role = \"host\", allow = [\"group:comms\"] }]",
    );
    let mut bare = ada(json!({ "name": "Ada", "picture": "javascript:x", "title": null }));
    bare.email_verified = false;
    bare.groups = Groups::Known(vec![]);
    assert_eq!(
        Value::Object(claims(&config, &bare).unwrap()).to_string(),
        r#"{"displayName":"Ada","iat":1800000000,"exp":1800000300}"#
    );
}

#[test]
fn s_465_cobrowse() {
    assert_eq!(
        token(
            "vendor = \"cobrowse\"\nurl = \"https://cobrowse.io/connect?filter_user={c}\"\nlicense_key = \"k1\"\n\
             params = { c = \"[a-z]+\" }\nrole = \"agent\"\n\
             policy = { version = 3, sessions = {}, devices = { custom_data = { region = \"{{ user.claims.region }}\" } } }\n\
             roles = [{ role = \"administrator\", allow = [\"group:bosses\"] }]",
            &[("c", "grace")],
            None
        ),
        [
            r#"{"alg":"RS256","typ":"JWT"}"#,
            r#"{"iat":1800000000,"exp":1800000360,"aud":"https://cobrowse.io","iss":"k1","sub":"ada@example.com","displayName":"Ada bLöwe","role":"agent","policy":{"version":3,"sessions":{},"devices":{"custom_data":{"region":"emea"}}}}"#
        ]
    );
}

#[test]
fn s_465_cobrowse_without_a_role_says_null() {
    let none = app(COBROWSE, "role = \"none\"");
    assert_eq!(
        Value::Object(claims(&none, &ada(json!({}))).unwrap()).to_string(),
        r#"{"iat":1800000000,"exp":1800000300,"aud":"https://cobrowse.io","iss":"k1","sub":"ada@example.com","role":null}"#
    );
}

#[test]
fn s_470_vonage_video() {
    let account = "vendor = \"vonage-video\"\napplication_id = \"7F3B9A52-0c1d-4e8f-9a6b-5d4c3b2a1f00\"\n";
    let header = r#"{"alg":"RS256","typ":"JWT"}"#;
    assert_eq!(
        token(&format!("{account}session_id = \"1_MX4\""), &[], None),
        [
            header,
            r#"{"application_id":"7f3b9a52-0c1d-4e8f-9a6b-5d4c3b2a1f00","sub":"video","scope":"session.connect","session_id":"1_MX4","role":"publisher","acl":{"paths":{"/session/**":{}}},"initial_layout_class_list":"","iat":1800000000,"exp":1800000360,"jti":"UUID"}"#
        ]
    );
    let room = "room = \"{room}\"\nparams = { room = \"[a-z]+\" }\nrole = \"subscriber\"\ndata_claim = \"data\"\n\
        connection_data = \"name={{ user.name }}\"\nlayout_classes = [\"focus\", \"full\"]\n\
        roles = [{ role = \"moderator\", allow = [\"group:comms\"] }]";
    assert_eq!(
        token(&format!("{account}{room}"), &[("room", "daily")], Some("2_MX4")),
        [
            header,
            r#"{"application_id":"7f3b9a52-0c1d-4e8f-9a6b-5d4c3b2a1f00","sub":"video","scope":"session.connect","session_id":"2_MX4","role":"moderator","acl":{"paths":{"/session/**":{}}},"data":"name=Ada bLöwe","initial_layout_class_list":"focus full","iat":1800000000,"exp":1800000360,"jti":"UUID"}"#
        ]
    );
}

#[test]
fn s_476_soul_machines() {
    let account = "vendor = \"soul-machines\"\nkey_name = \"sm-1\"\nsecret = \"0123456789abcdef0123456789abcdef\"\n\
        session_server = \"demo.example\"\n";
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    assert_eq!(
        token(account, &[], None),
        [
            header,
            r#"{"sm-control":"","sm-session-server":"demo.example","iss":"sm-1","iat":1800000000,"nbf":1799999970,"exp":1800000360}"#
        ]
    );
    let more = "control = \"wss://c.example\"\ncontrol_via_browser = true\ncontrol_cookie_header = \"a=b\"\niat_backdate = \"10s\"\n\
        claims = { name = \"{{ user.name }}\", \"nickname?\" = \"{{ user.claims.nickname }}\", level = 7 }";
    assert_eq!(
        token(&format!("{account}{more}"), &[], None),
        [
            header,
            r#"{"sm-control":"wss://c.example","sm-session-server":"demo.example","sm-control-via-browser":true,"sm-control-cookie-header":"a=b","iss":"sm-1","iat":1799999990,"nbf":1799999960,"exp":1800000350,"name":"Ada bLöwe","level":7}"#
        ]
    );
}

#[test]
fn s_475_bit6() {
    let account = "vendor = \"bit6\"\nkey_id = \"12\"\nsecret = \"0123456789abcdef0123456789abcdef\"\n\
        audience = \"https://api.prod.bit6.com/client\"\ngrants = { signal = true, push = false }\n";
    let header = r#"{"typ":"JWT","alg":"HS256"}"#;
    for (identity, subject) in [
        ("{{ user.sub }}", "1"),
        ("ädä:{{ user.claims.region }}", r"\u00e4d\u00e4:emea"),
        // The first half of the SHA-256 of `a/1`.
        ("a/{{ user.sub }}", "hash:773232abe9343f0e102f8248423fc6ce"),
    ] {
        let app = format!("{account}identity = \"{identity}\"");
        let wanted = format!(
            r#"{{"aud":"https://api.prod.bit6.com/client","iss":"12","sub":"{subject}/web","grants":{{"signal":true,"push":false}},"iat":1800000000,"exp":1800000360}}"#
        );
        assert_eq!(
            token(&app, &[("device", "web")], None),
            [header.to_owned(), wanted]
        );
    }
}

#[test]
fn a_custom_app_says_what_its_tree_says() {
    assert_eq!(
        token(
            "vendor = \"custom\"\nalg = \"RS512\"\nkid = \"k\"\nheader = { cty = \"x\", typ = \"at+jwt\" }\nurl = \"https://v.example/\"\n\
             auto_claims = [\"jti\", \"exp\", \"iat\", \"nbf\"]\nexp_as = \"until\"\ntime_unit = \"ms\"\n\
             claims = { iss = \"us\", aud = [\"a\", \"b\"], who = { id = \"{{ user.sub | int }}\", name = \"{{ user.name }}\" }, on = \"{{ user.email_verified | string }}\", at = \"{{ app.id }}\", none = \"{{ none }}\", \"nick?\" = \"{{ user.claims.nickname }}\", groups = \"{{ user.groups | join(' ') }}\", facts = [[\"region\", \"{{ user.claims.region }}\"]], half = 0.5 }",
            &[],
            None
        ),
        [
            r#"{"alg":"RS512","typ":"at+jwt","kid":"k","cty":"x"}"#,
            r#"{"iss":"us","aud":["a","b"],"who":{"id":1,"name":"Ada bLöwe"},"on":"true","at":"a","none":null,"groups":"staff comms","facts":[["region","emea"]],"half":0.5,"iat":1800000000000,"until":1800000360000,"nbf":1799999970000,"jti":"UUID"}"#
        ]
    );
}
