import { NtpQuery } from '../net/ntp.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import type { WallClock } from './wall-clock.js';

const QUERY_TIMEOUT_MS = 3_000;
/**
 * A crystal drifts by seconds a day. A server that has not answered is asked sooner: what else told the time was in a hurry; and so is
 * one whose time made the cloud's certificates look wrong: it may have been somebody else who answered.
 */
const QUARTER_MS = 15 * 60_000;
const QUARTERS_A_DAY = 96;

export interface TimeSyncOptions {
  readonly host: Host;
  readonly clock: WallClock;
  /** Host name of the server to ask now; `undefined`: there is none. */
  readonly server: () => string | undefined;
  readonly onTime: (epochMs: number) => void;
}

/**
 * Keeps the clock right by NTP while there is a network: asks at once, then daily, and every quarter of an hour as long as there is no
 * answer, or the time is in doubt. Does nothing without a server, without UDP, or on a host that has a clock of its own.
 */
export class TimeSync {
  readonly #options: TimeSyncOptions;
  #query: NtpQuery | undefined;
  #next: TimerHandle | undefined;

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

  /** The network is gone. May be called twice. */
  stop(): void {
    this.#query?.close();
    this.#options.host.timer.clear(this.#next);
    this.#query = this.#next = undefined;
  }

  #ask(server: string, onReady?: () => void): void {
    const { host, onTime } = this.#options;
    this.#query = new NtpQuery({
      network: host.network,
      timer: host.timer,
      random: host.random,
      server,
      timeoutMs: QUERY_TIMEOUT_MS,
      onDone: (epochMs) => {
        if (epochMs !== undefined) onTime(epochMs);
        this.#wait(server, epochMs === undefined ? 1 : QUARTERS_A_DAY);
        onReady?.();
      },
    });
  }

  /** Waits so many quarters of an hour, or until the time is in doubt. */
  #wait(server: string, quarters: number): void {
    const { host, clock } = this.#options;
    this.#next = host.timer.set(() => {
      if (clock.isDoubted || quarters === 1) this.#ask(server);
      else this.#wait(server, quarters - 1);
    }, QUARTER_MS);
  }
}
