import type { ServerResponse } from 'node:http';
import type { Clock } from '../../src/ports/clock.js';
import type { Timer, TimerHandle } from '../../src/ports/timer.js';
import type { Boards, KnownBoard } from './boards.js';
import { SimApiError } from './errors.js';
import type { SimBoardView } from './messages.js';
import { StreamReader, streamLine } from './stream-reader.js';
import type { WireRing } from './wire-ring.js';

export const LOOK_MS = 50;
const MOST_STREAMS = 16;
/** Of boards to which nothing has happened lately so many are looked at each time, in turn. */
const QUIET_AT_ONCE = 100;
const HEADERS = {
  'content-type': 'application/x-ndjson; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  connection: 'close',
} as const;

/** Who reads the stream, and the eye that looks at the boards for them: while nobody does, it is closed. */
export class Streams {
  readonly #boards: Boards;
  readonly #ring: WireRing;
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #readers = new Set<StreamReader>();
  /** Each board as it was seen last. */
  readonly #views = new Map<KnownBoard, SimBoardView>();
  #next = 0;
  #looking: TimerHandle | undefined;

  constructor(parts: { boards: Boards; ring: WireRing; clock: Clock; timer: Timer }) {
    this.#boards = parts.boards;
    this.#ring = parts.ring;
    this.#clock = parts.clock;
    this.#timer = parts.timer;
  }

  /**
   * Begins a stream: all boards at once, and from then on what changes.
   * @throws SimApiError `too_many_requests`
   */
  open(response: ServerResponse, how: { readonly wire: boolean; readonly mayStay: () => Promise<boolean> }): void {
    if (this.#readers.size === MOST_STREAMS) {
      throw new SimApiError('too_many_requests', `${MOST_STREAMS} streams are open, and no more can be: close one.`);
    }
    const reader = new StreamReader({ ...how, response, ring: this.#ring, nowMs: this.#clock.monotonicMs() });
    response.writeHead(200, HEADERS);
    response.write(streamLine({ type: 'boards', boards: this.#boards.all.map((board) => this.#seen(board)) }));
    this.#readers.add(reader);
    response.once('close', () => this.#gone(reader));
    this.#looking ??= this.#timer.repeat(() => this.#look(), LOOK_MS);
  }

  /** Ends all of them. */
  close(): void {
    for (const reader of this.#readers) {
      reader.end();
      this.#gone(reader);
    }
  }

  /** What is told now need not be told again. */
  #seen(known: KnownBoard): SimBoardView {
    const view = this.#boards.view(known);
    // Others may still have to be told of what was before.
    if (!this.#views.has(known)) this.#views.set(known, view);
    return view;
  }

  #gone(reader: StreamReader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#timer.clear(this.#looking);
    this.#looking = undefined;
    this.#views.clear();
  }

  #look(): void {
    const { all } = this.#boards;
    const first = this.#next < all.length ? this.#next : 0;
    this.#next = first + QUIET_AT_ONCE;
    for (const [index, board] of all.entries()) {
      const isItsTurn = index >= first && index < this.#next;
      if (board.takeLook() || isItsTurn) this.#lookAt(board);
    }
    const nowMs = this.#clock.monotonicMs();
    const epochMs = this.#clock.nowMs();
    for (const reader of this.#readers) reader.flush((board) => this.#views.get(board)!, nowMs, epochMs);
  }

  #lookAt(board: KnownBoard): void {
    const view = this.#boards.view(board);
    if (isSame(view, this.#views.get(board))) return;
    this.#views.set(board, view);
    board.stir();
    for (const reader of this.#readers) reader.changed(board);
  }
}

/** Whether two views show the same. They are plain data, and most often the same: text is made of those alone that are not. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  for (const key of keys) if (!isSame(one[key as never], other[key as never])) return false;
  return true;
}
