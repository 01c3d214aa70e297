//! Real browsers, remote-controlled: Chromium unless said otherwise.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::script::Script;
use super::tls::Authority;

fn node() -> &'static Script {
    static NODE: OnceLock<Script> = OnceLock::new();
    NODE.get_or_init(|| Script::node_with("browser.mjs", &[&Authority::trusted().pem()]))
}

/// A person at a browser with an empty profile.
pub struct Visitor(Value);

impl Visitor {
    pub fn new() -> Self {
        Self::with(json!({}))
    }

    /// With `{ colorScheme, locale, width, height, script, timezone, thirdParty, popups, time }`.
    pub fn with(wishes: Value) -> Self {
        Self(node().must("visitor", wishes))
    }

    /// In Firefox, which keeps other sites' cookies apart for each site around, or blocks them altogether.
    pub fn in_firefox(blocked: bool) -> Self {
        Self(node().must("visitor_in_firefox", json!({ "blocked": blocked })))
    }

    pub fn tab(&self) -> Tab {
        Tab(node().must("tab", json!({ "visitor": self.0 })))
    }

    pub fn cookies(&self) -> Vec<Value> {
        serde_json::from_value(node().must("cookies", json!({ "visitor": self.0 }))).unwrap()
    }

    pub fn forget_cookies(&self) {
        node().must("clear_cookies", json!({ "visitor": self.0 }));
    }

    /// Runs a script in each page before its own.
    pub fn run_first(&self, script: &str) {
        node().must("first", json!({ "visitor": self.0, "script": script }));
    }

    /// Moves the clocks of the visitor's pages, which began at a `time`.
    pub fn forward(&self, seconds: u64) {
        node().must("forward", json!({ "visitor": self.0, "seconds": seconds }));
    }

    /// Wakes the visitor's computer at a time, in milliseconds; it has slept until then.
    pub fn wake(&self, time: i64) {
        node().must("wake", json!({ "visitor": self.0, "time": time }));
    }

    /// Answers for whoever stands at an address, until [`Visitor::resume`].
    pub fn instead(&self, url: &str, status: u16, headers: &Value) {
        let args = json!({ "visitor": self.0, "url": url, "status": status, "headers": headers });
        node().must("instead", args);
    }

    pub fn resume(&self, url: &str) {
        node().must("resume", json!({ "visitor": self.0, "url": url }));
    }

    /// Serves a page of somebody else's at an address, for this visitor only.
    pub fn page_elsewhere(&self, url: &str, html: &str) {
        node().must("foreign", json!({ "visitor": self.0, "url": url, "html": html }));
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        let _ = node().ask("leave", json!({ "visitor": self.0 }));
    }
}

pub struct Tab(Value);

impl Tab {
    fn must(&self, name: &str, mut args: Value) -> Value {
        args["page"] = self.0.clone();
        node().must(name, args)
    }

    fn text_of(&self, name: &str) -> String {
        self.must(name, json!({})).as_str().unwrap_or_default().to_owned()
    }

    /// Opens an address; the status of the page that it ends at.
    #[track_caller]
    pub fn open(&self, url: &str) -> u64 {
        self.may_open(url).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same for an address that the browser may refuse to open.
    pub fn may_open(&self, url: &str) -> Result<u64, String> {
        let opened = node().ask("open", json!({ "page": self.0, "url": url }))?;
        Ok(opened["status"].as_u64().unwrap_or(0))
    }

    pub fn back(&self) {
        self.must("back", json!({}));
    }

    pub fn click(&self, selector: &str) {
        self.must("click", json!({ "selector": selector }));
    }

    /// Clicks on what opens a window or tab.
    pub fn click_to_tab(&self, selector: &str) -> Self {
        Self(self.must("click_to_tab", json!({ "selector": selector })))
    }

    pub fn click_framed(&self, selector: &str) {
        self.must("click_framed", json!({ "selector": selector }));
    }

    pub fn click_framed_to_tab(&self, selector: &str) -> Self {
        Self(self.must("click_framed_to_tab", json!({ "selector": selector })))
    }

    /// Clicks where something in the frame stands, whatever lies over it, and a window opens.
    pub fn click_through_to_tab(&self, selector: &str) -> Self {
        Self(self.must("click_through_to_tab", json!({ "selector": selector })))
    }

    /// Waits until the frame in the page shows a text.
    #[track_caller]
    pub fn see_framed(&self, text: &str) {
        let args = json!({ "page": self.0, "text": text });
        let seen = node().ask("see_framed", args).is_ok();
        assert!(seen, "no {text:?} in the frames {:?}", self.frames());
    }

    pub fn text_framed(&self, selector: &str) -> String {
        let text = self.must("text_framed", json!({ "selector": selector }));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The same for the frame in the page's frame.
    #[track_caller]
    pub fn see_deep(&self, text: &str) {
        assert!(
            self.deep_framed(text),
            "no {text:?} in the frames {:?}",
            self.frames()
        );
    }

    /// Waits until the frame in the page's frame shows a text; whether it does.
    pub fn deep_framed(&self, text: &str) -> bool {
        let args = json!({ "page": self.0, "text": text, "deep": 2 });
        node().ask("see_framed", args).is_ok()
    }

    /// The addresses of all frames in the page.
    pub fn frames(&self) -> Vec<String> {
        serde_json::from_value(self.must("frames", json!({}))).unwrap()
    }

    /// Waits until the address of the innermost frame matches a pattern.
    #[track_caller]
    pub fn arrive_framed(&self, pattern: &str) {
        let args = json!({ "page": self.0, "pattern": pattern });
        let arrived = node().ask("arrive_framed", args).is_ok();
        assert!(arrived, "not at {pattern} but at {:?}", self.frames());
    }

    /// The address of the frame so deep in the page, once it is there.
    pub fn innermost(&self, deep: u8) -> String {
        self.must("innermost", json!({ "deep": deep }))
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Goes one entry back, which may be a frame's.
    pub fn back_in_frame(&self) {
        self.must("back_in_frame", json!({}));
    }

    /// Waits until this window is gone.
    pub fn closes(&self) {
        self.must("closed", json!({}));
    }

    pub fn fill(&self, selector: &str, text: &str) {
        self.must("fill", json!({ "selector": selector, "text": text }));
    }

    pub fn press(&self, key: &str) {
        self.must("press", json!({ "key": key }));
    }

    /// Presses a key that opens a window.
    pub fn press_to_tab(&self, key: &str) -> Self {
        Self(self.must("press_to_tab", json!({ "key": key })))
    }

    /// Waits until the address matches a pattern.
    #[track_caller]
    pub fn arrive(&self, pattern: &str) {
        let args = json!({ "page": self.0, "pattern": pattern });
        let arrived = node().ask("arrive", args).is_ok();
        assert!(
            arrived,
            "not at {pattern} but at {}:\n{}",
            self.path(),
            self.text()
        );
    }

    /// Waits until the page shows a text, which a script may have put there.
    #[track_caller]
    pub fn see(&self, text: &str) {
        let args = json!({ "page": self.0, "text": text });
        let seen = node().ask("see", args).is_ok();
        assert!(seen, "no {text:?} at {}:\n{}", self.path(), self.text());
    }

    pub fn url(&self) -> String {
        self.text_of("url")
    }

    pub fn path(&self) -> String {
        self.url().split('?').next().unwrap_or_default().to_owned()
    }

    /// The markup of what has the keyboard's focus.
    pub fn focused(&self) -> String {
        self.text_of("focused")
    }

    /// How many entries the window's history has.
    pub fn history(&self) -> u64 {
        self.must("history", json!({})).as_u64().unwrap_or(0)
    }

    pub fn count_framed(&self, selector: &str) -> u64 {
        self.must("count_framed", json!({ "selector": selector }))
            .as_u64()
            .unwrap_or(0)
    }

    pub fn attribute(&self, selector: &str, name: &str) -> String {
        let args = json!({ "selector": selector, "name": name });
        self.must("attribute", args)
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub fn title(&self) -> String {
        self.text_of("title")
    }

    pub fn text(&self) -> String {
        self.text_of("text")
    }

    pub fn language(&self) -> String {
        self.text_of("html_lang")
    }

    pub fn count(&self, selector: &str) -> u64 {
        self.must("count", json!({ "selector": selector }))
            .as_u64()
            .unwrap_or(0)
    }

    /// By how many pixels the page is wider than the window.
    pub fn overflow(&self) -> i64 {
        self.must("overflow", json!({})).as_i64().unwrap_or(0)
    }

    /// The same of the page in the innermost frame.
    pub fn overflow_framed(&self) -> i64 {
        self.must("overflow", json!({ "framed": true }))
            .as_i64()
            .unwrap_or(0)
    }

    /// Links, buttons and fields that stick out of the sheet that they stand on.
    pub fn spilt(&self) -> Vec<String> {
        serde_json::from_value(self.must("spilt", json!({}))).unwrap()
    }

    /// What can be used, and is not come by with the Tab key.
    pub fn beyond_the_keyboard(&self) -> Vec<String> {
        serde_json::from_value(self.must("beyond_the_keyboard", json!({}))).unwrap()
    }

    /// The address of the first web socket that the page opens; it leads nowhere.
    pub fn dialled(&self) -> String {
        self.text_of("dialled")
    }

    /// What the console complained of: a content policy that stopped our own page, a failed script.
    pub fn problems(&self) -> Vec<String> {
        serde_json::from_value(self.must("problems", json!({}))).unwrap()
    }

    /// What a script in the page comes to.
    pub fn evaluate(&self, script: &str) -> Value {
        self.must("evaluate", json!({ "script": script }))
    }

    /// The same in the innermost frame.
    pub fn evaluate_framed(&self, script: &str) -> Value {
        self.must("evaluate_framed", json!({ "script": script }))
    }

    /// Waits until there is such an element, to be seen or not.
    #[track_caller]
    pub fn finds(&self, selector: &str) {
        let args = json!({ "page": self.0, "selector": selector });
        let found = node().ask("found", args).is_ok();
        assert!(found, "no {selector} at {}:\n{}", self.path(), self.text());
    }

    /// Rules of WCAG 2.2 AA that the page in the innermost frame breaks.
    pub fn axe_framed(&self) -> Vec<String> {
        serde_json::from_value(self.must("axe", json!({ "framed": true }))).unwrap()
    }

    /// The same of the page in the outermost frame.
    pub fn axe_outer(&self) -> Vec<String> {
        serde_json::from_value(self.must("axe", json!({ "framed": true, "nth": 1 }))).unwrap()
    }

    /// Rules of WCAG 2.2 AA that the page breaks.
    pub fn axe(&self) -> Vec<String> {
        serde_json::from_value(self.must("axe", json!({}))).unwrap()
    }
}
