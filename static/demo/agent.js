// The agent console. Every call brings the token, and the vendor looks at its end each time: a console is open
// for as long as its token is good. In a page that posts it a fresh one in time, it stays open.
const query = new URLSearchParams(location.search);
const waits = query.get("token_source") === "postMessage";
let token = query.get("token");
let drawn = !waits;

const call = (path) => fetch(path, { headers: { authorization: `Bearer ${token}` } });

async function look() {
  if (!token) return;
  const answer = await call("/api/1/users/me");
  if (!answer.ok) end((await answer.json()).message);
}

function end(message) {
  token = undefined;
  drawn = false;
  const card = document.createElement("section");
  card.className = "card note";
  for (const [tag, name, text] of [["p", "code", message], ["h1", "", "Your session has ended"],
    ["p", "", waits ? "It goes on with the next token." : "Go back and click again."]]) {
    const line = document.createElement(tag);
    line.className = name;
    line.textContent = text;
    card.append(line);
  }
  document.querySelector(".stage").replaceChildren(card);
}

// A first token brings the whole console, a fresh one only what it says of itself.
async function draw() {
  const answer = await call(location.href);
  if (answer.status === 401) return look();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (drawn) document.querySelector(".panel").replaceWith(page.querySelector(".panel"));
  else document.body.replaceChildren(...page.body.children);
  drawn = true;
}

if (waits) {
  addEventListener("message", ({ data, source }) => {
    if (source !== parent || data?.cobrowseio !== true || data.event !== "token") return;
    token = data.data;
    draw();
  });
  parent.postMessage({ cobrowseio: true, event: "init", data: null, trustedOnly: false }, "*");
}
setInterval(look, 5000);
