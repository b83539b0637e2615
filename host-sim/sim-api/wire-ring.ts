import type { WireFact } from './board-port.js';
import type { SimWireEntry } from './messages.js';

const MOST_OF_BOARD = 200;
const MOST = 20_000;
/** Of an entry so many bytes are kept at most: of a packet its beginning, of an exchange request, headers and body of the answer. */
const MOST_KEPT_BYTES = { life: 0, mqtt: 4_096, http: 3 * 4_096 } as const;
/** About so much is around them. */
const AROUND_BYTES = 512;
const MOST_BYTES = 32 * 1_048_576;

interface Kept {
  readonly seq: number;
  readonly serial: string;
  readonly fact: WireFact;
}

export interface WireQuery {
  /** Only what came after this `seq`. */
  readonly after: number;
  readonly limit: number;
  /** Only of this board. */
  readonly serial?: string | undefined;
}

/** The last entries of the wire: 200 of each board, and of all together as many as fit into 20,000 and about 32 MiB. */
export class WireRing {
  /** By `seq`, oldest first. */
  readonly #kept = new Map<number, Kept>();
  /** What is kept of each board, oldest first. */
  readonly #ofBoard = new Map<string, number[]>();
  #bytes = 0;
  #newest = 0;

  /** `seq` of the newest entry; 0: there has been none. */
  get newest(): number {
    return this.#newest;
  }

  /** Keeps a fact, unread: what it says is worked out by who asks for it. */
  add(serial: string, fact: WireFact): void {
    this.#newest++;
    const ofBoard = this.#ofBoard.get(serial) ?? [];
    this.#ofBoard.set(serial, ofBoard);
    if (ofBoard.length === MOST_OF_BOARD) this.#drop(ofBoard[0]!);
    this.#kept.set(this.#newest, { seq: this.#newest, serial, fact });
    ofBoard.push(this.#newest);
    this.#bytes += weigh(fact);
    while (this.#kept.size > MOST || this.#bytes > MOST_BYTES) this.#drop(this.#kept.keys().next().value!);
  }

  /** What is kept, oldest first. */
  read({ after, limit, serial }: WireQuery): SimWireEntry[] {
    const entries: SimWireEntry[] = [];
    for (const { seq, serial: of, fact } of serial === undefined ? this.#after(after) : this.#ofOne(serial, after)) {
      if (entries.length === limit) break;
      entries.push({ seq, serial: of, ...fact });
    }
    return entries;
  }

  *#ofOne(serial: string, after: number): Iterable<Kept> {
    for (const seq of this.#ofBoard.get(serial) ?? []) if (seq > after) yield this.#kept.get(seq)!;
  }

  *#after(after: number): Iterable<Kept> {
    // Who keeps up has few to look for; who begins anew had better not count through all that has gone.
    if (this.#newest - after >= this.#kept.size) {
      for (const kept of this.#kept.values()) if (kept.seq > after) yield kept;
      return;
    }
    for (let seq = after + 1; seq <= this.#newest; seq++) {
      const kept = this.#kept.get(seq);
      if (kept) yield kept;
    }
  }

  /** The oldest of its board goes. */
  #drop(seq: number): void {
    const { serial, fact } = this.#kept.get(seq)!;
    this.#kept.delete(seq);
    this.#ofBoard.get(serial)!.shift();
    this.#bytes -= weigh(fact);
  }
}

function weigh({ kind, bytes }: WireFact): number {
  return Math.min(bytes, MOST_KEPT_BYTES[kind]) + AROUND_BYTES;
}
