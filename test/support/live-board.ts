import { createMemoryStores } from '../../host-sim/host/memory-storage.js';
import { createReceiveBuffer } from '../../host-sim/host/node-sockets.js';
import type { Crash } from '../../host-sim/host/reboot-delay.js';
import { SimBoard, type SimBoardOptions } from '../../host-sim/host/sim-board.js';
import { loadProduct } from '../../host-sim/products/load.js';
import type { FlashMedium } from '../../host-sim/world/flash-medium.js';
import { createDeskRadio, DESK_NETWORK } from '../../host-sim/world/sim-wifi.js';
import type { XsEngine } from '../../host-sim/xs/engine.js';
import { XsBoard } from '../../host-sim/xs/xs-board.js';
import type { BoardEvent, EventName } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { Settings } from '../../src/ports/settings.js';
import type { RecordStores } from '../../src/ports/storage.js';

export interface LiveBoardOptions {
  readonly serial?: string;
  readonly product?: string | Product;
  readonly stores?: RecordStores;
  /** The flash with its firmware (default: erased). */
  readonly medium?: FlashMedium;
  /** Base64 of the CAs of its environment. */
  readonly anchors?: readonly string[];
  /** What else its build knows. */
  readonly settings?: Pick<Settings, 'environments' | 'updateKeys'>;
  /** Runs it in XS instead of this process. */
  readonly engine?: XsEngine | undefined;
}

/** A simulated board on real sockets, with what it said. */
export class LiveBoard {
  readonly board: SimBoard | XsBoard;
  readonly events: BoardEvent[] = [];
  readonly crashes: Crash[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(apiUrl: string, options: LiveBoardOptions = {}) {
    const { product = 'SW-SERVO-001', anchors, engine, medium } = options;
    const board: SimBoardOptions = {
      shared: { radio: createDeskRadio(), receiveBuffer: createReceiveBuffer() },
      product: typeof product === 'string' ? loadProduct(product) : product,
      serial: options.serial ?? 'AABBCCDDEEFF',
      settings: {
        environment: { name: 'dev', apiUrl, ...(anchors && { anchors }) },
        wifi: DESK_NETWORK,
        ...options.settings,
      },
      ...(options.stores ?? createMemoryStores()),
      ...(medium && { medium }),
      buildTimeMs: Date.UTC(2026, 0, 1),
      onEvent: (event) => {
        this.events.push(event);
        for (const wake of this.#waiting) wake();
      },
      onCrash: (crash) => this.crashes.push(crash),
    };
    this.board = engine ? new XsBoard({ ...board, engine }) : new SimBoard(board);
  }

  /** Resolves at the first event, past or coming, from index `from` on that matches. */
  async event<N extends EventName>(
    name: N,
    matches: (data: BoardEvent<N>['data']) => boolean = () => true,
    from = 0,
  ): Promise<BoardEvent<N>> {
    for (;;) {
      const found = this.events
        .slice(from)
        .find((event) => event.name === name && matches(event.data as BoardEvent<N>['data']));
      if (found) return found as BoardEvent<N>;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  online(from = 0): Promise<BoardEvent<'state_changed'>> {
    return this.event('state_changed', ({ to }) => to === 'online', from);
  }
}
