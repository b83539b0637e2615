import type { WriteBatch } from '../store/write-batch.js';
import type { BoardLink } from './sessions.js';

/**
 * Has the messages of a session judged in the order in which they came: PUBACKs have to leave in it [MQTT-4.6.0-2], and who watches the
 * board hears in it what it says. One that is judged at once has those before it committed first.
 */
export class JudgedInOrder {
  readonly #writes: WriteBatch;
  /** How many messages of a session wait for the commit. */
  readonly #waiting = new Map<BoardLink, number>();

  constructor(writes: WriteBatch) {
    this.#writes = writes;
  }

  /** @param take takes a message in, and judges it once, then or later */
  take<V>(link: BoardLink, judge: (verdict: V) => void, take: (judge: (verdict: V) => void) => void): void {
    let isJudged = false;
    let hasWaited = false;
    take((verdict) => {
      isJudged = true;
      if (hasWaited) this.#count(link, -1);
      else if (this.#waiting.has(link)) this.#writes.flush();
      judge(verdict);
    });
    if (isJudged) return;
    hasWaited = true;
    this.#count(link, 1);
  }

  #count(link: BoardLink, change: 1 | -1): void {
    const count = (this.#waiting.get(link) ?? 0) + change;
    if (count === 0) this.#waiting.delete(link);
    else this.#waiting.set(link, count);
  }
}
