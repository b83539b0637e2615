import { NtpQuery } from '../net/ntp.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import type { WallClock } from './wall-clock.js';

const QUERY_TIMEOUT_MS = 3_000;
/** A crystal drifts by seconds a day; a server that has not answered is asked sooner: what else told the time was in a hurry, ms. */
const CORRECT_EVERY_MS = 24 * 60 * 60_000;
const ASK_EVERY_MS = 15 * 60_000;
/** However often it is doubted: between two questions, ms. */
const CHECK_EVERY_MS = 60_000;

export interface TimeSyncOptions {
  readonly host: Host;
  readonly clock: WallClock;
  /** Host name of the server to ask now; `undefined`: there is none. */
  readonly server: () => string | undefined;
  readonly onTime: (epochMs: number) => void;
}

/**
 * Keeps the clock right by NTP while there is a network: asks at once, then daily, and every quarter of an hour as long as there is no
 * answer. Does nothing without a server, without UDP, or on a host that has a clock of its own.
 */
export class TimeSync {
  readonly #options: TimeSyncOptions;
  #query: NtpQuery | undefined;
  #next: TimerHandle | undefined;
  #askedMs = 0;

  constructor(options: TimeSyncOptions) {
    this.#options = options;
  }

  /** The network is there. Calls back once the time is known, or the server has not told it in time; never stalls. */
  start(onReady: () => void): void {
    this.stop();
    const { clock, host } = this.#options;
    const server = this.#options.server();
    if (clock.hostKeepsTime || server === undefined || !host.network.UDP) {
      onReady();
      return;
    }
    if (!clock.known) {
      this.#ask(server, onReady);
      return;
    }
    this.#ask(server);
    onReady();
  }

  /** Asks before it is due, where that was not just done. */
  check(): void {
    const { host, clock } = this.#options;
    const server = this.#options.server();
    if (this.#next === undefined || server === undefined || clock.monotonicMs() - this.#askedMs < CHECK_EVERY_MS)
      return;
    host.timer.clear(this.#next);
    this.#next = undefined;
    this.#ask(server);
  }

  /** The network is gone. May be called twice. */
  stop(): void {
    this.#query?.close();
    this.#options.host.timer.clear(this.#next);
    this.#query = this.#next = undefined;
  }

  #ask(server: string, onReady?: () => void): void {
    const { host, clock, onTime } = this.#options;
    this.#askedMs = clock.monotonicMs();
    this.#query = new NtpQuery({
      network: host.network,
      timer: host.timer,
      random: host.random,
      server,
      timeoutMs: QUERY_TIMEOUT_MS,
      onDone: (epochMs) => {
        if (epochMs !== undefined) onTime(epochMs);
        this.#next = host.timer.set(() => this.#ask(server), epochMs === undefined ? ASK_EVERY_MS : CORRECT_EVERY_MS);
        onReady?.();
      },
    });
  }
}
