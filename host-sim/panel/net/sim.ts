import { type ReadonlySignal, signal } from '@preact/signals';
import type {
  SimBoardChange,
  SimBoardView,
  SimInputChange,
  SimStreamLine,
  SimWireEntry,
  SimWirePage,
} from '../../sim-api/messages.js';
import { retryDelayMs } from './backoff.js';
import { dataOf, request } from './http.js';
import { linesOf } from './lines.js';
import type { Session } from './session.js';

/** A stream that says nothing for so long is dead, ms: it ticks every 5 s. */
const SILENCE_MS = 15_000;
/** Why a stream ends that is opened anew at once: the wire is wanted in it now, or no longer. */
const ANEW = 'anew';

/** Who looks at the wire. */
export interface WireListener {
  /** From here on every entry is told, or that it is missing. What was before is in the history. */
  began(): void;
  entry(entry: SimWireEntry): void;
  /** So many entries are missing here. */
  missed(entries: number): void;
}

/** The simulated world (`/sim/v1`), where this cloud is beside one. Its methods throw ApiError. */
export class Sim {
  readonly #session: Session;
  readonly #path: string;
  readonly #connected = signal(false);
  readonly #boards = new Set<(boards: readonly SimBoardView[], all: boolean) => void>();
  readonly #wire = new Set<WireListener>();
  /** Whether the stream that is open tells of the wire. */
  #hasWire = false;
  #abort: AbortController | undefined;
  #stopped = false;

  /** @param path where it is: `/sim/v1` */
  constructor(session: Session, path: string) {
    this.#session = session;
    this.#path = path;
  }

  get connected(): ReadonlySignal<boolean> {
    return this.#connected;
  }

  /** Tells of boards that have changed; `all`: these are all there are. The result ends it. */
  onBoards(listener: (boards: readonly SimBoardView[], all: boolean) => void): () => void {
    this.#boards.add(listener);
    return () => this.#boards.delete(listener);
  }

  /** Tells of what goes over the wire, as long as somebody listens. The result ends it. */
  onWire(listener: WireListener): () => void {
    const first = this.#wire.size === 0;
    this.#wire.add(listener);
    if (first) this.#abort?.abort(ANEW);
    else if (this.#hasWire) listener.began();
    return () => {
      this.#wire.delete(listener);
      if (this.#wire.size === 0) this.#abort?.abort(ANEW);
    };
  }

  change(serial: string, change: SimBoardChange): Promise<SimBoardView> {
    return this.#call(`/boards/${encodeURIComponent(serial)}`, 'PATCH', change);
  }

  setInput(serial: string, input: number, change: SimInputChange): Promise<SimBoardView> {
    return this.#call(`/boards/${encodeURIComponent(serial)}/inputs/${input}`, 'PUT', change);
  }

  /** What went over the wire after this entry, as far as it is kept, oldest first: a page of it. @param serial of this board alone */
  history(after: number, limit: number, serial?: string): Promise<SimWirePage> {
    const query = serial === undefined ? '' : `&serial=${encodeURIComponent(serial)}`;
    return this.#call(`/wire?after=${after}&limit=${limit}${query}`, 'GET');
  }

  /** What `smartlink world --replay` takes, as text. */
  async recording(serial?: string): Promise<string> {
    const query = serial === undefined ? '' : `?serial=${encodeURIComponent(serial)}`;
    const response = await request(`${this.#path}/recording${query}`, { token: await this.#session.token() });
    return response.ok ? response.text() : dataOf<string>(response);
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#abort?.abort();
  }

  async #call<T>(path: string, method: 'GET' | 'PATCH' | 'PUT', body?: unknown): Promise<T> {
    return dataOf<T>(await request(this.#path + path, { method, body, token: await this.#session.token() }));
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopped; ) {
      this.#abort = new AbortController();
      try {
        await this.#read(this.#abort);
      } catch {
        // It is over, one way or another.
      }
      if (this.#abort.signal.reason === ANEW) continue;
      const wasOpen = this.#connected.peek();
      this.#connected.value = false;
      failures = wasOpen ? 0 : failures + 1;
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs(failures)));
    }
  }

  async #read(abort: AbortController): Promise<void> {
    const token = await this.#session.token();
    this.#hasWire = false;
    const wire = this.#wire.size > 0;
    let silence = setTimeout(() => abort.abort(), SILENCE_MS);
    try {
      for await (const line of await this.#stream(token, wire, abort.signal)) {
        clearTimeout(silence);
        silence = setTimeout(() => abort.abort(), SILENCE_MS);
        this.#onLine(JSON.parse(line) as SimStreamLine, wire);
      }
    } finally {
      clearTimeout(silence);
      this.#hasWire = false;
    }
  }

  async #stream(token: string, wire: boolean, signal: AbortSignal): Promise<AsyncGenerator<string>> {
    // Not `request`: it may last for hours.
    const response = await fetch(`${this.#path}/stream${wire ? '?wire=1' : ''}`, {
      headers: { Authorization: `Bearer ${token}` },
      signal,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
    });
    if (!response.ok || response.body === null) throw new Error(String(response.status));
    return linesOf(response.body);
  }

  #onLine(line: SimStreamLine, wire: boolean): void {
    if (line.type === 'boards') {
      this.#connected.value = true;
      for (const listener of this.#boards) listener(line.boards, true);
      this.#hasWire = wire;
      if (wire) for (const listener of this.#wire) listener.began();
    } else if (line.type === 'board') {
      for (const listener of this.#boards) listener([line.board], false);
    } else if (line.type === 'wire') {
      for (const listener of this.#wire) listener.entry(line.entry);
    } else if (line.type === 'missed') {
      for (const listener of this.#wire) listener.missed(line.entries);
    }
  }
}
