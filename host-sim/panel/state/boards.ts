import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { SimBoardView } from '../../sim-api/messages.js';
import type { Api, Page } from '../net/api.js';
import { ApiError } from '../net/api-error.js';
import type { Live, LiveMessage } from '../net/live.js';
import type { Sim } from '../net/sim.js';
import { Board } from './board.js';
import type { Device, DeviceStatus, PropertyValue } from './device.js';

const PAGE_SIZE = 100;
/** More are not kept in the page; the list of devices finds every one. */
export const MOST_BOARDS = 2_000;
/** What happens to the list elsewhere (names, projects) is seen so late at most, ms. */
const REFRESH_MS = 30_000;
/** Devices that are asked for one by one; beyond, all of them are at once. */
const MOST_SINGLE = 8;
/** So long is gathered what has changed, ms. */
const GATHER_MS = 50;

/** All boards that the user may see, and all simulated ones, kept up to date by what the WebSocket and the simulated world tell. */
export class Boards {
  readonly #api: Api;
  readonly #list = signal<readonly Board[]>([]);
  readonly #total = signal<number | undefined>(undefined);
  /** By device id, and by serial number and product. */
  readonly #byId = new Map<string, Board>();
  readonly #bySerial = new Map<string, Board>();
  readonly #simulated = new Map<string, SimBoardView>();
  readonly #wanted = new Set<string>();
  /** Devices that the cloud has something new of. */
  readonly #stale = new Set<string>();
  /** Devices that are not asked for again: ids do not come back, though a simulated board goes by its old one for a while. */
  readonly #gone = new Set<string>();
  #fetching: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #ends: (() => void)[] = [];
  #stopped = false;
  #loading: Promise<void> | undefined;
  /** The list was wanted since it was last asked for. */
  #isWanted = false;
  /** Devices of which something newer was heard than what the list will say that is asked for now. */
  readonly #newer = new Set<string>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** In the order of their names. */
  get list(): ReadonlySignal<readonly Board[]> {
    return this.#list;
  }

  /** How many devices the cloud has; undefined until it has said so. */
  get total(): ReadonlySignal<number | undefined> {
    return this.#total;
  }

  /** By device id, or by serial number. Reads the list's signal, so that who draws by it hears of a board that comes. */
  find(id: string): Board | undefined {
    const list = this.#list.value;
    return this.#byId.get(id) ?? list.find(({ serial }) => serial === id);
  }

  /** Follows these from now on. */
  follow(live: Live, sim: Sim | undefined): void {
    this.#ends.push(
      live.onMessage((message) => this.#onMessage(message)),
      // What was said while nobody listened is asked for.
      effect(() => {
        if (live.connections.value === 0) return;
        this.#wanted.clear();
        void this.refresh();
      }),
    );
    if (sim) this.#ends.push(sim.onBoards((boards, all) => this.#onSimulated(boards, all)));
    void this.refresh();
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#fetching);
  }

  /** Asks the cloud for all devices, once more where that is under way: what it says may be older. @throws nothing: what fails is tried again */
  refresh(): Promise<void> {
    this.#isWanted = true;
    this.#loading ??= this.#loadWanted().finally(() => {
      this.#loading = undefined;
      clearTimeout(this.#timer);
      if (!this.#stopped) this.#timer = setTimeout(() => void this.refresh(), REFRESH_MS);
    });
    return this.#loading;
  }

  /** Takes what the cloud answered about a device when it was changed. */
  learn(device: Device): void {
    this.#newer.add(device.deviceId);
    this.#onDevice(device);
    this.#draw();
  }

  /** The cloud has deleted a device. */
  gone(deviceId: string): void {
    const board = this.#byId.get(deviceId);
    if (board?.device.peek()) this.#forget(board);
    this.#isGone(deviceId);
    this.#draw();
  }

  /** Asks for what a board posted last, once for each time that the cloud is heard anew. @throws ApiError */
  async wantProperties(board: Board): Promise<void> {
    const { deviceId } = board.device.peek() ?? {};
    if (deviceId === undefined || this.#wanted.has(deviceId)) return;
    this.#wanted.add(deviceId);
    const before = board.properties.peek();
    try {
      const { properties } = await this.#api.get<{ properties: Record<string, PropertyValue> }>(
        `/devices/${encodeURIComponent(deviceId)}/status`,
      );
      // What came over the WebSocket meanwhile is newer.
      const heard = Object.entries(board.properties.peek()).filter(([key, value]) => before[key] !== value);
      board.properties.value = { ...before, ...properties, ...Object.fromEntries(heard) };
    } catch (error) {
      this.#wanted.delete(deviceId);
      throw error;
    }
  }

  /** Asks the cloud for a device that is not in the list: it is new, or one of too many. @throws ApiError, also where there is none */
  async seek(deviceId: string): Promise<void> {
    this.learn(await this.#api.get<Device>(`/devices/${encodeURIComponent(deviceId)}`));
  }

  async #loadWanted(): Promise<void> {
    while (this.#isWanted && !this.#stopped) {
      this.#isWanted = false;
      await this.#load().catch(() => undefined);
    }
  }

  async #load(): Promise<void> {
    this.#newer.clear();
    const devices = new Map<string, Device>();
    for (let page = 1; devices.size < MOST_BOARDS; page++) {
      const { list, total } = await this.#api.get<Page<Device>>('/devices', { page, size: PAGE_SIZE });
      this.#total.value = total;
      for (const device of list) devices.set(device.deviceId, device);
      if (list.length < PAGE_SIZE) break;
    }
    for (const board of [...this.#byId.values()]) {
      const known = board.device.peek();
      if (known && !devices.has(known.deviceId) && !this.#newer.has(known.deviceId)) this.#forget(board);
    }
    for (const device of devices.values()) if (!this.#newer.has(device.deviceId)) this.#onDevice(device);
    this.#draw();
  }

  #onDevice(device: Device): void {
    const serialKey = keyOf(device.productKey, device.deviceSN);
    const known = this.#byId.get(device.deviceId);
    if (known) {
      known.device.value = device;
      return;
    }
    // A simulated board that was there before the cloud knew it, or the same one with a new identity.
    const before = this.#bySerial.get(serialKey);
    if (before) this.#forget(before);
    const sim = this.#simulated.get(serialKey);
    const { deviceId: id, deviceSN: serial, productKey } = device;
    this.#keep(new Board({ id, serial, productKey, device, ...(sim && { sim }) }));
  }

  #onSimulated(boards: readonly SimBoardView[], all: boolean): void {
    if (all) {
      const names = new Set(boards.map(({ productKey, serial }) => keyOf(productKey, serial)));
      for (const key of [...this.#simulated.keys()]) {
        if (names.has(key)) continue;
        this.#simulated.delete(key);
        const board = this.#bySerial.get(key);
        if (board?.device.peek()) board.sim.value = undefined;
        else if (board) this.#forget(board);
      }
    }
    let isNew = all;
    for (const view of boards) {
      const key = keyOf(view.productKey, view.serial);
      this.#simulated.set(key, view);
      const board = this.#bySerial.get(key);
      if (board) board.sim.value = view;
      else {
        isNew = true;
        this.#keep(new Board({ id: view.serial, serial: view.serial, productKey: view.productKey, sim: view }));
      }
      const { deviceId } = view;
      // It has become a device, or another one: the cloud knows which.
      if (deviceId !== null && !this.#byId.has(deviceId) && !this.#gone.has(deviceId)) this.#fetchSoon(deviceId);
    }
    if (isNew) this.#draw();
  }

  #onMessage({ deviceId, path, payload, at }: LiveMessage): void {
    const board = this.#byId.get(deviceId);
    if (path === 'status') {
      const { status } = (payload ?? {}) as { status?: unknown };
      if (board && (status === 'online' || status === 'offline')) this.#setStatus(board, status);
      else if (status === 'online') this.#fetchSoon(deviceId);
    } else if (path === 'thing/event/property/post' && board) {
      const { params } = (payload ?? {}) as { params?: unknown };
      if (typeof params === 'object' && params !== null) board.posted(params as Record<string, unknown>, at);
    }
  }

  #setStatus(board: Board, status: DeviceStatus): void {
    const device = board.device.peek();
    if (!device || device.status === status) return;
    this.#newer.add(device.deviceId);
    board.device.value = { ...device, status };
    // The cloud says the rest: the words, the build that came online, the time.
    this.#fetchSoon(device.deviceId);
  }

  /** Asks for one device, or, where a whole fleet moves, once for all. */
  #fetchSoon(deviceId: string): void {
    this.#stale.add(deviceId);
    this.#fetching ??= setTimeout(() => {
      this.#fetching = undefined;
      const stale = [...this.#stale];
      this.#stale.clear();
      if (stale.length > MOST_SINGLE) void this.refresh();
      else for (const one of stale) void this.#fetch(one);
    }, GATHER_MS);
  }

  async #fetch(deviceId: string): Promise<void> {
    try {
      await this.seek(deviceId);
    } catch (error) {
      // It is deleted, or another user's. Any other reason: the next refresh knows.
      if (error instanceof ApiError && error.word === 'device_not_found') this.#isGone(deviceId);
    }
  }

  #isGone(deviceId: string): void {
    if (this.#gone.size >= MOST_BOARDS) this.#gone.clear();
    this.#gone.add(deviceId);
    this.#newer.add(deviceId);
    this.#stale.delete(deviceId);
  }

  #keep(board: Board): void {
    this.#byId.set(board.id, board);
    this.#bySerial.set(keyOf(board.productKey, board.serial), board);
  }

  #forget(board: Board): void {
    this.#byId.delete(board.id);
    const key = keyOf(board.productKey, board.serial);
    if (this.#bySerial.get(key) === board) this.#bySerial.delete(key);
  }

  #draw(): void {
    this.#list.value = [...this.#byId.values()].sort(
      (a, b) => a.name.peek().localeCompare(b.name.peek()) || a.id.localeCompare(b.id),
    );
  }
}

function keyOf(productKey: string, serial: string): string {
  return `${productKey}/${serial}`;
}
