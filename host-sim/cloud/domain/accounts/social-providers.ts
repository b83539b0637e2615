import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { isObject } from '../../../../src/core/json-guard.js';

/** Subjects have at most 255 characters (OpenID Connect Core 1.0, 2). */
const MAX_SUBJECT = 255;
const MAX_KEYS = 32;
const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;
const MAX_TEXT = 255;
/** Parts of private and symmetric keys (RFC 7518, 6). */
const SECRET_PARTS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** An identity provider whose ID tokens a cloud believes. */
export interface SocialProvider {
  /** By which clients name it: lower-case letters, digits, `_`, `-`. */
  readonly name: string;
  /** `iss` of its tokens. */
  readonly issuer: string;
  /** `aud` of its tokens: the client id that the app has there. */
  readonly audience: string;
  /** Its public keys (RFC 7517, 5). */
  readonly jwks: JSONWebKeySet;
}

/** What is wrong with the description of a provider, in one sentence. */
export class SocialProviderError extends Error {}

/** Checks a description from outside. @throws SocialProviderError */
export function parseSocialProvider(value: unknown): SocialProvider {
  const demand = (holds: boolean, sentence: string): void => {
    if (!holds) throw new SocialProviderError(sentence);
  };
  demand(isObject(value), 'it is no JSON object');
  const { name, issuer, audience, jwks } = value as Readonly<Record<string, unknown>>;
  demand(typeof name === 'string' && NAME.test(name), 'name must be 1 to 32 of a-z, 0-9, _ and -');
  for (const [field, text] of Object.entries({ issuer, audience })) {
    const isText = typeof text === 'string' && text.length > 0 && text.length <= MAX_TEXT;
    demand(isText, `${field} must be a text of 1 to ${MAX_TEXT} characters`);
  }
  const keys: unknown = isObject(jwks) ? jwks['keys'] : undefined;
  const areKeys = Array.isArray(keys) && keys.length > 0 && keys.length <= MAX_KEYS && keys.every(isObject);
  demand(areKeys, `jwks must be a JWK set, {"keys":[…]}, of 1 to ${MAX_KEYS} keys`);
  for (const key of keys as Readonly<Record<string, unknown>>[]) {
    demand(key['kty'] === 'RSA' || key['kty'] === 'EC', 'jwks must hold keys of type RSA or EC');
    demand(!SECRET_PARTS.some((part) => part in key), 'jwks must hold public keys alone, but has a secret part');
  }
  return { name, issuer, audience, jwks } as SocialProvider;
}

/**
 * The subject of an ID token that this provider signed for this audience (OpenID Connect Core 1.0, 3.1.3.7) and that has
 * not expired; undefined: it is none. Never throws.
 */
export async function readIdToken(
  { issuer, audience, jwks }: SocialProvider,
  idToken: string,
  nowMs: number,
): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(idToken, createLocalJWKSet(jwks), {
      algorithms: ['RS256', 'ES256'],
      issuer,
      audience,
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(nowMs),
    });
    const { sub, azp } = payload;
    // Who it was made for, where it says so, must be this app too.
    if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT) return undefined;
    return azp === undefined || azp === audience ? sub : undefined;
  } catch {
    return undefined;
  }
}
