import type { ServerResponse } from 'node:http';
import type { KnownBoard } from './boards.js';
import type { SimBoardView, SimStreamLine } from './messages.js';
import type { WireRing } from './wire-ring.js';

/** What waits to be read may be so much; beyond it nothing more is written. */
const MOST_UNREAD_BYTES = 1_048_576;
/** Who has left that much unread for so long is gone, ms. */
const UNREAD_MS = 60_000;
export const TICK_MS = 5_000;
const BOARDS_AT_ONCE = 100;
const ENTRIES_AT_ONCE = 500;

export interface StreamReaderOptions {
  readonly response: ServerResponse;
  readonly ring: WireRing;
  /** Whether it wants the entries of the wire. */
  readonly wire: boolean;
  /** Whether its token still opens anything; asked at each tick. */
  readonly mayStay: () => Promise<boolean>;
  readonly nowMs: number;
}

/**
 * One who reads the stream. Nothing is queued for it: what has changed is a mark at the board, and the wire is read from
 * the ring, so whoever is slow gets the newest of each board, and entries as far as they are still kept.
 */
export class StreamReader {
  readonly #options: StreamReaderOptions;
  /** Boards that have changed, those first that have waited longest. */
  readonly #changed = new Set<KnownBoard>();
  /** The last entry that it was sent, or told that it missed. */
  #seq: number;
  #nextTickMs: number;
  #fullSinceMs: number | undefined;

  constructor(options: StreamReaderOptions) {
    this.#options = options;
    this.#seq = options.ring.newest;
    this.#nextTickMs = options.nowMs + TICK_MS;
  }

  changed(board: KnownBoard): void {
    this.#changed.add(board);
  }

  /**
   * Writes what there is to say.
   * @param viewOf a board as it is now
   * @param epochMs the wall time, for the tick
   */
  flush(viewOf: (board: KnownBoard) => SimBoardView, nowMs: number, epochMs: number): void {
    const isTick = nowMs >= this.#nextTickMs;
    if (isTick) {
      this.#nextTickMs = nowMs + TICK_MS;
      this.#checkToken();
    }
    if (this.#isFull(nowMs)) return;
    const text = this.#boards(viewOf) + this.#entries() + (isTick ? streamLine({ type: 'tick', at: epochMs }) : '');
    if (text !== '') this.#options.response.write(text);
  }

  /** The stream ends here. */
  end(): void {
    const { response } = this.#options;
    // Who does not read would not see the end either.
    if (response.writableLength > 0) response.destroy();
    else response.end();
  }

  #checkToken(): void {
    this.#options.mayStay().then(
      (may) => {
        if (!may) this.end();
      },
      () => this.end(),
    );
  }

  #isFull(nowMs: number): boolean {
    const { response } = this.#options;
    if (response.writableLength <= MOST_UNREAD_BYTES) {
      this.#fullSinceMs = undefined;
      return false;
    }
    this.#fullSinceMs ??= nowMs;
    if (nowMs - this.#fullSinceMs >= UNREAD_MS) response.destroy();
    return true;
  }

  #boards(viewOf: (board: KnownBoard) => SimBoardView): string {
    let text = '';
    let count = 0;
    for (const board of this.#changed) {
      if (count++ === BOARDS_AT_ONCE) break;
      this.#changed.delete(board);
      text += streamLine({ type: 'board', board: viewOf(board) });
    }
    return text;
  }

  #entries(): string {
    const { ring, wire } = this.#options;
    if (!wire) return '';
    const entries = ring.read({ after: this.#seq, limit: ENTRIES_AT_ONCE });
    const last = entries.at(-1)?.seq ?? ring.newest;
    const missed = last - this.#seq - entries.length;
    this.#seq = last;
    const missing = missed > 0 ? streamLine({ type: 'missed', entries: missed }) : '';
    return missing + entries.map((entry) => streamLine({ type: 'wire', entry })).join('');
  }
}

/** A line of the stream. */
export function streamLine(line: SimStreamLine): string {
  return `${JSON.stringify(line)}\n`;
}
