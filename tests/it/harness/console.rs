//! A stand-in for Cobrowse's agent console that a page frames: it announces itself, takes its token by
//! message as the vendor's own bridge does, and brings it to every call, where it is held against the clock.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use time::OffsetDateTime;

use super::keys::SUPPORT;
use super::library::by_pair;
use super::server::{Answer, Asked, Server};

const AUDIENCE: &str = "https://cobrowse.io";
/// `init` and `token` as npm `cocom` has them. Every five seconds of its clock the page calls home.
const PAGE: &str = r"<!doctype html><html lang=en><title>Console</title><main><h1>Console</h1>
<p id=says>Waiting for a token</p><p id=may></p><a href='?token_source=postMessage&page=2'>Next</a></main><script>
const query = new URLSearchParams(location.search);
let token = query.get('token');
document.querySelector('h1').textContent += ` page ${query.get('page') ?? 1}`;
const say = (text) => { document.getElementById('says').textContent = text; };
async function call() {
  if (!token) return;
  const answer = await fetch('/api/1/users/me', { headers: { Authorization: `Bearer ${token}` } });
  const told = await answer.json();
  say(answer.ok ? `Agent ${told.id}, token ${told.number}` : `Session ended: ${told.message}`);
  if (!answer.ok) token = undefined;
}
addEventListener('message', ({ data, source }) => {
  if (source !== parent || data?.cobrowseio !== true || data.event !== 'token') return;
  if (data.trustedOnly !== false) return say('A message for nobody');
  token = data.data;
  call();
});
setInterval(call, 5000);
call();
for (const feature of ['camera', 'clipboard-write', 'geolocation']) {
  if (document.featurePolicy?.allowsFeature(feature)) document.getElementById('may').textContent += ` may ${feature}`;
}
if (query.get('token_source') === 'postMessage' && !MUTE) {
  parent.postMessage({ trustedOnly: false, cobrowseio: true, event: 'init', data: null }, '*');
}
</script>";
/// Beside the frame, from the vendor's own origin: whatever anybody tells it, it passes on.
const STRANGER: &str = "<!doctype html><html lang=en><title>Stranger</title><script>
addEventListener('message', ({ data }) => { if (data?.data) fetch('/leaked'); });
const init = { trustedOnly: false, cobrowseio: true, event: 'init', data: null };
setInterval(() => parent.frames[0].postMessage(init, '*'), 100);
</script>";

#[derive(Default)]
struct State {
    ahead: AtomicI64,
    mute: AtomicBool,
    asked: Mutex<Vec<Asked>>,
}

pub struct Console {
    server: Server,
    state: Arc<State>,
}

impl Console {
    pub fn start() -> Self {
        let state = Arc::<State>::default();
        let own = Arc::clone(&state);
        let server = Server::start(move |asked| answer(&own, asked));
        Self { server, state }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.server.port)
    }

    pub fn set_ahead(&self, seconds: i64) {
        self.state.ahead.store(seconds, Ordering::SeqCst);
    }

    /// From now on its page announces nothing.
    pub fn fall_silent(&self) {
        self.state.mute.store(true, Ordering::SeqCst);
    }

    /// The different tokens that it was brought, in order.
    pub fn tokens(&self) -> Vec<String> {
        tokens(&self.state.asked.lock().unwrap())
    }

    /// Asserts that no address, Referer or cookie brought what only a message may, and that nobody else
    /// was told.
    #[track_caller]
    pub fn saw_tokens_in_messages_only(&self) {
        let asked = self.state.asked.lock().unwrap();
        let tokens = tokens(&asked);
        for asked in asked.iter() {
            assert!(
                tokens.iter().all(|token| !asked.target.contains(token)),
                "in the address of {}",
                asked.path()
            );
            assert_ne!(asked.path(), "/leaked");
            let cookies = asked.header("Cookie").unwrap_or_default();
            assert!(!cookies.contains("usher"), "a cookie of the gateway");
            let referer = asked.header("Referer").unwrap_or_default();
            assert!(
                referer.is_empty() || referer.starts_with("http://localhost:"),
                "{referer}"
            );
        }
    }
}

fn tokens(asked: &[Asked]) -> Vec<String> {
    let bearers = asked.iter().filter_map(|asked| asked.header("Authorization"));
    let mut tokens: Vec<String> = bearers
        .filter_map(|header| header.strip_prefix("Bearer "))
        .map(str::to_owned)
        .collect();
    tokens.dedup();
    tokens
}

fn answer(state: &State, asked: &Asked) -> Answer {
    if asked.path() == "/favicon.ico" {
        return Answer::new(204, "text/plain", "");
    }
    let mut book = state.asked.lock().unwrap();
    book.push(asked.clone());
    let number = tokens(&book).len();
    drop(book);
    match asked.path() {
        "/api/1/users/me" => who(state, asked, number),
        "/stranger" => Answer::new(200, "text/html; charset=utf-8", STRANGER),
        _ => {
            let mute = state.mute.load(Ordering::SeqCst).to_string();
            Answer::new(200, "text/html; charset=utf-8", PAGE.replace("MUTE", &mute))
        }
    }
}

/// Whose token it is, by the vendor's key and audience, at this very moment.
fn who(state: &State, asked: &Asked, number: usize) -> Answer {
    let bearer = asked.header("Authorization").unwrap_or_default();
    let token = bearer.strip_prefix("Bearer ").unwrap_or_default();
    #[expect(clippy::disallowed_methods, reason = "a vendor has a clock of its own")]
    let now = OffsetDateTime::now_utc().unix_timestamp() + state.ahead.load(Ordering::SeqCst);
    match by_pair(token, SUPPORT, AUDIENCE, Some(now)) {
        Ok(read) => Answer::json(&json!({ "id": read["claims"]["sub"], "number": number })),
        Err(error) => {
            let (_, message) = error.split_once(": ").unwrap_or_default();
            let body = json!({ "id": "authentication", "message": message.lines().next() });
            Answer::new(401, "application/json", body.to_string())
        }
    }
}
