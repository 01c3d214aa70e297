//! X-ray on `/admin/apps/{app}`: what an app would give whom, and why.

use serde_json::{Map, Value, json};

use crate::admin::{admins, world};
use crate::harness::browser::hidden_fields;
use crate::harness::usher::{run_in, write_secret};
use crate::harness::{Browser, Request, Response, World, claims_of, keys, library, token_in};

/// The CSRF value of the page of an app.
pub fn csrf(browser: &mut Browser, app: &str) -> String {
    let page = browser.get(&format!("/admin/apps/{app}")).expect(200);
    let fields = hidden_fields(&page.text());
    fields
        .into_iter()
        .find(|(name, _)| name == "csrf")
        .expect("a CSRF value")
        .1
}

fn look(browser: &mut Browser, app: &str, fields: &[(&str, &str)]) -> Response {
    let csrf = csrf(browser, app);
    let all = [&[("csrf", csrf.as_str())], fields].concat();
    browser.post(&format!("/admin/apps/{app}/xray"), all)
}

/// What stands under a heading of the result: each row's name and its text.
fn rows(page: &Response, heading: &str) -> Vec<(String, String)> {
    let text = page.text();
    let Some((_, rest)) = text.split_once(&format!("<h3>{heading}</h3>")) else {
        return Vec::new();
    };
    let list = rest.split("</dl>").next().unwrap();
    let row = |row: &str| {
        let (name, rest) = row.split_once("</dt>")?;
        Some((plain(name), plain(rest)))
    };
    list.split("<dt>").skip(1).filter_map(row).collect()
}

/// What a reader sees of a piece of HTML.
fn plain(html: &str) -> String {
    let apart = html.replace("</dt>", " ");
    let text: String = apart
        .split('<')
        .enumerate()
        .map(|(i, part)| match i {
            0 => part,
            _ => part.split_once('>').map_or("", |(_, text)| text),
        })
        .collect();
    let read = text
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"");
    let read = read.replace("&#39;", "'").replace("&#38;", "&");
    read.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn persona() -> Value {
    json!({ "email": "ada@example.com", "email_verified": true, "name": "Ada <Lovelace>", "sub": "made-up",
        "groups": ["staff", "comms", "support"], "claims": { "region": "emea", "title": "x".repeat(120) } })
}

/// One module computes both: rules, claims, header, size, life, address and warnings.
#[test]
fn the_page_and_usher_explain_give_the_same_answer() {
    let world = World::with(|settings| {
        admins(settings);
        let pair = "[\"k\", \"{{ user.claims.title }}\"],";
        settings
            .set(
                "[apps.townhall]",
                "deny",
                "[\"group:leavers\", \"claim:role=guest\"]",
            )
            .set("[apps.townhall]", "when", "\"user.claims.region == 'emea'\"")
            .set(
                "[apps.townhall]",
                "user_profile",
                &format!("[{}]", pair.repeat(10)),
            )
            .unset("[apps.support]", "policy");
    });
    let mut ada = world.signed_in("ada");
    let nobody = json!({ "name": "Una" });
    let customer = ("param.customer", "grace@example.org");
    for (app, who, param) in [
        ("townhall", persona(), None),
        ("townhall", nobody.clone(), None),
        ("support", persona(), Some(customer)),
        ("support", nobody, Some(customer)),
    ] {
        let text = who.to_string();
        write_secret(world.usher.dir.path(), "who.json", &text);
        let value = param.map(|(name, value)| format!("{}={value}", &name["param.".len()..]));
        let mut args = vec!["explain", "--app", app, "--as", "who.json", "--format", "json"];
        args.extend(value.iter().flat_map(|value| ["--param", value.as_str()]));
        let told = world.usher.run(&args);
        let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");

        let mut fields = vec![("who", "persona"), ("persona", text.as_str())];
        fields.extend(param);
        let page = look(&mut ada, app, &fields).expect(200);
        let steps = rows(&page, "Rules");
        let rules = told["rules"].as_array().unwrap();
        assert_eq!(steps.len(), rules.len(), "{app}");
        for ((key, said), rule) in steps.iter().zip(rules) {
            let decided = if rule["decided"] == true { " decided" } else { "" };
            let why = rule["why"]
                .as_str()
                .map(|why| format!(" {why}"))
                .unwrap_or_default();
            let (rule_text, fits) = (rule["rule"].as_str().unwrap(), rule["fits"].as_str().unwrap());
            assert_eq!(*key, rule["key"].as_str().unwrap());
            assert_eq!(*said, format!("{rule_text} {fits}{decided}{why}"));
        }
        if told["allowed"] == true {
            let claims = told["claims"].as_array().unwrap();
            let shown = rows(&page, "Claims");
            assert_eq!(shown.len(), claims.len());
            for ((name, said), claim) in shown.iter().zip(claims) {
                assert_eq!(*name, claim["name"].as_str().unwrap());
                if ["iat", "exp"].contains(&name.as_str()) {
                    continue;
                }
                let value = if claim["left_out"] == true {
                    "left out".to_owned()
                } else {
                    claim["value"].to_string()
                };
                assert_eq!(*said, format!("{value} {}", claim["from"].as_str().unwrap()));
            }
            let token: Map<String, Value> = rows(&page, "Token")
                .into_iter()
                .map(|(name, said)| (name, said.into()))
                .collect();
            assert_eq!(token["Header"], told["header"].to_string());
            assert_eq!(token["Size"], format!("{} bytes", told["token_bytes"]));
            assert_eq!(token["Good for"], format!("{} s", told["ttl"]));
            assert_eq!(token["Address"], told["address"]);
        } else {
            assert!(rows(&page, "Claims").is_empty() && rows(&page, "Token").is_empty());
            let help = told["help"].as_str().unwrap();
            let said = plain(&page.text());
            assert!(said.contains(help) && said.contains(told["reason"].as_str().unwrap()));
        }
        let said = plain(&page.text());
        let warnings = told["warnings"].as_array().unwrap();
        assert!(!warnings.is_empty() || app == "townhall", "{told}");
        for warning in warnings {
            assert!(said.contains(warning.as_str().unwrap()), "{warning}");
        }
    }
}

/// Lesson 33: one mint path.
#[test]
fn c_1_what_an_xray_shows_is_what_a_launch_says_and_no_launch() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for (app, path, param, key) in [
        ("townhall", "/launch/townhall", None, keys::TOWNHALL),
        (
            "support",
            crate::harness::SUPPORT,
            Some(("param.customer", "grace@example.org")),
            keys::SUPPORT,
        ),
    ] {
        let mut fields = vec![("who", "me")];
        fields.extend(param);
        let before = world.usher.audit().len();
        let page = look(&mut ada, app, &fields).expect(200).shows("gets in");
        assert_eq!(world.usher.audit().len(), before, "an X-ray is no act");
        let shown = rows(&page, "Claims");
        let launched = ada.get(path).expect(302);
        let token = token_in(launched.location());
        let [header, _] = library::opened(&token);
        let claims = claims_of(&launched, key);
        for (name, value) in claims.as_object().unwrap() {
            let (_, said) = shown.iter().find(|(shown, _)| shown == name).expect("the claim");
            if name != "iat" && name != "exp" {
                assert!(said.starts_with(&format!("{value} ")), "{name}: {said}");
            }
        }
        let left_out = shown
            .iter()
            .filter(|(_, said)| said.starts_with("left out"))
            .count();
        assert_eq!(claims.as_object().unwrap().len(), shown.len() - left_out);
        let token_rows = rows(&page, "Token");
        let row = |name: &str| &token_rows.iter().find(|(found, _)| found == name).unwrap().1;
        assert_eq!(*row("Header"), header.to_string());
        assert_eq!(*row("Size"), format!("{} bytes", token.len()));
        assert_eq!(*row("Address"), launched.location().replace(&token, "…"));
        // Nothing on the page is a token, or could become one.
        page.hides("eyJ").hides(token.rsplit('.').next().unwrap());
    }
}

#[test]
fn s_300_what_was_pasted_is_shown_again_and_kept_nowhere() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let canary = "canary-of-a-pasted-persona";
    world.usher.secrets.add("a pasted persona", canary);
    let fine =
        json!({ "name": canary, "email": "a@example.com", "email_verified": true, "groups": ["staff"] });
    let page = look(
        &mut ada,
        "townhall",
        &[("who", "persona"), ("persona", &fine.to_string())],
    );
    page.expect(200)
        .shows(&format!("<h3><bdi>{canary}</bdi> gets in</h3>"));
    let broken =
        format!("{{ \"nmae\": \"{canary}\", \"groups\": \"</textarea><script>alert(1)</script>\" }}");
    let page = look(&mut ada, "townhall", &[("who", "persona"), ("persona", &broken)]).expect(400);
    page.shows("nmae: unknown key; did you mean name?")
        .shows("groups: must be a list of strings, not a string")
        .shows("aria-invalid=\"true\"")
        .shows(canary)
        .hides("<script>alert")
        .hides("<h3>Claims</h3>");
    for text in ["", "[]", "null", "{\"name\":\"a\",\"name\":\"b\"}"] {
        let page = look(&mut ada, "townhall", &[("who", "persona"), ("persona", text)]);
        page.expect(400).shows("is not one JSON object");
    }
    let turned = "{ \"name\": \"Ada\", \"sub\": \"7\\u202ex\", \"gr\\u202eoups\": 1 }";
    let page = look(&mut ada, "townhall", &[("who", "persona"), ("persona", turned)]).expect(400);
    page.hides("\u{202e}");
    let many: Map<String, Value> = (0..1000).map(|i| (format!("unknown{i}"), Value::Null)).collect();
    let page = look(
        &mut ada,
        "townhall",
        &[("who", "persona"), ("persona", &Value::from(many).to_string())],
    );
    assert_eq!(page.expect(400).text().matches("unknown key").count(), 20);
    assert!(
        !world
            .usher
            .audit()
            .iter()
            .any(|row| row.to_string().contains(canary))
    );
}

#[test]
fn s_338_a_persona_has_at_most_64_kib() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let sized = |bytes: usize| {
        let frame = json!({ "name": "Ada", "groups": ["staff"], "email": "" })
            .to_string()
            .len();
        json!({ "name": "Ada", "groups": ["staff"], "email": "ä".repeat((bytes - frame) / 2) }).to_string()
    };
    let largest = sized(64 * 1024);
    look(&mut ada, "townhall", &[("who", "persona"), ("persona", &largest)])
        .expect(200)
        .shows("gets in");
    look(
        &mut ada,
        "townhall",
        &[("who", "persona"), ("persona", &sized(64 * 1024 + 4))],
    )
    .expect(400)
    .shows("at most 64 KiB");
    let far = "%".repeat(200 * 1024);
    look(&mut ada, "townhall", &[("who", "persona"), ("persona", &far)]).expect(413);
}

#[test]
fn c_7_parameters_are_those_of_a_launch() {
    let world = world();
    let mut ada = world.signed_in("ada");
    for wrong in ["", "no\"body<i>", "a\r\n@b"] {
        let page = look(&mut ada, "support", &[("who", "me"), ("param.customer", wrong)]).expect(400);
        let page = page.shows("params.refused").hides("<i>").hides("<h3>Claims</h3>");
        let field = page.text();
        let (_, field) = field.split_once("id=\"xray-customer\"").unwrap();
        let field = field.split('>').next().unwrap();
        assert!(field.contains("aria-invalid=\"true\""), "{field}");
    }
    look(
        &mut ada,
        "support",
        &[("who", "me"), ("param.customer", "a@b"), ("param.evil", "1")],
    )
    .expect(400)
    .shows("<bdi>evil</bdi>");
    look(&mut ada, "support", &[("who", "me"), ("param.customer", "a@b")]).expect(200);
}

#[test]
fn c_37_only_an_admin_from_the_page_itself_looks() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let value = csrf(&mut ada, "townhall");
    let path = "/admin/apps/townhall/xray";
    ada.post(path, [("who", "me")]).expect(403);
    let other = csrf(&mut ada, "support");
    ada.post(path, [("csrf", other.as_str()), ("who", "me")])
        .expect(403);
    for (from, site) in [
        ("https://evil.test", "cross-site"),
        ("null", "cross-site"),
        ("null", "same-site"),
    ] {
        let form = Request::form(path, [("csrf", value.as_str()), ("who", "me")]);
        ada.send(form.header("Origin", from).header("Sec-Fetch-Site", site))
            .expect(403);
    }
    ada.post("/admin/apps/nothing/xray", [("csrf", value.as_str())])
        .expect(404);
    let back = ada.get(path).expect(303);
    assert_eq!(back.location(), "/admin/apps/townhall");
    let mut eve = world.signed_in("eve");
    eve.post(path, [("csrf", value.as_str()), ("who", "me")])
        .expect(403)
        .shows("This door is for admins");
    let rows = world.usher.audited("admin");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["email"], "eve@example.net");
    let mut nobody = world.usher.browser();
    let login = nobody.post(path, [("who", "me")]).expect(302);
    assert!(login.location().contains("/auth/login?page=admin"));
}

#[test]
fn s_410_the_page_has_the_public_key_that_the_command_line_shows() {
    let world = World::with(|settings| {
        admins(settings);
        settings.add(
            "[apps.avatar]",
            "vendor = \"soul-machines\"
            title = \"Nora\"
            key_name = \"nora\"
            secret = \"a-secret-of-an-avatar-that-is-long-enough\"
            session_server = \"acme.soulmachines.cloud\"
            allow = [\"everyone\"]",
        );
    });
    let mut ada = world.signed_in("ada");
    let page = ada.get("/admin/apps/townhall").expect(200);
    let shown = run_in(world.usher.dir.path(), &["keys", "show", "--app", "townhall"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    let said = plain(&page.text());
    let (pem, rest) = shown.split_once("\n\njwk         ").unwrap();
    assert!(page.text().contains(pem.trim()), "{pem}");
    for line in rest.lines().filter(|line| !line.is_empty()) {
        let line = line.strip_prefix("thumbprint  ").unwrap_or(line);
        assert!(said.contains(line), "{line}");
    }
    let served = ada.get("/keys/townhall.pem").expect(200);
    assert_eq!(served.text().trim(), pem.trim());
    let secret = ada.get("/admin/apps/avatar").expect(200);
    secret
        .shows("shares a secret with its vendor")
        .hides("a-secret")
        .hides("BEGIN PUBLIC KEY")
        .hides("/keys/avatar");
}

#[test]
fn each_claim_stands_with_its_source() {
    let world = world();
    let mut ada = world.signed_in("ada");
    let page = ada.get("/admin/apps/support").expect(200);
    let text = page.text();
    let (_, section) = text.split_once("id=\"claims\"").unwrap();
    let said = plain(section.split("</section>").next().unwrap());
    for claim in [
        "aud constant \"https://cobrowse.io\"",
        "sub verified e-mail",
        "displayName {{ user.name }}, cleaned",
        "exp time of issue and ttl",
    ] {
        assert!(said.contains(claim), "{claim}\n{said}");
    }
    let german = Request::get("/admin/apps/support").header("Accept-Language", "de");
    ada.send(german).expect(200).shows("bestätigte E-Mail-Adresse");
}
