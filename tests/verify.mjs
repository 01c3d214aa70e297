// Verifies tokens with `jose`, which shares no code with the gateway.
import { createLocalJWKSet, importSPKI, jwtVerify } from 'jose';
import { answer } from './lines.mjs';

answer({
  // The header and claims of `token`; an error where a vendor would refuse it. `now` is in seconds.
  async verify({ token, pem, audience, issuer, now }) {
    const key = await importSPKI(pem, 'RS256');
    const { protectedHeader, payload } = await jwtVerify(token, key, {
      algorithms: ['RS256'],
      requiredClaims: ['iat', 'exp'],
      ...(audience && { audience }),
      ...(issuer && { issuer }),
      ...(now && { currentDate: new Date(now * 1000) }),
    });
    return { header: protectedHeader, claims: payload };
  },

  // The same with a JWK set. Where a token names no key, every one that fits is tried.
  async verify_in_set({ token, set }) {
    const options = { requiredClaims: ['iat', 'exp'] };
    let found;
    try {
      found = await jwtVerify(token, createLocalJWKSet(set), options);
    } catch (error) {
      if (error.code !== 'ERR_JWKS_MULTIPLE_MATCHING_KEYS') throw error;
      for await (const key of error) {
        found = await jwtVerify(token, key, options).catch(() => undefined);
        if (found) break;
      }
      if (!found) throw new Error('no key of the set made this token');
    }
    return { header: found.protectedHeader, claims: found.payload };
  },
});
