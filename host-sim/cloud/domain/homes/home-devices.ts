import { CloudError } from '../../errors.js';
import type { HomeDeviceRow, HomeDeviceStore } from '../../store/home-device-store.js';
import { containing } from '../../store/like.js';
import { DEFAULT_PROJECT, type Role } from '../../store/project-store.js';
import type { WriteBatch } from '../../store/write-batch.js';
import type { Access } from '../access.js';
import { isoTime, type Language, statusOf } from '../devices.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import type { UserView } from '../users.js';

/** A device as one user has it at home. Times are ISO 8601, UTC. */
export interface HomeDeviceView {
  readonly deviceId: string;
  readonly deviceSN: string;
  readonly productKey: string;
  readonly productName: string;
  readonly category: string;
  /** The user's alias, or else the device's name. */
  readonly name: string;
  readonly deviceName: string;
  readonly alias: string | null;
  readonly remark: string | null;
  readonly spaceId: string;
  readonly spaceName: string;
  /** Of the user in the space: in everybody's all are members. */
  readonly role: Role;
  /** In a space of somebody's. */
  readonly isBound: boolean;
  readonly status: string;
  readonly statusText: string;
  readonly online: boolean;
  readonly firmwareVersion: string;
  readonly chipModel: string;
  /** When it last came online or went offline. */
  readonly lastOnlineAt: string | null;
  readonly activatedAt: string | null;
  readonly createdAt: string;
  /** Since when it is in its space; null in everybody's, or where that was not kept. */
  readonly boundAt: string | null;
  readonly isTop: boolean;
  /** Its place in the user's order, from 0. */
  readonly sort: number | null;
  /** kg of CO2 a kWh. */
  readonly emissionRate: number | null;
  readonly uiTemplate: string;
  readonly iconName: string;
  readonly iconColor: string;
}

export interface DeviceSearch {
  /** A part of serial number, id, name or alias. */
  readonly keyword?: string | undefined;
  readonly productKey?: string | undefined;
  readonly status?: number | undefined;
  readonly spaceId?: string | undefined;
}

/** What users find among the devices that they see. */
export class HomeDevices {
  readonly #store: HomeDeviceStore;
  readonly #access: Access;
  readonly #writes: WriteBatch;

  constructor(options: { store: HomeDeviceStore; access: Access; writes: WriteBatch }) {
    this.#store = options.store;
    this.#access = options.access;
    this.#writes = options.writes;
  }

  /** @throws CloudError `device_not_found` */
  get(user: UserView, deviceId: string, language: Language): HomeDeviceView {
    this.#writes.flush();
    const row = this.#store.byId(user.userId, deviceId);
    if (!row) throw new CloudError('device_not_found');
    return view(row, language);
  }

  /** What is bound: all that is in the user's spaces, or in one; top devices first, then in his order, then the others. */
  home(
    user: UserView,
    request: PageRequest & { readonly spaceId?: string | undefined },
    language: Language,
  ): Page<HomeDeviceView> {
    const { spaceId = null } = request;
    if (spaceId !== null) this.#access.project(user.userId, spaceId);
    return this.#pageOf(request, language, (window) =>
      this.#store.home({ userId: user.userId, projectId: spaceId, ...window }),
    );
  }

  /** All that the user sees and that fits, in the order in which it became known. */
  search(user: UserView, request: PageRequest & DeviceSearch, language: Language): Page<HomeDeviceView> {
    const { keyword, productKey = null, status = null, spaceId: projectId = null } = request;
    const pattern = keyword === undefined ? null : containing(keyword);
    return this.#pageOf(request, language, (window) =>
      this.#store.page({ userId: user.userId, pattern, productKey, status, projectId, ...window }),
    );
  }

  /** Those of this serial number, one a product. */
  bySerial(user: UserView, deviceSN: string, language: Language): HomeDeviceView[] {
    this.#writes.flush();
    return this.#store.bySerial(user.userId, deviceSN).map((row) => view(row, language));
  }

  /**
   * The device whose board has this name over BLE (the beginning that its product's definition gives, and the last 4 characters
   * of its serial number), or whose serial number is this MAC address, with or without its separators.
   * @throws CloudError `device_not_found`; `invalid_parameter`: both or none is given, or several fit
   */
  byBluetooth(
    user: UserView,
    { name, mac }: { readonly name?: string | undefined; readonly mac?: string | undefined },
    language: Language,
  ): HomeDeviceView {
    if ((name === undefined) === (mac === undefined)) {
      throw new CloudError('invalid_parameter', 'give either name or mac');
    }
    this.#writes.flush();
    const rows = name === undefined ? this.#byMac(user, mac!) : this.#store.byBleName(user.userId, name);
    const [row] = rows;
    if (!row) throw new CloudError('device_not_found');
    if (rows.length > 1) {
      throw new CloudError('invalid_parameter', 'several of your boards fit: look for it by its serial number');
    }
    return view(row, language);
  }

  #byMac(user: UserView, mac: string): HomeDeviceRow[] {
    const asWritten = this.#store.bySerial(user.userId, mac);
    if (asWritten.length > 0) return asWritten;
    return this.#store.bySerial(user.userId, mac.replace(/[:-]/g, '').toUpperCase());
  }

  #pageOf(
    request: PageRequest,
    language: Language,
    read: (window: { limit: number; offset: number }) => { rows: HomeDeviceRow[]; total: number },
  ): Page<HomeDeviceView> {
    this.#writes.flush();
    const window = pageOf(request);
    const { rows, total } = read(window);
    return { list: rows.map((row) => view(row, language)), total, page: request.page, size: window.limit };
  }
}

function view(row: HomeDeviceRow, language: Language): HomeDeviceView {
  const { status, statusText } = statusOf(row.status, language);
  return {
    deviceId: row.device_id,
    deviceSN: row.device_sn,
    productKey: row.product_key,
    productName: row.product_name,
    category: row.category,
    name: row.alias ?? row.name,
    deviceName: row.name,
    alias: row.alias,
    remark: row.remark,
    spaceId: row.project_id,
    spaceName: row.project_name,
    role: row.role ?? 'member',
    isBound: row.project_id !== DEFAULT_PROJECT,
    status,
    statusText,
    online: status === 'online',
    firmwareVersion: row.firmware_version,
    chipModel: row.chip_model,
    lastOnlineAt: isoTime(row.last_online_at),
    activatedAt: isoTime(row.activated_at),
    createdAt: isoTime(row.created_at)!,
    boundAt: isoTime(row.bound_at),
    isTop: row.is_top === 1,
    sort: row.sort,
    emissionRate: row.emission_rate,
    uiTemplate: row.ui_template,
    iconName: row.icon_name,
    iconColor: row.icon_color,
  };
}
