import type { LifeEvent } from '../core/life-cycle.js';
import type { FirmwareSlots } from '../ports/firmware.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import type { Diagnostics } from './diagnostics.js';
import { whyOffline } from './explain.js';
import { signingKeys } from './signing-keys.js';
import type { UpdateRecord } from './update-record.js';

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
 * version. One that does not says why, and goes back to the build before it.
 */
export class FirmwareTrial {
  readonly #options: FirmwareTrialOptions;
  #deadline: TimerHandle | undefined;
  #reason = 'nothing has answered';

  constructor(options: FirmwareTrialOptions) {
    this.#options = options;
    const { host, record, version } = options;
    if (this.isUnderWay) this.#deadline = host.timer.set(() => this.#giveUp(), PROOF_MS);
    // It was confirmed, and the power went before that was told and noted.
    else if (record.trial?.version === version) this.#proven();
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

  /** What it brought counts from here on. */
  #proven(): void {
    const { host, version, record, diagnostics } = this.#options;
    diagnostics.emit('info', 'update_proven', { version });
    const { trial } = record;
    if (trial?.version !== version) return;
    const { points } = signingKeys(host.settings.updateKeys);
    const knowsKeys = points.every((point, id) => point !== undefined || (trial.required & (1 << id)) === 0);
    if (!knowsKeys) diagnostics.emit('error', 'update_keys_unknown', { required: trial.required });
    try {
      record.proven(knowsKeys);
    } catch {
      // At the next boot.
      diagnostics.emit('error', 'storage_failed', { record: 'update' });
    }
  }

  #giveUp(): void {
    const { record, diagnostics, onRollBack } = this.#options;
    try {
      record.note({ reason: `not online within ${PROOF_MS / 1_000} s: ${this.#reason}` });
    } catch {
      diagnostics.emit('error', 'storage_failed', { record: 'update' });
    }
    onRollBack();
  }
}
