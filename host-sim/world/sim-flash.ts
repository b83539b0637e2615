import type { RecordStorage } from '../../src/ports/storage.js';
import { MemoryStorage } from '../host/memory-storage.js';

/** When the power goes: with the old value still there, with one of the two, or with the new one. */
export type CutMoment = 'before' | 'during' | 'after';

/** The firmware wrote to a flash without power: where this was thrown, it ended. */
export class PowerCutError extends Error {
  override readonly name = 'PowerCutError';
}

export interface SimFlashOptions {
  /** A record was written or deleted. */
  onWrite?(key: string): void;
  /** The power is to go now, in the middle of the firmware's own call. */
  onCut?(): void;
}

/**
 * A board's records over its whole life. A write takes its place whole or not at all (as the port promises), the power can
 * go around any of them, the flash can be worn out (writes fail), and what is in it can rot.
 */
export class SimFlash implements RecordStorage {
  readonly #records = new MemoryStorage();
  readonly #keys = new Set<string>();
  readonly #options: SimFlashOptions;
  readonly #rotten = new Set<string>();
  #cut: { readonly moment: CutMoment; writesLeft: number; readonly onCut: (() => void) | undefined } | undefined;
  powered = true;
  /** Writes throw while this is true. */
  isWornOut = false;
  /** Reads throw while this is true. */
  isUnreadable = false;

  constructor(options: SimFlashOptions = {}) {
    this.#options = options;
  }

  /** The keys there are, in the order in which they came. */
  get keys(): readonly string[] {
    return [...this.#keys];
  }

  /** Whether a record has rotted since it was written. */
  isRotten(key: string): boolean {
    return this.#rotten.has(key);
  }

  read(key: string): Uint8Array | undefined {
    if (this.isUnreadable) throw new Error('flash cannot be read');
    return this.#records.read(key);
  }

  write(key: string, value: Uint8Array): void {
    this.#change(key, () => {
      this.#records.write(key, value);
      this.#keys.add(key);
      this.#rotten.delete(key);
    });
  }

  delete(key: string): void {
    if (!this.#keys.has(key)) return;
    this.#change(key, () => {
      this.#records.delete(key);
      this.#keys.delete(key);
      this.#rotten.delete(key);
    });
  }

  /**
   * The power goes at the `writes`-th write from now on (1: the next), and `onCut` is told; the result takes that back. `during`
   * leaves one of the two values, by the key.
   */
  cutAtWrite(writes: number, moment: CutMoment, onCut?: () => void): () => void {
    const cut = { moment, writesLeft: writes, onCut };
    this.#cut = cut;
    return () => {
      if (this.#cut === cut) this.#cut = undefined;
    };
  }

  /** Changes one byte of a record, or takes its end off (`bit` is then 8). */
  rot(key: string, at: number, bit: number): void {
    const value = this.#records.read(key);
    if (value === undefined || value.length === 0) return;
    const place = at % value.length;
    if (bit < 8) value[place]! ^= 1 << bit;
    this.#records.write(key, bit < 8 ? value : value.subarray(0, place));
    this.#rotten.add(key);
  }

  #change(key: string, change: () => void): void {
    if (!this.powered) throw new PowerCutError('no power');
    if (this.isWornOut) throw new Error('flash is worn out');
    const cut = this.#cut;
    const cuts = cut !== undefined && --cut.writesLeft === 0;
    const isLost = cuts && (cut.moment === 'before' || (cut.moment === 'during' && key.length % 2 === 0));
    if (!isLost) {
      change();
      this.#options.onWrite?.(key);
    }
    if (!cuts) return;
    this.#cut = undefined;
    this.#options.onCut?.();
    cut.onCut?.();
    throw new PowerCutError('the power went');
  }
}
