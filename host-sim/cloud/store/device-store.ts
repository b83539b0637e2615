import type { SqliteDatabase } from './database.js';

/** A device with what a list shows of its product. */
export interface DeviceRow {
  readonly seq: number;
  readonly device_id: string;
  readonly device_sn: string;
  readonly project_id: string;
  readonly name: string;
  readonly firmware_version: string;
  readonly chip_model: string;
  readonly password_hash: Buffer | null;
  readonly disabled: number;
  readonly online: number;
  /** 0 inactive, 1 online, 2 offline, 3 disabled. */
  readonly status: number;
  readonly last_online_at: number | null;
  readonly activated_at: number | null;
  readonly created_at: number;
  readonly product_id: number;
  readonly product_key: string;
  readonly product_name: string;
  readonly product_status: number;
  readonly control_mode: string;
  readonly ui_template: string;
  readonly icon_name: string;
  readonly icon_color: string;
}

export interface NewDevice {
  readonly deviceId: string;
  readonly productId: number;
  readonly deviceSN: string;
  readonly name: string;
  readonly firmwareVersion: string;
  readonly chipModel: string;
  readonly secretHash: Buffer;
  readonly passwordHash: Buffer;
  readonly at: number;
}

export interface DeviceFilter {
  readonly productId?: number | undefined;
  readonly status?: number | undefined;
  readonly limit: number;
  readonly offset: number;
}

const SELECT = `SELECT d.seq, d.device_id, d.device_sn, d.project_id, d.name, d.firmware_version, d.chip_model,
  d.password_hash, d.disabled, d.online, d.status, d.last_online_at, d.activated_at, d.created_at, d.product_id,
  p.product_key, p.name AS product_name, p.status AS product_status, p.control_mode, p.ui_template, p.icon_name, p.icon_color
  FROM devices d JOIN products p USING (product_id)`;

/** One prepared pair of page and count for each of the four filters, so that each uses its own index. */
const FILTERS = {
  all: '',
  product: 'WHERE d.product_id = ?',
  status: 'WHERE d.status = ?',
  both: 'WHERE d.product_id = ? AND d.status = ?',
} as const;

export class DeviceStore {
  readonly #byId;
  readonly #bySn;
  readonly #insert;
  readonly #reactivate;
  readonly #delete;
  readonly #setOnline;
  readonly #allOffline;
  readonly #pages;

  constructor(database: SqliteDatabase) {
    this.#byId = database.prepare<[string], DeviceRow>(`${SELECT} WHERE d.device_id = ?`);
    this.#bySn = database.prepare<[number, string], DeviceRow>(`${SELECT} WHERE d.product_id = ? AND d.device_sn = ?`);
    this.#insert = database.prepare<[NewDevice]>(
      `INSERT INTO devices (device_id, product_id, device_sn, name, firmware_version, chip_model, secret_hash,
         password_hash, activated_at, created_at)
       VALUES (@deviceId, @productId, @deviceSN, @name, @firmwareVersion, @chipModel, @secretHash, @passwordHash, @at, @at)
       ON CONFLICT (device_id) DO NOTHING`,
    );
    this.#reactivate = database.prepare<[Buffer, Buffer, string, string, number, number]>(
      `UPDATE devices SET secret_hash = ?, password_hash = ?, firmware_version = ?, chip_model = ?,
         activated_at = coalesce(activated_at, ?) WHERE seq = ?`,
    );
    this.#delete = database.prepare<[number]>('DELETE FROM devices WHERE seq = ?');
    this.#setOnline = database.prepare<[number, number, number]>(
      'UPDATE devices SET online = ?, last_online_at = ? WHERE seq = ?',
    );
    this.#allOffline = database.prepare('UPDATE devices SET online = 0 WHERE online = 1');
    const pages = (where: string) => ({
      page: database.prepare<number[], DeviceRow>(`${SELECT} ${where} ORDER BY d.seq LIMIT ? OFFSET ?`),
      count: database.prepare<number[], { n: number }>(`SELECT count(*) AS n FROM devices d ${where}`),
    });
    this.#pages = {
      all: pages(FILTERS.all),
      product: pages(FILTERS.product),
      status: pages(FILTERS.status),
      both: pages(FILTERS.both),
    };
  }

  byId(deviceId: string): DeviceRow | undefined {
    return this.#byId.get(deviceId);
  }

  bySerial(productId: number, deviceSN: string): DeviceRow | undefined {
    return this.#bySn.get(productId, deviceSN);
  }

  /** False where the device id is taken. */
  insert(device: NewDevice): boolean {
    return this.#insert.run(device).changes === 1;
  }

  reactivate(
    seq: number,
    device: Pick<NewDevice, 'secretHash' | 'passwordHash' | 'firmwareVersion' | 'chipModel' | 'at'>,
  ): void {
    this.#reactivate.run(
      device.secretHash,
      device.passwordHash,
      device.firmwareVersion,
      device.chipModel,
      device.at,
      seq,
    );
  }

  /** With its properties, history and kept commands. */
  delete(seq: number): void {
    this.#delete.run(seq);
  }

  setOnline(seq: number, online: boolean, at: number): void {
    this.#setOnline.run(online ? 1 : 0, at, seq);
  }

  allOffline(): void {
    this.#allOffline.run();
  }

  list(filter: DeviceFilter): { rows: DeviceRow[]; total: number } {
    const { productId, status } = filter;
    const key =
      productId === undefined ? (status === undefined ? 'all' : 'status') : status === undefined ? 'product' : 'both';
    const values = [productId, status].filter((value) => value !== undefined);
    const { page, count } = this.#pages[key];
    return { rows: page.all(...values, filter.limit, filter.offset), total: count.get(...values)!.n };
  }
}
