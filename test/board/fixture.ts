import { loadProduct } from '../../host-sim/products/load.js';
import { createVirtualHost, type VirtualHost, type VirtualHostOptions } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { type Board, createBoard } from '../../src/board/board.js';
import type { BoardEvent, EventName } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { BootReason } from '../../src/ports/system.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';

export interface BenchOptions extends Partial<VirtualHostOptions> {
  /** Key of a shipped product. */
  readonly product?: string;
  /** A product of the test's own. */
  readonly definition?: Product;
  /** Whether the board starts at once (default). */
  readonly start?: boolean;
}

/** A board and its cloud in virtual time, with the stores and the pins that a reboot keeps. */
export class Bench {
  readonly time: VirtualTime;
  readonly network: VirtualNetwork;
  readonly cloud: ScriptedCloud;
  readonly #options: Partial<VirtualHostOptions>;
  readonly #product: Product;
  host!: VirtualHost;
  board!: Board;

  constructor(options: BenchOptions = {}) {
    this.time = new VirtualTime();
    this.network = new VirtualNetwork(this.time);
    this.cloud = new ScriptedCloud(this.network);
    this.#options = options;
    this.#product = options.definition ?? loadProduct(options.product ?? 'SW-SERVO-001');
    if (options.start !== false) this.boot();
  }

  /** Starts the firmware: for the first time, or anew on the same stores and pins. */
  boot(bootReason: BootReason = 'power_on', options: Partial<VirtualHostOptions> = {}): Board {
    const kept = this.host ? { storage: this.host.storage, secrets: this.host.secrets, pins: this.host.pins } : {};
    this.host = createVirtualHost({
      time: this.time,
      network: this.network,
      serial: 'AABBCCDDEEFF',
      ...kept,
      ...this.#options,
      ...options,
      bootReason,
    });
    this.board = createBoard(this.host, this.#product);
    return this.board;
  }

  /** The power goes without a word. */
  cut(): void {
    this.host.powerOff();
    this.host.pins.powerOff();
  }

  /** Lets time pass until the board is online. */
  untilOnline(withinMs = 600_000): void {
    this.time.runUntil(() => this.board.life.phase === 'online', withinMs);
    this.time.advance(50);
  }

  /** Data of every event of that name, oldest first. */
  data<N extends EventName>(name: N): BoardEvent<N>['data'][] {
    return this.host.events.filter((event) => event.name === name).map((event) => event.data as BoardEvent<N>['data']);
  }

  phases(): string[] {
    return this.data('state_changed').map(({ to }) => to);
  }

  /** What the board answered on the reply topic, by id. */
  replies(): { id: string; code: number; message?: string; data?: unknown }[] {
    return this.cloud.on(this.cloud.topic('thing/service/property/set_reply')).map(({ json }) => json);
  }

  /** The property posts, oldest first. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into them
  posts(): any[] {
    return this.cloud
      .on(this.cloud.topic('thing/event/property/post'))
      .map(({ json }) => json)
      .filter(({ method }) => method === 'thing.event.property.post');
  }

  statuses(): { status: string; time: number }[] {
    return this.cloud.on(this.cloud.topic('status')).map(({ json }) => json);
  }
}
