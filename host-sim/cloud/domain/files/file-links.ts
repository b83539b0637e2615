import type { CloudEnvironment } from '../../environment.js';
import type { SealBox } from '../secrets.js';

/** For how long a link opens its file, ms. */
const LINK_MS = 600_000;
const PURPOSE = 'file link';

/** Opens one file to whoever holds it, until then. */
export interface FileLink {
  readonly token: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
}

/**
 * Links that need no login. A token is file and time, sealed: nobody can make one or learn anything from it, it holds over a restart,
 * and there is nothing to be kept of it, however many are asked for.
 */
export class FileLinks {
  readonly #box: SealBox;
  readonly #environment: CloudEnvironment;

  constructor(box: SealBox, environment: CloudEnvironment) {
    this.#box = box;
    this.#environment = environment;
  }

  make(fileId: string): FileLink {
    const until = this.#environment.now() + LINK_MS;
    const token = this.#box.seal(JSON.stringify([fileId, until]), PURPOSE).toString('base64url');
    return { token, expiresAt: new Date(until).toISOString() };
  }

  /** The file's id; undefined where the token is none of ours, or has expired. */
  open(token: string): string | undefined {
    const said = this.#box.open(Buffer.from(token, 'base64url'), PURPOSE);
    if (said === undefined) return undefined;
    const [fileId, until] = JSON.parse(said) as [string, number];
    return this.#environment.now() < until ? fileId : undefined;
  }
}
