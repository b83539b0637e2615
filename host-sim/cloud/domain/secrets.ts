import { createCipheriv, createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import type { CloudEnvironment, ScryptCost } from '../environment.js';

/** SHA-256 of a random secret: those have enough bits that no slow hash is needed. */
export function hashSecret(secret: string | Buffer): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Compares a secret with a stored hash in a time that does not depend on either; a missing hash never fits. */
export function secretFits(secret: string | Buffer, storedHash: Buffer | null | undefined): boolean {
  const known = storedHash ?? NO_HASH;
  return timingSafeEqual(hashSecret(secret), known) && storedHash !== null && storedHash !== undefined;
}

const NO_HASH = Buffer.alloc(32);

/** A prefix and random hex digits. */
export function randomId(environment: CloudEnvironment, prefix: string, digits: number): string {
  return (
    prefix +
    environment
      .randomBytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits)
  );
}

const COST: ScryptCost = { N: 16_384, r: 8, p: 1 };
const KEY_LENGTH = 32;

/** Passwords of people: scrypt with a salt of 16 bytes, stored as `scrypt$N$r$p$salt$key`. */
export class PasswordHasher {
  readonly #environment: CloudEnvironment;
  /** What an unknown user's password is compared with, so that it takes as long as a known one's. */
  readonly #decoy: string;

  constructor(environment: CloudEnvironment) {
    this.#environment = environment;
    this.#decoy = format(COST, environment.randomBytes(16), environment.randomBytes(KEY_LENGTH));
  }

  async hash(password: string): Promise<string> {
    const salt = this.#environment.randomBytes(16);
    return format(COST, salt, await this.#environment.scrypt(password, salt, KEY_LENGTH, COST));
  }

  /** Whether the password fits; takes the same time where there is no hash, or something else in its place. */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    const isHash = hash?.startsWith('scrypt$') ?? false;
    const [, n, r, p, salt, key] = (isHash ? hash! : this.#decoy).split('$');
    const expected = Buffer.from(key ?? '', 'base64url');
    const cost = { N: Number(n), r: Number(r), p: Number(p) };
    const actual = await this.#environment.scrypt(
      password,
      Buffer.from(salt ?? '', 'base64url'),
      expected.length,
      cost,
    );
    return timingSafeEqual(actual, expected) && isHash;
  }
}

function format(cost: ScryptCost, salt: Buffer, key: Buffer): string {
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

const SEAL_NONCE_BYTES = 12;
const SEAL_TAG_BYTES = 16;

/** Encrypts secrets that the cloud itself needs again (AES-256-GCM), with a key that is not in the database. */
export class SealBox {
  readonly #key: Uint8Array;
  readonly #environment: CloudEnvironment;

  /** @param key 32 bytes */
  constructor(key: Uint8Array, environment: CloudEnvironment) {
    this.#key = key;
    this.#environment = environment;
  }

  /** @param purpose what the secret belongs to; it opens for that only */
  seal(secret: string, purpose: string): Buffer {
    const nonce = this.#environment.randomBytes(SEAL_NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** The secret, or undefined where it was sealed with another key or for another purpose. */
  open(sealed: Buffer, purpose: string): string | undefined {
    try {
      const nonce = sealed.subarray(0, SEAL_NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: SEAL_TAG_BYTES });
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(sealed.subarray(SEAL_NONCE_BYTES, SEAL_NONCE_BYTES + SEAL_TAG_BYTES));
      const text = decipher.update(sealed.subarray(SEAL_NONCE_BYTES + SEAL_TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
