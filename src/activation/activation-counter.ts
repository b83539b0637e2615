import type { RecordStorage } from '../ports/storage.js';
import type { Text } from '../ports/text.js';
import { JsonRecord } from '../records/json-record.js';

/** Counts that are taken out of the flash at a time. */
const BLOCK = 64;
/** A block of counts that is so far behind the clock is left, ms. */
const MAX_LAG_MS = 1_800_000;

interface CounterRecord {
  /** No count from here on has been used. */
  readonly next: number;
}

/**
 * Counts signed requests: no count is given twice in the life of a board, whenever the power goes, and each is higher than those
 * before it. Counts begin at the epoch milliseconds where those are known, so that a board whose flash was erased is ahead of all
 * that it has used. The flash is written once in 64 counts and, where they fall behind the clock, twice an hour.
 */
export class ActivationCounter {
  readonly #record: JsonRecord<CounterRecord>;
  #next: number;
  /** End of the block that may be used without a write. */
  #end: number;

  constructor(storage: RecordStorage, text: Text) {
    this.#record = new JsonRecord<CounterRecord>(storage, text, 'counter', readCounterRecord);
    this.#next = this.#end = this.#record.read()?.next ?? 1;
  }

  /**
   * The next count.
   * @param nowMs epoch milliseconds; `undefined`: not known
   * @throws {Error} when the medium fails
   */
  take(nowMs: number | undefined): number {
    const clockMs = nowMs ?? 0;
    if (this.#next >= this.#end || clockMs - this.#next > MAX_LAG_MS) {
      const first = Math.max(this.#next, clockMs);
      // Durable before one of them is used.
      this.#record.write({ next: first + BLOCK });
      this.#next = first;
      this.#end = first + BLOCK;
    }
    return this.#next++;
  }
}

function readCounterRecord({ next }: Record<string, unknown>): CounterRecord | undefined {
  return Number.isSafeInteger(next) && (next as number) > 0 ? { next: next as number } : undefined;
}
