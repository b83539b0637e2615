import type { LifeEvent } from '../core/life-cycle.js';
import { compareVersions } from '../core/version.js';
import type { FirmwareSlots } from '../ports/firmware.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import type { Diagnostics } from './diagnostics.js';
import { whyOffline } from './explain.js';
import { signingKeys } from './signing-keys.js';
import type { SwitchedTo, UpdateRecord } from './update-record.js';

/** A new build that is not online so long after it has started gives itself up, ms. */
export const PROOF_MS = 90_000;

export interface FirmwareTrialOptions {
  readonly host: Host;
  readonly slots: FirmwareSlots;
  readonly version: string;
  readonly record: UpdateRecord;
  readonly diagnostics: Diagnostics;
  /** Stops the board, then has the build before this one start. */
  readonly onRollBack: () => void;
}

/**
 * A new build proves itself by coming online, and only then does what it brought count: which keys sign the next, and the lowest
 * version. One that does not, or is not the version that its package said, says why, and goes back to the build before it.
 */
export class FirmwareTrial {
  readonly #options: FirmwareTrialOptions;
  #deadline: TimerHandle | undefined;
  #reason = 'nothing has answered';

  constructor(options: FirmwareTrialOptions) {
    this.#options = options;
    const { record, version } = options;
    const { trial } = record;
    if (this.isUnderWay) this.#begin(trial);
    // It was confirmed, and the power went before that was told and noted.
    else if (trial !== undefined && compareVersions(trial.version, version) === 0) this.#proven();
  }

  /** Whether this build may still have to go back: any restart is the way there. */
  get isUnderWay(): boolean {
    return this.#options.slots.isOnTrial;
  }

  /** What keeps the board from being online is told if nothing else comes of it. */
  follow(event: LifeEvent): void {
    this.#reason = whyOffline(event) ?? this.#reason;
  }

  /** The board is online. */
  online(): void {
    if (!this.isUnderWay) return;
    const { slots, diagnostics } = this.#options;
    try {
      slots.confirm();
    } catch {
      // The boot loader does not have it: it goes back at the deadline, or at the next restart.
      this.#reason = 'it could not be confirmed';
      diagnostics.emit('error', 'storage_failed', { record: 'firmware' });
      return;
    }
    this.close();
    this.#proven();
  }

  /** May be called twice. */
  close(): void {
    this.#options.host.timer.clear(this.#deadline);
    this.#deadline = undefined;
  }

  #begin(trial: SwitchedTo | undefined): void {
    const { timer } = this.#options.host;
    const hopeless = trial && this.#whyHopeless(trial);
    if (hopeless === undefined) this.#deadline = timer.set(() => this.#giveUp(this.#notOnline), PROOF_MS);
    else this.#deadline = timer.set(() => this.#giveUp(hopeless));
  }

  /** Why this build is not to stay, online or not. */
  #whyHopeless(trial: SwitchedTo): string | undefined {
    const { version } = this.#options;
    // What was judged by its package, the floor included, is another build than this.
    if (compareVersions(trial.version, version) !== 0) {
      return `it says that it is version ${version}, and its package said ${trial.version}`;
    }
    return this.#knows(trial.required) || this.#knows(this.#wanted) ? undefined : 'it knows no key for the next update';
  }

  /** What it brought counts from here on. */
  #proven(): void {
    const { version, record, diagnostics } = this.#options;
    diagnostics.emit('info', 'update_proven', { version });
    const { trial } = record;
    if (trial === undefined) return;
    const knowsKeys = this.#knows(trial.required);
    if (!knowsKeys) diagnostics.emit('error', 'update_keys_unknown', { required: trial.required });
    try {
      record.proven(knowsKeys);
    } catch {
      // At the next boot.
      diagnostics.emit('error', 'storage_failed', { record: 'update' });
    }
  }

  /** Keys that must sign where this build brings none: bits of their ids. */
  get #wanted(): number {
    const { host, record } = this.#options;
    return signingKeys(host.settings.updateKeys, record.policy.required).required;
  }

  /** Whether the build knows all keys of a mask, and there are any. */
  #knows(required: number): boolean {
    const { points } = signingKeys(this.#options.host.settings.updateKeys);
    return required !== 0 && points.every((point, id) => point !== undefined || (required & (1 << id)) === 0);
  }

  get #notOnline(): string {
    return `not online within ${PROOF_MS / 1_000} s: ${this.#reason}`;
  }

  #giveUp(reason: string): void {
    const { record, diagnostics, onRollBack } = this.#options;
    try {
      record.note({ reason });
    } catch {
      diagnostics.emit('error', 'storage_failed', { record: 'update' });
    }
    onRollBack();
  }
}
