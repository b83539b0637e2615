import type { SqliteDatabase } from './database.js';
import { containing } from './like.js';
import { VISIBLE_PROJECTS } from './project-store.js';

/** A device as its user's app lists it. Times are ms since 1970. */
export interface BoundDeviceRow {
  readonly device_id: string;
  readonly device_sn: string;
  readonly project_id: string;
  readonly name: string;
  /** 0 inactive, 1 online, 2 offline, 3 disabled. */
  readonly status: number;
  readonly created_at: number;
  readonly activated_at: number | null;
  readonly bound_at: number | null;
  readonly came_online_at: number | null;
  readonly went_offline_at: number | null;
  readonly product_key: string;
  readonly product_name: string;
  readonly category: string;
  readonly activation_mode: 'open' | 'signed';
  /** Of the user in its project; null in everybody's. */
  readonly role: 'owner' | 'member' | null;
  readonly owner_id: number | null;
  /** JSON of the last Wi-Fi signal that it reported, dBm. */
  readonly rssi: string | null;
  /** Of its newest campaign. */
  readonly update_state: string | null;
}

export interface BoundDeviceFilter {
  /** Only the devices that this user sees. */
  readonly userId: number;
  /** JSON array; null: of any product. */
  readonly productKeys: string | null;
  readonly deviceId: string | null;
  /** Part of it, letter case of ASCII aside. */
  readonly name: string | null;
}

const COLUMNS = `d.device_id, d.device_sn, d.project_id, d.name, d.status, d.created_at, d.activated_at, d.bound_at, d.came_online_at,
         d.went_offline_at, p.product_key, p.name AS product_name, p.category, p.activation_mode, m.role,
         (SELECT user_id FROM project_members o WHERE o.project_id = d.project_id AND o.role = 'owner') AS owner_id,
         (SELECT value FROM device_properties r WHERE r.device_seq = d.seq AND r.key = 'wifi_rssi') AS rssi,
         (SELECT state FROM updates u WHERE u.device_seq = d.seq ORDER BY u.campaign_seq DESC LIMIT 1) AS update_state`;
const FROM = `FROM devices d JOIN products p USING (product_id)
         LEFT JOIN project_members m ON m.user_id = @userId AND m.project_id = d.project_id`;
const WHERE = `WHERE +d.project_id IN ${VISIBLE_PROJECTS}
  AND (@productKeys IS NULL OR p.product_key IN (SELECT value FROM json_each(@productKeys)))
  AND (@deviceId IS NULL OR d.device_id = @deviceId)
  AND (@name IS NULL OR d.name LIKE @name ESCAPE '\\')`;

/** The devices of a user, in the order in which they were made known. */
export class BoundDeviceStore {
  readonly #page;
  readonly #count;
  readonly #byId;

  constructor(database: SqliteDatabase) {
    this.#page = database.prepare<[BoundDeviceFilter & { limit: number; offset: number }], BoundDeviceRow>(
      `SELECT ${COLUMNS} ${FROM} ${WHERE} ORDER BY d.seq LIMIT @limit OFFSET @offset`,
    );
    this.#count = database.prepare<[BoundDeviceFilter], { n: number }>(
      `SELECT count(*) AS n FROM devices d JOIN products p USING (product_id) ${WHERE}`,
    );
    this.#byId = database.prepare<[{ userId: number; deviceId: string }], BoundDeviceRow>(
      `SELECT ${COLUMNS} ${FROM} WHERE d.device_id = @deviceId AND +d.project_id IN ${VISIBLE_PROJECTS}`,
    );
  }

  /** One that the user sees. */
  byId(userId: number, deviceId: string): BoundDeviceRow | undefined {
    return this.#byId.get({ userId, deviceId });
  }

  list(filter: BoundDeviceFilter, limit: number, offset: number): { rows: BoundDeviceRow[]; total: number } {
    const bindings = { ...filter, name: filter.name && containing(filter.name) };
    return { rows: this.#page.all({ ...bindings, limit, offset }), total: this.#count.get(bindings)!.n };
  }
}
