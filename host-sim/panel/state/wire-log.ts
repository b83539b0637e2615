import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { summaryWords } from '../i18n/wire-summary.js';
import type { Live, LiveMessage } from '../net/live.js';
import type { Sim } from '../net/sim.js';
import type { Board } from './board.js';
import type { Boards } from './boards.js';
import { testOf, type WireFilter } from './wire-filter.js';
import { WireFollower } from './wire-follower.js';
import { lineOfEntry, lineOfGap, lineOfMessage, type NewLine, type WireLine } from './wire-line.js';
import { WireRing } from './wire-ring.js';

export interface WireSources {
  readonly live: Live;
  readonly boards: Boards;
  readonly sim: Sim | undefined;
}

/**
 * The newest lines of the wire, of one board or of all. Simulated boards are heard themselves, of the others what the cloud passes on.
 * It listens while somebody looks; what it has stays.
 */
export class WireLog {
  readonly #sources: WireSources;
  readonly #filter: ReadonlySignal<WireFilter>;
  readonly #board: Board | undefined;
  readonly #ring = new WireRing();
  readonly #follower: WireFollower | undefined;
  readonly #shown = signal<readonly WireLine[]>([]);
  readonly #count = signal(0);
  readonly #dropped = signal(0);
  readonly #arrived = signal<number | undefined>(undefined);
  readonly #problem = signal<unknown>(undefined);
  #test: (line: WireLine) => boolean = () => true;
  /** What was there when it was paused. */
  #frozen: readonly WireLine[] | undefined;
  #arrivals = 0;
  /** Of the newest line then. */
  #frozenAt = 0;
  #ids = 0;
  /** Of the newest line that may be among those that are shown. */
  #seen = 0;
  #frame = 0;
  /** The cloud was heard, and has been ever since. */
  #hearsCloud = false;

  /** @param board the one whose lines they are; undefined: all */
  constructor(sources: WireSources, filter: ReadonlySignal<WireFilter>, board?: Board) {
    this.#sources = sources;
    this.#filter = filter;
    this.#board = board;
    const { sim } = sources;
    if (sim === undefined || (board && !board.sim.peek())) return;
    const serial = board?.serial;
    this.#follower = new WireFollower({
      serial,
      history: (after, limit) => sim.history(after, limit, serial),
      onEntries: (entries) => {
        for (const entry of entries) this.#add(lineOfEntry(entry));
      },
      onGap: (missed) => this.#add(lineOfGap(Date.now(), missed)),
      onProblem: (error) => {
        this.#problem.value = error;
      },
    });
  }

  /** Those that the filter lets through, oldest first; as they were where it is paused. */
  get shown(): ReadonlySignal<readonly WireLine[]> {
    return this.#shown;
  }

  /** How many are kept. */
  get count(): ReadonlySignal<number> {
    return this.#count;
  }

  /** How many have fallen out. */
  get dropped(): ReadonlySignal<number> {
    return this.#dropped;
  }

  /** How many would have been shown since it was paused; undefined: it is not. */
  get arrived(): ReadonlySignal<number | undefined> {
    return this.#arrived;
  }

  /** Why what was before is not there. */
  get problem(): ReadonlySignal<unknown> {
    return this.#problem;
  }

  /** Listens. The result ends it. */
  look(): () => void {
    const { live, sim } = this.#sources;
    const follower = this.#follower;
    const ends = [
      effect(() => {
        this.#test = testOf(this.#filter.value, summaryWords());
        this.#showAll();
      }),
      effect(() => {
        if (live.connected.value) this.#cloudBegan();
      }),
      live.onMessage((message) => this.#onMessage(message)),
    ];
    if (sim && follower) {
      ends.push(
        sim.onWire({
          began: () => void follower.began(),
          entry: (entry) => follower.entry(entry),
          missed: (entries) => follower.missed(entries),
        }),
      );
    }
    return () => {
      for (const end of ends) end();
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
    };
  }

  /** Asks again for what was before. */
  retry(): void {
    void this.#follower?.began();
  }

  /** Nothing moves until it goes on; what comes is kept as far as there is room. */
  pause(): void {
    this.#freeze([...this.#ring.lines]);
  }

  goOn(): void {
    this.#frozen = undefined;
    this.#arrived.value = undefined;
    this.#showAll();
  }

  clear(): void {
    this.#ring.clear();
    if (this.#frozen) this.#freeze([]);
    this.#showAll();
  }

  #freeze(lines: readonly WireLine[]): void {
    this.#frozen = lines;
    this.#frozenAt = this.#ids;
    this.#arrivals = 0;
    this.#arrived.value = 0;
  }

  #onMessage(message: LiveMessage): void {
    const { deviceId } = message;
    if (this.#board && this.#board.id !== deviceId) return;
    // It is heard itself.
    if (this.#follower && this.#sources.boards.find(deviceId)?.sim.peek()) return;
    this.#hearsCloud = true;
    this.#add(lineOfMessage(message));
  }

  #cloudBegan(): void {
    if (!this.#hearsCloud) return;
    this.#hearsCloud = false;
    this.#add(lineOfGap(Date.now()));
  }

  #add(line: NewLine): void {
    const whole = { id: ++this.#ids, ...line };
    this.#ring.add(whole);
    if (this.#frozen && this.#test(whole)) this.#arrivals++;
    // However many come, they are drawn once a frame; in a page that nobody sees not at all.
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#show();
    });
  }

  #show(): void {
    this.#tellCounts();
    if (this.#frozen) {
      this.#arrived.value = this.#arrivals;
      return;
    }
    const { lines } = this.#ring;
    const oldest = lines[0]?.id ?? Number.POSITIVE_INFINITY;
    const before = this.#shown.peek();
    const kept = before.length > 0 && before[0]!.id < oldest ? before.filter(({ id }) => id >= oldest) : before;
    const fresh: WireLine[] = [];
    for (let index = lines.length - 1; index >= 0 && lines[index]!.id > this.#seen; index--) fresh.push(lines[index]!);
    this.#seen = this.#ids;
    const news = fresh.reverse().filter(this.#test);
    if (news.length > 0 || kept !== before) this.#shown.value = [...kept, ...news];
  }

  /** All of them, by another filter. */
  #showAll(): void {
    this.#tellCounts();
    if (this.#frozen) {
      const { lines } = this.#ring;
      this.#arrivals = lines.filter((line) => line.id > this.#frozenAt && this.#test(line)).length;
      this.#arrived.value = this.#arrivals;
    } else this.#seen = this.#ids;
    this.#shown.value = (this.#frozen ?? this.#ring.lines).filter(this.#test);
  }

  #tellCounts(): void {
    this.#count.value = this.#ring.lines.length;
    this.#dropped.value = this.#ring.dropped;
  }
}
