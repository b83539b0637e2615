import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import { JsonRecord } from '../records/json-record.js';

interface BootRecord {
  /** Boots in a row that ended in a crash before `SURVIVED_MS`. */
  readonly crashes: number;
  /** The boot that wrote this had not yet lasted `SURVIVED_MS`. */
  readonly young: boolean;
}

/** Crashes in a row after which the board starts in safe mode. */
const CRASHES_UNTIL_SAFE_MODE = 5;
/** A boot that lasts this long is not one of a row of crashes, ms. */
const SURVIVED_MS = 60_000;

/**
 * Counts boots that ended in a crash (panic, watchdog, uncaught exception) in their first minute. Power-on, brown-out and
 * wanted restarts end the row: flickering mains do no harm.
 */
export class BootGuard {
  readonly safeMode: boolean;
  readonly #host: Host;
  readonly #record: JsonRecord<BootRecord>;
  #survival: TimerHandle | undefined;

  /** @throws nothing: a medium that fails must not keep a board from starting */
  constructor(host: Host, onStorageFailed: (record: string) => void) {
    this.#host = host;
    this.#record = new JsonRecord(host.storage, host.text, 'boot', readBootRecord);
    const before = this.#record.read();
    const { bootReason } = host.system;
    const crashed = (bootReason === 'crash' || bootReason === 'watchdog') && before?.young === true;
    const crashes = crashed ? before.crashes + 1 : 0;
    const save = (record: BootRecord): void => {
      try {
        this.#record.write(record);
      } catch {
        onStorageFailed('boot');
      }
    };
    save({ crashes, young: true });
    this.safeMode = crashes >= CRASHES_UNTIL_SAFE_MODE;
    this.#survival = host.timer.set(() => {
      this.#survival = undefined;
      save({ crashes: 0, young: false });
    }, SURVIVED_MS);
  }

  close(): void {
    this.#host.timer.clear(this.#survival);
    this.#survival = undefined;
  }
}

function readBootRecord(value: Record<string, unknown>): BootRecord | undefined {
  const { crashes, young } = value;
  if (typeof crashes !== 'number' || !Number.isInteger(crashes) || crashes < 0 || typeof young !== 'boolean')
    return undefined;
  return { crashes, young };
}
