import { type Board, createBoard } from '../../src/board/board.js';
import type { BoardEvent } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { Settings } from '../../src/ports/settings.js';
import type { RecordStorage } from '../../src/ports/storage.js';
import type { BootReason } from '../../src/ports/system.js';
import { NodeHost, nodeClock, type SharedParts } from './node-host.js';
import { PinBank } from './pins.js';

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
  onCrash(error: unknown): void;
}

/** A simulated board: the hardware that stays when the firmware starts anew. */
export interface SimulatedBoard {
  readonly serial: string;
  readonly product: Product;
  readonly pins: PinBank;
  /** Its identity at the cloud, once activated. */
  readonly deviceId: string | undefined;
  /** Stops cleanly and stays off. */
  stop(): Promise<void>;
  /** Cuts the power; the board stays off. */
  powerCut(): void;
}

/** From a crash or a restart to the first instruction, as a board's boot loader takes it, ms. */
const BOOT_MS = 300;

/** A board that runs the firmware inside this process. It starts at once. */
export class SimBoard implements SimulatedBoard {
  readonly pins: PinBank;
  readonly #options: SimBoardOptions;
  #host: NodeHost | undefined;
  #board: Board | undefined;
  #rebooting: NodeJS.Timeout | undefined;

  constructor(options: SimBoardOptions) {
    this.#options = options;
    this.pins = new PinBank({ clock: nodeClock });
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
    clearTimeout(this.#rebooting);
    const board = this.#board;
    this.#board = undefined;
    await board?.stop();
    this.#host?.powerOff();
  }

  powerCut(): void {
    clearTimeout(this.#rebooting);
    this.#host?.powerOff();
    this.#board = undefined;
    this.pins.powerOff();
  }

  #boot(bootReason: BootReason): void {
    const { product, onEvent } = this.#options;
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
    if (this.#board === board && board !== undefined) this.#reboot('restart');
  }

  #crash(error: unknown): void {
    this.#board = undefined;
    this.pins.powerOff();
    this.#options.onCrash(error);
    this.#reboot('crash');
  }

  #reboot(reason: BootReason): void {
    this.#rebooting = setTimeout(() => this.#boot(reason), BOOT_MS);
  }
}
