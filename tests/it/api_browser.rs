//! The token API in Chromium: which pages get a token is the browser's to enforce.

use crate::handover::own_page;
use crate::harness::World;
use crate::harness::chromium::{Tab, Visitor};
use crate::harness::server::{Answer, Server};

/// A page of its own origin that asks for a token, and says in its address what became of it.
const PAGE: &str = "<!doctype html><html lang=en><title>CRM</title><h1>CRM</h1><script>
const gateway = new URLSearchParams(location.search).get('gateway');
fetch(`${gateway}/api/apps/townhall/token`, {
  method: 'POST', credentials: 'include', headers: { 'content-type': 'application/json' }, body: '{}',
})
  .then(async (answer) => { const body = await answer.json(); location.hash = body.token ? 'token' : body.code; })
  .catch(() => { location.hash = 'unreadable'; });
</script>";

/// A page on another site than the gateway, which gets no cookie and trades its code.
const OWN: &str = "<!doctype html><html lang=en><title>Desk</title><h1>Desk</h1><script>
const gateway = new URLSearchParams(location.search).get('gateway');
const code = new URLSearchParams(location.hash.slice(1)).get('usher_code');
fetch(`http://127.0.0.1:${gateway}/api/apps/townhall/token`, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code }),
})
  .then(async (answer) => { const body = await answer.json(); location.hash = body.token ? 'token' : body.code; })
  .catch(() => { location.hash = 'unreadable'; });
</script>";

#[test]
fn c_32_a_page_on_another_site_trades_its_code_with_fetch() {
    let desk = Server::start(|_| Answer::new(200, "text/html; charset=utf-8", OWN));
    let world = World::with(|settings| {
        let text = settings.text();
        let (_, port) = text
            .split_once("listen = \"127.0.0.1:")
            .expect("the gateway's port");
        let port = port.split('"').next().unwrap();
        let page = format!("http://localhost:{}", desk.port);
        settings
            .set("[apps.townhall]", "url", &format!("\"{page}/?gateway={port}\""))
            .set("[apps.townhall]", "origins", &format!("[\"{page}\"]"));
        own_page(settings, "[apps.townhall]");
    });
    let visitor = Visitor::new();
    let tab = visitor.tab();
    sign_in(&world, &visitor, &tab);
    tab.open(&world.usher.url("/launch/townhall"));
    tab.arrive("#token$");
    assert_eq!(world.usher.audited("launch").len(), 2);
}

pub fn sign_in(world: &World, visitor: &Visitor, tab: &Tab) {
    tab.open(&world.usher.url("/auth/login?provider=work"));
    tab.arrive("/sign-in/");
    tab.fill("input[name=login]", "ada");
    tab.click("button");
    tab.arrive(&format!("^{}$", world.usher.url("/")));
    for cookie in visitor.cookies() {
        let value = cookie["value"].as_str().unwrap();
        world.usher.secrets.add("the value of a cookie", value);
    }
}

fn site() -> Server {
    Server::start(|_| Answer::new(200, "text/html; charset=utf-8", PAGE))
}

#[test]
fn s_340_a_listed_origin_gets_a_token_with_fetch_and_another_does_not() {
    let (listed, stranger) = (site(), site());
    let world = World::with(|settings| {
        let origin = format!("[\"http://127.0.0.1:{}\"]", listed.port);
        settings.set("[apps.townhall]", "origins", &origin);
    });
    let visitor = Visitor::new();
    let tab = visitor.tab();
    let page = |site: &Server| format!("http://127.0.0.1:{}/?gateway={}", site.port, world.usher.url(""));
    tab.open(&page(&listed));
    tab.arrive("#session.required$");
    sign_in(&world, &visitor, &tab);
    tab.open(&page(&stranger));
    tab.arrive("#unreadable$");
    assert_eq!(world.usher.audited("launch").len(), 0);
    tab.open(&page(&listed));
    tab.arrive("#token$");
    assert_eq!(world.usher.audited("launch").len(), 1);
}
