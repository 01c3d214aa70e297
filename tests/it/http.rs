//! The HTTP layer: headers of every answer, hosts, odd requests (requirements 6.3).

use crate::harness::{Request, Response, SUPPORT, World};

/// What stands on every answer (design.md, HTTP).
#[track_caller]
fn has_all_headers(answer: &Response) {
    let path = answer.path();
    assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{path}");
    assert_eq!(answer.header("Referrer-Policy"), Some("no-referrer"), "{path}");
    assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"), "{path}");
    let csp = answer
        .header("Content-Security-Policy")
        .unwrap_or_else(|| panic!("{path} has no CSP"));
    for wanted in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(csp.contains(wanted), "{path}: {csp}");
    }
    // A port may be any, on loopback only; a host never.
    let hosts = csp
        .replace("http://localhost:*", "")
        .replace("http://*.localhost:*", "")
        .replace("http://127.0.0.1:*", "");
    assert!(!csp.contains("unsafe") && !hosts.contains('*'), "{path}: {csp}");
    let reference = answer
        .header("X-Request-Id")
        .unwrap_or_else(|| panic!("{path} has no reference"));
    assert_eq!(reference.len(), 19, "C-34: {reference}");
    assert!(
        answer.header("Server").is_none() && answer.header("X-Powered-By").is_none(),
        "S-531"
    );
    assert!(
        answer.header("Supports-Loading-Mode").is_none() && answer.header("Speculation-Rules").is_none(),
        "S-212"
    );
    if answer
        .header("Content-Type")
        .is_some_and(|kind| kind.starts_with("text/html"))
    {
        let text = answer.text();
        assert!(
            !text.contains("<script>") && !text.contains("style=\"") && !text.contains(" onclick"),
            "{path}"
        );
        assert!(text.contains("<html lang="), "{path}");
    }
}

#[test]
fn s_113_s_117_s_206_s_214_every_answer_carries_every_header() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    for (path, status) in [
        ("/", 200),
        ("/launch/townhall", 302),
        ("/launch/unknown", 404),
        ("/launch/townhall?x=1", 400),
        ("/nothing", 404),
        ("/auth/login?provider=work", 303),
        ("/auth/login?nonsense=1", 400),
        ("/auth/callback/work", 400),
        ("/auth/callback/unknown", 404),
        ("/auth/signed-out", 200),
    ] {
        has_all_headers(&nobody.get(path).expect(status));
    }
    let mut ada = world.signed_in("ada");
    for (path, status) in [
        ("/", 200),
        ("/?q=town", 200),
        ("/account", 200),
        ("/auth/logout", 200),
        (SUPPORT, 302),
    ] {
        has_all_headers(&ada.get(path).expect(status));
    }
    let mut eve = world.signed_in("eve");
    has_all_headers(&eve.get("/launch/townhall").expect(403));
    has_all_headers(&ada.send(Request::new("PUT", "/launch/townhall")).expect(405));
}

#[test]
fn static_files_are_immutable_and_the_only_thing_to_cache() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    let page = nobody.get("/").expect(200).text();
    let sheet = page
        .split('"')
        .find(|text| text.starts_with("/static/") && text.contains(".css"))
        .expect("a sheet");
    let file = nobody.get(sheet).expect(200);
    assert!(
        file.header("Cache-Control")
            .is_some_and(|value| value.contains("immutable"))
    );
    assert_eq!(file.header("X-Content-Type-Options"), Some("nosniff"));
    assert!(file.set_cookies().is_empty());
    for missing in [
        "/static/",
        "/static/../usher.toml",
        "/static/%2e%2e/usher.toml",
        "/static/none.css",
    ] {
        assert!(matches!(nobody.get(missing).status, 400 | 404), "{missing}");
    }
}

fn with_host(world: &World, hosts: &str, target: &str) -> u16 {
    let request = format!("GET {target} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
    world.usher.raw(request.as_bytes()).expect("an answer").status
}

#[test]
fn s_331_an_unknown_host_is_421() {
    let world = World::start();
    for host in [
        "evil.test",
        "127.0.0.1.evil.test",
        "localhost",
        "evil.test:80",
        "127.0.0.1@evil.test",
    ] {
        let status = with_host(&world, &format!("Host: {host}\r\n"), "/");
        assert!(matches!(status, 400 | 421), "{host}: {status}");
    }
    assert_eq!(with_host(&world, "Host: evil.test\r\n", "/"), 421);
    assert_eq!(
        with_host(&world, "Host: 127.0.0.1:1\r\n", "/"),
        200,
        "C-30: the name only"
    );
    assert!(matches!(with_host(&world, "", "/"), 400 | 421));
    let two = format!("Host: 127.0.0.1:{}\r\nHost: evil.test\r\n", world.usher.port);
    assert!(matches!(with_host(&world, &two, "/"), 400 | 421));
    let absolute = with_host(
        &world,
        &format!("Host: 127.0.0.1:{}\r\n", world.usher.port),
        "http://evil.test/",
    );
    assert!(matches!(absolute, 400 | 421));
}

#[test]
fn s_116_s_331_forwarded_headers_move_nothing() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    let mut request = Request::get("/auth/login?provider=work");
    for (name, value) in [
        ("X-Forwarded-Host", "evil.test"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Prefix", "/evil"),
        ("X-Forwarded-Port", "1"),
        ("Forwarded", "host=evil.test;proto=https"),
        ("X-Original-URL", "/launch/townhall"),
        ("X-Rewrite-URL", "/launch/townhall"),
    ] {
        request = request.header(name, value);
    }
    let login = nobody.send(request).expect(303);
    assert!(!login.location().contains("evil"));
    let callback = format!(
        "redirect_uri=http%3A%2F%2F127.0.0.1%3A{}%2Fauth%2Fcallback%2Fwork",
        world.usher.port
    );
    assert!(login.location().contains(&callback));
    assert!(
        login
            .set_cookies()
            .iter()
            .all(|(_, _, attributes)| !attributes.to_lowercase().contains("secure"))
    );
}

#[test]
fn the_address_in_the_audit_trail_is_the_trusted_proxys_word() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    ada.send(Request::get("/launch/townhall").header("X-Forwarded-For", "198.51.100.7, 203.0.113.9"))
        .expect(302);
    assert_eq!(
        world.usher.audited("launch").remove(0)["address"],
        "203.0.113.9",
        "the right-most one"
    );
}

#[test]
fn an_untrusted_peer_says_nothing_about_addresses() {
    let world = World::with(|settings| {
        settings.set("[server]", "trusted_proxies", "[\"10.0.0.0/8\"]");
    });
    let mut ada = world.signed_in("ada");
    ada.send(Request::get("/launch/townhall").header("X-Forwarded-For", "203.0.113.9"))
        .expect(302);
    assert_eq!(world.usher.audited("launch").remove(0)["address"], "127.0.0.1");
}

#[test]
fn s_332_tricks_of_caches_get_404_and_reflect_nothing() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    for path in [
        "/account.css",
        "/account/x.png",
        "/account;x.js",
        "/index.css",
        "/auth/logout.css",
    ] {
        let answer = ada.get(path).expect(404);
        has_all_headers(&answer);
        answer.hides("ada@example.com/");
    }
    ada.get("/?cb=marker-7341").hides("marker-7341");
}

#[test]
fn s_333_framing_errors_close_the_connection() {
    let world = World::start();
    let host = format!("Host: 127.0.0.1:{}\r\n", world.usher.port);
    let smuggled = "GET /launch/smuggled HTTP/1.1\r\n";
    for headers in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +5\r\n",
    ] {
        let request =
            format!("POST /auth/logout HTTP/1.1\r\n{host}{headers}\r\n0\r\n\r\n{smuggled}{host}\r\n");
        let bytes = crate::harness::wire::exchange(world.usher.port, request.as_bytes());
        let text = String::from_utf8_lossy(&bytes);
        let answers = text.matches("HTTP/1.1 ").count();
        assert!(answers <= 1, "{headers}{answers} answers");
        if let Some(answer) = crate::harness::wire::parse("/", &bytes) {
            assert!(
                (400..500).contains(&answer.status) || answer.status == 501,
                "{headers}{}",
                answer.status
            );
        }
    }
}

#[test]
fn s_333_odd_paths_are_not_ours() {
    let world = World::start();
    let host = format!("Host: 127.0.0.1:{}\r\n", world.usher.port);
    for path in [
        "//launch/townhall",
        "/launch/townhall/",
        "/LAUNCH/townhall",
        "/launch/%00",
        "/launch/%ff%fe",
        "/launch/%c0%ae%c0%ae",
        "/./launch/townhall",
        "/x/../launch/townhall",
        "/%2e%2e/launch/townhall",
        "*",
        "/\\launch",
    ] {
        let status = with_host(&world, &host, path);
        assert!(matches!(status, 400 | 404), "{path}: {status}");
    }
    for raw in [
        "GET /launch/\u{0} HTTP/1.1\r\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "nonsense\r\n\r\n",
    ] {
        let answer = world
            .usher
            .raw(format!("{raw}{host}Connection: close\r\n\r\n").as_bytes());
        assert!(answer.is_none_or(|answer| answer.status >= 400), "{raw}");
    }
    assert_eq!(with_host(&world, &host, "/"), 200);
}

#[test]
fn s_221_requests_that_are_too_large() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    let long = nobody.get(&format!("/?q={}", "a".repeat(9_000)));
    assert_eq!(long.status, 414);
    let mut request = Request::get("/");
    for number in 0..120 {
        request = request.header(&format!("X-Header-{number}"), "x");
    }
    let many = nobody.send(request).status;
    assert!(matches!(many, 400 | 431), "{many}");
    assert_eq!(
        nobody
            .send(Request::get("/").header("X-Large", &"x".repeat(40_000)))
            .status,
        431
    );
    let mut ada = world.signed_in("ada");
    let session = "/account/sessions/000000000000000000000000/end";
    for path in [
        "/auth/logout",
        "/auth/backchannel-logout/work",
        "/auth/initiate",
        "/auth/frame",
        "/account/sign-out-everywhere",
        session,
        "/launch/townhall",
        "/api/apps/townhall/token",
    ] {
        let sent = |bytes: usize| [("csrf", "x".repeat(bytes - "csrf=".len()))];
        let mut status = |bytes| {
            let fields = sent(bytes);
            ada.post(path, fields.iter().map(|(name, value)| (*name, value.as_str())))
                .status
        };
        assert_eq!(status(16 * 1024 + 1), 413, "{path}");
        let fits = status(16 * 1024);
        assert!(fits != 413 && fits < 500, "{path}: {fits}");
    }
}

#[test]
fn c_34_a_reference_is_ours_alone() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    let answer = nobody
        .send(Request::get("/nothing").header("X-Request-Id", "chosen-by-somebody"))
        .expect(404);
    let reference = answer.header("X-Request-Id").unwrap().to_owned();
    assert_ne!(reference, "chosen-by-somebody");
    answer.shows(&reference);
}

#[test]
fn s_336_nobody_writes_lines_into_our_log() {
    let world = World::start();
    let mut nobody = world.usher.browser();
    let forged = "%0d%0a%7b%22event%22:%22launch%22%7d%1b%5b31m%22";
    nobody.get(&format!("/launch/x{forged}"));
    nobody.get(&format!(
        "/auth/callback/work?state={forged}&error={forged}&error_description={forged}"
    ));
    nobody.send(Request::get("/nothing").header("User-Agent", "a\u{1b}[31m\"}{\"event\":\"launch\"}"));
    let text = world.usher.log.text();
    for line in text.lines().filter(|line| line.contains("\"event\"")) {
        let line: serde_json::Value = serde_json::from_str(line).expect("one JSON object a line");
        assert_ne!(line["event"], "launch");
    }
    assert!(!text.contains('\u{1b}'), "an escape sequence in the log");
}

#[test]
fn s_225_crawlers_get_no_token_and_are_asked_to_stay_away() {
    let world = World::start();
    let mut crawler = world.usher.browser();
    let request = Request::get("/launch/townhall")
        .without_fetch_metadata()
        .header("User-Agent", "SkypeUriPreview");
    let answer = crawler.send(request).expect(302);
    assert!(answer.location().contains("/auth/login"));
    assert_eq!(crawler.get("/").header("X-Robots-Tag"), Some("noindex"));
}
