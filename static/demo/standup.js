// A page on another site than the gateway. No cookie of the gateway's comes here, so the launch brings a
// code in the address, and this page trades it for the token.
import { fill, reveal, say, sayWhy } from "./show.js";

const { gateway, vonage } = document.querySelector("main").dataset;
const code = new URLSearchParams(location.hash.slice(1)).get("usher_code");
// It works once and for a minute; out of the address, it is in nobody's way.
history.replaceState(null, "", location.pathname);

async function join() {
  say("Asking for your seat…");
  const answer = await fetch(`${gateway}/api/apps/standup/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code }),
  });
  const seat = await answer.json();
  if (!answer.ok) return sayWhy(seat);

  // With the vendor's SDK: OT.initSession(seat.applicationId, seat.sessionId).connect(seat.token).
  // The stand-in takes the same three.
  const { applicationId, sessionId, token } = seat;
  const door = await fetch(`${vonage}/connect`, {
    method: "POST",
    body: new URLSearchParams({ applicationId, sessionId, token }),
  });
  const joined = await door.json();
  if (!door.ok) return say(`Vonage refused the token: ${joined.error}.`, "bad");
  fill(joined);
  say("You are in.", "good");
  reveal(joined.token);
}

if (code) join().catch(() => say("The gateway or the stand-in could not be reached.", "bad"));
else say("You came here without a code, which only a launch brings. Join again.", "bad");
