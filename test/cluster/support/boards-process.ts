import { createMemoryStores } from '../../../host-sim/host/memory-storage.js';
import { createReceiveBuffer } from '../../../host-sim/host/node-sockets.js';
import { SimBoard } from '../../../host-sim/host/sim-board.js';
import { loadProduct } from '../../../host-sim/products/load.js';
import { createDeskRadio, DESK_NETWORK } from '../../../host-sim/world/sim-wifi.js';
import type { BoardEvent } from '../../../src/core/events.js';
import type { Product } from '../../../src/core/product.js';
import type { BoardsOrder, BoardsReport, BoardsTask } from './boards.js';

const order = JSON.parse(process.argv[2]!) as BoardsTask;
const product = loadProduct(order.product);
const [RELAY, LAMP] = product.outputs.map(({ pin }) => pin) as [number, number];
const shared = { radio: createDeskRadio(), receiveBuffer: createReceiveBuffer() };

function tell(report: BoardsReport): void {
  if (process.connected) process.send!(report);
}

/** One board with the whole firmware, and an eye on its pins: what it counts is what came out of the board. */
class WatchedBoard {
  readonly board: SimBoard;
  readonly #serial: string;
  #commandId = '';
  #flips = 0;

  constructor(serial: string, product: Product) {
    this.#serial = serial;
    this.board = new SimBoard({
      shared,
      product,
      serial,
      settings: { environment: { name: 'dev', apiUrl: order.apiUrl }, wifi: DESK_NETWORK },
      ...createMemoryStores(),
      buildTimeMs: Date.UTC(2026, 0, 1),
      onEvent: (event) => this.#onEvent(event),
      onCrash: ({ error }) => tell({ kind: 'crashed', serial, message: String(error) }),
      onPowerCut: () => {
        // What the pins do when the power goes and comes is no answer to a command.
        this.#commandId = '';
        tell({ kind: 'state', serial, deviceId: this.board.deviceId ?? '', online: false });
      },
    });
    this.board.pins.onChange((pin) => {
      if (pin !== RELAY || this.#commandId === '' || !this.board.powered) return;
      this.#flips++;
      // The rest of what the command does is done in the same breath.
      if (this.#flips === 1) queueMicrotask(() => this.#acted());
    });
  }

  #onEvent(event: BoardEvent): void {
    if (event.name === 'command_accepted') {
      // Two commands may come in one packet.
      this.#acted();
      this.#commandId = (event.data as BoardEvent<'command_accepted'>['data']).id;
    } else if (event.name === 'state_changed') {
      const { to } = event.data as BoardEvent<'state_changed'>['data'];
      const from = (event.data as BoardEvent<'state_changed'>['data']).from;
      if (to !== 'online' && from !== 'online') return;
      if (to === 'online') met.add(this.#serial);
      queueMicrotask(() =>
        tell({ kind: 'state', serial: this.#serial, deviceId: this.board.deviceId ?? '', online: to === 'online' }),
      );
    }
  }

  #acted(): void {
    if (this.#flips === 0) return;
    const { deviceId = '', pins } = this.board;
    const mark = Math.round(100 * (pins.highShare(LAMP) ?? 0));
    tell({ kind: 'acted', act: { deviceId, id: this.#commandId, mark, flips: this.#flips, at: Date.now() } });
    this.#flips = 0;
  }
}

const boards = new Map<string, WatchedBoard>();
const met = new Set<string>();
const starting = setInterval(() => {
  if (boards.size - met.size >= order.atOnce) return;
  const serial = `C0FFEE${(boards.size + 1).toString(16).toUpperCase().padStart(6, '0')}`;
  boards.set(serial, new WatchedBoard(serial, product));
  if (boards.size === order.count) clearInterval(starting);
}, order.startEveryMs);

process.on('message', ({ kind, serials }: BoardsOrder) => {
  for (const serial of serials) {
    const board = boards.get(serial)!.board;
    if (kind === 'powerCut') board.powerCut();
    else board.powerOn();
  }
});
process.on('disconnect', () => process.exit());
