import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CloudEnvironment } from '../environment.js';
import { hashSecret } from './secrets.js';

/** Lifetime of a refresh token, ms. */
const LIFETIME_MS = 30 * 86_400_000;
const TAG_BYTES = 16;
const FORM = /^(rt_[\w-]{43}\.(fam_[0-9a-f]{24}))\.([\w-]{22})$/;

/** What of a new token is stored: never itself. */
export interface IssuedToken {
  readonly token: string;
  readonly hash: Buffer;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Refresh tokens: random, and each says by itself, under a key of the cloud, which login (family) it was issued to. So a
 * spent one is known again for as long as its login lives, and only the one that is next is stored.
 */
export class RefreshTokens {
  readonly #key: Uint8Array;
  readonly #environment: CloudEnvironment;

  /** @param key 32 bytes */
  constructor(key: Uint8Array, environment: CloudEnvironment) {
    this.#key = key;
    this.#environment = environment;
  }

  issue(familyId: string): IssuedToken {
    const named = `rt_${this.#environment.randomBytes(32).toString('base64url')}.${familyId}`;
    const token = `${named}.${this.#tag(named).toString('base64url')}`;
    return { token, hash: hashSecret(token), expiresAt: this.#environment.now() + LIFETIME_MS };
  }

  /** The login that a token was issued to; undefined where this cloud never issued it. */
  familyOf(token: string): string | undefined {
    const [, named = '', familyId, tag = ''] = FORM.exec(token) ?? [];
    const fits = familyId !== undefined && timingSafeEqual(Buffer.from(tag, 'base64url'), this.#tag(named));
    return fits ? familyId : undefined;
  }

  #tag(named: string): Buffer {
    // No access token is signed over a text that begins like this, though the key is the same.
    return createHmac('sha256', this.#key).update(`refresh ${named}`).digest().subarray(0, TAG_BYTES);
  }
}
