// A page on the gateway's own site. It says which device this is; who is calling, the gateway takes from
// the session alone.
import { fill, grants, reveal, say, sayWhy } from "./show.js";

const { gateway, bit6 } = document.querySelector("main").dataset;
const form = document.querySelector("form");

async function register() {
  const answer = await fetch(`${gateway}/api/apps/softphone/token`, {
    method: "POST",
    credentials: "include",
    body: new URLSearchParams(new FormData(form)), // device=…
  });
  const pass = await answer.json();
  if (!answer.ok) return sayWhy(pass);

  // With the vendor's SDK: bit6.session.external(pass.token). The stand-in takes the same token.
  const client = await fetch(`${bit6}/client`, {
    method: "POST",
    body: new URLSearchParams({ token: pass.token }),
  });
  const registered = await client.json();
  if (!client.ok) return say(`Bit6 refused the token: ${registered.error}.`, "bad");
  fill(registered);
  grants(registered.grants);
  say("This device rings now.", "good");
  reveal(registered.token);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  say("Registering…");
  register().catch(() => say("The gateway or the stand-in could not be reached.", "bad"));
});
