import { CloudError } from '../../errors.js';
import type { UserDeviceChange, UserDeviceStore } from '../../store/user-device-store.js';
import type { Access } from '../access.js';
import type { UserView } from '../users.js';

/** Devices about which one user keeps something. */
const MAX_DEVICES = 2_000;

/** What of a device is a user's own: nobody else sees it. */
export class OwnSettings {
  readonly #store: UserDeviceStore;
  readonly #access: Access;
  readonly #transaction: (work: () => void) => void;

  constructor(options: {
    store: UserDeviceStore;
    access: Access;
    /** Commits what the work writes, all or nothing. */
    transaction: (work: () => void) => void;
  }) {
    this.#store = options.store;
    this.#access = options.access;
    this.#transaction = options.transaction;
  }

  /**
   * Sets what is named; null takes it back.
   * @throws CloudError `device_not_found`; `forbidden`: he keeps something about too many
   */
  set(user: UserView, deviceId: string, change: UserDeviceChange): void {
    const { seq } = this.#access.device(user.userId, deviceId);
    this.#keep(user, () => this.#store.set(user.userId, seq, change));
  }

  /**
   * Puts these devices into this order, ahead of all others.
   * @throws CloudError `device_not_found` and `forbidden` as {@link set}, with nothing done
   */
  sort(user: UserView, deviceIds: readonly string[]): void {
    const seqs = [...new Set(deviceIds)].map((deviceId) => this.#access.device(user.userId, deviceId).seq);
    this.#keep(user, () => this.#store.sort(user.userId, seqs));
  }

  /** kg of CO2 a kWh that the user set for a device; null where he set none. */
  emissionRate(user: UserView, deviceSeq: number): number | null {
    return this.#store.emissionRate(user.userId, deviceSeq);
  }

  #keep(user: UserView, change: () => void): void {
    this.#transaction(() => {
      change();
      if (this.#store.count(user.userId) > MAX_DEVICES) {
        throw new CloudError('forbidden', `a user keeps settings of at most ${MAX_DEVICES} devices`);
      }
    });
  }
}
