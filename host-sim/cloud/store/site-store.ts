import type { SqliteDatabase } from './database.js';

export interface SiteRow {
  readonly seq: number;
  readonly site_id: string;
  readonly name: string;
  readonly address: string | null;
}

/** Places with boards that follow a price together. */
export class SiteStore {
  readonly #database: SqliteDatabase;
  readonly #upsert;
  readonly #byId;
  readonly #countOthers;
  readonly #removeDevices;
  readonly #addDevice;
  readonly #devices;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#upsert = database.prepare<[string, number, string, string | null], SiteRow>(
      `INSERT INTO sites (site_id, user_id, name, address) VALUES (?, ?, ?, ?)
       ON CONFLICT (user_id, name) DO UPDATE SET address = excluded.address RETURNING *`,
    );
    this.#byId = database.prepare<[string, number], SiteRow>('SELECT * FROM sites WHERE site_id = ? AND user_id = ?');
    this.#countOthers = database.prepare<[number, string], { n: number }>(
      'SELECT count(*) AS n FROM sites WHERE user_id = ? AND name <> ?',
    );
    this.#removeDevices = database.prepare<[number]>('DELETE FROM site_devices WHERE site_seq = ?');
    this.#addDevice = database.prepare<[number, number]>(
      'INSERT INTO site_devices (site_seq, device_seq) VALUES (?, ?)',
    );
    this.#devices = database.prepare<[number], { device_id: string }>(
      'SELECT d.device_id FROM site_devices s JOIN devices d ON d.seq = s.device_seq WHERE s.site_seq = ?',
    );
  }

  /** A site of the same user and name is changed. */
  put(site: {
    siteId: string;
    userId: number;
    name: string;
    address: string | null;
    deviceSeqs: readonly number[];
  }): SiteRow {
    return this.#database.transaction(() => {
      const row = this.#upsert.get(site.siteId, site.userId, site.name, site.address)!;
      this.#removeDevices.run(row.seq);
      for (const deviceSeq of site.deviceSeqs) this.#addDevice.run(row.seq, deviceSeq);
      return row;
    })();
  }

  /** A site of this user. */
  byId(userId: number, siteId: string): SiteRow | undefined {
    return this.#byId.get(siteId, userId);
  }

  /** How many of other names a user has. */
  countOthers(userId: number, name: string): number {
    return this.#countOthers.get(userId, name)!.n;
  }

  /** Ids of a site's boards. */
  devices(siteSeq: number): string[] {
    return this.#devices.all(siteSeq).map((row) => row.device_id);
  }
}
