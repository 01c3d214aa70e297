// <usher-app app="support" customer="grace@example.org">: an app behind Usher in a frame. Pages pin these
// bytes (SRI): what has to change becomes embed-2.js.
{
// An element of the page may bear that name.
const gateway = new URL(Reflect.get(Document.prototype, "currentScript", document).src).origin;
// HTML's attributes, and ours: the rest are parameters of the launch.
const own = /^(app|params|height|allow|class|id|is|style|title|hidden|inert|lang|dir|slot|part|role|nonce|popover|tabindex|translate|draggable|spellcheck|(auto|content|item|on|_).*|.*\W.*)$/;
const make = (tag, more) => Object.assign(document.createElement(tag), more);
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host { display: flex; flex-direction: column }
:host([hidden]), button:empty { display: none }
div { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1rem; min-height: 2.25rem }
span { flex: auto }
a { color: inherit }
button { min-height: 1.75rem; font: inherit }
iframe { flex: auto; min-height: 0; border: 0 }`);

customElements.get("usher-app") ?? customElements.define("usher-app", class extends HTMLElement {
  #status = make("span", { role: "status" });
  #again = make("button", { type: "button", onclick: () => { this.reconnect(); this.#frame.focus(); } });
  #link = make("a", { target: "_blank", rel: "noopener" });
  #bar = make("div");
  #watch = new MutationObserver(() => this.#asked === this.#wish() ? this.#show() : this.reconnect());
  #said = { lang: "en", texts: { refused: "It did not open.", reconnect: "Reconnect" } };
  #names;
  #asked;
  #frame;
  #until;
  #clock;

  constructor() {
    super();
    this.#bar.append(this.#status, this.#again, make("slot"));
    this.#bar.lastChild.append(this.#link);
    this.attachShadow({ mode: "open" }).append(this.#bar);
    this.shadowRoot.adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    addEventListener("message", this);
    // Later ones may be anybody's.
    this.#names = this.getAttributeNames().filter((name) => !own.test(name));
    this.#watch.observe(this, { attributes: true });
    this.#clock = setInterval(() => Date.now() > this.#until && this.#become("expired"), 5000);
    this.reconnect();
  }

  disconnectedCallback() {
    removeEventListener("message", this);
    this.#watch.disconnect();
    clearInterval(this.#clock);
    this.#frame.remove();
  }

  connectedMoveCallback() {}

  #wish() {
    const app = this.getAttribute("app") ?? "";
    const launch = new URL("/launch/" + app.replace(/[^a-z0-9-]/g, "_"), gateway);
    launch.search = this.getAttribute("params") ?? "";
    for (const name of this.#names) this.hasAttribute(name) && launch.searchParams.append(name, this.getAttribute(name));
    (this.querySelector('a[href*="/launch/"]') ?? this.#link).href = launch;
    launch.searchParams.append("usher_gate", "app");
    return launch.href;
  }

  reconnect() {
    this.#frame?.remove();
    const allow = this.getAttribute("allow") ?? "";
    const frame = make("iframe", { src: this.#wish(), allow, referrerPolicy: "no-referrer", pages: 0, ours: 0 });
    this.#asked = frame.src;
    this.#frame = frame;
    // Each page of ours tells; the app behind them does not.
    frame.onload = () => {
      frame.pages++;
      setTimeout(() => {
        if (frame !== this.#frame || frame.pages <= frame.ours || /open$|expired/.test(this.dataset.state)) return;
        this.#become(frame.ours ? "open" : "refused");
      }, 250);
    };
    this.#become("opening");
    this.shadowRoot.append(frame);
  }

  handleEvent({ source, origin, data }) {
    const frame = this.#frame;
    if (source !== frame.contentWindow || origin !== gateway || !data?.usher) return;
    if (data.usher === "leaving") return this.#become("opening");
    frame.ours++;
    Object.assign(this.#said, data);
    if (data.usher === "opening") {
      // Counts from the next page on; ours waits.
      frame.allow = this.getAttribute("allow") ?? data.allow;
      source.postMessage({ usher: "go" }, origin);
    }
    this.#become(data.usher);
  }

  #become(state) {
    const news = state !== this.dataset.state;
    this.dataset.state = state;
    this.#until = Date.now() + (state === "open" && this.#said.lifetime || Infinity) * 1000;
    this.#show();
    if (news) this.dispatchEvent(new CustomEvent("usher-state", { bubbles: true, detail: { state } }));
  }

  #show() {
    const { state } = this.dataset;
    const { texts, lang, title = this.getAttribute("app"), height } = this.#said;
    this.#bar.lang = lang;
    this.#status.textContent = texts[state];
    this.#again.textContent = /expired|refused/.test(state) ? texts.reconnect : "";
    this.#link.textContent = texts.tab ?? title;
    this.#frame.title = this.title || title;
    const wish = this.getAttribute("height") ?? "clamp(20rem, 85vh, 60rem)";
    const tall = wish > 0 ? wish + "px" : wish;
    this.#frame.style.height = state === "signed-out" ? `min(${height}px, ${tall})` : tall;
  }
});
}
