import { WriteBudget } from '../core/write-budget.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import { JsonRecord } from '../records/json-record.js';

interface OutputRecord {
  /** The value of each output at rest, by channel: degrees, percent, or 1 for on and 0 for off. */
  readonly values: readonly number[];
}

/**
 * Keeps where the outputs are over a restart: written at once after a quiet minute, else a minute after the last write,
 * and at a clean stop. After a power cut the values may be 60 s old.
 */
export class OutputStore {
  readonly #host: Host;
  readonly #read: () => number[];
  readonly #onFailed: (record: string) => void;
  readonly #record: JsonRecord<OutputRecord>;
  readonly #budget = new WriteBudget();
  #saved: string;
  #pending: TimerHandle | undefined;

  constructor(host: Host, restValues: () => number[], onFailed: (record: string) => void) {
    this.#host = host;
    this.#read = restValues;
    this.#onFailed = onFailed;
    this.#record = new JsonRecord(host.storage, host.text, 'outputs', readOutputRecord);
    this.#saved = JSON.stringify(this.restored());
  }

  /** The values as they were last written; empty when there are none. */
  restored(): readonly number[] {
    return this.#record.read()?.values ?? [];
  }

  /** An output has come to rest. */
  changed(): void {
    if (this.#pending !== undefined) return;
    const wait = this.#budget.waitMs(this.#host.clock.monotonicMs());
    this.#pending = this.#host.timer.set(() => this.flush(), wait);
  }

  /** Writes the values if they have changed since they were last written. */
  flush(): void {
    this.#host.timer.clear(this.#pending);
    this.#pending = undefined;
    const values = this.#read();
    const text = JSON.stringify(values);
    if (text === this.#saved) return;
    this.#budget.spend(this.#host.clock.monotonicMs());
    try {
      this.#record.write({ values });
      this.#saved = text;
    } catch {
      this.#onFailed('outputs');
    }
  }

  close(): void {
    this.#host.timer.clear(this.#pending);
    this.#pending = undefined;
  }
}

function readOutputRecord(value: Record<string, unknown>): OutputRecord | undefined {
  const { values } = value;
  if (!Array.isArray(values) || !values.every((entry) => typeof entry === 'number' && Number.isFinite(entry)))
    return undefined;
  return { values };
}
