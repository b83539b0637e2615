import { type Board, createBoard } from '../../src/board/board.js';
import type { BoardEvent } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { Settings } from '../../src/ports/settings.js';
import type { RecordStorage } from '../../src/ports/storage.js';
import type { BootReason } from '../../src/ports/system.js';
import type { BoardWorld } from '../world/board-world.js';
import { createNodeWorld, NodeHost, nodeClock, type SharedParts } from './node-host.js';
import { PinBank } from './pins.js';
import { type Crash, RebootDelay } from './reboot-delay.js';

export interface SimBoardOptions {
  readonly shared: SharedParts;
  readonly product: Product;
  readonly serial: string;
  readonly settings: Settings;
  readonly storage: RecordStorage;
  readonly buildTimeMs: number;
  /** What the board reports, as on its serial console. */
  onEvent(event: BoardEvent): void;
  /** The firmware threw; the board boots anew by itself. */
  onCrash(crash: Crash): void;
}

/** A simulated board: the hardware that stays when the firmware starts anew. */
export interface SimulatedBoard {
  readonly serial: string;
  readonly product: Product;
  readonly pins: PinBank;
  /** What is wired to its pins. */
  readonly world: BoardWorld;
  /** Its identity at the cloud, once activated. */
  readonly deviceId: string | undefined;
  /** Stops cleanly and stays off. */
  stop(): Promise<void>;
  /** Cuts the power; the board stays off. */
  powerCut(): void;
}

/** A board that runs the firmware inside this process. It starts at once. */
export class SimBoard implements SimulatedBoard {
  readonly pins: PinBank;
  readonly world: BoardWorld;
  readonly #options: SimBoardOptions;
  #host: NodeHost | undefined;
  #board: Board | undefined;
  #rebooting: NodeJS.Timeout | undefined;
  readonly #delay = new RebootDelay(nodeClock.monotonicMs);
  #off = false;
  #onCrashed: (() => void) | undefined;

  constructor(options: SimBoardOptions) {
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
    return this.#board?.deviceId;
  }

  async stop(): Promise<void> {
    this.#off = true;
    clearTimeout(this.#rebooting);
    const board = this.#board;
    this.#board = undefined;
    // Firmware that crashes while it stops has stopped too.
    const crashed = new Promise<void>((resolve) => {
      this.#onCrashed = resolve;
    });
    if (board !== undefined) await Promise.race([board.stop(), crashed]);
    this.#host?.powerOff();
  }

  powerCut(): void {
    this.#off = true;
    clearTimeout(this.#rebooting);
    this.#host?.powerOff();
    this.#board = undefined;
    this.pins.powerOff();
  }

  #boot(bootReason: BootReason): void {
    const { product, onEvent } = this.#options;
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
    try {
      this.#board = createBoard(host.host, product);
    } catch (error) {
      host.powerOff();
      this.#crash(error);
    }
  }

  async #restart(): Promise<void> {
    const board = this.#board;
    const host = this.#host;
    await board?.stop();
    host?.powerOff();
    if (this.#board === board && board !== undefined) this.#reboot('restart', this.#delay.restarted());
  }

  #crash(error: unknown): void {
    try {
      this.#board?.crashed(error);
    } catch {
      // It was this that broke it, then.
    }
    this.#board = undefined;
    this.pins.powerOff();
    const crash = this.#delay.crashed(error);
    this.#reboot('crash', crash.retryMs);
    this.#options.onCrash(crash);
    this.#onCrashed?.();
  }

  #reboot(reason: BootReason, delayMs: number): void {
    if (!this.#off) this.#rebooting = setTimeout(() => this.#boot(reason), delayMs);
  }
}
