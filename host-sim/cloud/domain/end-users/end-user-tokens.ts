import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import type { CloudEnvironment } from '../../environment.js';
import type { AccessClaims, VerifiedClaims } from '../jwt.js';
import type { PublicJwk, SigningKeyKeeper } from './signing-key.js';

/** Lifetimes, s. */
export const ACCESS_LIFETIME_S = 7_200;
const REFRESH_LIFETIME_S = 30 * 86_400;
/** So long before it is issued a token holds already: clocks of others may be behind. */
const NOT_BEFORE_S = 120;
const JTI_BYTES = 16;
const ALGORITHM = 'RS256';
const ISSUER = 'enduser';
const AUDIENCE = 'Audience';
const SUBJECT = 'subject';
const UID_FORM = /^C([1-9]\d{0,15})$/;

const LIFETIMES_S = { AccessToken: ACCESS_LIFETIME_S, RefreshToken: REFRESH_LIFETIME_S } as const;
export type TokenType = keyof typeof LIFETIMES_S;

/** Whose login a token is of; a refresh token also says by what that goes on. */
export interface EndUserClaims extends AccessClaims {
  readonly renewal?: string | undefined;
}

/** A token, and when it ends. */
export interface EndUserToken {
  readonly token: string;
  /** Seconds since 1970. */
  readonly expirationTime: number;
}

/** A user's id as end users' apps know it. */
export function uidOf(userId: number): string {
  return `C${userId}`;
}

/** Signs and checks the tokens of end users: RS256, so that others can check them by the public key. */
export class EndUserTokens {
  readonly #keys: SigningKeyKeeper;
  readonly #environment: CloudEnvironment;

  constructor(keys: SigningKeyKeeper, environment: CloudEnvironment) {
    this.#keys = keys;
    this.#environment = environment;
  }

  async issue({ userId, familyId, renewal }: EndUserClaims, type: TokenType): Promise<EndUserToken> {
    const key = await this.#keys.get();
    const issuedAtS = Math.floor(this.#environment.now() / 1_000);
    const expirationTime = issuedAtS + LIFETIMES_S[type];
    const token = await new SignJWT({
      uid: uidOf(userId),
      type,
      sid: familyId,
      ...(renewal !== undefined && { renewal }),
    })
      .setProtectedHeader({ alg: ALGORITHM, kid: key.jwk.kid })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(SUBJECT)
      .setJti(this.#environment.randomBytes(JTI_BYTES).toString('base64url'))
      .setIssuedAt(issuedAtS)
      .setNotBefore(issuedAtS - NOT_BEFORE_S)
      .setExpirationTime(expirationTime)
      .sign(key.private);
    return { token, expirationTime };
  }

  /** The claims of a token of this type that was issued here and has not expired, else undefined. Never throws. */
  async verify(token: string, type: TokenType, nowMs: number): Promise<(VerifiedClaims & EndUserClaims) | undefined> {
    try {
      // What else is shown as a token is no reason to look for the key.
      if (decodeProtectedHeader(token).alg !== ALGORITHM) return undefined;
      const key = this.#keys.existing;
      if (!key) return undefined;
      const { payload } = await jwtVerify(token, key.public, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['exp', 'nbf'],
        currentDate: new Date(nowMs),
      });
      const [, userId] = UID_FORM.exec(String(payload['uid'])) ?? [];
      const { type: itsType, sid: familyId, renewal } = payload;
      if (itsType !== type || userId === undefined || typeof familyId !== 'string') return undefined;
      return {
        userId: Number(userId),
        familyId,
        expiresAtS: payload.exp!,
        ...(typeof renewal === 'string' && { renewal }),
      };
    } catch {
      return undefined;
    }
  }

  /** The public key, made if there is none yet. */
  async publicKey(): Promise<PublicJwk> {
    return (await this.#keys.get()).jwk;
  }
}
