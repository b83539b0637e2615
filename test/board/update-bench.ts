import { loadProduct } from '../../host-sim/products/load.js';
import { BootLoader } from '../../host-sim/world/boot-loader.js';
import { PowerCutError } from '../../host-sim/world/flash-power.js';
import { BLOCK_BYTES } from '../../host-sim/world/nor-flash.js';
import { SimFirmwareSlots } from '../../host-sim/world/sim-firmware-slots.js';
import { SimFlash } from '../../host-sim/world/sim-flash.js';
import { createVirtualHost, type VirtualHostOptions } from '../../host-sim/world/virtual-host.js';
import { type Board, createBoard } from '../../src/board/board.js';
import type { BoardEvent, EventName } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import { ENVELOPE_BYTES } from '../../src/core/record-envelope.js';
import type { Settings } from '../../src/ports/settings.js';
import type { BootReason } from '../../src/ports/system.js';
import { type BundleKey, makeBundleKey, updateKeys } from '../support/bundles.js';
import { type Character, type FakePackage, FakeTransfer, imageOf } from './fake-transfer.js';
import { Bench } from './fixture.js';

const OLD = '1.0.0';
/** So long a build that crashes runs, ms. */
const CRASHES_AFTER_MS = 5_000;

const keyOnce: { made?: Promise<BundleKey> } = {};

/** A key for updates, the same for all benches: making one takes its time. */
export function benchKey(): Promise<BundleKey> {
  keyOnce.made ??= makeBundleKey(0);
  return keyOnce.made;
}

/** What waits for promises goes on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await Promise.resolve();
}

export interface UpdateBenchOptions extends Partial<VirtualHostOptions> {
  readonly definition?: Product;
  readonly key?: BundleKey;
  /** Ids of the keys that a build of that version knows (default: 0). */
  readonly knows?: (version: string) => readonly number[];
}

/** A board with two slots, a boot loader and packages to get, over as many boots as it takes. */
export class UpdateBench extends Bench {
  readonly flash = new SimFlash({ onCut: () => this.#cut() });
  readonly loader = new BootLoader({ slotBytes: 4 * BLOCK_BYTES, power: this.flash.power });
  readonly packages = new Map<string, FakePackage>();
  /** Of all boots. */
  readonly all: BoardEvent[] = [];
  /** Which version each boot was of. */
  readonly boots: string[] = [];
  readonly #updateOptions: UpdateBenchOptions;
  readonly #definition: Product;
  transfer!: FakeTransfer;
  slots!: SimFirmwareSlots;
  /** The power is gone, and nobody has switched it on. */
  isDark = false;
  offers = 0;

  constructor(options: UpdateBenchOptions = {}) {
    super({ start: false });
    this.#updateOptions = options;
    this.#definition = options.definition ?? loadProduct('SW-SERVO-001');
    this.cloud.announceExtensions = true;
    this.loader.flashByCable(imageOf(OLD, 'good'));
    this.boot();
  }

  get version(): string {
    return this.boots.at(-1)!;
  }

  override boot(bootReason: BootReason = 'power_on', options: Partial<VirtualHostOptions> = {}): Board {
    this.isDark = false;
    this.flash.powered = true;
    const booted = this.loader.boot();
    if (booted === undefined) throw new Error('the board is a brick');
    const { version, character } = JSON.parse(Buffer.from(booted.body).toString()) as {
      version: string;
      character: Character;
    };
    this.boots.push(version);
    if (character === 'stillborn') return this.boot('crash');
    this.slots = new SimFirmwareSlots(this.loader, booted, () => host.system.restart());
    const { definition: _, key, knows = () => [0], ...hostOptions } = this.#updateOptions;
    const host = createVirtualHost({
      time: this.time,
      network: this.network,
      serial: 'AABBCCDDEEFF',
      storage: this.flash.storage,
      secrets: this.flash.secrets,
      ...(this.host && { pins: this.host.pins }),
      createSlots: () => this.slots,
      settings: this.#settings(key, knows(version)),
      ...hostOptions,
      ...options,
      bootReason,
      onEvent: (event) => this.all.push(event),
      onRestart: () => {
        host.powerOff();
        this.boot('restart');
      },
      onCrash: (error) => {
        if (!(error instanceof PowerCutError)) throw error;
      },
    });
    this.host = host;
    if (character === 'mute') host.joinFailure = 'no_such_network';
    const product = { ...this.#definition, firmwareVersion: version };
    try {
      this.board = createBoard(host, product, (transfer) => {
        this.transfer = new FakeTransfer(transfer, this.packages);
        return this.transfer;
      });
    } catch (error) {
      // What a firmware does whose power has just gone does not matter.
      if (!this.isDark) throw error;
    }
    if (character === 'crashes') {
      host.timer.set(() => {
        this.cut();
        this.boot('crash');
      }, CRASHES_AFTER_MS);
    }
    return this.board;
  }

  /** Makes a package known, and offers it. */
  offer(found: FakePackage, url = `http://cloud/${found.version}`): void {
    this.packages.set(url, found);
    this.say({ version: found.version, url });
  }

  /** An upgrade message; `data` and `more` replace parts of it. */
  say(data: object, more: object = {}, retain = false): void {
    const all = {
      size: 1_000,
      version: '2.0.0',
      isDiff: 0,
      url: 'http://cloud/x',
      md5: '',
      module: 'default',
      ...data,
    };
    const message = { code: '1000', data: all, id: ++this.offers, message: 'success', ...more };
    this.cloud.publish(this.cloud.topic('ota/device/upgrade'), JSON.stringify(message), { retain });
  }

  /** Lets time pass, also for a board that stops or starts anew: part of that waits for promises. */
  async pass(ms: number): Promise<this> {
    for (let left = ms; left > 0; left -= 100) {
      this.time.advance(Math.min(100, left));
      await settle();
    }
    return this;
  }

  /** Lets time pass until that holds, and stops at that instant. */
  async when(what: () => boolean, withinMs = 300_000): Promise<this> {
    const untilMs = this.time.nowMs + withinMs;
    while (!what()) {
      if (this.time.nowMs >= untilMs) throw new Error(`not so after ${withinMs} ms`);
      this.time.step(Math.min(this.time.nowMs + 100, untilMs));
      await settle();
    }
    return this;
  }

  /** Lets time pass until that holds, and a moment. */
  async until(what: () => boolean, withinMs = 300_000): Promise<this> {
    await this.when(what, withinMs);
    return this.pass(300);
  }

  /** Data of every event of that name, of all boots. */
  told<N extends EventName>(name: N): BoardEvent<N>['data'][] {
    return this.all.filter((event) => event.name === name).map((event) => event.data as BoardEvent<N>['data']);
  }

  /** What the cloud was told of progress: `step`, and `desc` where there is one. */
  get progress(): string[] {
    return this.cloud
      .on(this.cloud.topic('ota/device/progress'))
      .map(({ json }) => `${json.params.step} ${json.params.desc}`.trim());
  }

  /** The versions that the cloud was told. */
  get informs(): string[] {
    return this.cloud.on(this.cloud.topic('ota/device/inform')).map(({ json }) => json.params.version);
  }

  /** A record, as it is. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  record(key: string): any {
    const bytes = this.flash.storage.read(key);
    return bytes && JSON.parse(Buffer.from(bytes.subarray(ENVELOPE_BYTES)).toString());
  }

  get isOnline(): boolean {
    return this.board.life.phase === 'online';
  }

  /** The power goes, and comes back. */
  reboot(): void {
    this.cut();
    this.boot();
  }

  #cut(): void {
    this.isDark = true;
    this.flash.powered = false;
    this.host?.powerOff();
    this.host?.pins.powerOff();
  }

  #settings(key: BundleKey | undefined, ids: readonly number[]): Settings {
    const known = key && updateKeys(...ids.map((id) => ({ ...key, id })));
    return {
      environment: { name: 'dev', apiUrl: 'http://cloud:8080' },
      wifi: { ssid: 'home', password: 'password1' },
      updateKeys: { keys: known?.keys ?? {}, required: 1 },
    };
  }
}
