import type { SqliteDatabase } from './database.js';
import { containing, isFoundIn } from './like.js';
import { DEFAULT_PROJECT, isVisible, VISIBLE_PROJECTS } from './project-store.js';

/** A device as a list shows it, with its product. */
export interface ListedDevice {
  readonly device_id: string;
  readonly device_sn: string;
  readonly project_id: string;
  readonly name: string;
  readonly firmware_version: string;
  readonly chip_model: string;
  /** 0 inactive, 1 online, 2 offline, 3 disabled. */
  readonly status: number;
  readonly last_online_at: number | null;
  readonly activated_at: number | null;
  readonly created_at: number;
  readonly product_id: number;
  readonly product_key: string;
  readonly product_name: string;
  readonly ui_template: string;
  readonly icon_name: string;
  readonly icon_color: string;
}

export interface DeviceRow extends ListedDevice {
  readonly seq: number;
  readonly password_hash: Buffer | null;
  readonly disabled: number;
  readonly online: number;
  /** 1: it has answered a property get since it was activated. */
  readonly answers: number;
  readonly product_status: number;
  readonly control_mode: string;
}

/** What decides about a command to a device; each comes at the price of its columns. */
export interface CommandedRow
  extends Pick<
    DeviceRow,
    'seq' | 'device_id' | 'product_key' | 'activated_at' | 'disabled' | 'product_status' | 'control_mode'
  > {
  /** Of its product, as JSON; null where no file defines it. */
  readonly definition: string | null;
}

export interface ActivatedRow {
  readonly seq: number;
  readonly device_id: string;
  readonly product_key: string;
}

export interface OnlineRow {
  readonly device_id: string;
  readonly product_key: string;
  readonly came_online_at: number | null;
}

/** How it was with a board when that changed last. */
export interface PresenceRow {
  readonly device_id: string;
  readonly product_key: string;
  readonly online: number;
  readonly at: number;
}

export interface NewDevice {
  readonly deviceId: string;
  readonly productId: number;
  readonly deviceSN: string;
  readonly name: string;
  readonly firmwareVersion: string;
  readonly chipModel: string;
  /** Null for one that is registered ahead and not activated. */
  readonly secretHash: Buffer | null;
  readonly passwordHash: Buffer | null;
  readonly activatedAt: number | null;
  /** By which host its board reached the API, and whether over TLS (1). */
  readonly apiHost: string | null;
  readonly apiSecure: number;
  readonly projectId: string;
  readonly at: number;
}

export type Reactivation = Pick<
  NewDevice,
  | 'secretHash'
  | 'passwordHash'
  | 'firmwareVersion'
  | 'chipModel'
  | 'activatedAt'
  | 'apiHost'
  | 'apiSecure'
  | 'projectId'
>;

/** What of a device a user sets. */
export interface DeviceChange {
  readonly name: string;
  readonly disabled: boolean;
  readonly projectId: string;
  /** The time of the change. */
  readonly at: number;
}

export interface DeviceFilter {
  /** Only the devices that this user sees. */
  readonly userId: number;
  readonly productId?: number | undefined;
  readonly status?: number | undefined;
  readonly projectId?: string | undefined;
  /** Part of name, serial number or id, letter case of ASCII aside. */
  readonly search?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Activated devices that are read at a time. */
const ACTIVATED_PAGE = 200;

const LISTED = `d.device_id, d.device_sn, d.project_id, d.name, d.firmware_version, d.chip_model, d.status,
  d.last_online_at, d.activated_at, d.created_at, d.product_id, p.product_key, p.name AS product_name, p.ui_template,
  p.icon_name, p.icon_color`;
const FROM = 'FROM devices d JOIN products p USING (product_id)';
const SELECT = `SELECT ${LISTED}, d.seq, d.password_hash, d.disabled, d.online, d.answers, p.status AS product_status, p.control_mode ${FROM}`;

/** Since when a device is in the project that it goes into at that time: null in everybody's. */
const bornInto = (at: string) => `iif(@projectId = '${DEFAULT_PROJECT}', NULL, ${at})`;
const movedInto = (at: string) => `iif(project_id = @projectId, bound_at, ${bornInto(at)})`;

type Bindings = DeviceFilter & Record<string, unknown>;

/** Conditions by the field that asks for them. */
const CONDITIONS = {
  productId: 'd.product_id = @productId',
  status: 'd.status = @status',
  projectId: 'd.project_id = @projectId',
  search: isFoundIn('d.name', 'd.device_sn', 'd.device_id'),
} as const;
type Condition = keyof typeof CONDITIONS;
const CONDITION_KEYS = Object.keys(CONDITIONS) as Condition[];

/**
 * The page and count of one combination of conditions. A page is read in the order of an index until it is full (the `+`
 * keeps the projects from being an index, whose order would be another); a count reads an index only, but where something is
 * looked for.
 */
function preparePages(database: SqliteDatabase, keys: readonly Condition[]) {
  const conditions = keys.map((key) => ` AND ${CONDITIONS[key]}`).join('');
  return {
    page: database.prepare<[Bindings], ListedDevice>(
      `SELECT ${LISTED} ${FROM} WHERE +d.project_id IN ${VISIBLE_PROJECTS}${conditions} ORDER BY d.seq LIMIT @limit OFFSET @offset`,
    ),
    count: database.prepare<[Bindings], { n: number }>(
      `SELECT count(*) AS n FROM devices d WHERE d.project_id IN ${VISIBLE_PROJECTS}${conditions}`,
    ),
  };
}

export class DeviceStore {
  readonly #byId;
  readonly #seenProduct;
  readonly #seenCommanded;
  readonly #bySn;
  readonly #insert;
  readonly #reactivate;
  readonly #delete;
  readonly #remember;
  readonly #formerId;
  readonly #database: SqliteDatabase;
  readonly #setOnline;
  readonly #setOffline;
  readonly #setFirmware;
  readonly #setAnswers;
  readonly #allOffline;
  readonly #allOnline;
  readonly #presenceBetween;
  readonly #activatedAfter;
  readonly #change;
  readonly #pages = new Map<string, ReturnType<typeof preparePages>>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#byId = database.prepare<[string], DeviceRow>(`${SELECT} WHERE d.device_id = ?`);
    const seen = `${FROM} WHERE d.device_id = @deviceId AND ${isVisible('d.project_id')}`;
    this.#seenProduct = database
      .prepare<[{ deviceId: string; userId: number }], string>(`SELECT p.product_key ${seen}`)
      .pluck();
    this.#seenCommanded = database.prepare<[{ deviceId: string; userId: number }], CommandedRow>(
      `SELECT d.seq, d.device_id, p.product_key, d.activated_at, d.disabled, p.status AS product_status, p.control_mode,
         p.definition ${seen}`,
    );
    this.#bySn = database.prepare<[number, string], DeviceRow>(`${SELECT} WHERE d.product_id = ? AND d.device_sn = ?`);
    this.#insert = database.prepare<[NewDevice]>(
      `INSERT INTO devices (device_id, product_id, device_sn, project_id, name, firmware_version, chip_model, secret_hash,
         password_hash, activated_at, api_host, api_secure, created_at, bound_at)
       VALUES (@deviceId, @productId, @deviceSN, @projectId, @name, @firmwareVersion, @chipModel, @secretHash,
         @passwordHash, @activatedAt, @apiHost, @apiSecure, @at, ${bornInto('@at')})
       ON CONFLICT (device_id) DO NOTHING`,
    );
    this.#reactivate = database.prepare<[Reactivation & { seq: number }]>(
      `UPDATE devices SET secret_hash = @secretHash, password_hash = @passwordHash, firmware_version = @firmwareVersion,
         chip_model = @chipModel, api_host = @apiHost, api_secure = @apiSecure, bound_at = ${movedInto('@activatedAt')},
         project_id = @projectId, activated_at = coalesce(activated_at, @activatedAt), answers = 0
       WHERE seq = @seq`,
    );
    this.#change = database.prepare<[Omit<DeviceChange, 'disabled'> & { seq: number; disabled: 0 | 1 }]>(
      `UPDATE devices SET name = @name, disabled = @disabled, bound_at = ${movedInto('@at')}, project_id = @projectId
       WHERE seq = @seq`,
    );
    this.#delete = database.prepare<[number]>('DELETE FROM devices WHERE seq = ?');
    this.#remember = database.prepare<[number]>(
      `INSERT OR REPLACE INTO former_devices (product_id, device_sn, device_id)
       SELECT product_id, device_sn, device_id FROM devices d
       WHERE seq = ? AND EXISTS (SELECT 1 FROM client_certificates c WHERE c.device_id = d.device_id)`,
    );
    this.#formerId = database.prepare<[number, string], { device_id: string }>(
      'SELECT device_id FROM former_devices WHERE product_id = ? AND device_sn = ?',
    );
    this.#setOnline = database.prepare<[{ seq: number; at: number }]>(
      'UPDATE devices SET online = 1, last_online_at = @at, came_online_at = @at WHERE seq = @seq',
    );
    this.#setOffline = database.prepare<[{ seq: number; at: number }]>(
      'UPDATE devices SET online = 0, last_online_at = @at, went_offline_at = @at WHERE seq = @seq',
    );
    this.#setFirmware = database.prepare<[{ seq: number; version: string }]>(
      `UPDATE devices SET firmware_version = @version, answers = iif(firmware_version = @version, answers, 0) WHERE seq = @seq`,
    );
    this.#setAnswers = database.prepare<[number]>('UPDATE devices SET answers = 1 WHERE seq = ?');
    this.#activatedAfter = database.prepare<[number], ActivatedRow>(
      `SELECT d.seq, d.device_id, p.product_key ${FROM} WHERE d.seq > ? AND d.password_hash IS NOT NULL AND d.disabled = 0
       ORDER BY d.seq LIMIT ${ACTIVATED_PAGE}`,
    );
    this.#allOnline = database.prepare<[], OnlineRow>(
      `SELECT d.device_id, p.product_key, d.came_online_at ${FROM} WHERE d.online = 1`,
    );
    this.#presenceBetween = database.prepare<[number, number], PresenceRow>(
      `SELECT d.device_id, p.product_key, d.online, d.last_online_at AS at ${FROM} WHERE d.last_online_at BETWEEN ? AND ?`,
    );
    this.#allOffline = database.prepare('UPDATE devices SET online = 0 WHERE online = 1');
    for (let mask = 0; mask < 1 << CONDITION_KEYS.length; mask += 1) {
      const keys = CONDITION_KEYS.filter((_key, bit) => mask & (1 << bit));
      this.#pages.set(keys.join(), preparePages(database, keys));
    }
  }

  byId(deviceId: string): DeviceRow | undefined {
    return this.#byId.get(deviceId);
  }

  /** The product key of a device that a user sees; undefined where he sees none. */
  seenProduct(userId: number, deviceId: string): string | undefined {
    return this.#seenProduct.get({ deviceId, userId });
  }

  /** A device that a user sees, as far as it is commanded; undefined where he sees none. */
  seenCommanded(userId: number, deviceId: string): CommandedRow | undefined {
    return this.#seenCommanded.get({ deviceId, userId });
  }

  bySerial(productId: number, deviceSN: string): DeviceRow | undefined {
    return this.#bySn.get(productId, deviceSN);
  }

  /** False where the device id is taken. */
  insert(device: NewDevice): boolean {
    return this.#insert.run(device).changes === 1;
  }

  reactivate(seq: number, device: Reactivation): void {
    this.#reactivate.run({ ...device, seq });
  }

  change(seq: number, change: DeviceChange): void {
    this.#change.run({ ...change, seq, disabled: change.disabled ? 1 : 0 });
  }

  /** With its properties, history and kept commands; of one that has certificates the id is remembered. */
  delete(seq: number): void {
    this.#database.transaction(() => {
      this.#remember.run(seq);
      this.#delete.run(seq);
    })();
  }

  /** The id that a board's certificates name, where its device was deleted. */
  formerId(productId: number, deviceSN: string): string | undefined {
    return this.#formerId.get(productId, deviceSN)?.device_id;
  }

  setOnline(seq: number, online: boolean, at: number): void {
    (online ? this.#setOnline : this.#setOffline).run({ seq, at });
  }

  setFirmware(seq: number, version: string): void {
    this.#setFirmware.run({ seq, version });
  }

  /** Notes that it answers property gets; until it is activated anew or has another firmware, which may not. */
  setAnswers(seq: number): void {
    this.#setAnswers.run(seq);
  }

  /** The next of those that were activated and are not disabled, a page of them; none: there are no more. */
  activatedAfter(seq: number): ActivatedRow[] {
    return this.#activatedAfter.all(seq);
  }

  /** Who is online, as far as was written down. */
  allOnline(): OnlineRow[] {
    return this.#allOnline.all();
  }

  /** Whose presence changed last in this time. */
  presenceBetween(from: number, to: number): PresenceRow[] {
    return this.#presenceBetween.all(from, to);
  }

  allOffline(): void {
    this.#allOffline.run();
  }

  list(filter: DeviceFilter): { rows: ListedDevice[]; total: number } {
    const keys = CONDITION_KEYS.filter((key) => filter[key] !== undefined);
    const { page, count } = this.#pages.get(keys.join())!;
    const bindings = { ...filter, search: filter.search && containing(filter.search) };
    return { rows: page.all(bindings), total: count.get(bindings)!.n };
  }
}
