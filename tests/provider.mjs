// The certified `oidc-provider` with a plain login form: one process for all tests, a client for
// each, an issuer for each shape. A person is known by client and login, so that no test meets
// another's people.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider, interactionPolicy } from 'oidc-provider';
import { answer } from './lines.mjs';

const accounts = new Map();
const clients = new Map();
const secrets = new Map();
const tables = new Map();
const logouts = new Map();

const remember = (client, ...values) => {
  const known = secrets.get(client) ?? new Set();
  values.filter(Boolean).forEach((value) => known.add(value));
  secrets.set(client, known);
};

// How a client answered each logout token.
const note = (client, outcome) => logouts.set(client, [...(logouts.get(client) ?? []), outcome]);

// Keeps everything in memory; clients come from the tests.
class Memory {
  constructor(name) {
    this.name = name;
    if (!tables.has(name)) tables.set(name, new Map());
    this.rows = tables.get(name);
  }

  async upsert(id, row) {
    this.rows.set(id, row);
  }

  async find(id) {
    return this.name === 'Client' ? clients.get(id) : this.rows.get(id);
  }

  async findBy(field, value) {
    return [...this.rows.values()].find((row) => row[field] === value);
  }

  async findByUid(uid) {
    return this.findBy('uid', uid);
  }

  async findByUserCode(code) {
    return this.findBy('userCode', code);
  }

  async consume(id) {
    this.rows.get(id).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.rows.delete(id);
  }

  async revokeByGrantId(grantId) {
    for (const [id, row] of this.rows) if (row.grantId === grantId) this.rows.delete(id);
  }
}

const page = (title, form) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>${title}</title></head><body><main><h1>${title}</h1>${form}</main></body></html>`;

// As most products do, it asks again whom it knows by less than `acr_values`, and then takes what it gets.
const { base, Check } = interactionPolicy;
const policy = base();
policy.get('login').checks.add(new Check('too_weak', 'a stronger sign-in is asked for', ({ oidc }) => {
  const wanted = oidc.params.acr_values?.split(' ');
  const enough = !wanted || wanted.includes(oidc.acr) || oidc.result?.login;
  return enough ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
}));

const configuration = {
  acrValues: ['two-factor'],
  adapter: Memory,
  cookies: { keys: [randomBytes(32).toString('hex')] },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: async (ctx) => {
        const { action, secret } = ctx.oidc.session.state
          ? { action: ctx.oidc.urlFor('end_session_confirm'), secret: ctx.oidc.session.state.secret }
          : {};
        ctx.body = page('Sign out of the provider', `<form method="post" action="${action}">
          <input type="hidden" name="xsrf" value="${secret}">
          <button name="logout" value="yes">Sign out</button></form>`);
      },
    },
  },
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'given_name', 'family_name', 'preferred_username', 'picture', 'groups', 'region',
      'title', 'twitter', 'website', 'roles', 'role', 'policy', 'realm_access', 'https://acme.com/roles'],
  },
  pkce: { required: () => true },
  clientBasedCORS: () => false,
  fetch(url, options) {
    const token = options.body?.get?.('logout_token');
    if (token) {
      const [, claims, signature] = token.split('.');
      remember(JSON.parse(Buffer.from(claims, 'base64url')).aud, claims, signature);
    }
    // The library's own dispatcher refuses loopback, where the gateway of a test lives.
    return fetch(url, { ...options, dispatcher: undefined });
  },
  interactions: { policy, url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
  ttl: { Session: 86400, Grant: 86400, Interaction: 3600, AccessToken: 3600, IdToken: 3600 },
  findAccount: async (_ctx, id) => accounts.has(id) && {
    accountId: id,
    claims: async () => ({ ...accounts.get(id), sub: id }),
  },
  // Nobody is asked for consent: the client is the company's own.
  loadExistingGrant: async (ctx) => {
    const { client, session, provider, params } = ctx.oidc;
    const known = session.grantIdFor(client.clientId);
    if (known) return provider.Grant.find(known);
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(params.scope);
    await grant.save();
    return grant;
  },
};

const signingKey = (...kind) => ({
  ...generateKeyPairSync(...kind).privateKey.export({ format: 'jwk' }),
  kid: randomBytes(8).toString('hex'),
  use: 'sig',
});

// What a shape of the provider has besides.
const shapes = {
  plain: () => ({}),
  // Takes pushed requests only, from clients that sign who they are.
  pushed: () => ({
    features: { pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true } },
    clientAuthMethods: ['private_key_jwt'],
  }),
  // Signs as the client asks for, userinfo too.
  signing: () => ({
    features: { jwtUserinfo: { enabled: true } },
    jwks: {
      keys: [
        signingKey('rsa', { modulusLength: 2048 }),
        signingKey('ec', { namedCurve: 'P-256' }),
        signingKey('ed25519'),
      ],
    },
  }),
};

async function form(request) {
  let text = '';
  for await (const part of request) text += part;
  return new URLSearchParams(text);
}

async function signIn(provider, request, response) {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    const fields = await form(request);
    const accountId = `${params.client_id}.${fields.get('login')}`;
    const result = fields.has('cancel')
      ? { error: 'access_denied', error_description: 'the person changed their mind' }
      : { login: { accountId, acr: fields.has('factor') ? 'two-factor' : undefined } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  response.setHeader('content-type', 'text/html; charset=utf-8');
  return response.end(page('Sign in at the provider', `<form method="post">
    <label>Login <input name="login" autofocus></label> 
    <label><input type="checkbox" name="factor" value="yes"> With a second factor</label> <button>Sign in</button>
    <button name="cancel" value="yes">Cancel</button></form>`));
}

async function start(shape) {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  const { features, ...more } = shapes[shape]();
  const provider = new Provider(`http://localhost:${port}`, {
    ...configuration,
    ...more,
    features: { ...configuration.features, ...features },
  });
  provider.on('grant.success', (ctx) => {
    const { client, params } = ctx.oidc;
    remember(client.clientId, params.code, params.code_verifier, params.client_assertion, ctx.body.access_token,
      ...ctx.body.id_token.split('.').slice(1));
  });
  provider.on('backchannel.success', (_ctx, client) => note(client.clientId, 'ok'));
  provider.on('backchannel.error', (_ctx, error, client) => note(client.clientId, error.message));
  provider.on('server_error', (_ctx, error) => console.error(error));
  const callback = provider.callback();
  const serve = (request, response) => {
    if (request.url === '/favicon.ico') return response.writeHead(204).end();
    if (!request.url.startsWith('/sign-in/')) return callback(request, response);
    return signIn(provider, request, response).catch((error) => {
      response.statusCode = 400;
      response.end(String(error));
    });
  };
  server.on('request', serve);
  // Browsers may take `localhost` for either family.
  const six = createServer(serve);
  await new Promise((done) => six.once('error', done).listen(port, '::1', done));
  return `http://localhost:${port}`;
}

const issuers = new Map();

answer({
  async issuer({ shape }) {
    if (!issuers.has(shape)) issuers.set(shape, start(shape));
    return issuers.get(shape);
  },
  async client({ client }) {
    clients.set(client.client_id, client);
    remember(client.client_id, client.client_secret);
  },
  async account({ client, login, claims }) {
    accounts.set(`${client}.${login}`, claims);
  },
  // Makes the person's sign-ins at the provider older than they are.
  async age({ client, login, seconds }) {
    const sessions = [...(tables.get('Session')?.values() ?? [])];
    sessions.filter((session) => session.accountId === `${client}.${login}`)
      .forEach((session) => { session.loginTs -= seconds; });
  },
  logouts: async ({ client }) => logouts.get(client) ?? [],
  secrets: async ({ client }) => [...(secrets.get(client) ?? [])],
});
