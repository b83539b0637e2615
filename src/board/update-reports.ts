import { Throttle } from '../core/throttle.js';
import type { UpdateFailure, UpdateStep } from '../ota/transfer.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import type { Diagnostics } from './diagnostics.js';

/** The cloud is told which build this is so often, ms. */
const INFORM_EVERY_MS = 24 * 60 * 60_000;

export interface UpdateReportsOptions {
  readonly host: Host;
  readonly version: string;
  readonly diagnostics: Diagnostics;
  /** Says something on the topics of updates. */
  readonly tell: (uplink: 'otaInform' | 'otaProgress', params: object) => void;
}

/**
 * What the cloud is told of updates (Alink): which build this is, once a boot and daily, and how far an update has come, or why it came
 * to nothing. The same is told as events.
 */
export class UpdateReports {
  readonly #options: UpdateReportsOptions;
  readonly #refusals = new Throttle(10, 10_000);
  #daily: TimerHandle | undefined;
  #isOnline = false;
  /** How an update has ended, of which there was nobody to tell. */
  #unsaid: { readonly step: UpdateStep; readonly desc: string } | undefined;

  constructor(options: UpdateReportsOptions) {
    this.#options = options;
  }

  /** A session has come online, with a build that stays. */
  online(): void {
    this.#isOnline = true;
    if (this.#unsaid !== undefined) {
      const { step, desc } = this.#unsaid;
      this.#unsaid = undefined;
      this.#say(step, desc);
    }
    // Last: who hears which build this is may take an update for failed without having been told why.
    if (this.#daily === undefined) this.inform();
  }

  /** There is no session any more. */
  offline(): void {
    this.#isOnline = false;
  }

  /** Says which build this is; what the cloud has for it comes as an offer. */
  inform(): void {
    const { host, version, tell } = this.#options;
    host.timer.clear(this.#daily);
    this.#daily = host.timer.set(() => this.inform(), INFORM_EVERY_MS);
    tell('otaInform', { version, module: 'default' });
  }

  /** So much of a build is in the board, percent. */
  progress(percent: number): void {
    this.#options.diagnostics.emit('debug', 'update_progress', { percent });
    this.#say(percent, '');
  }

  /** An offer is not taken. Whoever offers a lot is not told every time. */
  refused(code: string, message: string): void {
    if (this.#refusals.allow(this.#options.host.clock.monotonicMs())) this.ended({ step: -1, code, message });
  }

  /** An update has come to nothing. @param version of the build, where its package has been checked */
  ended({ step, code, message }: UpdateFailure, version?: string): void {
    const { diagnostics } = this.#options;
    if (version === undefined) diagnostics.emit('warn', 'update_refused', { code, message });
    else diagnostics.emit('error', 'update_failed', { version, code, message });
    const desc = `${code}: ${message}`;
    if (this.#isOnline) this.#say(step, desc);
    else this.#unsaid = { step, desc };
  }

  /** May be called twice. */
  close(): void {
    this.#options.host.timer.clear(this.#daily);
    this.#daily = undefined;
    this.#isOnline = false;
  }

  /** How far it is (percent), or at which step it has ended. It is worth nothing later. */
  #say(step: number, desc: string): void {
    if (this.#isOnline) this.#options.tell('otaProgress', { step: String(step), desc });
  }
}
