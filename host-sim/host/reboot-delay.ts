/** From a crash or a restart to the first instruction, as a board's boot loader takes it, ms. */
const BOOT_MS = 300;
/** Longest wait between the crashes of a board that crashes over and over, ms. */
const LONGEST_MS = 10_000;
/** A boot that lasts this long ends a row of crashes, ms. */
const STABLE_MS = 60_000;

/** A crash of a simulated board's firmware. */
export interface Crash {
  readonly error: unknown;
  /** Crashes in a row, this one included: none of the boots before it lasted a minute. */
  readonly crashes: number;
  /** The board boots again after this time. */
  readonly retryMs: number;
}

/**
 * How long a board stays down before it boots again. One that crashes in every boot would keep its machine and its cloud
 * busy: its wait doubles, up to 10 s, until a boot has lasted a minute.
 */
export class RebootDelay {
  readonly #nowMs: () => number;
  #bootedMs = Number.NEGATIVE_INFINITY;
  #crashes = 0;

  /** @param nowMs monotonic milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  booted(): void {
    this.#bootedMs = this.#nowMs();
  }

  crashed(error: unknown): Crash {
    if (this.#nowMs() - this.#bootedMs >= STABLE_MS) this.#crashes = 0;
    const retryMs = Math.min(LONGEST_MS, BOOT_MS * 2 ** this.#crashes);
    this.#crashes++;
    return { error, crashes: this.#crashes, retryMs };
  }

  /** A wanted restart, which ends a row of crashes. Returns how long it takes, ms. */
  restarted(): number {
    this.#crashes = 0;
    return BOOT_MS;
  }
}
