"use strict";
// Gives the vendor's page in the frame its token: one when that page says that it begins, and a fresh one
// well before the old one ends. A token goes to exactly the vendor's origin, and is kept nowhere but here.
const page = document.querySelector("main");
const frame = page.querySelector("iframe");
const button = document.getElementById("reconnect");
const { app, vendor, launch } = page.dataset;
const lifetime = Number(page.dataset.lifetime) * 1000;
const patience = 20_000;
const most = 10;

// How long ago: one clock may stand still while the computer sleeps, the other may be set.
const now = () => ({ wall: Date.now(), run: performance.now() });
const since = (then) => Math.max(Date.now() - then.wall, performance.now() - then.run);

let heard = false;
let begun = performance.now();
let asking = false;
let token;
let failures = 0;
let due;

function show(id) {
  for (const note of document.querySelectorAll(".note > *")) note.hidden = note.id !== id;
  button.hidden = !["again", "lost", "silent", "refused"].includes(id);
  document.getElementById("sign-in").hidden = id !== "over";
}

function later(after, act, from = now()) {
  due = { after, act, from };
}

function tick() {
  if (!due || since(due.from) < due.after) return;
  const { act } = due;
  due = undefined;
  act();
}

function load() {
  show("opening");
  later(patience, () => show("silent"));
  frame.src = page.dataset.address;
}

function hand() {
  frame.contentWindow.postMessage({ cobrowseio: true, event: "token", data: token.text, trustedOnly: false }, vendor);
  page.classList.add("open");
  show();
}

async function ask() {
  if (asking) return;
  asking = true;
  // Its life is counted from the question, so that it never ends sooner than is thought here.
  const from = now();
  const body = new URLSearchParams(launch.split("?")[1]);
  try {
    const answer = await fetch(`/api/apps/${app}/token`, { method: "POST", body, signal: AbortSignal.timeout(patience) });
    const said = await answer.json().catch(() => ({}));
    // The page that asked may have gone meanwhile.
    if (!heard) return;
    if (answer.ok) {
      failures = 0;
      token = { text: said.token, from, renewal: 0.8 * life(answer, said) };
      later(token.renewal, ask, from);
      hand();
    } else if (answer.status === 401) signIn();
    else if (answer.status === 429 || answer.status >= 500) again(Number(answer.headers.get("retry-after")) || 0);
    else refuse(said);
  } catch {
    again(0);
  } finally {
    asking = false;
  }
}

// What the page was told may have become less since, with another configuration. Both times are the server's.
function life(answer, { expiresAt }) {
  const told = Date.parse(expiresAt) - Date.parse(answer.headers.get("date"));
  return told > 0 ? Math.min(told, lifetime) : lifetime;
}

// The launch shows the sign-in that fits. Where not even the first token came, it would only lead back here.
function signIn() {
  failures = Infinity;
  if (token) location.replace(launch);
  else show("over");
}

function again(seconds) {
  failures += 1;
  show(failures > most ? "lost" : "again");
  if (failures > most) return;
  const wait = Math.max(seconds, Math.min(2 ** failures, 60));
  later(wait * 1000 * (1 + Math.random() / 4), ask);
}

function refuse({ title, detail }) {
  failures = Infinity;
  const [what, why] = document.getElementById("refused").children;
  what.textContent = title;
  why.textContent = detail;
  show(title ? "refused" : "lost");
}

function wake() {
  if (failures > most && failures < Infinity && !document.hidden) ask();
  else tick();
}

addEventListener("message", ({ data, origin, source }) => {
  if (origin !== vendor || source !== frame.contentWindow) return;
  if (data?.cobrowseio !== true || data.event !== "init") return;
  if (!heard) due = undefined;
  heard = true;
  begun = performance.now();
  if (token && since(token.from) < token.renewal) hand();
  else if (!failures) ask();
});

// A page that comes into the frame and does not begin is not the one that was asked for.
frame.addEventListener("load", () => {
  const loaded = performance.now();
  setTimeout(() => {
    if (loaded - begun < patience) return;
    due = token = undefined;
    heard = false;
    page.classList.remove("open");
    show("silent");
  }, patience);
});

button.addEventListener("click", () => {
  failures = 0;
  show("opening");
  if (heard) ask();
  else load();
});

// A copy out of the browser's memory knows nothing of what has ended since.
addEventListener("pageshow", (event) => { if (event.persisted) location.replace(launch); });
for (const event of ["focus", "online", "visibilitychange"]) addEventListener(event, wake);
setInterval(tick, 1000);
load();
