import { moveSecrets } from '../../src/board/secret-records.js';
import type { BoardEvent, EventName } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { Settings } from '../../src/ports/settings.js';
import { BoardFolder } from '../host/board-folder.js';
import { createReceiveBuffer } from '../host/node-sockets.js';
import type { Crash } from '../host/reboot-delay.js';
import { SimBoard, type SimBoardOptions, type SimulatedBoard } from '../host/sim-board.js';
import type { Radio } from '../world/radio.js';
import { DESK_NETWORK } from '../world/sim-wifi.js';
import { loadXsEngine, XsBoard, type XsEngine } from '../xs/xs-board.js';
import { buildTimeMs } from './build-info.js';
import { type FactoryParts, labelOf } from './label.js';
import { StartQueue } from './start-queue.js';

/** A board that says so waits: until it tries again, or for whoever sets it up. */
const WAITS: ReadonlySet<EventName> = new Set([
  'setup_opened',
  'network_lost',
  'activation_failed',
  'session_lost',
  'stopped',
]);
/** Boards of a process that come online together without waiting for each other. */
const STARTING_TOGETHER = 32;

/** Which engine runs the firmware of a simulated board. */
export type Engine = 'node' | 'xs';

export interface LocalBoardsOptions {
  readonly product: Product;
  readonly count: number;
  /** Serial number of the one board; absent: the data directory's own. */
  readonly serial?: string;
  readonly dataDir: string;
  readonly engine: Engine;
  /** What their build knows, but for the network. */
  readonly settings: Omit<Settings, 'wifi'>;
  /** The air around the boards. */
  readonly radio: Radio;
  /** Whether they know the network from the start, as if somebody had set them up. */
  readonly isPreconfigured: boolean;
  /** What the factory gives a board beside its label. */
  factoryParts?(serial: string): FactoryParts;
  onEvent(board: SimulatedBoard, event: BoardEvent): void;
  onCrash(board: SimulatedBoard, crash: Crash): void;
  /** Somebody has cut its power; without anybody who could, absent. */
  onPowerCut?(board: SimulatedBoard): void;
}

/** The simulated boards of one process. */
export class LocalBoards {
  readonly boards: readonly SimulatedBoard[];
  readonly #folder: BoardFolder;
  readonly #online = new Set<string>();
  readonly #queue: StartQueue;
  #waiting: { count: number; resolve: () => void } | undefined;

  /**
   * Starts the boards: the one named, or the first `count` of the data directory that no other process runs.
   * @throws {BoardInUseError} where another process runs the one named; when the data directory cannot be written, or the
   *   engine is missing
   */
  static async start(options: LocalBoardsOptions): Promise<LocalBoards> {
    const engine = options.engine === 'xs' ? loadXsEngine() : undefined;
    const folder = new BoardFolder(options.dataDir, options.product.productKey);
    if (options.serial === undefined)
      return new LocalBoards(options, engine, folder, await folder.claim(options.count));
    folder.claimSerial(options.serial);
    return new LocalBoards(options, engine, folder, [options.serial]);
  }

  private constructor(
    options: LocalBoardsOptions,
    engine: XsEngine | undefined,
    folder: BoardFolder,
    serials: readonly string[],
  ) {
    this.#folder = folder;
    const { settings, radio, isPreconfigured } = options;
    const shared = { radio, receiveBuffer: createReceiveBuffer() };
    const boards: SimulatedBoard[] = [];
    this.boards = boards;
    for (const serial of serials) {
      const stores = folder.stores(serial);
      moveSecrets(stores);
      const boardOptions: SimBoardOptions = {
        shared,
        product: options.product,
        serial,
        settings: { ...settings, ...(isPreconfigured && { wifi: DESK_NETWORK }) },
        label: labelOf(serial, stores.secrets, options.factoryParts?.(serial)),
        ...stores,
        medium: folder.medium(serial),
        buildTimeMs,
        startsOff: true,
        onEvent: (event) => {
          // A board reports from its first instruction on, before its constructor has returned.
          queueMicrotask(() => {
            options.onEvent(board, event);
            this.#track(board, event);
          });
        },
        onCrash: (crash) => {
          queueMicrotask(() => {
            this.#online.delete(serial);
            this.#queue.settled(board);
            options.onCrash(board, crash);
          });
        },
        onPowerCut: () => {
          queueMicrotask(() => {
            this.#online.delete(serial);
            this.#queue.settled(board);
            options.onPowerCut?.(board);
          });
        },
      };
      const board: SimulatedBoard =
        engine === undefined ? new SimBoard(boardOptions) : new XsBoard({ ...boardOptions, engine });
      boards.push(board);
    }
    this.#queue = new StartQueue(boards, STARTING_TOGETHER);
  }

  /** How many boards are online now. */
  get online(): number {
    return this.#online.size;
  }

  /** Resolves once all boards are online at the same time. */
  allOnline(): Promise<void> {
    if (this.#online.size === this.boards.length) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = { count: this.boards.length, resolve };
    });
  }

  async stop(): Promise<void> {
    this.#queue.stop();
    try {
      await Promise.all(this.boards.map((board) => board.stop()));
    } finally {
      this.#folder.release();
    }
  }

  #track(board: SimulatedBoard, event: BoardEvent): void {
    if (WAITS.has(event.name)) this.#queue.settled(board);
    if (event.name !== 'state_changed') return;
    const { to } = (event as BoardEvent<'state_changed'>).data;
    if (to === 'online') {
      this.#online.add(board.serial);
      this.#queue.settled(board);
    } else this.#online.delete(board.serial);
    if (this.#waiting !== undefined && this.#online.size === this.#waiting.count) {
      this.#waiting.resolve();
      this.#waiting = undefined;
    }
  }
}
