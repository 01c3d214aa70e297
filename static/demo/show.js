// Shows what came of a token. Nothing here asks for one or passes one on.

const all = (selector) => document.querySelectorAll(selector);
const one = (selector, within = document) => within.querySelector(selector);

/** Tells how it goes: `kind` is `good`, `bad` or nothing. */
export function say(text, kind = "") {
  const line = one("[data-say]");
  line.textContent = text;
  line.className = `say ${kind}`;
}

/** Tells why the gateway gave no token; its problem document knows, and knows where to sign in. */
export function sayWhy(problem) {
  say(problem.detail ? `${problem.title}. ${problem.detail}` : problem.title, "bad");
  if (!problem.login_url) return;
  const link = document.createElement("a");
  link.href = problem.login_url;
  link.textContent = "Sign in";
  one("[data-say]").append(" ", link);
}

/** Puts values in their places on the page. */
export function fill(values) {
  for (const place of all("[data-fill]")) place.textContent = values[place.dataset.fill];
}

/** Lists what is granted and what is not. */
export function grants(granted) {
  const items = Object.entries(granted).map(([name, yes]) => {
    const item = document.createElement("li");
    item.className = yes ? "has" : "not";
    const what = document.createElement("strong");
    what.textContent = name;
    const whether = document.createElement("span");
    whether.textContent = yes ? "yes" : "no";
    item.append(what, whether);
    return item;
  });
  one("[data-grants]").replaceChildren(...items);
}

/** Shows the parts of the page that were waiting, and the token as the vendor read it. */
export function reveal(token) {
  one("[data-ends]").textContent = `It ends at ${token.expires_at}, ${token.lifetime} s after it was made.`;
  one("[data-header]").replaceChildren(...token.header.map(row));
  one("[data-claims]").replaceChildren(...token.claims.map(row));
  for (const part of all("[data-before]")) part.hidden = true;
  for (const part of all("[data-after]")) part.hidden = false;
}

function row({ name, kind, value, source }) {
  const claim = one("[data-row]").content.cloneNode(true);
  one("dt code", claim).textContent = name;
  one(".kind", claim).textContent = kind;
  one("pre", claim).textContent = value;
  one(".source", claim).textContent = source?.words ?? "";
  const line = one(".line", claim);
  if (source?.line) {
    one("span", line).textContent = `usher.toml:${source.line.number}`;
    one("code", line).textContent = source.line.text;
  } else line.remove();
  return claim;
}
