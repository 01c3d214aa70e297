//! Vendors that have no profile of their own, each as its documentation wants it.

use serde_json::{Value, json};

use crate::custom::{app, by_secret};
use crate::harness::browser::hidden_fields;
use crate::harness::keys::{self, STRANGER};
use crate::harness::{World, library, names, refused_at_load};

#[test]
fn zendesk_gets_a_form_without_an_end_and_where_to_return_to() {
    let world = World::with(|settings| {
        let more = "delivery = \"form_post\"\ntoken_param = \"jwt\"\nauto_claims = [\"iat\", \"jti\"]\n\
            url = \"https://acme.zendesk.com/access/jwt?return_to={return_to}\"\n\
            params = { return_to = { within = [\"https://acme.zendesk.com/hc\"], optional = true } }\n\
            claims = { name = \"{{ user.name }}\", email = \"{{ user.email }}\", external_id = \"{{ user.sub }}\" }";
        app(settings, "zendesk", more);
    });
    let mut ada = world.signed_in("ada");
    for (query, action) in [
        ("", "https://acme.zendesk.com/access/jwt"),
        (
            "?return_to=https://acme.zendesk.com/hc/en-us/requests%3Fpage%3D2",
            "https://acme.zendesk.com/access/jwt?return_to=https%3A%2F%2Facme.zendesk.com%2Fhc%2Fen-us%2Frequests%3Fpage%3D2",
        ),
    ] {
        let page = ada.get(&format!("/launch/zendesk{query}")).expect(200);
        let text = page
            .text()
            .replace("&#x2F;", "/")
            .replace("&#61;", "=")
            .replace("&#38;", "&");
        assert!(text.contains(&format!("action=\"{action}\"")), "{text}");
        let fields = hidden_fields(&page.text());
        assert_eq!((fields.len(), fields[0].0.as_str()), (1, "jwt"));
        world.usher.secrets.add_token("a minted token", &fields[0].1);
        let read = by_secret(&fields[0].1, "HS256")["claims"].clone();
        assert_eq!(names(&read), ["name", "email", "external_id", "iat", "jti"]);
        assert_eq!(read["email"], "ada@example.com");
    }
    for elsewhere in [
        "https://evil.example/hc",
        "https://acme.zendesk.com.evil.example/hc",
        "https://acme.zendesk.com/admin",
        "https://acme.zendesk.com/hc/../admin",
        "//evil.example",
        "javascript:alert(1)",
    ] {
        let launch = ada
            .get(&format!("/launch/zendesk?return_to={elsewhere}"))
            .expect(400);
        assert!(launch.header("Location").is_none());
        launch.hides("name=\"jwt\"").shows("return_to");
    }
    assert_eq!(world.usher.audited("launch").len(), 2);
}

#[test]
fn freshworks_gets_state_and_nonce_back_at_listed_addresses_only() {
    let listed = "https://acme.freshworks.com/sp/OIDC/1/implicit";
    let world = World::with(|settings| {
        let more = format!(
            "redirect_uris = [\"{listed}\", \"https://acme.freshdesk.com/sso?tenant=1\"]\ntoken_param = \"id_token\"\n\
             claims = {{ iss = \"usher\", sub = \"{{{{ user.sub }}}}\", email = \"{{{{ user.email }}}}\" }}"
        );
        app(settings, "freshworks", &more);
    });
    let mut ada = world.signed_in("ada");
    let mut launch = |uri: &str, more: &str| {
        let uri: String = url::form_urlencoded::byte_serialize(uri.as_bytes()).collect();
        ada.get(&format!("/launch/freshworks?redirect_uri={uri}{more}"))
    };
    for (uri, start) in [
        (listed, format!("{listed}?state=s.1%2B&id_token=")),
        (
            "https://acme.freshdesk.com/sso?tenant=1",
            "https://acme.freshdesk.com/sso?tenant=1&state=s.1%2B&id_token=".into(),
        ),
    ] {
        let answer = launch(uri, "&state=s.1%2B&nonce=n-0S6_WzA2Mj").expect(302);
        let token = answer
            .location()
            .strip_prefix(&start)
            .expect("state comes back, then the token");
        world.usher.secrets.add_token("a minted token", token);
        let read = by_secret(token, "HS256")["claims"].clone();
        assert_eq!(read["nonce"], "n-0S6_WzA2Mj");
        assert_eq!(
            names(&read),
            ["iss", "sub", "email", "nonce", "iat", "exp", "jti"]
        );
    }
    let prefix = format!("{listed}/more");
    let upper = listed.to_uppercase();
    for uri in [
        "https://evil.example/",
        &prefix,
        &upper,
        "https://acme.freshworks.com/",
        "",
        "javascript:alert(1)",
    ] {
        let answer = launch(uri, "&state=s&nonce=n").expect(400);
        assert!(answer.header("Location").is_none(), "{uri}");
    }
    for more in [
        "",
        "&state=s",
        "&nonce=n",
        "&state=s%0d%0aX&nonce=n",
        "&state=%3Cs%3E&nonce=n",
        "&state=s&state=t&nonce=n",
    ] {
        launch(listed, more).expect(400);
    }
    assert_eq!(world.usher.audited("launch").len(), 2);
    for (more, words) in [
        ("redirect_uris = []", "is empty"),
        ("redirect_uris = [\"http://acme.freshworks.com/\"]", "https"),
        ("redirect_uris = [\"https://acme.freshworks.com/#x\"]", "fragment"),
        (
            "redirect_uris = [\"https://acme.freshworks.com/?state=1\"]",
            "has a state of its own",
        ),
        (
            "token_param = \"jwt\"\nredirect_uris = [\"https://acme.freshworks.com/?jw%74=1\"]",
            "has a jwt of its own",
        ),
        (
            "redirect_uris = [\"https://acme.freshworks.com/\"]\nurl = \"https://acme.freshworks.com/\"",
            "two ways",
        ),
        (
            "redirect_uris = [\"https://acme.freshworks.com/\"]\nparams = { state = \".*\" }",
            "must not declare state",
        ),
    ] {
        refused_at_load(|settings| app(settings, "tool", more), words);
    }
}

#[test]
fn metabase_gets_its_token_in_the_path() {
    let world = World::with(|settings| {
        let more = "delivery = \"path\"\nurl = \"https://bi.example.com/embed/dashboard?bordered=true\"\nauto_claims = [\"exp\"]\n\
            claims = { resource = { dashboard = 7 }, params = { region = \"{{ user.claims.region }}\", none = [] } }";
        app(settings, "metabase", more);
    });
    let launch = world.signed_in("ada").get("/launch/metabase").expect(302);
    let token = launch
        .location()
        .strip_prefix("https://bi.example.com/embed/dashboard/")
        .unwrap();
    let token = token.strip_suffix("?bordered=true").unwrap();
    world.usher.secrets.add_token("a minted token", token);
    let read = by_secret(token, "HS256")["claims"].clone();
    assert_eq!(read["resource"], json!({ "dashboard": 7 }));
    assert_eq!(read["params"], json!({ "region": "emea", "none": [] }));
}

#[test]
fn jaas_gets_a_kid_and_booleans_as_strings() {
    let pem = keys::key(STRANGER).pkcs8_pem();
    let world = World::with(|settings| {
        let more = format!(
            "delivery = \"json\"\nkey = \"\"\"{pem}\"\"\"\nkid = \"vpaas-magic-cookie-1/ab12\"\nauto_claims = [\"exp\", \"nbf\"]\n\
             params = {{ room = \"[a-z]+\" }}\n\
             claims = {{ aud = \"jitsi\", iss = \"chat\", sub = \"vpaas-magic-cookie-1\", room = \"{{{{ params.room }}}}\", context = {{ features = {{ recording = \"false\", livestreaming = \"{{{{ user.email_verified | string }}}}\" }}, user = {{ name = \"{{{{ user.name }}}}\", \"avatar?\" = \"{{{{ user.picture }}}}\" }} }} }}"
        );
        app(settings, "jaas", &more);
    });
    let answer = world
        .ask(&mut world.signed_in("ada"), "jaas", [("room", "daily")])
        .expect(200);
    let args = json!({ "token": answer.json()["token"], "algorithm": "RS256", "pem": keys::key(STRANGER).public_pem() });
    let read = library::must("jose", args);
    assert_eq!(read["header"]["kid"], "vpaas-magic-cookie-1/ab12");
    let context = json!({ "features": { "recording": "false", "livestreaming": "true" }, "user": { "name": "Ada Lovelace" } });
    assert_eq!(read["claims"]["context"], context);
    assert_eq!(read["claims"]["room"], "daily");
}

#[test]
fn helpjuice_livekit_tableau_readme_gitbook_and_canny() {
    let world = World::with(|settings| {
        let url = |path: &str| format!("url = \"https://{path}\"");
        app(
            settings,
            "helpjuice",
            &format!(
                "{}\ntoken_param = \"jwt\"\ntime_unit = \"ms\"\nauto_claims = [\"iat\", \"jti\"]",
                url("acme.helpjuice.com/jwt")
            ),
        );
        app(
            settings,
            "livekit",
            "delivery = \"json\"\nresponse = { participantToken = \"{{ token }}\" }\nauto_claims = [\"exp\", \"nbf\"]\n\
            claims = { iss = \"API1\", sub = \"{{ user.sub }}\", video = { roomJoin = true, room = \"daily\" } }",
        );
        app(
            settings,
            "tableau",
            "delivery = \"json\"\nttl = \"10m\"\nkid = \"secret-1\"\nheader = { iss = \"client-1\" }\n\
            claims = { iss = \"client-1\", aud = \"tableau\", sub = \"{{ user.email }}\", scp = [\"tableau:views:embed\"] }",
        );
        app(
            settings,
            "readme",
            &format!("{}\ntoken_param = \"auth_token\"", url("docs.example.com")),
        );
        app(
            settings,
            "gitbook",
            &format!("{}\ntoken_param = \"jwt_token\"", url("docs.example.org/space")),
        );
        app(
            settings,
            "canny",
            "url = \"https://canny.io/api/redirects/sso?companyID=1&redirect={back}\"\ntoken_param = \"ssoToken\"\n\
            auto_claims = []\nparams = { back = { within = [\"https://feedback.example.com\"] } }\n\
            claims = { id = \"{{ user.sub }}\", teams = \"{{ user.groups | join(',') }}\", level = \"{{ '7' | int }}\", facts = [[\"region\", \"{{ user.claims.region }}\"]], gone = \"{{ none }}\" }",
        );
    });
    let mut ada = world.signed_in("ada");
    let mut place = |path: &str, start: &str| {
        let launch = ada.get(path).expect(302);
        let token = launch
            .location()
            .strip_prefix(start)
            .unwrap_or_else(|| panic!("{path}"))
            .to_owned();
        world.usher.secrets.add_token("a minted token", &token);
        by_secret(&token, "HS256")["claims"].clone()
    };
    let helpjuice = place("/launch/helpjuice", "https://acme.helpjuice.com/jwt?jwt=");
    assert!(helpjuice["iat"].as_i64().unwrap() > 1_700_000_000_000);
    place("/launch/readme", "https://docs.example.com?auth_token=");
    place("/launch/gitbook", "https://docs.example.org/space?jwt_token=");
    let canny = place(
        "/launch/canny?back=https://feedback.example.com/ideas",
        "https://canny.io/api/redirects/sso?companyID=1&redirect=https%3A%2F%2Ffeedback.example.com%2Fideas&ssoToken=",
    );
    assert_eq!(
        names(&canny),
        ["id", "teams", "level", "facts", "gone"],
        "no times at all"
    );
    assert_eq!(canny["teams"], "staff,comms,support");
    assert_eq!(
        (&canny["level"], &canny["facts"], &canny["gone"]),
        (&json!(7), &json!([["region", "emea"]]), &Value::Null)
    );
    let livekit = world.ask(&mut ada, "livekit", []).expect(200).json();
    let token = livekit["participantToken"].as_str().unwrap();
    world.usher.secrets.add_token("a minted token", token);
    assert_eq!(
        by_secret(token, "HS256")["claims"]["video"],
        json!({ "roomJoin": true, "room": "daily" })
    );
    let tableau = world.ask(&mut ada, "tableau", []).expect(200).json();
    let read = by_secret(tableau["token"].as_str().unwrap(), "HS256");
    assert_eq!(
        (&read["header"]["iss"], &read["header"]["kid"]),
        (&json!("client-1"), &json!("secret-1"))
    );
    assert_eq!(read["claims"]["scp"], json!(["tableau:views:embed"]));
}

#[test]
fn s_314_s_452_a_vendor_that_remembers_takes_a_token_once_and_the_audit_trail_knows_it() {
    let world = World::with(|settings| {
        app(
            settings,
            "tool",
            "url = \"https://tool.example.com/\"\nkid = \"key-1\"",
        );
    });
    let mut ada = world.signed_in("ada");
    let mut used = std::collections::HashSet::new();
    let mut takes = |location: &str| {
        let read = by_secret(location.split_once("token=").unwrap().1, "HS256");
        used.insert(read["claims"]["jti"].as_str().unwrap().to_owned())
    };
    let first = ada.get("/launch/tool").expect(302);
    assert!(takes(first.location()), "the first time");
    assert!(!takes(first.location()), "and never again");
    let second = ada.get("/launch/tool").expect(302);
    assert!(takes(second.location()), "the next click is another token");

    let rows = world.usher.audited("launch");
    assert_eq!(rows.len(), 2);
    for (row, launch) in rows.iter().zip([&first, &second]) {
        let claims = by_secret(launch.location().split_once("token=").unwrap().1, "HS256")["claims"].clone();
        assert_eq!(row["jti"], claims["jti"]);
        assert_eq!((&row["app"], &row["kid"]), (&json!("tool"), &json!("key-1")));
        let ends = library::must("seconds", json!({ "text": row["expires_at"] }));
        assert_eq!(ends, claims["exp"]);
        assert!(row["sub"].as_str().is_some_and(|sub| !sub.is_empty()));
    }
}
