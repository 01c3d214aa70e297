// The launcher that vendors' pages suggest: Express and jsonwebtoken, in two processes.
//
//   node launcher.mjs SESSIONS KEY
//
// SESSIONS is a JSON file of cookies and who they stand for, KEY the private key as PEM.
import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import express from "express";
import jwt from "jsonwebtoken";

const PROCESSES = 2;
const [sessionsFile, keyFile] = process.argv.slice(2);

if (cluster.isPrimary) {
  let listening = 0;
  cluster.on("listening", (_, { address, port }) => {
    listening += 1;
    if (listening === PROCESSES) console.log(`listening on ${address}:${port}\nready`);
  });
  for (let i = 0; i < PROCESSES; i += 1) cluster.fork();
} else {
  const sessions = new Map(Object.entries(JSON.parse(readFileSync(sessionsFile, "utf8"))));
  const key = readFileSync(keyFile);
  const apps = {
    townhall: { url: "https://acme.frameable.com/events/townhall", allow: "staff", hosts: "comms" },
  };

  const server = express();
  server.get("/launch/:app", (request, response) => {
    const app = apps[request.params.app];
    if (!app) return response.sendStatus(404);
    const cookie = /(?:^|; )usher=([^;]+)/.exec(request.headers.cookie ?? "");
    const user = cookie && sessions.get(cookie[1]);
    if (!user) return response.sendStatus(401);
    if (!user.groups.includes(app.allow)) return response.sendStatus(403);
    const claims = {
      displayName: user.name,
      email: user.email,
      avatarUrl: user.picture,
      userProfile: [["organization", "Acme"], ["title", user.title]],
      roles: user.groups.includes(app.hosts) ? ["host"] : [],
    };
    const token = jwt.sign(claims, key, { algorithm: "RS256", expiresIn: 300 });
    response.redirect(302, `${app.url}?token=${token}`);
  });
  server.listen(0, "127.0.0.1");
}
