//! `usher demo`: the whole world in one process, clicked through in Chromium.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::harness::chromium::{Tab, Visitor};
use crate::harness::log::Log;
use crate::harness::usher::BINARY;

pub struct Demo {
    child: Child,
    pub address: String,
    log: Arc<Log>,
}

impl Demo {
    pub fn start() -> Self {
        let mut child = Command::new(BINARY)
            .args(["demo", "--port", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the demo starts");
        let log = Arc::new(Log::default());
        log.drink(child.stdout.take().unwrap());
        log.drink(child.stderr.take().unwrap());
        let address = log.wait_for(Duration::from_secs(30), |text| {
            let (_, rest) = text.split_once("Usher demo: ")?;
            let (line, _) = rest.split_once('\n')?;
            line.split_whitespace()
                .next()
                .map(|address| address.trim_end_matches('/').to_owned())
        });
        let Some(address) = address else {
            let _ = child.kill();
            panic!("C-46: no address:\n{}", log.text());
        };
        Self { child, address, log }
    }

    /// The intranet on another site than the gateway's.
    pub fn intranet(&self) -> String {
        let intranet = self.log.wait_for(Duration::from_secs(5), |text| {
            let (_, rest) = text.split_once("Open http://localhost:")?;
            let (port, _) = rest.split_once('/')?;
            Some(format!("http://localhost:{port}/"))
        });
        intranet.expect("the greeting names the intranet")
    }
}

impl Drop for Demo {
    /// Ends it as a terminal does, so that its files go too.
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// Picks the first persona (the member) where the tab stands at the demo's provider.
pub fn pick_a_persona(tab: &Tab) {
    tab.arrive("^http://localhost:");
    tab.click("main form button, form button");
}

#[test]
fn c_46_the_demo_shows_both_vendors() {
    let demo = Demo::start();
    assert!(demo.address.starts_with("http://127.0.0.1:"), "{}", demo.address);
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&format!("{}/launch/townhall", demo.address));
    pick_a_persona(&tab);
    tab.arrive("/events/townhall");
    assert!(tab.url().starts_with("http://localhost:"), "{}", tab.path());
    let text = tab.text();
    assert!(
        text.contains("displayName") && text.contains("exp"),
        "each claim is shown:\n{text}"
    );
    assert!(tab.axe().is_empty(), "{:?}", tab.axe());

    tab.open(&format!(
        "{}/launch/support?customer=grace@example.org",
        demo.address
    ));
    tab.arrive("/connect");
    assert!(tab.text().contains("https://cobrowse.io"), "{}", tab.text());
    assert_eq!(tab.problems(), Vec::<String>::new());

    tab.open(&demo.address);
    assert!(tab.count("a[href='/launch/townhall']") > 0, "{}", tab.text());
    let token = visitor.cookies();
    let secrets: Vec<&str> = token
        .iter()
        .filter_map(|c| c["value"].as_str())
        .filter(|v| v.len() > 20)
        .collect();
    let printed = demo.log.text();
    assert!(secrets.iter().all(|secret| !printed.contains(secret)), "S-300");
}

#[test]
fn c_46_the_demos_host_is_its_admin_too() {
    let demo = Demo::start();
    let visitor = Visitor::new();
    let tab = visitor.tab();
    tab.open(&format!("{}/admin", demo.address));
    tab.arrive("^http://localhost:");
    tab.click("button[value=host]");
    tab.arrive("/admin$");
    tab.click("nav a[href='/admin/apps']");
    tab.arrive("/admin/apps$");
    tab.click("a[href='/admin/apps/townhall']");
    tab.arrive("/admin/apps/townhall$");
    assert_eq!(tab.count("#url-1"), 1);
    assert_eq!(tab.problems(), Vec::<String>::new());
}

#[test]
fn nothing_of_the_demo_is_in_serve() {
    let world = crate::harness::World::start();
    let mut nobody = world.usher.browser();
    for path in [
        "/demo",
        "/intranet",
        "/events/townhall",
        "/connect",
        "/.well-known/openid-configuration",
        "/static/demo",
    ] {
        nobody.get(path).expect(404);
    }
}
