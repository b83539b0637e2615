import type { TimeSource } from '../core/events.js';
import { parseHttpDate } from '../core/http-date.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import { JsonRecord } from '../records/json-record.js';
import type { Diagnostics } from './diagnostics.js';
import { TimeSync } from './time-sync.js';
import { WallClock } from './wall-clock.js';

/** Key of the record of the floor. */
export const CLOCK_RECORD = 'clock';
/** A correction of the clock that is worth an event, ms. */
const NOTABLE_SHIFT_MS = 1_000;
/** The floor is written when it has risen by so much, however often the board starts, ms. */
const WORTH_WRITING_MS = 24 * 60 * 60_000;

interface ClockRecord {
  /** Epoch milliseconds. */
  readonly floorMs: number;
}

export interface TimeKeeperOptions {
  readonly host: Host;
  readonly diagnostics: Diagnostics;
  /** Host name of the NTP server to ask now. */
  readonly ntpServer: () => string | undefined;
  /** Whether the flash may hold what is to be forgotten. */
  readonly isForgotten: boolean;
  readonly onStorageFailed: (record: string) => void;
}

/**
 * Keeps the board's clock: corrected by whoever tells the time, and never before its floor, which is the build date or the last time
 * that a server told which had proven itself by TLS. The floor survives restarts.
 */
export class TimeKeeper {
  readonly clock: WallClock;
  readonly #options: TimeKeeperOptions;
  readonly #sync: TimeSync;
  readonly #record: JsonRecord<ClockRecord>;
  #writtenMs: number;
  #writing: TimerHandle | undefined;

  constructor(options: TimeKeeperOptions) {
    this.#options = options;
    const { host, isForgotten } = options;
    this.#record = new JsonRecord(host.storage, host.text, CLOCK_RECORD, readClockRecord);
    // A host that has a clock of its own needs no floor.
    const stored = isForgotten || host.clock.hasTime ? undefined : this.#record.read();
    this.#writtenMs = Math.max(stored?.floorMs ?? 0, host.system.buildTimeMs);
    this.clock = new WallClock(host.clock, this.#writtenMs);
    const onTime = (epochMs: number): void => this.take(epochMs, 'ntp', false);
    this.#sync = new TimeSync({ host, clock: this.clock, server: options.ntpServer, onTime });
  }

  /** Whether the cloud is to be asked for the time: it is not known, or one that proves itself can raise a floor that is a day old. */
  wantsTime(isProven: boolean): boolean {
    const { clock } = this;
    if (!clock.known) return true;
    return isProven && !clock.hostKeepsTime && clock.nowMs() - clock.floorMs >= WORTH_WRITING_MS;
  }

  /** The network is there. Calls back once the time is known, or the server has not told it in time; never stalls. */
  start(onReady: () => void): void {
    this.#sync.start(onReady);
  }

  /** The network is gone. May be called twice. */
  stop(): void {
    this.#sync.stop();
  }

  /** Something speaks against the clock: the time server is asked again, which has perhaps lied or was not there. */
  check(): void {
    this.#sync.check();
  }

  /** A server has answered with this `Date`; `isProven` as in `take`. */
  takeDate(header: string, isProven: boolean): void {
    const time = parseHttpDate(header);
    if (time !== undefined) this.take(time, 'http', isProven);
  }

  /**
   * Somebody has told the time.
   * @param isProven by a server that has proven itself by TLS: time is at least that from here on, unless its own certificates have
   * an end before it. A cloud whose clock is years ahead would take every cloud from the board for ever.
   */
  take(epochMs: number, source: TimeSource, isProven: boolean): void {
    const { clock } = this;
    if (isProven && clock.isBeyondProof(epochMs)) return;
    const first = !clock.known;
    const shiftMs = clock.offer(epochMs, source === 'http');
    if (shiftMs !== undefined && (first || Math.abs(shiftMs) >= NOTABLE_SHIFT_MS)) {
      this.#options.diagnostics.emit('info', 'clock_set', { source, shiftMs: Math.round(shiftMs) });
    }
    if (!isProven) return;
    clock.raiseFloor(epochMs);
    if (clock.floorMs - this.#writtenMs < WORTH_WRITING_MS) return;
    // Not in the middle of an answer.
    this.#writing ??= this.#options.host.timer.set(() => this.#write());
  }

  /** A clean stop: writes the floor if it has risen. */
  close(): void {
    this.stop();
    if (this.clock.floorMs > this.#writtenMs) this.#write();
  }

  #write(): void {
    const { host, onStorageFailed } = this.#options;
    host.timer.clear(this.#writing);
    this.#writing = undefined;
    const { floorMs } = this.clock;
    try {
      this.#record.write({ floorMs });
      this.#writtenMs = floorMs;
    } catch {
      onStorageFailed(CLOCK_RECORD);
    }
  }
}

function readClockRecord({ floorMs }: Record<string, unknown>): ClockRecord | undefined {
  return typeof floorMs === 'number' && Number.isSafeInteger(floorMs) ? { floorMs } : undefined;
}
