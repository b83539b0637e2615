import type { SqliteDatabase } from './database.js';

/** The highest counter that each board signed; counters are 16 hex digits in lower case. */
export class CounterStore {
  readonly #raise;
  readonly #isReached;

  constructor(database: SqliteDatabase) {
    this.#raise = database.prepare<[number, string, string]>(
      `INSERT INTO activation_counters (product_id, device_sn, counter) VALUES (?, ?, ?)
       ON CONFLICT (product_id, device_sn) DO UPDATE SET counter = excluded.counter WHERE excluded.counter > counter`,
    );
    this.#isReached = database.prepare<[number, string, string]>(
      'SELECT 1 FROM activation_counters WHERE product_id = ? AND device_sn = ? AND counter >= ?',
    );
  }

  /** Whether the last counter was this one, or a higher one. */
  isReached(productId: number, deviceSN: string, counter: string): boolean {
    return this.#isReached.get(productId, deviceSN, counter) !== undefined;
  }

  /** False where the counter is not higher than the last one. */
  raise(productId: number, deviceSN: string, counter: string): boolean {
    return this.#raise.run(productId, deviceSN, counter).changes === 1;
  }
}
