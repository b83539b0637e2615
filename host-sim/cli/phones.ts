import type { BoardEvent } from '../../src/core/events.js';
import type { SetupRequest } from '../../src/core/setup-request.js';
import { NodePhone } from '../host/node-phone.js';
import type { SimulatedBoard } from '../host/sim-board.js';
import type { Radio } from '../world/radio.js';
import type { PhoneOutcome, PhoneStep } from '../world/virtual-phone.js';

/** Boards that are set up at the same time. */
const MOST_PHONES = 64;

export interface PhonesOptions {
  /** The air around the boards. */
  readonly radio: Radio;
  /** What the boards are set up with. */
  readonly request: SetupRequest;
  onStep(board: SimulatedBoard, step: PhoneStep): void;
  onOutcome(board: SimulatedBoard, outcome: PhoneOutcome): void;
}

/** Takes boards out of their boxes: each that nobody has set up yet is set up by a phone, with what its label says, once. */
export class Phones {
  readonly #options: PhonesOptions;
  readonly #seen = new Set<SimulatedBoard>();
  readonly #waiting: SimulatedBoard[] = [];
  readonly #busy = new Map<SimulatedBoard, NodePhone>();

  constructor(options: PhonesOptions) {
    this.#options = options;
  }

  /** What a board reports. */
  onEvent(board: SimulatedBoard, event: BoardEvent): void {
    if (event.name !== 'state_changed' || this.#seen.has(board)) return;
    if ((event as BoardEvent<'state_changed'>).data.to !== 'unprovisioned') return;
    this.#seen.add(board);
    this.#waiting.push(board);
    this.#next();
  }

  /** Whether a phone sets it up, or is about to. */
  attends(board: SimulatedBoard): boolean {
    return this.#busy.has(board) || this.#waiting.includes(board);
  }

  /** Puts all phones away. */
  close(): void {
    this.#waiting.length = 0;
    for (const phone of this.#busy.values()) phone.close();
    this.#busy.clear();
  }

  #next(): void {
    while (this.#busy.size < MOST_PHONES) {
      const board = this.#waiting.shift();
      if (board === undefined) return;
      void this.#setUp(board);
    }
  }

  async #setUp(board: SimulatedBoard): Promise<void> {
    const { radio, request, onStep, onOutcome } = this.#options;
    const { label, ports } = board;
    if (label === undefined) return;
    const phone = new NodePhone({ radio, ports });
    this.#busy.set(board, phone);
    const outcome = await phone.setUp({ label, request, onStep: (step) => onStep(board, step) });
    phone.close();
    this.#busy.delete(board);
    onOutcome(board, outcome);
    this.#next();
  }
}
