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

  constructor(options: { store: UserDeviceStore; access: Access }) {
    this.#store = options.store;
    this.#access = options.access;
  }

  /**
   * Sets what is named; null takes it back.
   * @throws CloudError `device_not_found`; `forbidden`: he keeps something about too many
   */
  set(user: UserView, deviceId: string, change: UserDeviceChange): void {
    const { seq } = this.#access.device(user.userId, deviceId);
    this.#checkRoom(user, [seq]);
    this.#store.set(user.userId, seq, change);
  }

  /**
   * Puts these devices into this order, ahead of all others.
   * @throws CloudError `device_not_found` and `forbidden` as {@link set}, with nothing done
   */
  sort(user: UserView, deviceIds: readonly string[]): void {
    const seqs = [...new Set(deviceIds)].map((deviceId) => this.#access.device(user.userId, deviceId).seq);
    this.#checkRoom(user, seqs);
    this.#store.sort(user.userId, seqs);
  }

  /** kg of CO2 a kWh that the user set for a device; null where he set none. */
  emissionRate(user: UserView, deviceSeq: number): number | null {
    return this.#store.emissionRate(user.userId, deviceSeq);
  }

  #checkRoom(user: UserView, seqs: readonly number[]): void {
    const added = seqs.filter((seq) => !this.#store.has(user.userId, seq)).length;
    if (added > 0 && this.#store.count(user.userId) + added > MAX_DEVICES) {
      throw new CloudError('forbidden', `a user keeps settings of at most ${MAX_DEVICES} devices`);
    }
  }
}
