import { CloudError } from '../../errors.js';
import { type BoundDeviceRow, BoundDeviceStore } from '../../store/bound-device-store.js';
import type { SqliteDatabase } from '../../store/database.js';
import { DEFAULT_PROJECT } from '../../store/project-store.js';
import type { UserStore } from '../../store/user-store.js';
import type { WriteBatch } from '../../store/write-batch.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import { isOpen, type UpdateState } from '../update-states.js';
import type { UserView } from '../users.js';

/** Signal strengths that are 0 and 100 %, dBm. */
const SIGNAL_DBM = { none: -100, full: -50 } as const;

/** A device as an end user sees it. Times are ms since 1970. */
export interface BoundDevice {
  readonly productKey: string;
  readonly productName: string;
  readonly category: string;
  readonly deviceId: string;
  readonly deviceSN: string;
  readonly name: string;
  readonly isOnline: boolean;
  /** Its Wi-Fi signal as it last told: 0 at −100 dBm and below, 100 from −50 dBm on; null where it never did. */
  readonly signalPercent: number | null;
  /** It shows by a signature which board it is, whenever it activates. */
  readonly isProved: boolean;
  /** The project that it is bound to; null while it is everybody's. */
  readonly projectId: string | null;
  /** Whose that project is, where it is somebody else's. */
  readonly sharedBy: number | null;
  readonly createdAt: number;
  readonly activatedAt: number | null;
  /** Since when it is bound; null while it is everybody's, and where it was before that was kept. */
  readonly boundAt: number | null;
  readonly cameOnlineAt: number | null;
  readonly wentOfflineAt: number | null;
  readonly update: 'none' | 'running' | 'updated' | 'failed' | null;
}

export interface BoundDeviceRequest extends PageRequest {
  readonly productKeys?: readonly string[] | undefined;
  readonly deviceId?: string | undefined;
  /** A part of it. */
  readonly name?: string | undefined;
}

/** Who asks, as his devices name him. */
export interface DeviceUser {
  readonly userId: number;
  readonly username: string;
  /** Without international code; as it is where it cannot be taken apart. */
  readonly phone: string | null;
}

/** The devices of end users: everybody's, and those of the projects that a user owns or shares. */
export class BoundDevices {
  readonly #store: BoundDeviceStore;
  readonly #users: UserStore;
  readonly #writes: WriteBatch;

  constructor(options: { database: SqliteDatabase; users: UserStore; writes: WriteBatch }) {
    this.#store = new BoundDeviceStore(options.database);
    this.#users = options.users;
    this.#writes = options.writes;
  }

  list(user: UserView, request: BoundDeviceRequest): Page<BoundDevice> {
    this.#writes.flush();
    const { limit, offset } = pageOf(request);
    const { productKeys, deviceId = null, name = null } = request;
    const filter = {
      userId: user.userId,
      productKeys: productKeys ? JSON.stringify(productKeys) : null,
      deviceId,
      name,
    };
    const { rows, total } = this.#store.list(filter, limit, offset);
    return { list: rows.map(toDevice), total, page: request.page, size: limit };
  }

  /** One of this product. @throws CloudError `device_not_found` */
  get(user: UserView, productKey: string, deviceId: string): BoundDevice {
    this.#writes.flush();
    const row = this.#store.byId(user.userId, deviceId);
    if (row?.product_key !== productKey) throw new CloudError('device_not_found');
    return toDevice(row);
  }

  async user({ userId, username }: UserView): Promise<DeviceUser> {
    const phone = this.#users.byId(userId)?.phone ?? null;
    return { userId, username, phone: phone && (await nationalNumber(phone)) };
  }
}

function toDevice(row: BoundDeviceRow): BoundDevice {
  return {
    productKey: row.product_key,
    productName: row.product_name,
    category: row.category,
    deviceId: row.device_id,
    deviceSN: row.device_sn,
    name: row.name,
    isOnline: row.status === 1,
    signalPercent: signalPercent(row.rssi),
    isProved: row.activation_mode === 'signed',
    projectId: row.project_id === DEFAULT_PROJECT ? null : row.project_id,
    sharedBy: row.role === 'member' ? row.owner_id : null,
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    boundAt: row.bound_at,
    cameOnlineAt: row.came_online_at,
    wentOfflineAt: row.went_offline_at,
    update: row.update_state === null ? null : updateOf(row.update_state as UpdateState),
  };
}

/** @param json of what a board said, which may be anything */
function signalPercent(json: string | null): number | null {
  const dbm: unknown = json === null ? null : JSON.parse(json);
  if (typeof dbm !== 'number' || dbm >= 0) return null;
  const share = (dbm - SIGNAL_DBM.none) / (SIGNAL_DBM.full - SIGNAL_DBM.none);
  return Math.round(100 * Math.min(1, Math.max(0, share)));
}

function updateOf(state: UpdateState): BoundDevice['update'] {
  if (state === 'updated' || state === 'failed') return state;
  return isOpen(state) && state !== 'pending' ? 'running' : 'none';
}

/** The tables of all countries are loaded when they are first needed. */
async function nationalNumber(phone: string): Promise<string> {
  const { parsePhoneNumberFromString } = await import('libphonenumber-js');
  const code = parsePhoneNumberFromString(phone)?.countryCallingCode;
  return code === undefined ? phone : phone.slice(`+${code}`.length);
}
