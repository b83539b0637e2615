import { loadProduct } from '../../host-sim/products/load.js';
import type { Radio } from '../../host-sim/world/radio.js';
import { SimFlash } from '../../host-sim/world/sim-flash.js';
import { createVirtualHost, type VirtualHost, type VirtualHostOptions } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { type Board, createBoard } from '../../src/board/board.js';
import type { CreateTransfer } from '../../src/board/update-job.js';
import type { BoardEvent, EventName } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { Settings } from '../../src/ports/settings.js';
import type { BootReason } from '../../src/ports/system.js';
import { fakeTls } from '../support/fake-tls.js';
import { CA, type Issued, server, TestPki } from '../support/pki.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';

const HOUR_MS = 3_600_000;
/** Wall time at the start of a bench. */
export const START_MS = Date.UTC(2026, 0, 10);

/** Certificates of clouds that are called `release`, `test` and `dev`, each of a CA of its own, and a second CA for `release`. */
export class BenchPki {
  readonly #pki = new TestPki();
  readonly cas = new Map<string, Issued>();
  readonly #servers = new Map<string, readonly Uint8Array[]>();

  constructor() {
    const times = { notBefore: new Date(START_MS - 24 * HOUR_MS), notAfter: new Date(START_MS + 400 * 24 * HOUR_MS) };
    for (const ca of ['release', 'test', 'dev', 'next']) {
      const issued = this.#pki.issue({ subject: `CA ${ca}`, extensions: CA, ...times });
      this.cas.set(ca, issued);
      const host = ca === 'next' ? 'release' : ca;
      const own = this.#pki.issue({ subject: host, extensions: server(`DNS:${host}`), ...times }, issued);
      this.#servers.set(ca, [own.der]);
    }
  }

  /** Base64 of the DER of a CA. */
  anchor(ca: string): string {
    return Buffer.from(this.cas.get(ca)!.der).toString('base64');
  }

  /** What a server of that CA shows. */
  chain(ca: string): readonly Uint8Array[] {
    return this.#servers.get(ca)!;
  }

  close(): void {
    this.#pki.close();
  }
}

/** A cloud of one environment: its API at `https://name:8443`, its broker at port 8883 of the same host. */
export class BenchCloud extends ScriptedCloud {
  constructor(network: VirtualNetwork, name: string) {
    super(network, { apiHost: name, apiPort: 8_443, mqttHost: name, mqttPort: 8_883 });
    this.announceExtensions = true;
  }

  get activations(): number {
    return this.requests.filter(({ path }) => path.endsWith('/activate')).length;
  }

  get statuses(): string[] {
    return this.on(this.topic('status')).map(({ json }) => json.status);
  }
}

/** A board that speaks TLS, or what it takes for it, in virtual time, and the clouds of three environments. */
export class MovingBench {
  readonly time = new VirtualTime();
  readonly network = new VirtualNetwork(this.time);
  readonly pki: BenchPki;
  readonly clouds = {
    release: new BenchCloud(this.network, 'release'),
    test: new BenchCloud(this.network, 'test'),
    dev: new BenchCloud(this.network, 'dev'),
  };
  /** Of which CA the servers of a host show certificates; `undefined`: they speak no TLS. */
  readonly shown: Record<string, string | undefined> = { release: 'release', test: 'test', dev: 'dev' };
  flash = new SimFlash();
  settings: Settings;
  /** What else the board's host has. */
  hostOptions: Partial<VirtualHostOptions> = {};
  /** What brings packages into its spare slot. */
  createTransfer: CreateTransfer | undefined;
  /** The air around the board, where it is not the default. */
  radio: Radio | undefined;
  host!: VirtualHost;
  board!: Board;
  /** Of all boots. */
  readonly events: BoardEvent[] = [];

  /** Whose firmware it boots. */
  product: Product;

  constructor(pki: BenchPki, settings: Partial<Settings> = {}, product = loadProduct('SW-SERVO-001')) {
    this.pki = pki;
    this.product = product;
    this.settings = {
      environment: this.environment('release'),
      environments: [this.environment('test')],
      wifi: { ssid: 'home' },
      ...settings,
    };
  }

  environment<N extends 'release' | 'test' | 'dev'>(name: N): { name: N; apiUrl: string; anchors: string[] } {
    return { name, apiUrl: `https://${name}:8443`, anchors: [this.pki.anchor(name)] };
  }

  boot(bootReason: BootReason = 'power_on', options: { hasTime?: boolean; buildTimeMs?: number } = {}): this {
    this.host = createVirtualHost({
      time: this.time,
      network: this.network,
      serial: 'AABBCCDDEEFF',
      storage: this.flash.storage,
      secrets: this.flash.secrets,
      ...(this.host && { pins: this.host.pins }),
      settings: this.settings,
      ...(this.radio && { radio: this.radio }),
      bootReason,
      ...this.hostOptions,
      ...options,
      onCrash: (error) => {
        throw error;
      },
      onEvent: (event) => this.events.push(event),
    });
    const TLS = fakeTls(this.host.network.TCP, (host) => {
      const ca = this.shown[host];
      return ca === undefined ? undefined : this.pki.chain(ca);
    });
    this.board = createBoard(
      { ...this.host, network: { ...this.host.network, TLS } },
      this.product,
      this.createTransfer,
    );
    return this;
  }

  cut(): void {
    this.host.powerOff();
    this.host.pins.powerOff();
  }

  /** The power goes, and comes back. */
  reboot(): this {
    this.cut();
    return this.boot();
  }

  untilOnline(withinMs = 600_000): this {
    this.time.runUntil(() => this.board.life.phase === 'online', withinMs);
    this.time.advance(1_500);
    return this;
  }

  /** Lets time pass until there have been so many such events. */
  until(name: EventName, count = 1, withinMs = 600_000): this {
    this.time.runUntil(() => this.data(name).length >= count, withinMs);
    this.time.advance(1_500);
    return this;
  }

  /** Lets the board stop, or start anew: part of that waits for promises. */
  async turn(): Promise<this> {
    for (let i = 0; i < 50; i++) {
      this.time.advance(100);
      await Promise.resolve();
    }
    return this;
  }

  data<N extends EventName>(name: N): BoardEvent<N>['data'][] {
    return this.events.filter((event) => event.name === name).map((event) => event.data as BoardEvent<N>['data']);
  }

  /** Calls a service from the cloud that the board is in; what it answers. */
  call(cloud: BenchCloud, service: string, params: object): { code: number; message?: string } {
    // Without a time it is fresh, whatever the board takes for the time.
    cloud.call(service, `${this.time.nowMs}`, params, {});
    this.time.advance(200);
    return cloud.on(cloud.topic(`thing/service/${service}_reply`)).at(-1)!.json;
  }

  /** The clouds that the board has a session with. */
  get online(): string[] {
    return Object.entries(this.clouds)
      .filter(([, cloud]) => cloud.connected)
      .map(([name]) => name);
  }
}
