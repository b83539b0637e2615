import type { SigningKeys } from '../core/jws.js';
import type { Security } from '../net/connection.js';
import type { FirmwareSlots } from '../ports/firmware.js';
import type { Host } from '../ports/host.js';

/** Steps at which an update can fail (Alink): refused or taken back, downloading, checking, writing. */
export type UpdateStep = -1 | -2 | -3 | -4;

/** Why an update failed. */
export interface UpdateFailure {
  readonly step: UpdateStep;
  /** A stable word. */
  readonly code: string;
  /** One sentence. Never the token in a file's URL. */
  readonly message: string;
  /** It may be resumed after that, ms; absent: the job is over and forgotten. */
  readonly retryMs?: number;
}

/** What of a package a board needs to know. */
export interface Update {
  readonly version: string;
  /** Lower-case hex of the SHA-256 of its image: which build it is. */
  readonly digest: string;
  /** Required keys of the new build, and the lowest version after it; good once it has proven itself. */
  readonly required: number;
  readonly floor: string;
}

export type TransferOutcome =
  | { readonly ok: true; readonly update: Update }
  | { readonly ok: false; readonly failure: UpdateFailure };

export interface TransferOptions {
  readonly host: Host;
  readonly slots: FirmwareSlots;
  /** Who must have signed, asked whenever a package is checked. */
  readonly keys: () => SigningKeys;
  readonly board: { readonly productKey: string; readonly chip: string; readonly version: string };
  /** Lowest version that is taken; `undefined`: any that is newer. */
  readonly floor: () => string | undefined;
  /** Whom to believe; with it only `https:` goes, without it only `http:`. */
  readonly security: () => Security | undefined;
  /** The package's header has been checked: this is what comes. Told again when a job goes on. Who is told may `abandon` it there and then. */
  readonly onHeader: (update: Update) => void;
  /** Of the image, 0 to 100, every 5. */
  readonly onProgress: (percent: number) => void;
  /** The image is in the spare slot, written and read back, or it is not. Never from inside a method. */
  readonly onEnd: (outcome: TransferOutcome) => void;
}

/** The way of a package from its URL into the spare slot: one at a time, over reboots. */
export interface Transfer {
  /** A job that was broken off, or that is complete and was not switched to; read from flash at the start. */
  readonly pending: Update | undefined;
  /** Bytes are on their way, or are being checked. */
  readonly isUnderWay: boolean;
  /** A new job in place of any other; of the same package it goes on where that was. */
  start(url: string): void;
  /** Goes on with the pending job. */
  resume(): void;
  /** Closes everything; the job is kept. May be called twice. */
  pause(): void;
  /** After `onEnd` with ok: has the boot loader start it next. @throws {Error} where the boot loader would not, or the flash fails */
  complete(): void;
  /** Forgets the job. */
  abandon(): void;
}
