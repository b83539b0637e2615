import { CloudError } from '../errors.js';
import type { EventHub } from '../events.js';
import type { CommandedRow, DeviceStore, ListedDevice } from '../store/device-store.js';
import type { ProductStore } from '../store/product-store.js';
import { DEFAULT_PROJECT } from '../store/project-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import type { Access } from './access.js';
import type { ActivationService } from './activation.js';
import type { BoardAccess } from './board-access.js';
import type { CommandService, CommandTarget } from './commands.js';
import { type Controllable, controlParams } from './control-rules.js';
import type { DeviceEventService, DeviceEventView, EventsRequest } from './device-events.js';
import type { SetReply } from './messages.js';
import { type Page, type PageRequest, pageOf } from './paging.js';
import type { Presence } from './presence.js';
import { ProductDefinitions } from './product-definitions.js';
import type { HistoryPoint, HistoryRequest, PropertyService, PropertyView } from './properties.js';
import type { Sessions } from './sessions.js';
import { isServiceName, serviceTopic, topicRoot } from './topics.js';
import type { UserView } from './users.js';

/** Params of a command, and of a service call, as JSON: boards skip messages over 4 KiB, all that is around them included. */
const MAX_COMMAND_BYTES = 2_048;
export const MAX_SERVICE_BYTES = 3_840;

export type Language = 'zh' | 'en';

/** Words of a device's status, by its number (API reference, 4.2). */
export const DEVICE_STATUS = [
  { word: 'inactive', zh: '未激活', en: 'inactive' },
  { word: 'online', zh: '在线', en: 'online' },
  { word: 'offline', zh: '离线', en: 'offline' },
  { word: 'disabled', zh: '已禁用', en: 'disabled' },
] as const;

/** The word of a device's status, and the same for people. @param number as it is stored */
export function statusOf(number: number, language: Language): { readonly status: string; readonly statusText: string } {
  const status = DEVICE_STATUS[number]!;
  return { status: status.word, statusText: status[language] };
}

/** A device as the API shows it (API reference, 4.2). Times are ISO 8601, UTC. */
export interface DeviceView {
  readonly deviceId: string;
  readonly deviceSN: string;
  readonly productKey: string;
  readonly projectId: string;
  readonly name: string;
  readonly status: string;
  readonly statusText: string;
  readonly firmwareVersion: string;
  readonly chipModel: string;
  readonly lastOnlineAt: string | null;
  readonly activatedAt: string | null;
  readonly createdAt: string;
  readonly product: object;
}

/** API reference, 4.4; `statusText` and `properties` are extensions. */
export interface DeviceStatusView {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly online: boolean;
  readonly position: unknown;
  readonly status: string;
  readonly statusText: string;
  readonly lastOnlineAt: string | null;
  readonly properties: Readonly<Record<string, PropertyView>>;
}

/** Any status but `disabled` means enabled: which one it is then, the cloud knows. */
export type StatusRequest = 0 | 1 | 2 | 3 | 'inactive' | 'online' | 'offline' | 'disabled';

/** The devices as users see and command them (API reference, 4.2 to 4.6). */
export class DeviceService {
  readonly #store: DeviceStore;
  readonly #products: ProductStore;
  readonly #access: Access;
  readonly #activation: ActivationService;
  readonly #writes: WriteBatch;
  readonly #properties: PropertyService;
  readonly #deviceEvents: DeviceEventService;
  readonly #commands: CommandService;
  readonly #sessions: Sessions;
  readonly #presence: Presence;
  readonly #boardAccess: BoardAccess | undefined;
  readonly #events: EventHub;
  readonly #now: () => number;
  readonly #definitions = new ProductDefinitions();

  constructor(options: {
    store: DeviceStore;
    products: ProductStore;
    access: Access;
    activation: ActivationService;
    writes: WriteBatch;
    properties: PropertyService;
    deviceEvents: DeviceEventService;
    commands: CommandService;
    sessions: Sessions;
    presence: Presence;
    boardAccess: BoardAccess | undefined;
    events: EventHub;
    now: () => number;
  }) {
    this.#store = options.store;
    this.#products = options.products;
    this.#access = options.access;
    this.#activation = options.activation;
    this.#writes = options.writes;
    this.#properties = options.properties;
    this.#deviceEvents = options.deviceEvents;
    this.#commands = options.commands;
    this.#sessions = options.sessions;
    this.#presence = options.presence;
    this.#boardAccess = options.boardAccess;
    this.#events = options.events;
    this.#now = options.now;
  }

  /** The devices that a user may see; an unknown product or project has none. */
  list(
    user: UserView,
    request: PageRequest & {
      readonly productKey?: string | undefined;
      readonly projectId?: string | undefined;
      readonly status?: number | undefined;
      readonly search?: string | undefined;
      readonly language: Language;
    },
  ): Page<DeviceView> {
    this.#writes.flush();
    const { limit, offset } = pageOf(request);
    const paging = { page: request.page, size: limit };
    const product = request.productKey === undefined ? undefined : this.#products.byKey(request.productKey);
    if (request.productKey !== undefined && !product) return { list: [], total: 0, ...paging };
    const { rows, total } = this.#store.list({
      userId: user.userId,
      productId: product?.product_id,
      status: request.status,
      projectId: request.projectId,
      search: request.search,
      limit,
      offset,
    });
    return { list: rows.map((row) => view(row, request.language)), total, ...paging };
  }

  /** @throws CloudError `device_not_found` */
  get(user: UserView, deviceId: string, language: Language): DeviceView {
    return view(this.#access.device(user.userId, deviceId), language);
  }

  /** @throws CloudError `device_not_found` */
  status(user: UserView, deviceId: string, language: Language): DeviceStatusView {
    const row = this.#access.device(user.userId, deviceId);
    const properties = this.#properties.last(row.seq);
    const { status, statusText } = statusOf(row.status, language);
    return {
      deviceId,
      deviceName: row.name,
      online: status === 'online',
      position: properties['position']?.value ?? null,
      status,
      statusText,
      lastOnlineAt: isoTime(row.last_online_at),
      properties,
    };
  }

  /**
   * What a device would be sent for a control request (API reference, 4.5), without sending it.
   * @throws CloudError those of {@link control} but for the sending
   */
  checkControl(
    user: Pick<UserView, 'userId'>,
    deviceId: string,
    body: Readonly<Record<string, unknown>>,
  ): { readonly device: CommandedRow; readonly params: Record<string, unknown> } {
    const device = this.#commandable(user, deviceId);
    const params = controlParams(this.#controllable(device), body);
    checkSize(params, MAX_COMMAND_BYTES);
    return { device, params };
  }

  /**
   * Commands a device (API reference, 4.5).
   * @param waitMs wait for the board's answer, which is then returned
   * @throws CloudError `device_not_found`, `device_not_activated`, `device_disabled`, `product_disabled`,
   *   those of {@link controlParams} and of {@link CommandService.send}
   */
  async control(
    user: Pick<UserView, 'userId'>,
    deviceId: string,
    body: Readonly<Record<string, unknown>>,
    waitMs?: number,
  ): Promise<SetReply | undefined> {
    const { device, params } = this.checkControl(user, deviceId, body);
    return this.#commands.send(target(device), params, waitMs);
  }

  /**
   * Invokes a service of a device: `property.get`, or one of its firmware by name.
   * @param waitMs wait for the board's answer, which is then returned
   * @throws CloudError those of {@link control} but for the params; `control_not_supported` where the board is online and
   *   takes no such calls
   */
  async invoke(
    user: UserView,
    deviceId: string,
    service: string,
    params: object,
    waitMs?: number,
  ): Promise<SetReply | undefined> {
    if (!isServiceName(service)) throw new CloudError('invalid_parameter', 'name must be the name of a service');
    checkSize(params, MAX_SERVICE_BYTES);
    const row = this.#commandable(user, deviceId);
    const topic = serviceTopic(topicRoot(row.product_key, deviceId), service);
    if (this.#presence.isOnline(deviceId) && !this.#sessions.listening(deviceId, topic)) {
      throw new CloudError('control_not_supported', 'the firmware of this device takes no service calls');
    }
    return this.#commands.send(target(row), params, waitMs, service);
  }

  /** Whether a user may see a device, and it is of this product, where one is given. */
  maySee(user: UserView, productKey: string | undefined, deviceId: string): boolean {
    return this.#access.seesDevice(user.userId, deviceId, productKey);
  }

  /**
   * Deletes a device: its session is closed and its credentials stop working.
   * @throws CloudError `device_not_found`; `forbidden`: it is in somebody else's project
   */
  delete(user: UserView, deviceId: string): void {
    const row = this.#access.device(user.userId, deviceId);
    this.#access.checkOwner(user.userId, row.project_id);
    const link = this.#sessions.get(deviceId);
    this.#store.delete(row.seq);
    this.#boardAccess?.remove({ productKey: row.product_key, deviceId });
    this.#commands.dropAll(deviceId);
    if (link) {
      this.#presence.deleted(link);
      // First, so that its will is no longer heard.
      this.#sessions.detach(link);
      link.close();
    }
    this.#events.emit('deviceDeleted', {
      deviceId,
      productKey: row.product_key,
      deviceSN: row.device_sn,
      at: this.#now(),
    });
  }

  /**
   * Registers a device ahead of its first activation (an extension).
   * @throws CloudError `project_not_found`, those of {@link ActivationService.register}
   */
  register(
    user: UserView,
    request: { productKey: string; deviceSN: string; name?: string | undefined; projectId?: string | undefined },
    language: Language,
  ): DeviceView {
    const projectId = request.projectId ?? DEFAULT_PROJECT;
    this.#access.project(user.userId, projectId);
    return this.get(user, this.#activation.register({ ...request, projectId }), language);
  }

  /**
   * Renames, moves, disables or enables a device (an extension). Disabling ends its session and its commands. A member of
   * a project renames; the rest is for its owner.
   * @throws CloudError `device_not_found`, `project_not_found`, `forbidden`
   */
  update(
    user: UserView,
    deviceId: string,
    request: { name?: string | undefined; status?: StatusRequest | undefined; projectId?: string | undefined },
    language: Language,
  ): DeviceView {
    const row = this.#access.device(user.userId, deviceId);
    const { name = row.name, status, projectId = row.project_id } = request;
    this.#access.project(user.userId, projectId);
    if (status !== undefined || projectId !== row.project_id) {
      this.#access.checkOwner(user.userId, row.project_id);
    }
    const disabled = status === undefined ? row.disabled === 1 : status === 3 || status === 'disabled';
    this.#store.change(row.seq, { name, disabled, projectId, at: this.#now() });
    if (disabled !== (row.disabled === 1)) {
      this.#boardAccess?.setEnabled({ productKey: row.product_key, deviceId }, !disabled);
    }
    if (disabled) {
      this.#commands.dropAll(deviceId);
      this.#sessions.get(deviceId)?.close();
    }
    return this.get(user, deviceId, language);
  }

  /** The last value of each property. @throws CloudError `device_not_found` */
  properties(user: UserView, deviceId: string): Record<string, PropertyView> {
    return this.#properties.last(this.#access.device(user.userId, deviceId).seq);
  }

  /** @throws CloudError `device_not_found`, those of {@link PropertyService.history} */
  history(user: UserView, deviceId: string, request: HistoryRequest): Page<HistoryPoint> {
    return this.#properties.history(this.#access.device(user.userId, deviceId).seq, request);
  }

  /** @throws CloudError `device_not_found`, those of {@link DeviceEventService.list} */
  events(user: UserView, deviceId: string, request: EventsRequest): Page<DeviceEventView> {
    return this.#deviceEvents.list(this.#access.device(user.userId, deviceId).seq, request);
  }

  /** A device that a user may see and that takes commands. */
  #commandable(user: Pick<UserView, 'userId'>, deviceId: string): CommandedRow {
    const row = this.#access.commanded(user.userId, deviceId);
    if (row.activated_at === null) throw new CloudError('device_not_activated');
    if (row.disabled === 1) throw new CloudError('device_disabled');
    if (row.product_status === 0) throw new CloudError('product_disabled');
    return row;
  }

  #controllable({ product_key: productKey, control_mode: mode, definition }: CommandedRow): Controllable {
    return {
      controlMode: mode as Controllable['controlMode'],
      definition: definition ? this.#definitions.read(productKey, definition) : undefined,
    };
  }
}

/** What a board is sent fits into what a board takes, whichever way it came. @throws CloudError `invalid_parameter` */
function checkSize(params: object, maxBytes: number): void {
  if (Buffer.byteLength(JSON.stringify(params)) > maxBytes) {
    throw new CloudError('invalid_parameter', `params must be at most ${maxBytes} bytes`);
  }
}

function target(row: CommandedRow): CommandTarget {
  return { deviceId: row.device_id, productKey: row.product_key, deviceSeq: row.seq };
}

function view(row: ListedDevice, language: Language): DeviceView {
  return {
    deviceId: row.device_id,
    deviceSN: row.device_sn,
    productKey: row.product_key,
    projectId: row.project_id,
    name: row.name,
    ...statusOf(row.status, language),
    firmwareVersion: row.firmware_version,
    chipModel: row.chip_model,
    lastOnlineAt: isoTime(row.last_online_at),
    activatedAt: isoTime(row.activated_at),
    createdAt: isoTime(row.created_at)!,
    product: {
      productId: row.product_id,
      productKey: row.product_key,
      name: row.product_name,
      uiTemplate: row.ui_template,
      iconName: row.icon_name,
      iconColor: row.icon_color,
    },
  };
}

/** ISO 8601, UTC. */
export function isoTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
