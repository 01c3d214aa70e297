// A page on the gateway's own site. The cookie of the session comes along when it asks for a token.
import { fill, reveal, say, sayWhy } from "./show.js";

const { gateway } = document.querySelector("main").dataset;

async function meet() {
  say("Nora is on her way…");
  const answer = await fetch(`${gateway}/api/apps/reception/token`, { credentials: "include" });
  const pass = await answer.json();
  if (!answer.ok) return sayWhy(pass);

  // With the vendor's SDK: scene.connect(pass.url, "", pass.jwt), which opens a WebSocket.
  // The stand-in has no certificate for one, and takes the same token by GET.
  const server = pass.url.replace("wss://", "http://");
  const session = await fetch(`${server}/?access_token=${pass.jwt}`);
  const met = await session.json();
  if (!session.ok) return say(`Soul Machines refused the token: ${met.error}.`, "bad");
  fill(met);
  say("Nora sees you.", "good");
  reveal(met.token);
}

meet().catch(() => say("The gateway or the stand-in could not be reached.", "bad"));
