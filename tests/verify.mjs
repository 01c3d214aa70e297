// Verifies tokens with `jose`, which shares no code with the gateway.
import { importSPKI, jwtVerify } from 'jose';
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
});
