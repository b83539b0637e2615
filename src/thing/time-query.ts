import { parseJsonObject } from '../core/json-guard.js';
import type { Text } from '../ports/text.js';
import type { Timer, TimerHandle } from '../ports/timer.js';

/** An unanswered question is asked again after this long, ms. */
const ASK_AGAIN_MS = 60_000;
/** An answer that took longer says too little about the time, ms. */
const MAX_ROUND_TRIP_MS = 10_000;

/** The last millisecond of the year 9999: what is later is no time. */
const MAX_TIME_MS = 253_402_300_799_999;

export interface TimeQueryOptions {
  readonly timer: Timer;
  readonly text: Text;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  readonly send: (payload: string) => void;
  /** The time, epoch milliseconds. */
  readonly onTime: (epochMs: number) => void;
}

/**
 * Asks the cloud for the time over MQTT (Alink NTP): now, and again every minute until it is known. The time is that of the
 * cloud in the middle of the round trip.
 */
export class TimeQuery {
  readonly #options: TimeQueryOptions;
  #pending: TimerHandle | undefined;
  /** What was sent as `deviceSendTime`: an answer repeats it. */
  #sentTime: number | undefined;
  #sentMs = 0;

  constructor(options: TimeQueryOptions) {
    this.#options = options;
  }

  /** A session has come online, and the time is not known. */
  start(): void {
    this.stop();
    this.#pending = this.#options.timer.repeat(() => this.#ask(), ASK_AGAIN_MS);
    this.#ask();
  }

  /** May be called twice. */
  stop(): void {
    this.#options.timer.clear(this.#pending);
    this.#pending = this.#sentTime = undefined;
  }

  /** An answer, `bytes[start, end)`. Anything that is none is passed over. */
  handle(bytes: Uint8Array, start: number, end: number): void {
    const { text, monotonicMs, onTime } = this.#options;
    let answer: Record<string, unknown> | undefined;
    try {
      answer = parseJsonObject(text.decode(bytes, start, end));
    } catch {
      return;
    }
    const received = timeOf(answer?.['serverRecvTime']);
    const sent = timeOf(answer?.['serverSendTime']);
    const roundTrip = monotonicMs() - this.#sentMs;
    if (this.#sentTime === undefined || timeOf(answer?.['deviceSendTime']) !== this.#sentTime) return;
    if (received === undefined || sent === undefined || sent < received || roundTrip > MAX_ROUND_TRIP_MS) return;
    this.stop();
    onTime(Math.round((received + sent + roundTrip) / 2));
  }

  #ask(): void {
    this.#sentTime = this.#options.nowMs();
    this.#sentMs = this.#options.monotonicMs();
    this.#options.send(`{"deviceSendTime":"${this.#sentTime}"}`);
  }
}

/** Epoch milliseconds, as a number or as digits. */
function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' && /^[0-9]{1,16}$/.test(value) ? Number(value) : value;
  return typeof time === 'number' && Number.isInteger(time) && time >= 0 && time <= MAX_TIME_MS ? time : undefined;
}
