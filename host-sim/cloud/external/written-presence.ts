import type { Lead } from '../domain/lead.js';
import type { CancelTimer, CloudEnvironment } from '../environment.js';
import type { DeviceStore, PresenceRow } from '../store/device-store.js';

const LOOK_MS = 2_000;
/** What a board said is heard by every process that hears its broker within this time, ms. */
const HEARD_WITHIN_MS = 2_000;
/** What is written down is committed within this time, ms. */
const COMMITTED_WITHIN_MS = 10_000;

/**
 * Who came and went, as the process that leads has written it down: another one may have missed what a board said, while its own way
 * to the broker was lost, say.
 */
export class WrittenPresence {
  readonly #devices: Pick<DeviceStore, 'presenceBetween'>;
  readonly #lead: Lead;
  readonly #environment: CloudEnvironment;
  readonly #onWritten: (row: PresenceRow) => void;
  #lookedUntil = 0;
  #cancel: CancelTimer = () => {};

  /** @param options.onWritten is told of what others wrote, once or more often, while this process does not lead */
  constructor(options: {
    devices: Pick<DeviceStore, 'presenceBetween'>;
    lead: Lead;
    environment: CloudEnvironment;
    onWritten: (row: PresenceRow) => void;
  }) {
    this.#devices = options.devices;
    this.#lead = options.lead;
    this.#environment = options.environment;
    this.#onWritten = options.onWritten;
  }

  /** Looks from now on. */
  open(): void {
    this.#lookedUntil = this.#environment.now() - HEARD_WITHIN_MS;
    this.#arm();
  }

  close(): void {
    this.#cancel();
  }

  #arm(): void {
    this.#cancel = this.#environment.setTimer(() => {
      this.#arm();
      this.#look();
    }, LOOK_MS);
  }

  #look(): void {
    const until = this.#environment.now() - HEARD_WITHIN_MS;
    const from = this.#lookedUntil - COMMITTED_WITHIN_MS;
    if (!this.#lead.isHeld) for (const row of this.#devices.presenceBetween(from, until)) this.#onWritten(row);
    this.#lookedUntil = until;
  }
}
