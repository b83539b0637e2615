/** A clean stop is given this long, ms. */
const STOP_WITHIN_MS = 2_800;

/** What signals do; SIGPIPE is said where nobody reads what is written any more. */
export interface Signals {
  onSignal: (name: 'SIGINT' | 'SIGTERM' | 'SIGPIPE') => void;
}

interface Part {
  readonly close: () => Promise<void>;
}

/**
 * From a command's start to its end, which a signal brings at any time: what has been started is closed, the last first,
 * and what is just starting is waited for and closed too. Then the program exits 0; a second signal, or a stop that does not
 * end in time, exits 1.
 */
export class Lifetime {
  readonly #parts: Part[] = [];
  #starting: Promise<unknown> | undefined;
  #stopping = false;

  constructor(signals: Signals) {
    signals.onSignal = () => this.#stop();
  }

  /**
   * Starts a part of the program and keeps it until the end. Where it fails, what was started before it is closed. One
   * at a time; after a signal it never resolves, so that a command goes no further.
   */
  async start<T>(start: () => Promise<T>, close: (part: T) => Promise<void>): Promise<T> {
    const starting = this.#stopping ? never() : this.#start(start, close);
    this.#starting = starting;
    try {
      const part = await starting;
      return this.#stopping ? never() : part;
    } catch (error) {
      if (this.#stopping) return never();
      await this.#close();
      throw error;
    }
  }

  /** Never resolves: the program runs until a signal ends it. */
  untilSignal(): Promise<never> {
    return never();
  }

  async #start<T>(start: () => Promise<T>, close: (part: T) => Promise<void>): Promise<T> {
    const part = await start();
    this.#parts.push({ close: () => close(part) });
    return part;
  }

  async #close(): Promise<void> {
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) await part.close();
  }

  #stop(): void {
    if (this.#stopping) process.exit(1);
    this.#stopping = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    // Where it cannot start there is nothing of it to close, and nobody wants to know any more.
    const started = Promise.resolve(this.#starting).catch(() => {});
    started
      .then(() => this.#close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
          process.exit(1);
        },
      );
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}
