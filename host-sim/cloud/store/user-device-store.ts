import type { SqliteDatabase } from './database.js';

/** What of a device a user sets for himself alone; what is undefined stays. */
export interface UserDeviceChange {
  readonly alias?: string | null | undefined;
  readonly remark?: string | null | undefined;
  /** kg of CO2 a kWh. */
  readonly emissionRate?: number | null | undefined;
  readonly isTop?: boolean | undefined;
}

const COLUMNS = { alias: 'alias', remark: 'remark', emissionRate: 'emission_rate', isTop: 'is_top' } as const;
type Field = keyof typeof COLUMNS;
type Value = string | number | null;

/** What users keep about devices, each for himself. */
export class UserDeviceStore {
  readonly #emissionRate;
  readonly #count;
  readonly #set;
  readonly #unsort;
  readonly #sort;
  readonly #tidy;
  readonly #forget;
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#emissionRate = database.prepare<[number, number], { emission_rate: number | null }>(
      'SELECT emission_rate FROM user_devices WHERE user_id = ? AND device_seq = ?',
    );
    this.#count = database.prepare<[number], { n: number }>('SELECT count(*) AS n FROM user_devices WHERE user_id = ?');
    const set = (field: Field) =>
      database.prepare<[number, number, Value]>(
        `INSERT INTO user_devices (user_id, device_seq, ${COLUMNS[field]}) VALUES (?, ?, ?)
         ON CONFLICT (user_id, device_seq) DO UPDATE SET ${COLUMNS[field]} = excluded.${COLUMNS[field]}`,
      );
    this.#set = {
      alias: set('alias'),
      remark: set('remark'),
      emissionRate: set('emissionRate'),
      isTop: set('isTop'),
    };
    this.#unsort = database.prepare<[number]>('UPDATE user_devices SET sort = NULL WHERE user_id = ?');
    this.#sort = database.prepare<[number, number, number]>(
      `INSERT INTO user_devices (user_id, device_seq, sort) VALUES (?, ?, ?)
       ON CONFLICT (user_id, device_seq) DO UPDATE SET sort = excluded.sort`,
    );
    this.#tidy = database.prepare<[number]>(
      `DELETE FROM user_devices WHERE user_id = ? AND alias IS NULL AND remark IS NULL AND emission_rate IS NULL
         AND is_top = 0 AND sort IS NULL`,
    );
    this.#forget = database.prepare<[number, string]>(
      `DELETE FROM user_devices
       WHERE device_seq = ? AND user_id NOT IN (SELECT user_id FROM project_members WHERE project_id = ?)`,
    );
  }

  /** kg of CO2 a kWh; null where he set none. */
  emissionRate(userId: number, deviceSeq: number): number | null {
    return this.#emissionRate.get(userId, deviceSeq)?.emission_rate ?? null;
  }

  /** About how many devices a user keeps something. */
  count(userId: number): number {
    return this.#count.get(userId)!.n;
  }

  set(userId: number, deviceSeq: number, change: UserDeviceChange): void {
    this.#database.transaction(() => {
      for (const field of Object.keys(COLUMNS) as Field[]) {
        const value = change[field];
        if (value === undefined) continue;
        this.#set[field].run(userId, deviceSeq, typeof value === 'boolean' ? Number(value) : value);
      }
      this.#tidy.run(userId);
    })();
  }

  /** Gives the devices this order; all others of the user have none afterwards. */
  sort(userId: number, deviceSeqs: readonly number[]): void {
    this.#database.transaction(() => {
      this.#unsort.run(userId);
      deviceSeqs.forEach((deviceSeq, place) => {
        this.#sort.run(userId, deviceSeq, place);
      });
      this.#tidy.run(userId);
    })();
  }

  /** Forgets what others than the members of the project kept about a device that goes into it. */
  forget(deviceSeq: number, projectId: string): void {
    this.#forget.run(deviceSeq, projectId);
  }
}
