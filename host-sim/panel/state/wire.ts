import { computed, signal } from '@preact/signals';
import type { Board } from './board.js';
import { NO_FILTER, type WireFilter } from './wire-filter.js';
import { WireLog, type WireSources } from './wire-log.js';

/** What goes over the wire, and what of it somebody wants to see: both stay while he looks at something else. */
export class Wire {
  readonly #sources: WireSources;
  readonly filter = signal<WireFilter>(NO_FILTER);
  /** The choice of a board is that of the list of all. */
  readonly #filterOfOne = computed(() => ({ ...this.filter.value, who: '' }));
  /** Of all boards. */
  readonly all: WireLog;
  #one: { readonly board: Board; readonly isSimulated: boolean; readonly log: WireLog } | undefined;

  constructor(sources: WireSources) {
    this.#sources = sources;
    this.all = new WireLog(sources, this.filter);
  }

  /** Of one board. Kept is that of the board that was looked at last. */
  of(board: Board): WireLog {
    const isSimulated = board.sim.peek() !== undefined;
    if (this.#one?.board !== board || this.#one.isSimulated !== isSimulated) {
      this.#one = { board, isSimulated, log: new WireLog(this.#sources, this.#filterOfOne, board) };
    }
    return this.#one.log;
  }
}
