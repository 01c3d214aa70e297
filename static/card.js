"use strict";
// Signs in through a small window: the provider's page never stands in a frame. What the window hands
// back is a code, which is worth nothing without the text that only this page knows.
const button = document.getElementById("sign-in");
const launch = button.getAttribute("href");
const show = (id) => { document.getElementById(id).hidden = false; };
const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const verifier = text(crypto.getRandomValues(new Uint8Array(32)));
let challenge;
let opened;
let done = false;

button.addEventListener("click", (event) => {
  if (!challenge) return;
  event.preventDefault();
  opened?.close();
  opened = open(button.dataset.window + challenge, "", "popup,width=520,height=680");
  // It may be there all the same, cut off from us by the page around or by the provider's.
  if (!opened) show("failed");
});

addEventListener("message", async ({ data, origin, source }) => {
  if (origin !== location.origin || !opened || source !== opened || typeof data?.code !== "string") return;
  const body = new URLSearchParams({ app: button.dataset.app, code: data.code, verifier });
  const redeem = () => fetch("/auth/frame", { method: "POST", body }).then((answer) => answer.ok, () => false);
  if (!await redeem()) return show("failed");
  done = true;
  opened.close();
  // A second time is fine for a browser that kept the cookie, and for no other.
  if (!await redeem()) return show("not-kept");
  // For the page around.
  dispatchEvent(new Event("leaving"));
  location.replace(launch);
});

// Closed by hand, or cut off: nothing will come back.
setInterval(() => { if (opened?.closed && !done) show("failed"); }, 1000);
show("window");
show("tab");
crypto.subtle?.digest("SHA-256", new TextEncoder().encode(verifier)).then((hash) => { challenge = text(hash); });
