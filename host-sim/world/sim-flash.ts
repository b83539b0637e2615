import type { RecordStorage, RecordStores } from '../../src/ports/storage.js';
import { type CutMoment, FlashPower } from './flash-power.js';

export interface SimFlashOptions {
  /** A record was written or deleted. */
  onWrite?(key: string): void;
  /** The power is to go now, in the middle of the firmware's own call. */
  onCut?(): void;
}

/** A record where it stands: a store reads what was written to it, whatever is under the same key in the other one. */
interface Kept {
  readonly store: RecordStorage;
  readonly key: string;
  value: Uint8Array;
  isRotten: boolean;
}

/**
 * A board's records over its whole life, of both stores, which are one chip. A write takes its place whole or not at all (as the
 * port promises), the power can go around any of them, the flash can be worn out (writes fail), and what is in it can rot.
 * Whoever looks at it from outside names a record by its key alone.
 */
export class SimFlash implements RecordStores {
  readonly storage: RecordStorage = this.#store();
  readonly secrets: RecordStorage = this.#store();
  readonly #kept: Kept[] = [];
  /** What `keys` says, until a record comes or goes. */
  #keys: readonly string[] | undefined;
  readonly #options: SimFlashOptions;
  /** What the chip has for firmware, too, goes with it. */
  readonly power: FlashPower;
  /** Writes throw while this is true. */
  isWornOut = false;
  /** Reads throw while this is true. */
  isUnreadable = false;

  constructor(options: SimFlashOptions = {}) {
    this.#options = options;
    this.power = new FlashPower(() => options.onCut?.());
  }

  get powered(): boolean {
    return this.power.isOn;
  }

  set powered(powered: boolean) {
    this.power.isOn = powered;
  }

  /** The keys there are, in the order in which they came. */
  get keys(): readonly string[] {
    this.#keys ??= [...new Set(this.#kept.map(({ key }) => key))];
    return this.#keys;
  }

  /** Whether a record has rotted since it was written. */
  isRotten(key: string): boolean {
    return this.#kept.some((record) => record.key === key && record.isRotten);
  }

  /**
   * The power goes at the `writes`-th write from now on (1: the next), and `onCut` is told; the result takes that back. `during`
   * leaves one of the two values, by the key. Operations of the same power count, too.
   */
  cutAtWrite(writes: number, moment: CutMoment, onCut?: () => void): () => void {
    return this.power.cutAt(writes, moment, onCut);
  }

  /** Changes one byte of a record, or takes its end off (`bit` is then 8). */
  rot(key: string, at: number, bit: number): void {
    for (const record of this.#kept) {
      const { value } = record;
      if (record.key !== key || value.length === 0) continue;
      const place = at % value.length;
      if (bit < 8) value[place]! ^= 1 << bit;
      else record.value = value.slice(0, place);
      record.isRotten = true;
    }
  }

  #store(): RecordStorage {
    const find = (key: string): Kept | undefined =>
      this.#kept.find((record) => record.store === store && record.key === key);
    const store: RecordStorage = {
      read: (key) => {
        if (this.isUnreadable) throw new Error('flash cannot be read');
        const kept = find(key);
        return kept && new Uint8Array(kept.value);
      },
      write: (key, bytes) =>
        this.#change(key, () => {
          const value = new Uint8Array(bytes);
          const kept = find(key);
          if (kept === undefined) this.#kept.push({ store, key, value, isRotten: false });
          else Object.assign(kept, { value, isRotten: false });
        }),
      delete: (key) => {
        const kept = find(key);
        if (kept !== undefined) this.#change(key, () => this.#kept.splice(this.#kept.indexOf(kept), 1));
      },
    };
    return store;
  }

  #change(key: string, change: () => void): void {
    if (this.powered && this.isWornOut) throw new Error('flash is worn out');
    const whole = (): void => {
      change();
      this.#keys = undefined;
      this.#options.onWrite?.(key);
    };
    this.power.operate(whole, () => {
      if (key.length % 2 !== 0) whole();
    });
  }
}
