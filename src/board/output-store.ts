import type { Product } from '../core/product.js';
import { WriteBudget } from '../core/write-budget.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import { JsonRecord } from '../records/json-record.js';

interface OutputRecord {
  /** Whose values they are: the product's key and the kinds of its outputs (`ownerOf`). */
  readonly of: string;
  /** The value of each output at rest, by channel: degrees, percent, or 1 for on and 0 for off. */
  readonly values: readonly number[];
  /** The outputs were left so: written at a clean stop, and taken off at the next boot. */
  readonly left?: true;
}

/**
 * Keeps where the outputs are over a restart: written at once after a quiet minute, else a minute after the last write,
 * and at a clean stop. After a power cut the values may be 60 s old. What another product has left on the board means
 * nothing to this one and reads as missing.
 */
export class OutputStore {
  readonly #host: Host;
  readonly #read: () => number[];
  readonly #onFailed: (record: string) => void;
  readonly #record: JsonRecord<OutputRecord>;
  readonly #owner: string;
  readonly #budget = new WriteBudget();
  readonly #restored: OutputRecord | undefined;
  #saved: string;
  #pending: TimerHandle | undefined;

  constructor(host: Host, product: Product, restValues: () => number[], onFailed: (record: string) => void) {
    this.#host = host;
    this.#owner = ownerOf(product);
    this.#read = restValues;
    this.#onFailed = onFailed;
    this.#record = new JsonRecord(host.storage, host.text, 'outputs', readOutputRecord);
    const found = this.#record.read();
    if (found?.of === this.#owner && found.values.length === product.outputs.length) this.#restored = found;
    else if (found !== undefined) this.#eraseForeign();
    this.#saved = JSON.stringify(this.restored);
    // From now on they may change, and the mark would lie to a boot whose values could not be written.
    if (this.#restored?.left) this.#write(this.#restored.values);
  }

  /** The values as they had last been written at boot; empty when there were none. */
  get restored(): readonly number[] {
    return this.#restored?.values ?? [];
  }

  /** Whether the outputs are known to have been left at these values, and not just to have been there once. */
  get wasLeftSo(): boolean {
    return this.#restored?.left ?? false;
  }

  /** An output has come to rest. */
  changed(): void {
    if (this.#pending !== undefined) return;
    const wait = this.#budget.waitMs(this.#host.clock.monotonicMs());
    this.#pending = this.#host.timer.set(this.#onDue, wait);
  }

  /** One for all changes: a closure made each time is garbage each time. */
  readonly #onDue = (): void => this.flush();

  /** Writes the values if they have changed since they were last written. */
  flush(): void {
    this.#host.timer.clear(this.#pending);
    this.#pending = undefined;
    const values = this.#read();
    const text = JSON.stringify(values);
    if (text === this.#saved) return;
    if (this.#write(values)) this.#saved = text;
  }

  /**
   * A clean stop: writes the values.
   * @param left whether the outputs stay at them; not so in safe mode, whose values are those from before it
   */
  close(left: boolean): void {
    if (!left) {
      this.flush();
      return;
    }
    this.#host.timer.clear(this.#pending);
    this.#pending = undefined;
    this.#write(this.#read(), true);
  }

  /** The board may become the other product again, and its mark would lie then. */
  #eraseForeign(): void {
    try {
      this.#record.erase();
    } catch {
      this.#onFailed('outputs');
    }
  }

  #write(values: readonly number[], left = false): boolean {
    this.#budget.spend(this.#host.clock.monotonicMs());
    const of = this.#owner;
    try {
      this.#record.write(left ? { of, values, left } : { of, values });
      return true;
    } catch {
      this.#onFailed('outputs');
      return false;
    }
  }
}

/** A product's key says what its outputs are for, their kinds what a stored number means. */
function ownerOf({ productKey, outputs }: Product): string {
  return [productKey, ...outputs.map(({ type }) => type)].join(' ');
}

function readOutputRecord(value: Record<string, unknown>): OutputRecord | undefined {
  const { of, values, left } = value;
  if (typeof of !== 'string') return undefined;
  if (!Array.isArray(values) || !values.every((entry) => typeof entry === 'number' && Number.isFinite(entry)))
    return undefined;
  return left === true ? { of, values, left } : { of, values };
}
