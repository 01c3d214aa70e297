mod refusals;
mod sharing;
mod store;

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::signer::generate_pem;

pub static PEM: LazyLock<String> = LazyLock::new(|| generate_pem().to_string());

const TOP: &str = "public_url = \"http://localhost:8080\"\n";
const PROVIDER: &str = "[providers.work]\nissuer = \"https://login.example.com\"\nclient_id = \"usher\"\nclient_secret = \"hunter2hunter2\"\n";

/// A whole file with one app, into which a test puts what it is about.
pub fn file(top: &str, app: &str) -> String {
    format!(
        "{TOP}{top}\n{PROVIDER}[apps.a]\ntitle = \"A\"\nkey = \"\"\"{}\"\"\"\n{app}\n",
        &*PEM
    )
}

pub const FRAMEABLE: &str =
    "vendor = \"frameable\"\nurl = \"https://acme.frameable.com/events/e\"\nallow = [\"everyone\"]\n";
pub const COBROWSE: &str = "vendor = \"cobrowse\"\nurl = \"https://cobrowse.io/dashboard\"\nlicense_key = \"k1\"\nallow = [\"everyone\"]\n";

pub fn loaded(text: &str) -> Loaded {
    parse(text, Path::new("usher.toml")).unwrap_or_else(|problems| panic!("{problems}"))
}

pub fn refusal(text: &str) -> String {
    parse(text, Path::new("usher.toml"))
        .map(|_| ())
        .expect_err("the file is refused")
        .to_string()
}

#[test]
fn a_short_file_has_all_the_defaults() {
    let config = loaded(&file("", FRAMEABLE)).config;
    assert_eq!(config.public_url.join("/x"), "http://localhost:8080/x");
    assert_eq!(
        config.server.listen,
        Listen::Tcp("127.0.0.1:8080".parse().unwrap())
    );
    assert_eq!(config.store.to_string(), "sqlite:usher.db");
    assert_eq!(config.session.idle, Duration::minutes(30));
    assert_eq!(config.limits.launches_per_minute.map(u32::from), Some(60));
    assert_eq!(config.audit.keep, Duration::days(400));
    assert_eq!(config.providers[0].scopes, ["openid", "profile", "email"]);
    assert_eq!(config.apps[0].ttl, Duration::minutes(5));
}

#[test]
fn lesson_38_every_problem_is_told_at_once_with_its_line() {
    let text = "public_ulr = \"https://x.example\"\n[server]\nlisten = 5\n[sesion]\n[providers.work]\nissuer = \"http://x.example\"\n[apps.a]\nvendor = \"framable\"\n";
    let told = refusal(text);
    for wanted in [
        "usher.toml:1: public_ulr: unknown key; did you mean public_url?",
        "public_url: is missing",
        "usher.toml:3: server.listen: must be a string, not integer",
        "usher.toml:4: sesion: unknown key; did you mean session?",
        "usher.toml:6: providers.work.issuer: must be https; plain http is for loopback only",
        "providers.work.client_id: is missing",
        "providers.work.client_secret: is missing: exactly one of",
        "did you mean frameable?",
    ] {
        assert!(told.contains(wanted), "{wanted}\n---\n{told}");
    }
}

#[test]
fn each_value_has_its_refusal() {
    let frameable = |extra: &str| file("", &format!("{FRAMEABLE}{extra}"));
    let page = |extra: &str| {
        let json = "vendor = \"custom\"\ndelivery = \"json\"\nurl = \"https://app.example.com/\"\nallow = [\"everyone\"]\nclaims = { n = \"{{ user.name }}\" }";
        file("", &format!("{json}\n{extra}"))
    };
    let cobrowse = |extra: &str| file("", &format!("{COBROWSE}{extra}"));
    let top = |extra: &str| file(extra, FRAMEABLE);
    for (text, wanted) in [
        (top("[server]\nlisten = \"unix:x\""), "absolute path"),
        (top("[server]\nops_listen = \"x\""), "address and port"),
        (top("[server]\ntrusted_proxies = [\"10/8\"]"), "is not a network"),
        (top("[server]\ndrain = \"5 minutes\""), "is not a duration"),
        (top("[server]\nsecret_dirs = [\"x\"]"), "must be an absolute path"),
        (top("[server]\noutbound_proxy = \"x\""), "http or https URL"),
        (top("[server]\nsealing_key_file = \"no-such\""), "cannot read"),
        (top("[brand]\naccent = \"red\""), "is a colour"),
        (top("[brand]\nlogo_file = \"x.gif\""), "must end in"),
        (
            top("[brand]\nsupport_url = \"http://x.example\""),
            "must be https",
        ),
        (top("[brand]\nname = \"\""), "is one line"),
        (top("[store]\nurl = \"mysql://u:hunter2@h/d\""), "begins with"),
        (top("[session]\nidle = \"0s\""), "must be from 1m to 30d"),
        (top("[session]\nidle = \"9h\""), "longer than lifetime"),
        (top("[limits]\nlaunches_per_minute = -1"), "from 0 (off)"),
        (top("[log]\nformat = \"xml\""), "is \"text\" or \"json\""),
        (top("[log]\nlevel = \"loud\""), "is error, warn"),
        (top("[audit]\nperson = \"x\""), "is \"plain\" or \"hash\""),
        (
            top("[audit]\nperson = \"hash\"\nvalues = true"),
            "are to stand there as hashes",
        ),
        (top("[admin]\nallow = []"), "admin.allow: is empty"),
        (frameable("ttl = \"25h\""), "must be from 30s to 24h"),
        (frameable("iat_backdate = \"31s\""), "must be from 0s to 30s"),
        (
            frameable("ttl = \"45s\"\niat_backdate = \"20s\""),
            "less than 30s of ttl",
        ),
        (frameable("origins = [\"*\"]"), "is not a URL"),
        (frameable("handover = \"token\""), "is \"code\", or absent"),
        (
            frameable("handover = \"code\""),
            "is for apps whose url is a page of your own",
        ),
        (page("origins = []"), "must be \"code\""),
        (page("handover = \"code\""), "must hold https://app.example.com"),
        (page("confirm = true"), "is for tokens that a launch carries"),
        (
            page("handover = \"code\"\nconfirm = true"),
            "is for tokens that a launch carries",
        ),
        (
            page("handover = \"code\"\nparams = { code = \"x\" }"),
            "the name under which",
        ),
        (frameable("providers = [\"wrok\"]"), "did you mean work?"),
        (frameable("params = { app = \"x\" }"), "Usher's own names"),
        (frameable("params = { x = \"(\" }"), "regular expression"),
        (frameable("when = \"user.nme == 1\""), "did you mean name?"),
        (frameable("deny = [\"staff\"]"), "a rule is one of"),
        (
            frameable("roles = [{ role = \"boss\", allow = [\"everyone\"] }]"),
            "is not a role of this vendor",
        ),
        (
            frameable("roles = [{ role = \"host\" }]"),
            "a role says who has it",
        ),
        (frameable("user_profile = [[\"a\"]]"), "each entry is a pair"),
        (frameable("max_auth_age = \"0s\""), "must be from 30s to 400d"),
        (frameable("acr_values = []"), "is empty"),
        (frameable("acr_values = [\"gold silver\"]"), "is not an acr"),
        (frameable("license_key = \"x\""), "unknown key"),
        (frameable("contact = \"javascript:x\""), "is an e-mail address"),
        (
            cobrowse("role = \"administrator\""),
            "comes only from a rule under roles",
        ),
        (
            cobrowse("display_name = \"Support\""),
            "is the same for everybody",
        ),
        (cobrowse("policy = { version = 4 }"), "other than 2 and 3"),
        (
            cobrowse("policy = { version = 3, rooms = {} }"),
            "is not part of a policy",
        ),
        (
            cobrowse("policy = { version = 3, sessions = { team = \"x\" } }"),
            "is not custom_data, id or",
        ),
    ] {
        let told = refusal(&text);
        assert!(told.contains(wanted), "{wanted}\n---\n{told}");
        assert!(!told.contains("hunter2") && !told.contains("BEGIN"), "{told}");
    }
}

#[test]
fn an_app_without_allow_and_a_file_without_provider_are_refused() {
    let told = refusal(&file("", &FRAMEABLE.replace("allow = [\"everyone\"]", "")));
    assert!(told.contains("apps.a.allow: is missing"), "{told}");
    assert!(refusal(TOP).contains("providers: is missing"));
}

#[test]
fn c_39_a_list_that_is_never_closed_tells_no_secret_behind_it() {
    let app = "vendor = \"bit6\"\nallow = [\"group:staff\"\nsecret = \"canary-behind-a-list\"\n";
    let told = refusal(&file("", app));
    assert!(
        told.contains("apps.a.allow") && !told.contains("canary"),
        "{told}"
    );
}

#[test]
fn c_39_a_placeholder_that_is_never_closed_tells_no_secret_behind_it() {
    let app = "vendor = \"bit6\"\nurl = \"https://a.example/{room/canary-behind-it/{lang}\"\n";
    let told = refusal(&file("", app));
    assert!(told.contains("apps.a.url") && !told.contains("canary"), "{told}");
}

#[test]
fn lesson_38_what_is_missing_at_the_end_is_missing_on_the_last_line() {
    let told = refusal("public_url = \"\"\"http://localhost:8080\n[server]\n");
    assert!(told.contains("usher.toml:2: is not TOML here"), "{told}");
    assert!(!told.contains("usher.toml:3"), "{told}");
}

#[test]
fn c_39_a_syntax_error_never_shows_the_line() {
    let text = file("", FRAMEABLE).replace("\"hunter2hunter2\"", "\"hunter2hunter2");
    let told = refusal(&text);
    assert!(
        told.contains("is not TOML here") && !told.contains("hunter2"),
        "{told}"
    );
}

#[test]
fn s_205_origins_on_another_site_are_warned_of() {
    let app = format!("{FRAMEABLE}origins = [\"http://localhost:7\", \"https://crm.other.example\"]\n");
    let warnings = loaded(&file("", &app)).warnings;
    let [warning] = &warnings[..] else {
        panic!("{warnings:?}")
    };
    assert!(
        warning
            .message
            .contains("https://crm.other.example is another site"),
        "{warning}"
    );
    assert!(warning.message.contains("Safari"), "{warning}");
}

#[test]
fn s_231_origins_of_an_app_that_asks_first_are_warned_of() {
    let app = format!("{FRAMEABLE}confirm = true\norigins = [\"http://localhost:3000\"]\n");
    let warnings = loaded(&file("", &app)).warnings;
    let told = |warning: &super::Problem| warning.message.contains("of no use with confirm");
    assert!(warnings.iter().any(told), "{warnings:?}");
}

#[test]
fn c_7_a_filter_without_a_policy_is_warned_of() {
    let app = COBROWSE.replace("/dashboard", "/connect?filter_user_email={customer}");
    let text = file("", &format!("{app}params = {{ customer = \".+\" }}"));
    let warnings = loaded(&text).warnings;
    assert!(warnings[0].message.contains("filter_"), "{warnings:?}");
    let with_policy = format!("{text}role = \"agent\"\npolicy = {{ version = 3, sessions = {{}} }}");
    assert!(loaded(&with_policy).warnings.is_empty());
    let devices = file(
        "",
        &format!("{COBROWSE}role = \"agent\"\npolicy = {{ version = 3, devices = {{}} }}"),
    );
    assert!(loaded(&devices).warnings[0].message.contains("no sessions"));
}

#[test]
fn c_9_a_key_is_shared_only_by_equals_or_by_word() {
    let second = |app: &str| format!("[apps.b]\ntitle = \"B\"\nkey = \"\"\"{}\"\"\"\n{app}", &*PEM);
    let one = file("", FRAMEABLE);
    assert_eq!(
        loaded(&format!("{one}{}", second(FRAMEABLE))).config.apps.len(),
        2
    );
    let other = FRAMEABLE.replace("everyone", "group:staff");
    let told = refusal(&format!("{one}{}", second(&other)));
    assert!(told.contains("has the key of a"), "{told}");
    let agreed = format!("{one}shared_key = true\n{}shared_key = true\n", second(&other));
    assert_eq!(loaded(&agreed).config.apps.len(), 2);
    let half = format!("{one}{}shared_key = true\n", second(&other));
    assert!(refusal(&half).contains("has the key of a"));
}

#[test]
fn s_414_a_secret_that_others_can_read_is_refused_with_the_cure() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = std::env::temp_dir().join(format!("usher-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir(&dir).unwrap();
    let secret = dir.join("work");
    std::fs::write(&secret, "hunter2hunter2\r\n").unwrap();
    let text = file("", FRAMEABLE)
        .replace(
            "client_secret = \"hunter2hunter2\"",
            "client_secret_file = \"work\"",
        )
        .replace("http://localhost:8080", "https://go.example.com");
    let check = |mode, text: &str| {
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(mode)).unwrap();
        parse(text, &dir.join("usher.toml"))
    };
    let told = check(0o644, &text).map(|_| ()).unwrap_err().to_string();
    assert!(told.contains("chmod 600"), "{told}");
    assert!(check(0o620, &text).is_err());
    assert!(check(0o640, &text).is_ok());
    let tolerated = text.replacen(
        '\n',
        &format!("\n[server]\nsecret_dirs = [\"{}\"]\n", dir.display()),
        1,
    );
    assert!(check(0o644, &tolerated).is_ok());
    let loopback = text.replace("https://go.example.com", "http://127.0.0.1:8080");
    let found = check(0o644, &loopback).unwrap_or_else(|problems| panic!("{problems}"));
    let ClientAuth::SecretBasic(value) = &found.config.providers[0].auth else {
        panic!("it is basic")
    };
    // Lesson 37: one line end goes.
    assert_eq!(secrecy::ExposeSecret::expose_secret(value), "hunter2hunter2");
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn c_39_a_secret_in_the_place_of_its_file_is_not_shown() {
    let secret = file("", FRAMEABLE).replace("client_secret = ", "client_secret_file = ");
    assert!(refusal(&secret).contains("client_secret_file: cannot read the file that it names"));
    let key = file("", FRAMEABLE).replace("key = \"\"\"-----BEGIN", "key_file = \"\"\"-----BEGIN hunter2");
    for text in [secret, key] {
        assert!(!refusal(&text).contains("hunter2"), "{}", refusal(&text));
    }
}

#[test]
fn secrets_come_from_exactly_one_place() {
    let both = file("", FRAMEABLE).replace("client_id", "client_secret_env = \"PATH\"\nclient_id");
    assert!(refusal(&both).contains("is given more than once"));
    let env = file("", FRAMEABLE).replace(
        "client_secret = \"hunter2hunter2\"",
        "client_secret_env = \"PATH\"",
    );
    assert!(matches!(
        loaded(&env).config.providers[0].auth,
        ClientAuth::SecretBasic(_)
    ));
    let absent = env.replace("PATH", "NO_SUCH_VARIABLE_AT_ALL");
    assert!(refusal(&absent).contains("that is not set"));
}

#[test]
fn apps_and_claims_keep_the_order_of_the_file() {
    let more = format!(
        "[apps.zz]\ntitle = \"Z\"\nkey = \"\"\"{0}\"\"\"\n{FRAMEABLE}[apps.b]\ntitle = \"B\"\nkey = \"\"\"{0}\"\"\"\n{FRAMEABLE}",
        &*PEM
    );
    let config = loaded(&(file("", FRAMEABLE) + &more)).config;
    assert_eq!(
        config.apps.iter().map(|app| app.id.as_str()).collect::<Vec<_>>(),
        ["a", "zz", "b"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn s_379_no_text_makes_the_loader_panic(text in any::<String>(), toml in "[a-z.\\[\\]\"={}, \n0-9]{0,200}") {
        let _ = parse(&text, Path::new("usher.toml"));
        let _ = parse(&toml, Path::new("usher.toml"));
        let _ = parse(&file(&toml, FRAMEABLE), Path::new("usher.toml"));
        let _ = parse(&file("", &toml), Path::new("usher.toml"));
    }
}

/// The README's reference names every key, and no other.
#[test]
fn the_reference_names_every_key_and_no_other() {
    let readme = include_str!("../../README.md");
    for section in super::keys::SECTIONS {
        let heading = if section.name.is_empty() {
            "#### File".to_owned()
        } else {
            format!("#### `{}`", section.name)
        };
        let text = readme
            .split_once(&format!("\n{heading}\n"))
            .unwrap_or_else(|| panic!("no {heading}"))
            .1;
        let rows = text
            .split("\n#")
            .next()
            .unwrap()
            .lines()
            .filter(|line| line.starts_with("| `"));
        let mut named: Vec<&str> = rows
            .flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2))
            .collect();
        let mut keys = section.keys.to_vec();
        named.sort_unstable();
        keys.sort_unstable();
        assert_eq!(named, keys, "{heading}");
    }
}
