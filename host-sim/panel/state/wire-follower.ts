import type { SimWireEntry, SimWirePage } from '../../sim-api/messages.js';
import { MOST_LINES } from './wire-ring.js';

const PAGE = 500;

export interface WireFollowerOptions {
  /** Of this board alone. */
  readonly serial?: string | undefined;
  readonly history: (after: number, limit: number) => Promise<SimWirePage>;
  readonly onEntries: (entries: readonly SimWireEntry[]) => void;
  /** Entries are missing before the next: so many, or some perhaps. */
  readonly onGap: (missed: number | undefined) => void;
  /** Why what was before could not be had; undefined: it was. */
  readonly onProblem: (error: unknown) => void;
}

/** Makes one row of the history of the wire and its stream, whenever that begins anew: nothing twice, and gaps are told. */
export class WireFollower {
  readonly #options: WireFollowerOptions;
  /** `seq` of the newest entry that was told; 0: there was none. */
  #last = 0;
  /** When that was, ms since 1970. */
  #lastAt = 0;
  /** What comes while the history is asked for; undefined: it is not. */
  #waiting: SimWireEntry[] | undefined;
  #isUnsure = false;
  #round = 0;

  constructor(options: WireFollowerOptions) {
    this.#options = options;
  }

  /** The stream has begun: what was before is asked for. Never rejects. */
  async began(): Promise<void> {
    const round = ++this.#round;
    this.#waiting = [];
    let before: readonly SimWireEntry[] = [];
    let problem: unknown;
    try {
      before = await this.#load();
    } catch (error) {
      problem = error;
    }
    if (round !== this.#round) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#options.onProblem(problem);
    this.#join([...before, ...waiting]);
  }

  entry(entry: SimWireEntry): void {
    if (this.#options.serial !== undefined && entry.serial !== this.#options.serial) return;
    if (this.#waiting === undefined) this.#tell([entry]);
    else {
      this.#waiting.push(entry);
      if (this.#waiting.length > MOST_LINES) this.#waiting.shift();
    }
  }

  missed(entries: number): void {
    if (this.#waiting !== undefined) this.#isUnsure = true;
    // Whose they were is not told.
    else this.#options.onGap(this.#options.serial === undefined ? entries : undefined);
  }

  /** What is kept of the time since the last entry, and that entry itself where it still is. */
  async #load(): Promise<readonly SimWireEntry[]> {
    const { history, serial } = this.#options;
    const { newest, entries: known } = await history(Math.max(0, this.#last - 1), 1);
    // Another world, which counts anew: it has not come so far, or what has this number there is something else.
    if (newest < this.#last || (known[0]?.seq === this.#last && known[0].at !== this.#lastAt)) {
      this.#last = 0;
      this.#options.onGap(undefined);
    }
    const entries: SimWireEntry[] = [];
    let after = Math.max(0, this.#last - 1, serial === undefined ? newest - MOST_LINES : 0);
    while (entries.length < MOST_LINES) {
      const page = await history(after, PAGE);
      entries.push(...page.entries);
      if (page.entries.length < PAGE) break;
      after = page.entries.at(-1)!.seq;
    }
    return entries;
  }

  #join(entries: readonly SimWireEntry[]): void {
    const isUnsure = this.#isUnsure;
    this.#isUnsure = false;
    const fresh = entries.filter(({ seq }) => seq > this.#last);
    if (this.#last > 0 && fresh.length > 0) {
      // Over all boards every number is somebody's. A board's own are whole where the last one is still kept: the oldest go first.
      const missed = fresh.at(-1)!.seq - this.#last - new Set(fresh.map(({ seq }) => seq)).size;
      if (this.#options.serial === undefined) {
        if (missed > 0) this.#options.onGap(missed);
      } else if (isUnsure || entries[0]!.seq > this.#last) this.#options.onGap(undefined);
    }
    this.#tell(fresh);
  }

  #tell(entries: readonly SimWireEntry[]): void {
    const fresh = entries.filter(({ seq, at }) => {
      if (seq <= this.#last) return false;
      this.#last = seq;
      this.#lastAt = at;
      return true;
    });
    if (fresh.length > 0) this.#options.onEntries(fresh);
  }
}
