import type { CloudEnvironment } from '../environment.js';
import { hashSecret, type SealBox } from './secrets.js';

const TOKEN_BYTES = 16;
const PURPOSE = 'file token';

/** A token as it is stored. */
export interface StoredToken {
  readonly tokenHash: Buffer;
  readonly sealedToken: Buffer;
}

/**
 * The tokens by which boards fetch files without a login: 128 random bits. They are found by their hash, and sealed beside it, because
 * the cloud says them again to every board that comes later; the key for that is not in the database.
 */
export class FileTokens {
  readonly #box: SealBox;
  readonly #environment: CloudEnvironment;

  constructor(box: SealBox, environment: CloudEnvironment) {
    this.#box = box;
    this.#environment = environment;
  }

  make(): StoredToken {
    const token = this.#environment.randomBytes(TOKEN_BYTES).toString('base64url');
    return { tokenHash: hashSecret(token), sealedToken: this.#box.seal(token, PURPOSE) };
  }

  /** Undefined where it was sealed with another key. */
  open(sealedToken: Buffer): string | undefined {
    return this.#box.open(sealedToken, PURPOSE);
  }
}
