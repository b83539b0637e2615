import { compareVersions } from '../core/version.js';
import type { Transfer } from '../ota/transfer.js';
import type { BootReason } from '../ports/system.js';
import type { SwitchedTo, UpdateRecord } from './update-record.js';
import type { UpdateReports } from './update-reports.js';

export interface SwitchOutcomeOptions {
  readonly record: UpdateRecord;
  /** Of the build that runs, and is not on trial. */
  readonly version: string;
  readonly bootReason: BootReason;
  readonly transfer: Transfer;
  readonly reports: UpdateReports;
}

/**
 * At the boot of a board that had switched to another build and runs the one before it: a build that was bad is not tried again by
 * itself, one that may just have lost its power is, with what is in the other slot.
 * @throws {Error} when the flash fails; the next boot goes on with it
 */
export function settleSwitch({ record, version, bootReason, transfer, reports }: SwitchOutcomeOptions): void {
  const { trial } = record;
  if (trial === undefined) return;
  const above = compareVersions(trial.version, version);
  if (above <= 0) {
    // One that is above it has come another way. What runs has proven itself, and will count as soon as the flash takes that.
    if (above < 0) record.forgetTrial();
    return;
  }
  const why = whyBad(trial, bootReason);
  if (why !== undefined) {
    reports.ended({ step: -1, code: 'rolled_back', message: why }, trial.version);
    // First: with a cut in between, it is not tried again.
    transfer.abandon();
    record.failed();
  } else if (transfer.pending === undefined) {
    const message = 'what was downloaded is not there any more';
    reports.ended({ step: -1, code: 'lost', message }, trial.version);
    record.forgetTrial();
  } else if (trial.mayHaveRun) {
    // What the board itself does from here on says nothing of that build.
    record.note({ mayHaveRun: false });
  }
}

/** `undefined`: for all that is known, only the power went. */
function whyBad({ mayHaveRun, reason }: SwitchedTo, bootReason: BootReason): string | undefined {
  if (!mayHaveRun) return undefined;
  if (reason !== undefined) return reason;
  return bootReason === 'crash' || bootReason === 'watchdog' ? 'it crashed before it was online' : undefined;
}
