import { jwtVerify, SignJWT } from 'jose';

/** What an access token says: the user, and the login it came from. */
export interface AccessClaims {
  readonly userId: number;
  readonly familyId: string;
}

/** What a token that was checked says. */
export interface VerifiedClaims extends AccessClaims {
  /** Seconds since 1970. */
  readonly expiresAtS: number;
}

/** Signs and checks access tokens with one key. */
export interface JwtCodec {
  /** @param issuedAtS and @param expiresAtS are seconds since 1970 (RFC 7519, 2). */
  sign(claims: AccessClaims, issuedAtS: number, expiresAtS: number): Promise<string>;
  /** The claims of a token that this key signed and that has not expired, else undefined. Never throws. */
  verify(token: string, nowMs: number): Promise<VerifiedClaims | undefined>;
}

const ISSUER = 'smartlink';

/** HS256 by jose; any other `alg` of a token's header, `none` included, is refused (RFC 8725, 3.1). */
export function createJoseCodec(key: Uint8Array): JwtCodec {
  return {
    sign: (claims, issuedAtS, expiresAtS) =>
      new SignJWT({ sid: claims.familyId })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setSubject(String(claims.userId))
        .setIssuedAt(issuedAtS)
        .setExpirationTime(expiresAtS)
        .sign(key),
    verify: async (token, nowMs) => {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          requiredClaims: ['sub', 'exp'],
          currentDate: new Date(nowMs),
        });
        const userId = Number(payload.sub);
        const familyId = payload['sid'];
        if (!Number.isSafeInteger(userId) || typeof familyId !== 'string') return undefined;
        return { userId, familyId, expiresAtS: payload.exp! };
      } catch {
        return undefined;
      }
    },
  };
}
