import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { BindTokenStore } from '../store/bind-token-store.js';
import type { DeviceRow } from '../store/device-store.js';
import type { Access } from './access.js';
import { hashSecret } from './secrets.js';
import type { UserView } from './users.js';

/** Lifetime of a bind token, s. */
const LIFETIME_S = 600;

export interface BindTokenView {
  readonly bindToken: string;
  readonly projectId: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Where a token puts a device; `use` is to be called in the transaction that puts it there. */
export interface Binding {
  readonly projectId: string;
  use(deviceSeq: number): void;
}

/** Short-lived tokens by which a user has a board put into his project when it activates (an extension). */
export class BindTokenService {
  readonly #store: BindTokenStore;
  readonly #access: Access;
  readonly #environment: CloudEnvironment;

  constructor(options: { store: BindTokenStore; access: Access; environment: CloudEnvironment }) {
    this.#store = options.store;
    this.#access = options.access;
    this.#environment = options.environment;
  }

  /** @throws CloudError `project_not_found` */
  create(user: UserView, projectId: string): BindTokenView {
    this.#access.project(user.userId, projectId);
    const bindToken = `bt_${this.#environment.randomBytes(18).toString('base64url')}`;
    const expiresAt = this.#environment.now() + LIFETIME_S * 1000;
    this.#store.insert(hashSecret(bindToken), { projectId, userId: user.userId, expiresAt });
    return { bindToken, projectId, expiresAt: new Date(expiresAt).toISOString(), expiresIn: LIFETIME_S };
  }

  /**
   * Where a board goes that activates with this token; undefined: it stays where it is.
   *
   * A new board's token must be good: else a board that its user believes in his project would be everybody's. A board
   * that is known comes back whatever its token has become since (it may activate again with one that is spent), and is
   * moved only out of a project that the token's maker sees, or where it has proved what it is: with a serial number
   * alone nobody takes another's board.
   * @throws CloudError `invalid_parameter`: a new board, and the token is unknown, expired or used
   */
  redeem(token: string, known: DeviceRow | undefined, proved: boolean): Binding | undefined {
    const hash = hashSecret(token);
    const row = this.#store.get(hash);
    const good =
      row !== undefined &&
      row.device_seq === null &&
      row.expires_at > this.#environment.now() &&
      this.#access.seesProject(row.user_id, row.project_id);
    if (!good) {
      if (known) return undefined;
      throw notGood();
    }
    if (known && !proved && !this.#access.seesProject(row.user_id, known.project_id)) return undefined;
    const use = (deviceSeq: number): void => {
      // Another process may have been asked with it at the same time.
      if (!this.#store.use(hash, deviceSeq)) throw notGood();
    };
    return { projectId: row.project_id, use };
  }

  /** Drops tokens that have expired. */
  prune(): void {
    this.#store.prune(this.#environment.now());
  }
}

function notGood(): CloudError {
  return new CloudError('invalid_parameter', 'bindToken is not valid, has expired or was used');
}
