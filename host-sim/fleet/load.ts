/** A load is looked after at least this often, ms: a board may have come free. */
const LOOK_EVERY_MS = 2;

export interface LoadOptions {
  /** Sets a second; 0: none. */
  readonly ratePerS: number;
  /** Sends the set that was due then; false: no board can be set now. */
  send(dueMs: number, nowMs: number): boolean;
}

/**
 * Sets at a constant rate, each due at its own time whatever became of those before it: who is slow makes what comes after him late, and that
 * shows. Nothing is left out but at the end.
 */
export class Load {
  readonly #options: LoadOptions;
  readonly #intervalMs: number;
  #beganMs = 0;
  #sent = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#intervalMs = 1_000 / options.ratePerS;
  }

  start(): void {
    if (this.#options.ratePerS === 0) return;
    this.#beganMs = performance.now();
    this.#tick();
  }

  /** Sends no more; how many were due and have not left. May be called twice. */
  stop(): number {
    if (this.#timer === undefined) return 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return Math.max(0, Math.floor((performance.now() - this.#beganMs) / this.#intervalMs) - this.#sent);
  }

  #tick(): void {
    let nowMs = performance.now();
    let dueMs = this.#beganMs + this.#sent * this.#intervalMs;
    while (dueMs <= nowMs && this.#options.send(dueMs, nowMs)) {
      dueMs = this.#beganMs + ++this.#sent * this.#intervalMs;
      nowMs = performance.now();
    }
    const waitMs = dueMs <= nowMs ? LOOK_EVERY_MS : dueMs - nowMs;
    this.#timer = setTimeout(() => this.#tick(), waitMs);
  }
}
