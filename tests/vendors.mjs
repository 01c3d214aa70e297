// The vendors' own libraries, and others that share no code with the gateway: what they make, and
// what they think of a token.
import { generateKeyPairSync } from 'node:crypto';
import { Auth } from '@vonage/auth';
import { verifySignature } from '@vonage/jwt';
import { Video } from '@vonage/video';
import CobrowseAPI from 'cobrowse-agent-sdk';
import { importSPKI, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { answer } from './lines.mjs';

const video = ({ application, key, api }) =>
  new Video(new Auth({ applicationId: application, privateKey: key }), api && { videoHost: api });

answer({
  // The client token that the official SDK makes.
  vonage_token: ({ session, options, ...account }) => video(account).generateClientToken(session, options),

  // Whether the official library takes the signature and the times.
  vonage_accepts: ({ token, pem }) => verifySignature(token, pem),

  // A session, asked for by the official SDK from a stand-in.
  vonage_session: async ({ options, ...account }) => (await video(account).createSession(options)).sessionId,

  // The header and claims by npm jsonwebtoken, which most vendors' servers use; an error where they
  // would refuse the token. `now` is in seconds.
  jsonwebtoken({ token, key, algorithm, audience, issuer, now }) {
    const expected = { algorithms: [algorithm], audience, issuer, clockTimestamp: now, complete: true };
    const { header, payload } = jsonwebtoken.verify(token, key, expected);
    return { header, claims: payload };
  },

  // The same by `jose` for any algorithm, with a public key or a secret in hexadecimal.
  async jose({ token, algorithm, pem, secret }) {
    const key = pem ? await importSPKI(pem, algorithm) : Buffer.from(secret, 'hex');
    const { protectedHeader, payload } = await jwtVerify(token, key, { algorithms: [algorithm] });
    return { header: protectedHeader, claims: payload };
  },

  // The time that an RFC 3339 text names.
  seconds: ({ text }) => Date.parse(text) / 1000,

  // A key pair of another maker than the gateway's.
  pair({ type, options }) {
    const { privateKey, publicKey } = generateKeyPairSync(type, options);
    const pem = (key, kind) => key.export({ type: kind, format: 'pem' });
    return { secret: pem(privateKey, 'pkcs8'), pem: pem(publicKey, 'spki') };
  },

  // Whom an agent's page takes itself for with these tokens, each given to one and the same SDK in
  // turn, or the name of the SDK's error.
  async cobrowse({ api, tokens }) {
    const sdk = new CobrowseAPI(null, { api });
    const told = [];
    for (const token of tokens) {
      sdk.token = token;
      told.push(await sdk.users.current().then((user) => user.id, (error) => error.name));
    }
    sdk.disconnect();
    return told;
  },
});
