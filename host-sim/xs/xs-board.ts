import type { BoardEvent } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { BootReason } from '../../src/ports/system.js';
import { createNodeWorld, NodeHost, nodeClock } from '../host/node-host.js';
import { PinBank } from '../host/pins.js';
import { RebootDelay } from '../host/reboot-delay.js';
import type { SimBoardOptions, SimulatedBoard } from '../host/sim-board.js';
import type { BoardWorld } from '../world/board-world.js';
import type { XsEngine } from './engine.js';
import { XsFirmware } from './xs-firmware.js';

export { findXsEngine, loadXsEngine, type XsEngine, XsEngineMissingError } from './engine.js';

export interface XsBoardOptions extends SimBoardOptions {
  /** `loadXsEngine()`, once for all boards. */
  readonly engine: XsEngine;
}

/** A board that runs the firmware inside XS, in a process of its own. It starts at once. */
export class XsBoard implements SimulatedBoard {
  readonly pins: PinBank;
  readonly world: BoardWorld;
  readonly #options: XsBoardOptions;
  #host: NodeHost | undefined;
  #firmware: XsFirmware | undefined;
  #deviceId: string | undefined;
  #rebooting: NodeJS.Timeout | undefined;
  readonly #delay = new RebootDelay(nodeClock.monotonicMs);
  #off = false;

  constructor(options: XsBoardOptions) {
    this.#options = options;
    this.pins = new PinBank({ clock: nodeClock });
    this.world = createNodeWorld(options.product, this.pins);
    this.#boot('power_on');
  }

  get serial(): string {
    return this.#options.serial;
  }

  get product(): Product {
    return this.#options.product;
  }

  get deviceId(): string | undefined {
    return this.#firmware?.deviceId ?? this.#deviceId;
  }

  /** The engine's process, while there is one. */
  get pid(): number | undefined {
    return this.#firmware?.pid;
  }

  async stop(): Promise<void> {
    this.#off = true;
    clearTimeout(this.#rebooting);
    const firmware = this.#firmware;
    this.#deviceId = this.deviceId;
    await firmware?.stop();
    this.#firmware = undefined;
    this.#host?.powerOff();
  }

  powerCut(): void {
    this.#off = true;
    clearTimeout(this.#rebooting);
    this.#firmware?.powerOff();
    this.#firmware = undefined;
    this.#host?.powerOff();
    this.pins.powerOff();
  }

  #boot(bootReason: BootReason): void {
    const { engine, product, onEvent } = this.#options;
    this.#delay.booted();
    const host = new NodeHost({
      ...this.#options,
      pins: this.pins,
      bootReason,
      console: (event) => onEvent(event as BoardEvent),
      onRestart: () => this.#restart(),
      onCrash: (error) => this.#crash(error),
    });
    this.#host = host;
    this.#firmware = new XsFirmware({ engine, host: host.host, product, onCrash: (error) => this.#crash(error) });
  }

  async #restart(): Promise<void> {
    const firmware = this.#firmware;
    const host = this.#host;
    await firmware?.stop();
    host?.powerOff();
    if (this.#firmware === firmware && firmware !== undefined) this.#reboot('restart', this.#delay.restarted());
  }

  #crash(error: unknown): void {
    this.#firmware?.powerOff();
    this.#host?.powerOff();
    this.pins.powerOff();
    const crash = this.#delay.crashed(error);
    this.#reboot('crash', crash.retryMs);
    this.#options.onCrash(crash);
  }

  #reboot(reason: BootReason, delayMs: number): void {
    this.#firmware = undefined;
    if (!this.#off) this.#rebooting = setTimeout(() => this.#boot(reason), delayMs);
  }
}
