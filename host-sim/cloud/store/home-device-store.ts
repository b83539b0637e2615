import type { SqliteDatabase } from './database.js';
import { type Role, VISIBLE_PROJECTS } from './project-store.js';

/** A device as one user sees it: with its product, its space, and what he keeps about it. */
export interface HomeDeviceRow {
  readonly seq: number;
  readonly device_id: string;
  readonly device_sn: string;
  readonly name: string;
  readonly firmware_version: string;
  readonly chip_model: string;
  /** 0 inactive, 1 online, 2 offline, 3 disabled. */
  readonly status: number;
  readonly last_online_at: number | null;
  readonly activated_at: number | null;
  readonly created_at: number;
  readonly bound_at: number | null;
  readonly product_key: string;
  readonly product_name: string;
  readonly category: string;
  readonly ui_template: string;
  readonly icon_name: string;
  readonly icon_color: string;
  readonly project_id: string;
  readonly project_name: string;
  /** Null in everybody's project. */
  readonly role: Role | null;
  readonly alias: string | null;
  readonly remark: string | null;
  readonly emission_rate: number | null;
  readonly is_top: number | null;
  readonly sort: number | null;
}

/** Of what a user sees; null: whatever it is. */
export interface HomeDeviceFilter {
  readonly userId: number;
  /** A pattern of LIKE with `\` as its escape: of serial number, id, name or alias. */
  readonly pattern: string | null;
  readonly productKey: string | null;
  readonly status: number | null;
  readonly projectId: string | null;
}

type Paged<T> = T & { readonly limit: number; readonly offset: number };

const COLUMNS = `d.seq, d.device_id, d.device_sn, d.name, d.firmware_version, d.chip_model, d.status, d.last_online_at,
  d.activated_at, d.created_at, d.bound_at, p.product_key, p.name AS product_name, p.category, p.ui_template, p.icon_name,
  p.icon_color, d.project_id, s.name AS project_name, m.role, u.alias, u.remark, u.emission_rate, u.is_top, u.sort`;
const BESIDE = `JOIN products p USING (product_id) JOIN projects s ON s.project_id = d.project_id
  LEFT JOIN project_members m ON m.user_id = @userId AND m.project_id = d.project_id
  LEFT JOIN user_devices u ON u.user_id = @userId AND u.device_seq = d.seq`;
const SELECT = `SELECT ${COLUMNS} FROM devices d ${BESIDE}`;
const SEEN = `d.project_id IN ${VISIBLE_PROJECTS}`;
const HOME =
  '(SELECT project_id FROM project_members WHERE user_id = @userId AND @projectId IS NULL UNION ALL SELECT @projectId)';
const FILTER = `(@pattern IS NULL OR d.device_sn LIKE @pattern ESCAPE '\\' OR d.device_id LIKE @pattern ESCAPE '\\'
    OR d.name LIKE @pattern ESCAPE '\\' OR u.alias LIKE @pattern ESCAPE '\\')
  AND (@productKey IS NULL OR p.product_key = @productKey) AND (@status IS NULL OR d.status = @status)
  AND (@projectId IS NULL OR d.project_id = @projectId)`;

/** Devices as users have them at home. */
export class HomeDeviceStore {
  readonly #byId;
  readonly #bySerial;
  readonly #byBleName;
  readonly #page;
  readonly #countPage;
  readonly #home;
  readonly #countHome;

  constructor(database: SqliteDatabase) {
    this.#byId = database.prepare<[{ userId: number; deviceId: string }], HomeDeviceRow>(
      `${SELECT} WHERE d.device_id = @deviceId AND ${SEEN}`,
    );
    this.#bySerial = database.prepare<[{ userId: number; deviceSN: string }], HomeDeviceRow>(
      `${SELECT} WHERE d.device_sn = @deviceSN AND +${SEEN}`,
    );
    this.#byBleName = database.prepare<[{ userId: number; name: string }], HomeDeviceRow>(
      `SELECT ${COLUMNS} FROM (SELECT product_id, json_extract(definition, '$.provisioning.bleName') AS ble_name FROM products) b
         CROSS JOIN devices d ON d.product_id = b.product_id ${BESIDE}
       WHERE substr(@name, 1, length(b.ble_name)) = b.ble_name AND b.ble_name || substr(d.device_sn, -4) = @name AND +${SEEN}
       LIMIT 2`,
    );
    // In the order of the registry, page by page until it is full.
    this.#page = database.prepare<[Paged<HomeDeviceFilter>], HomeDeviceRow>(
      `${SELECT} WHERE +${SEEN} AND ${FILTER} ORDER BY d.seq LIMIT @limit OFFSET @offset`,
    );
    this.#countPage = database.prepare<[HomeDeviceFilter], { n: number }>(
      `SELECT count(*) AS n FROM devices d ${BESIDE} WHERE ${SEEN} AND ${FILTER}`,
    );
    this.#home = database.prepare<[Paged<{ userId: number; projectId: string | null }>], HomeDeviceRow>(
      `${SELECT} WHERE d.project_id IN ${HOME}
       ORDER BY coalesce(u.is_top, 0) DESC, u.sort IS NULL, u.sort, d.seq LIMIT @limit OFFSET @offset`,
    );
    this.#countHome = database.prepare<[{ userId: number; projectId: string | null }], { n: number }>(
      `SELECT count(*) AS n FROM devices d WHERE d.project_id IN ${HOME}`,
    );
  }

  /** One that the user sees. */
  byId(userId: number, deviceId: string): HomeDeviceRow | undefined {
    return this.#byId.get({ userId, deviceId });
  }

  /** Those that the user sees, of any product. */
  bySerial(userId: number, deviceSN: string): HomeDeviceRow[] {
    return this.#bySerial.all({ userId, deviceSN });
  }

  /** Two at most of those that the user sees and whose boards have this name over BLE. */
  byBleName(userId: number, name: string): HomeDeviceRow[] {
    return this.#byBleName.all({ userId, name });
  }

  /** In the order in which they became known. */
  page(filter: Paged<HomeDeviceFilter>): { rows: HomeDeviceRow[]; total: number } {
    return { rows: this.#page.all(filter), total: this.#countPage.get(filter)!.n };
  }

  /** What is in the spaces of a user, or in this project, which he sees: his top devices first, then in his order, then the others. */
  home(request: Paged<{ userId: number; projectId: string | null }>): { rows: HomeDeviceRow[]; total: number } {
    return { rows: this.#home.all(request), total: this.#countHome.get(request)!.n };
  }
}
